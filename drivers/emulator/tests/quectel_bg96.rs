//! Where a BG96 is no BG95 (quectel-at 2.2, 2.3, 3.1, 12).

mod bench;

use bench::{Bench, MS, running};
use wanlink_emulator::Profile;

const OK: &str = "\r\nOK\r\n";
const ERROR: &str = "\r\nERROR\r\n";

fn connected() -> Bench {
    let mut bench = Bench::open_of(Profile::bg96(), running());
    assert!(bench.send("AT+QMTCONN=0,\"id\"").starts_with("\r\nOK\r\n\r\n+QMTCONN: 0,0"));
    bench
}

/// "BG96: the log and the V1.0 note show only the Ctrl-Z form"
#[test]
fn a_publish_ends_with_ctrl_z() {
    let mut bench = connected();
    assert_eq!(bench.send("AT+QMTPUB=0,1,1,0,\"t\",2"), ERROR);
    assert_eq!(bench.send("AT+QMTPUB=0,1,1,0,\"t\""), "\r\n> ");
    bench.raw(b"hi\x1a");
    assert_eq!(bench.wait(200 * MS), "\r\nOK\r\n\r\n+QMTPUB: 0,1,0\r\n");
}

/// "whether recv/mode (length) exists on BG96" is open, and `aliauth` is not listed.
#[test]
fn a_message_has_no_length() {
    let mut bench = connected();
    assert_eq!(bench.send("AT+QMTCFG=\"recv/mode\",0,0,1"), ERROR);
    assert_eq!(bench.send("AT+QMTCFG=\"aliauth\",0,\"k\",\"n\",\"s\""), ERROR);
}

/// "BG96 has requestheader only"
#[test]
fn a_header_is_typed_with_the_request() {
    let mut bench = connected();
    assert_eq!(bench.send("AT+QHTTPCFG=\"requestheader\",1"), OK);
    assert_eq!(bench.send("AT+QHTTPCFG=\"custom_header\",\"a: b\""), ERROR);
}

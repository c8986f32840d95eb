//! The files of a BG95, and its TLS settings: what they take, what they keep, what a restart leaves.

mod bench;

use bench::{Bench, MS, SECOND, running};
use wanlink_emulator::Options;

const ROOT: &[u8] = include_bytes!("certificates/amazon-root-ca-1.pem");

fn upload(bench: &mut Bench, command: &str, content: &[u8]) -> String {
    assert_eq!(bench.send(command), "\r\nCONNECT\r\n");
    bench.raw(content);
    bench.wait(100 * MS)
}

#[test]
fn an_upload_takes_its_bytes_and_answers_size_and_checksum() {
    let mut bench = Bench::quiet(running());
    let answer = upload(&mut bench, "AT+QFUPL=\"root.pem\",1188,60", ROOT);
    assert_eq!(answer, "\r\n+QFUPL: 1188,2d13\r\n\r\nOK\r\n");
    assert_eq!(bench.emulator.file("root.pem"), Some(ROOT));
    assert_eq!(bench.send("AT+QFLST=\"root.pem\""), "\r\n+QFLST: \"UFS:root.pem\",1188\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+QFLDS=\"UFS\""), "\r\n+QFLDS: 3772416,3776512\r\n\r\nOK\r\n");
}

/// Nothing in a file means anything to the console, and nothing unsolicited gets into an upload.
#[test]
fn every_byte_is_data() {
    let mut bench = Bench::quiet(running());
    let all: Vec<u8> = (0..=255).chain(*b"\r\nOK\r\n\x1a\x1b>A").collect();
    assert_eq!(bench.send(&format!("AT+QFUPL=\"all\",{}", all.len())), "\r\nCONNECT\r\n");
    bench.raw(&all[..100]);
    bench.emulator.lose_network();
    assert_eq!(bench.wait(SECOND), "");
    bench.raw(&all[100..]);
    assert!(bench.wait(100 * MS).starts_with("\r\n+QFUPL: 266,"));
    assert_eq!(bench.emulator.file("UFS:all"), Some(all.as_slice()));
}

#[test]
fn an_upload_is_not_echoed_and_is_acknowledged_only_on_demand() {
    let mut bench = Bench::new(Options { echo_data: true, ..running() });
    let command = "AT+QFUPL=\"big\",3000,5,1";
    assert_eq!(bench.send(command), format!("{command}\r\r\nCONNECT\r\n"));
    bench.raw(&[0; 2047]);
    assert_eq!(bench.wait(0), "A");
    bench.raw(&[0; 953]);
    assert_eq!(bench.wait(100 * MS), "A\r\n+QFUPL: 3000,0\r\n\r\nOK\r\n");
}

#[test]
fn an_upload_that_starves_leaves_its_first_part() {
    let mut bench = Bench::quiet(running());
    bench.send("AT+QFUPL=\"f\",1000,2");
    bench.raw(b"\x12\x34");
    assert_eq!(bench.wait(1_500 * MS), "");
    // Each byte starts the timeout anew.
    bench.raw(b"\x01");
    assert_eq!(bench.wait(1_900 * MS), "");
    assert_eq!(bench.wait(200 * MS), "\r\n+QFUPL: 3,1334\r\n\r\n+CME ERROR: 421\r\n");
    assert_eq!(bench.emulator.file("f"), Some(&b"\x12\x34\x01"[..]));
    // What comes after is a command again.
    assert_eq!(bench.send("AT"), "\r\nOK\r\n");
}

#[test]
fn the_timeout_may_count_over_the_whole_upload() {
    let mut bench = Bench::quiet(Options { upload_timeout_total: true, ..running() });
    bench.send("AT+QFUPL=\"f\",1000,2");
    bench.wait(1_500 * MS);
    bench.raw(b"x");
    assert_eq!(bench.wait(500 * MS), "\r\n+QFUPL: 1,7800\r\n\r\n+CME ERROR: 421\r\n");
}

#[test]
fn files_outlive_power_and_the_ram_drive_does_not() {
    let mut bench = Bench::quiet(running());
    upload(&mut bench, "AT+QFUPL=\"root.pem\",3", b"abc");
    upload(&mut bench, "AT+QFUPL=\"RAM:tmp\",1", b"x");
    assert_eq!(bench.send("AT+QFLST=\"RAM:*\""), "\r\n+QFLST: \"RAM:tmp\",1\r\n\r\nOK\r\n");
    bench.emulator.brown_out(SECOND);
    bench.wait(10 * SECOND);
    bench.send("ATE0");
    assert_eq!(bench.send("AT+QFLST"), "\r\n+QFLST: \"UFS:root.pem\",3\r\n\r\nOK\r\n");
    assert_eq!(bench.emulator.file_names(), ["UFS:root.pem"]);
    assert_eq!(bench.send("AT+QFDEL=\"*\""), "\r\nOK\r\n");
    assert_eq!(bench.send("AT+QFLST=\"*\""), "\r\nOK\r\n");
}

#[test]
fn what_a_restart_leaves_of_an_upload_is_an_option() {
    for half in [false, true] {
        let mut bench = Bench::quiet(Options { half_file_after_restart: half, ..running() });
        bench.send("AT+QFUPL=\"root.pem\",1188,60");
        bench.raw(&ROOT[..600]);
        bench.wait(0);
        bench.emulator.reset();
        assert_eq!(bench.emulator.file("root.pem"), half.then_some(&ROOT[..600]));
    }
}

#[test]
fn a_list_may_leave_the_drive_out() {
    let mut bench = Bench::quiet(Options { file_list_without_drive: true, ..running() });
    bench.emulator.put_file("a", b"1");
    assert_eq!(bench.send("AT+QFLST=\"*\""), "\r\n+QFLST: \"a\",1\r\n\r\nOK\r\n");
}

#[test]
fn tls_settings_read_back_and_are_lost_by_a_restart() {
    let mut bench = Bench::quiet(running());
    let factory = [
        ("sslversion", "4"),
        ("ciphersuite", "0XFFFF"),
        ("cacert", "\"\""),
        ("clientcert", "\"\""),
        ("clientkey", "\"\""),
        ("seclevel", "0"),
        ("ignorelocaltime", "1"),
        ("negotiatetime", "300"),
        ("sni", "0"),
        ("checkhost", "0"),
    ];
    let set = ["3", "0XC02F", "\"UFS:a\"", "\"b\"", "\"c\"", "2", "0", "60", "1", "1"];
    for (&(name, _), value) in factory.iter().zip(set) {
        assert_eq!(bench.send(&format!("AT+QSSLCFG=\"{name}\",2,{value}")), "\r\nOK\r\n");
        let line = format!("\r\n+QSSLCFG: \"{name}\",2,{value}\r\n\r\nOK\r\n");
        assert_eq!(bench.send(&format!("AT+QSSLCFG=\"{name}\",2")), line);
    }
    assert_ne!(bench.emulator.tls_context(2), bench.emulator.tls_context(1));
    bench.emulator.reset();
    bench.wait(10 * SECOND);
    bench.send("ATE0");
    for (name, value) in factory {
        let line = format!("\r\n+QSSLCFG: \"{name}\",2,{value}\r\n\r\nOK\r\n");
        assert_eq!(bench.send(&format!("AT+QSSLCFG=\"{name}\",2")), line);
    }
}

#[test]
fn an_older_firmware_knows_fewer_tls_names() {
    let mut bench = Bench::quiet(Options { checkhost_known: false, sni_known: false, ..running() });
    assert_eq!(bench.send("AT+QSSLCFG=\"checkhost\",0,1"), "\r\nERROR\r\n");
    assert_eq!(bench.send("AT+QSSLCFG=\"sni\",0,1"), "\r\nERROR\r\n");
    assert!(!bench.send("AT+QSSLCFG=?").contains("sni"));
}

//! Promise 1: chunk-invariant.

use wanlink_at::{Fault, Job, Step, listen, step, table};
use wanlink_emulator::{PortOptions, Script, Split};

use super::Test;
use super::rig::{DIALECT, RECEIVE, Records, Rig, job};

pub(crate) const TESTS: &[Test] = &[
    (1, "promise_01_every_two_way_split_gives_the_same", promise_01_every_two_way_split_gives_the_same),
    (1, "promise_01_every_size_of_reads_gives_the_same", promise_01_every_size_of_reads_gives_the_same),
    (1, "promise_01_pauses_between_reads_change_nothing", promise_01_pauses_between_reads_change_nothing),
];

const STEPS: &[Step] = &[
    step("+CEREG?", 3).info().note(1),
    step("+QMTPUB=0,7,1,0,\"t\",5", 10).prompt().result(2, 100).note(2),
    step("+QIRD=0,1500", 10).info().note(3).ignore(),
    step("+BIG", 3).note(4),
    listen(5, 20).ignore(),
];
const TABLE: &[u8] = table![STEPS];

/// Something of everything: URCs everywhere, counted bytes full of traps, a line longer than the buffer.
fn module() -> Script {
    let long = "+LONG: ".to_owned() + &"x".repeat(2 * RECEIVE);
    Script::new()
        .expect("AT+CEREG?\r")
        .send("\r\n+CEREG: 1,\"5A1C\",\"0B2D3F01\",7\r\n\r\n+CEREG: 2,1\r\n\r\n+QIURC: \"recv\",0\r\n\r\nOK\r\n")
        .expect("AT+QMTPUB=0,7,1,0,\"t\",5\r")
        .send("\r\n+QMTRECV: 0,1,\"a/b\",28,\"\r\n> \r\nOK\r\n\0\r\nERROR\r\nRDY\r\n\"\",\"\r\n\r\n> ")
        .expect("hello")
        .send("\r\n+QMTPUB: 0,70,0\r\n\r\nOK\r\n^STRAY\r\n+QMTPUB: 0,7,0\r\n")
        .expect("AT+QIRD=0,1500\r")
        .send("\r\n+QIRD: 6\r\nOK\r\n>\0\r\n\r\n+CME ERROR: 3\r\n")
        .expect("AT+BIG\r")
        .send(format!("\r\n{long}\r\nOK\r\n"))
        .send_after(1_000_000, "\r\n+QIURC: \"closed\",0\r\n+CMQTTRXSTART: 0,3,5\r\n\r\n+CMQTTRXTOPIC: 0,1\r\na\r\n")
        .send("+CMQTTRXTOPIC: 0,2\r\n/b\r\n+CMQTTRXPAYLOAD: 0,5\r\nOK\r\n>\r\n+CMQTTRXEND: 0\r\n")
}

/// All that the driver can learn of a run.
type Seen = (Result<(), Fault>, Vec<String>, Records, u16, u16);

fn run(cut: usize, options: PortOptions) -> Seen {
    let mut rig = Rig::cut(cut, options, &DIALECT, module());
    let result = rig.run(&Job { body: b"hello", ..job(TABLE) });
    let events = rig.events();
    rig.peer.assert_done();
    (result, events, rig.records(), rig.modem.engine().garbled(), rig.modem.engine().strays())
}

fn whole() -> Seen {
    let seen = run(0, PortOptions::default());
    let events: Vec<&str> = seen.1.iter().map(String::as_str).collect();
    assert_eq!(
        events,
        [
            "urc 3 +CEREG: 1,\"5A1C\",\"0B2D3F01\",7",
            "1 info +CEREG: 2,1",
            "urc 2 +QIURC: \"recv\",0",
            "2 result +QMTPUB: 0,7,0",
            "3 error 3",
            "5 tick",
            // The one that came before it listened.
            "5 record",
            "urc 2 +QIURC: \"closed\",0",
            "5 tick",
            "5 record",
            "5 silence",
        ],
        "the script as it is meant"
    );
    let bodies: Vec<usize> = seen.2.iter().map(|record| record.2.len()).collect();
    assert_eq!((seen.0, bodies, seen.3, seen.4), (Ok(()), vec![28, 6, 5], 1, 2));
    seen
}

#[test]
pub(crate) fn promise_01_every_two_way_split_gives_the_same() {
    let whole = whole();
    for cut in 1..1000 {
        assert_eq!(run(cut, PortOptions::default()), whole, "a read ends at byte {cut}");
    }
}

#[test]
pub(crate) fn promise_01_every_size_of_reads_gives_the_same() {
    let whole = whole();
    for size in 1..=RECEIVE + 1 {
        let split = Split::At(size);
        assert_eq!(run(0, PortOptions { split, ..PortOptions::default() }), whole, "reads of {size} bytes");
    }
}

#[test]
pub(crate) fn promise_01_pauses_between_reads_change_nothing() {
    let whole = whole();
    for (split, gap_us) in [(Split::At(1), 50), (Split::At(7), 1000), (Split::At(64), 10_000), (Split::Random, 300)] {
        let options = PortOptions { split, gap_us, ..PortOptions::default() };
        assert_eq!(run(0, options), whole, "{split:?}, {gap_us} us apart");
    }
}

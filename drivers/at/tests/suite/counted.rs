//! Promise 4: counted bytes are taken by count.

use wanlink_at::{Step, listen, step, table};
use wanlink_emulator::{PortOptions, Script};

use super::Test;
use super::module::Speaker;
use super::rig::{DIALECT, Rig, SIGNAL_ANSWER, SIGNAL_EVENT, job};

pub(crate) const TESTS: &[Test] = &[
    (4, "promise_04_any_byte_may_stand_in_a_payload", promise_04_any_byte_may_stand_in_a_payload),
    (4, "promise_04_a_payload_ends_no_pending_command", promise_04_a_payload_ends_no_pending_command),
    (4, "promise_04_an_empty_payload_is_a_message", promise_04_an_empty_payload_is_a_message),
    (4, "promise_04_a_zero_count_is_a_line", promise_04_a_zero_count_is_a_line),
    (4, "promise_04_an_expected_count", promise_04_an_expected_count),
    (4, "promise_04_a_starved_block_is_broken_off", promise_04_a_starved_block_is_broken_off),
    (4, "promise_04_its_late_rest_is_never_lines", promise_04_its_late_rest_is_never_lines),
    (4, "promise_04_a_starved_head_is_broken_off", promise_04_a_starved_head_is_broken_off),
    (
        4,
        "promise_04_behind_a_lost_rest_the_next_answer_is_found",
        promise_04_behind_a_lost_rest_the_next_answer_is_found,
    ),
    (4, "promise_04_an_overrun_inside_a_block", promise_04_an_overrun_inside_a_block),
    (4, "promise_04_an_overrun_inside_a_block_during_a_write", promise_04_an_overrun_inside_a_block_during_a_write),
    (4, "promise_04_an_overrun_inside_a_line", promise_04_an_overrun_inside_a_line),
    (4, "promise_04_a_block_without_its_closing_quote", promise_04_a_block_without_its_closing_quote),
];

const LISTEN_STEPS: &[Step] = &[listen(9, 50).ignore()];
const LISTEN: &[u8] = table![LISTEN_STEPS];

/// All that a payload may hold to mislead a reader of lines.
fn nasty() -> Vec<u8> {
    let lines =
        "\r\nOK\r\n\r\nERROR\r\n> \r\n> RDY\r\n\r\nRDY\r\n+CME ERROR: 3\r\n+QMTRECV: 0,1,\"x\",3,\"abc\"\r\n\"\r\n";
    lines.bytes().chain(0..=255).collect()
}

fn listen_to(bytes: &[u8]) -> Rig<Script> {
    let mut rig = Rig::new(Script::new().send(bytes));
    rig.run(&job(LISTEN)).unwrap();
    rig
}

#[test]
pub(crate) fn promise_04_any_byte_may_stand_in_a_payload() {
    let body: Vec<u8> = nasty().into_iter().take(240).collect();
    let count = body.len();
    for (head, tag, tail) in [
        (format!("\r\n+QMTRECV: 0,0,\"t/u\",{count},\""), 1, "\"\r\n"),
        (format!("\r\n+QIRD: {count}\r\n"), 2, "\r\n\r\nOK\r\n"),
        (format!("\r\n+CARECV: {count},"), 4, "\r\n\r\nOK\r\n"),
    ] {
        let mut rig = listen_to(&[head.as_bytes(), &body, tail.as_bytes(), b"\r\n+QIURC: 1\r\n"].concat());
        let topic = if tag == 1 { "t/u" } else { "" };
        assert_eq!(rig.records(), [(tag, topic.to_owned(), body.clone())]);
        let events = rig.events();
        assert_eq!(events, ["9 tick", "9 record", "urc 2 +QIURC: 1", "9 tick", "9 silence"], "{head}");
    }
}

#[test]
pub(crate) fn promise_04_a_payload_ends_no_pending_command() {
    for part in ["\r\nOK\r\n", "\r\nERROR\r\n", "\r\n> ", "RDY\r\n", "\r\n+CSQ: 1,1\r\n"] {
        let push = format!("\r\n+QMTRECV: 0,0,\"t\",{},\"{part}\"\r\n", part.len());
        let mut rig = Rig::new(Script::new().expect("AT+CSQ\r").send(push).send_after(200_000, SIGNAL_ANSWER));
        rig.signal().unwrap();
        assert_eq!((rig.events(), rig.now_ms()), (vec![SIGNAL_EVENT.to_owned()], 200), "{part:?}");
    }
}

#[test]
pub(crate) fn promise_04_an_empty_payload_is_a_message() {
    let mut rig = listen_to(b"\r\n+QMTRECV: 0,0,\"t\",0,\"\"\r\n\r\n+QIURC: 1\r\n");
    assert_eq!(rig.records(), [(1, "t".to_owned(), Vec::new())]);
    assert_eq!(rig.events(), ["9 tick", "9 record", "urc 2 +QIURC: 1", "9 tick", "9 silence"]);
}

#[test]
pub(crate) fn promise_04_a_zero_count_is_a_line() {
    const STEPS: &[Step] = &[step("+QIRD=0", 3).info().note(1)];
    let mut rig = Rig::new(Script::new().expect("AT+QIRD=0\r").send("\r\n+QIRD: 0\r\n\r\nOK\r\n"));
    rig.run(&job(table![STEPS])).unwrap();
    assert_eq!((rig.events(), rig.records()), (vec!["1 info +QIRD: 0".to_owned()], vec![]));
}

#[test]
pub(crate) fn promise_04_an_expected_count() {
    const STEPS: &[Step] = &[step("+QHTTPREAD=60", 30).info().result(0, 600).note(1)];
    let answer = "\r\nCONNECT\r\n\r\nOK\r\nERROR\r\n\r\nOK\r\n\r\n+QHTTPREAD: 0\r\n";
    let mut rig = Rig::new(Script::new().expect("AT+QHTTPREAD=60\r").send(answer));
    rig.modem.engine_mut().announce(11);
    rig.run(&job(table![STEPS])).unwrap();
    assert_eq!(rig.records(), [(5, String::new(), b"\r\nOK\r\nERROR".to_vec())]);
    assert_eq!(rig.events(), ["1 result +QHTTPREAD: 0"]);
}

const STARVED: &str = "\r\n+QMTRECV: 0,0,\"t\",40,\"0123456789";

#[test]
pub(crate) fn promise_04_a_starved_block_is_broken_off() {
    let mut rig = Rig::new(Speaker::new().at_ms(100, STARVED).at_ms(4000, "\r\n+QIURC: 1\r\n\r\n+QIURC: 2\r\n"));
    rig.run(&job(LISTEN)).unwrap();
    // The listener is told that something is lost when that is sure, and not only when the next byte comes.
    let events = rig.events();
    assert_eq!(events[..2], ["9 tick", "9 record"]);
    assert_eq!(rig.records(), []);
    assert_eq!(rig.modem.engine_mut().take_loss().map(|loss| loss.count), Some(1));
    assert_eq!(rig.modem.engine().garbled(), 1);
}

#[test]
pub(crate) fn promise_04_its_late_rest_is_never_lines() {
    let rest = "\r\nOK\r\nRDY\r\n+QIURC: 9\r\nABCDE\"\r\n";
    for (first, gap_ms) in [(rest.len(), 0), (3, 50), (8, 50), (14, 99)] {
        let (one, two) = rest.split_at(first);
        let speaker = Speaker::new()
            .at_ms(100, STARVED)
            .at_ms(2000, one)
            .at_ms(2000 + gap_ms, two)
            .at_ms(2500, "\r\n+QIURC: 1\r\n");
        let mut rig = Rig::new(speaker);
        rig.run(&job(LISTEN)).unwrap();
        let events = rig.events();
        assert_eq!(events, ["9 tick", "9 record", "urc 2 +QIURC: 1", "9 tick", "9 silence"], "cut at {first}");
        assert_eq!(rig.modem.engine().strays(), 0);
    }
}

/// A counted topic, of which half comes in time, and its rest late or never.
#[test]
pub(crate) fn promise_04_a_starved_head_is_broken_off() {
    for late in [true, false] {
        let mut speaker = Speaker::new().at_ms(100, "\r\n+CMQTTRXSTART: 0,12,2\r\n\r\n+CMQTTRXTOPIC: 0,12\r\n/a/b\r\n");
        if late {
            speaker = speaker.at_ms(2000, "OK\r\n/c");
        }
        let mut rig = Rig::new(speaker.at_ms(2500, "\r\n+QIURC: 1\r\n"));
        rig.run(&job(LISTEN)).unwrap();
        // Where the rest never comes, the beginning of the next line is taken for it.
        let told = ["9 tick", "9 record", "9 silence"];
        let all = ["9 tick", "9 record", "urc 2 +QIURC: 1", "9 tick", "9 silence"];
        assert_eq!(rig.events(), if late { &all[..] } else { &told[..] });
        assert_eq!(rig.records(), []);
        assert_eq!(rig.modem.engine_mut().take_loss().map(|loss| loss.count), Some(1));
        assert_eq!(rig.modem.engine().garbled(), 1);
    }
}

#[test]
pub(crate) fn promise_04_behind_a_lost_rest_the_next_answer_is_found() {
    // The rest never comes. Bytes of the next answer are taken for it: not the answer to our command, but to the probe.
    let module = Script::new()
        .send_after(100_000, STARVED)
        .expect("\rAT+CFUN?\r")
        .send("\r\n+CFUN: 1\r\n\r\nOK\r\n")
        .expect("\rAT+IPR?\r")
        .send("\r\n+IPR: 0\r\n\r\nOK\r\n")
        .expect("AT+CSQ\r")
        .send(SIGNAL_ANSWER);
    let mut rig = Rig::new(module);
    rig.run(&job(LISTEN)).unwrap();
    rig.events();
    rig.signal().unwrap();
    assert_eq!(rig.events(), [SIGNAL_EVENT]);
}

#[test]
pub(crate) fn promise_04_an_overrun_inside_a_block() {
    // The lost bytes leave the count too long: it must not reach into the line behind the block.
    let wire_speed = PortOptions { baud: Some(115_200), ..PortOptions::default() };
    let message = "\r\n+QMTRECV: 0,0,\"t\",40,\"0123456789\r\nOK\r\nRDY\r\nERROR\r\n> 34567890\"\r\n";
    for at in 24..60 {
        let mut rig = Rig::with(wire_speed.clone(), &DIALECT, Speaker::new().at_ms(200, "\r\n+QIURC: 1\r\n"));
        let wire = rig.world.wire();
        wire.put_from_module(0, &message.as_bytes()[..at]);
        wire.overrun(7);
        wire.put_from_module(0, &message.as_bytes()[at..]);
        rig.run(&job(LISTEN)).unwrap();
        let events = rig.events();
        assert!(events.contains(&"urc 2 +QIURC: 1".to_owned()), "overrun at {at}: {events:?}");
        assert!(!events.contains(&"restarted".to_owned()), "overrun at {at}: {events:?}");
        assert_eq!((rig.records(), rig.modem.engine().strays()), (vec![], 0), "overrun at {at}");
        assert_eq!(rig.modem.engine_mut().take_loss().map(|loss| loss.count), Some(1), "overrun at {at}");
    }
}

#[test]
pub(crate) fn promise_04_an_overrun_inside_a_block_during_a_write() {
    let options = PortOptions { baud: Some(115_200), transmit_buffer: Some(1), ..PortOptions::default() };
    let message = "\r\n+QMTRECV: 0,0,\"t\",8,\"01234567\"\r\n\r\n+QIURC: 1\r\n";
    let mut rig = Rig::with(options, &DIALECT, Speaker::new());
    let wire = rig.world.wire();
    wire.put_from_module(0, &message.as_bytes()[..26]);
    wire.overrun(3);
    wire.put_from_module(0, &message.as_bytes()[26..]);
    const STEPS: &[Step] = &[step("+QMTSUB=0,1,\"/a/long/topic/whose/command/takes/its/time/to/write\",1", 3).ignore()];
    rig.run(&job(table![STEPS])).unwrap();
    assert_eq!(rig.records(), [], "bytes are missing in it");
    assert_eq!(rig.modem.engine_mut().take_loss().map(|loss| loss.count), Some(1));
    assert_eq!(rig.modem.engine().garbled(), 1);
}

#[test]
pub(crate) fn promise_04_an_overrun_inside_a_line() {
    let mut rig = Rig::new(Speaker::new().at_ms(500, "\r\n+QIURC: 2\r\n"));
    let wire = rig.world.wire();
    wire.put_from_module(0, b"\r\n+QIURC: 1\r\n+QIU");
    wire.overrun(2);
    wire.put_from_module(0, b"..RC: 7\r\nOK\r\n+QIURC: 3\r\n");
    rig.run(&job(LISTEN)).unwrap();
    let urcs: Vec<String> = rig.events().into_iter().filter(|event| event.starts_with("urc")).collect();
    assert_eq!(urcs, ["urc 2 +QIURC: 1", "urc 2 +QIURC: 3", "urc 2 +QIURC: 2"], "one line is lost, no other");
    assert_eq!(rig.modem.engine().garbled(), 1);
}

#[test]
pub(crate) fn promise_04_a_block_without_its_closing_quote() {
    let mut rig = listen_to(b"\r\n+QMTRECV: 0,0,\"t\",5,\"01234567\"\r\n\r\n+QIURC: 1\r\n");
    assert_eq!(rig.records(), [], "the count and the bytes differ: no message is made up");
    assert_eq!(rig.modem.engine_mut().take_loss().map(|loss| loss.count), Some(1));
    assert!(rig.events().contains(&"urc 2 +QIURC: 1".to_owned()));
}

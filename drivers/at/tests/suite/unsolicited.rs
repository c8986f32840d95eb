//! Promise 2: URCs anywhere at a line boundary. Promise 3: same name, two meanings.

use wanlink_at::{Answer, Job, Step, Verdict, int, step, table};
use wanlink_emulator::Script;

use super::Test;
use super::rig::{Records, Rig, job};

pub(crate) const TESTS: &[Test] = &[
    (2, "promise_02_a_urc_fits_every_gap_of_every_answer", promise_02_a_urc_fits_every_gap_of_every_answer),
    (2, "promise_02_a_foreign_line_fits_every_gap", promise_02_a_foreign_line_fits_every_gap),
    (3, "promise_03_registration_by_form", promise_03_registration_by_form),
    (3, "promise_03_a_question_takes_its_answer", promise_03_a_question_takes_its_answer),
    (3, "promise_03_an_order_takes_no_urc_of_its_name", promise_03_an_order_takes_no_urc_of_its_name),
    (3, "promise_03_numbers_tell_answer_from_urc", promise_03_numbers_tell_answer_from_urc),
    (3, "promise_03_a_note_tells_answer_from_urc", promise_03_a_note_tells_answer_from_urc),
    (3, "promise_03_a_result_of_other_numbers_is_not_ours", promise_03_a_result_of_other_numbers_is_not_ours),
];

const STEPS: &[Step] = &[
    step("+CSQ", 3).info().note(1),
    step("+QMTOPEN=0", 10).result(1, 100).note(2),
    step("+QMTPUB=0,7,5", 10).prompt().result(2, 100).note(3),
    step("+QIRD=0", 10).info().note(4),
];
const TABLE: &[u8] = table![STEPS];

/// Each piece ends at a line boundary, the prompt's included.
const PIECES: &[(&str, &[&str])] = &[
    ("AT+CSQ\r", &["\r\n+CSQ: 24,99\r\n", "\r\nOK\r\n"]),
    ("AT+QMTOPEN=0\r", &["\r\nOK\r\n", "\r\n+QMTOPEN: 0,0\r\n"]),
    ("AT+QMTPUB=0,7,5\r", &["\r\n> "]),
    ("hello", &["\r\n+QMTPUB: 0,7,0\r\n", "\r\nOK\r\n"]),
    ("AT+QIRD=0\r", &["\r\n+QIRD: 2\r\nOK", "\r\n", "\r\nOK\r\n"]),
];

/// Runs the table with `line` in gap `gap`, counted from the first answer's beginning; `None` when there is no such gap.
fn with_line_in(gap: usize, line: &str) -> Option<(Vec<String>, Records, u16)> {
    let (mut script, mut at, mut put) = (Script::new(), 0, false);
    for (command, pieces) in PIECES {
        script = script.expect(command);
        for piece in *pieces {
            if at == gap {
                script = script.send(line);
                put = true;
            }
            script = script.send(piece);
            at += 1;
        }
        // Behind the last line of an answer, too: before the next command or between OK and the end.
        if at == gap {
            script = script.send(line);
            put = true;
        }
        at += 1;
    }
    let mut rig = Rig::new(script);
    rig.run(&Job { body: b"hello", ..job(TABLE) }).unwrap();
    put.then(|| (rig.events(), rig.records(), rig.modem.engine().strays()))
}

const EVENTS: [&str; 3] = ["1 info +CSQ: 24,99", "2 result +QMTOPEN: 0,0", "3 result +QMTPUB: 0,7,0"];

#[test]
pub(crate) fn promise_02_a_urc_fits_every_gap_of_every_answer() {
    let mut gaps = 0;
    while let Some((mut events, records, strays)) = with_line_in(gaps, "\r\n+QIURC: \"recv\",3\r\n") {
        let urc = events.iter().position(|event| event == "urc 2 +QIURC: \"recv\",3");
        assert!(urc.is_some(), "the URC in gap {gaps} was lost: {events:?}");
        events.remove(urc.unwrap_or(0));
        assert_eq!(events, EVENTS, "gap {gaps}");
        assert_eq!((records, strays), (vec![(2, String::new(), b"OK".to_vec())], 0), "gap {gaps}");
        gaps += 1;
    }
    assert_eq!(gaps, 15);
}

#[test]
pub(crate) fn promise_02_a_foreign_line_fits_every_gap() {
    for gap in 0..15 {
        let (events, records, strays) = with_line_in(gap, "\r\n^FOREIGN: OK\r\n").unwrap();
        assert_eq!(events, EVENTS, "gap {gap}");
        assert_eq!((records.len(), strays), (1, 1), "gap {gap}");
    }
}

/// Asks once and gives all that the notes were told.
fn ask(table: &'static [u8], command: &str, answer: &str) -> Vec<String> {
    let mut rig = Rig::new(Script::new().expect(command).send(answer));
    rig.run(&job(table)).unwrap();
    rig.events()
}

#[test]
pub(crate) fn promise_03_registration_by_form() {
    const STEPS: &[Step] = &[step("+CEREG?", 3).info().note(1)];
    const TABLE: &[u8] = table![STEPS];
    for urc in ["+CEREG: 2", "+CEREG: 1,\"5A1C\",\"0B2D3F01\",7", "+CEREG: 1,333C,25C1630,7", "+CEREG: 0,,,,,,,,"] {
        for answer in ["+CEREG: 2,1", "+CEREG: 4,1,\"5A1C\",\"0B2D3F01\",7,,,\"00100100\"", "+CEREG: 2,11"] {
            let before = ask(TABLE, "AT+CEREG?\r", &format!("\r\n{urc}\r\n\r\n{answer}\r\n\r\nOK\r\n"));
            assert_eq!(before, [format!("urc 3 {urc}"), format!("1 info {answer}")]);
            let behind = ask(TABLE, "AT+CEREG?\r", &format!("\r\n{answer}\r\n\r\n{urc}\r\n\r\nOK\r\n"));
            assert_eq!(behind, [format!("1 info {answer}"), format!("urc 3 {urc}")]);
        }
    }
}

#[test]
pub(crate) fn promise_03_a_question_takes_its_answer() {
    const STEPS: &[Step] = &[step("+CPIN?", 3).info().note(1), step("+CSQ", 3).info()];
    let mut rig = Rig::new(
        Script::new()
            .expect("AT+CPIN?\r")
            .send("\r\n+CPIN: READY\r\n\r\nOK\r\n")
            .expect("AT+CSQ\r")
            .send("\r\n+CPIN: NOT READY\r\n\r\n+CSQ: 1,2\r\n\r\nOK\r\n"),
    );
    rig.run(&job(table![STEPS])).unwrap();
    assert_eq!(rig.events(), ["1 info +CPIN: READY", "urc 6 +CPIN: NOT READY"]);
}

#[test]
pub(crate) fn promise_03_an_order_takes_no_urc_of_its_name() {
    const STEPS: &[Step] = &[step("+CEREG=2", 3).note(1), step("+CIPRXGET=1", 3).note(2)];
    let mut rig = Rig::new(
        Script::new()
            .expect("AT+CEREG=2\r")
            .send("\r\n+CEREG: 2,1\r\n\r\nOK\r\n")
            .expect("AT+CIPRXGET=1\r")
            .send("\r\n+CIPRXGET: 1,0\r\n\r\nOK\r\n"),
    );
    rig.run(&job(table![STEPS])).unwrap();
    assert_eq!(rig.events(), ["urc 3 +CEREG: 2,1", "urc 4 +CIPRXGET: 1,0"]);
}

#[test]
pub(crate) fn promise_03_numbers_tell_answer_from_urc() {
    const STEPS: &[Step] = &[step("+CIPRXGET=4,0", 3).info().same(2).note(1)];
    let events = ask(table![STEPS], "AT+CIPRXGET=4,0\r", "\r\n+CIPRXGET: 1,0\r\n\r\n+CIPRXGET: 4,0,120\r\n\r\nOK\r\n");
    assert_eq!(events, ["urc 4 +CIPRXGET: 1,0", "1 info +CIPRXGET: 4,0,120"]);
}

#[test]
pub(crate) fn promise_03_a_note_tells_answer_from_urc() {
    const STEPS: &[Step] = &[step("+CIPRXGET=4", 3).info().note(1), step("+CSQ", 3).info().note(2)];
    let mut rig = Rig::new(
        Script::new()
            .expect("AT+CIPRXGET=4\r")
            .send("\r\n+CIPRXGET: 1\r\n\r\n+CIPRXGET: 120\r\n\r\nOK\r\n")
            .expect("AT+CSQ\r")
            .send("\r\n+CSQ: 1\r\n\r\n+CSQ: 24\r\n\r\nOK\r\n"),
    );
    rig.log.verdict = |_, answer| match answer {
        Answer::Info(line) if int(line, 0) == Some(1) => Verdict::Wait,
        _ => Verdict::Default,
    };
    rig.run(&job(table![STEPS])).unwrap();
    let urc = ["1 info +CIPRXGET: 1", "urc 4 +CIPRXGET: 1", "1 info +CIPRXGET: 120"];
    assert_eq!(rig.events(), [&urc[..], &["2 info +CSQ: 1", "2 info +CSQ: 24"]].concat());
    assert_eq!(rig.modem.engine().strays(), 1, "of the two, one is a line that nobody claims");
}

#[test]
pub(crate) fn promise_03_a_result_of_other_numbers_is_not_ours() {
    const STEPS: &[Step] = &[step("+QMTPUB=0,7,1,0,\"t\"", 3).result(2, 100).note(1)];
    let answer = "\r\nOK\r\n\r\n+QMTPUB: 0,6,0\r\n\r\n+QMTPUB: 1,7,0\r\n\r\n+QMTPUB: 0,7,0\r\n";
    assert_eq!(ask(table![STEPS], "AT+QMTPUB=0,7,1,0,\"t\"\r", answer), ["1 result +QMTPUB: 0,7,0"]);
}

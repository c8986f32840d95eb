//! Promise 10: no sleeping but the documented gaps, and the port is read meanwhile.

use embassy_time::Duration;
use wanlink_at::{Answer, Code, Command, Dialect, Ending, FOREVER, Fault, Job, Step, Verdict, listen, step, table};
use wanlink_emulator::PortOptions;

use super::Test;
use super::module::{Module, Speaker, rule};
use super::rig::{DIALECT, Rig, SIGNAL_ANSWER, job};

pub(crate) const TESTS: &[Test] = &[
    (10, "promise_10_a_command_waits_for_its_gap_and_no_longer", promise_10_a_command_waits_for_its_gap_and_no_longer),
    (10, "promise_10_data_wait_for_their_gap_and_no_longer", promise_10_data_wait_for_their_gap_and_no_longer),
    (10, "promise_10_a_line_in_the_gap_moves_it", promise_10_a_line_in_the_gap_moves_it),
    (10, "promise_10_a_restart_in_the_gap_is_seen", promise_10_a_restart_in_the_gap_is_seen),
    (10, "promise_10_commands_follow_each_other_at_once", promise_10_commands_follow_each_other_at_once),
    (10, "promise_10_retries_are_their_distance_apart", promise_10_retries_are_their_distance_apart),
    (10, "promise_10_listening_writes_nothing", promise_10_listening_writes_nothing),
    (10, "promise_10_a_driver_ends_a_wait_without_bound", promise_10_a_driver_ends_a_wait_without_bound),
    (10, "promise_10_a_record_behind_an_answer_wakes_the_next", promise_10_a_record_behind_an_answer_wakes_the_next),
    (10, "promise_10_one_error_of_the_port_loses_no_time", promise_10_one_error_of_the_port_loses_no_time),
];

/// u-blox: 20 ms before a command, 50 ms before data.
static GAPS: Dialect = Dialect { command_gap_ms: 20, prompt_gap_ms: 50, ..DIALECT };

const TWO_STEPS: &[Step] = &[step("+ONE", 10), step("+TWO", 10)];
const TWO: &[u8] = table![TWO_STEPS];

/// When the first byte behind `text` was heard, in microseconds.
fn heard_behind(speaker: &Speaker, text: &str) -> u64 {
    let at = speaker.heard_text().find(text).expect("it was written") + text.len();
    speaker.heard[at].0
}

#[test]
pub(crate) fn promise_10_a_command_waits_for_its_gap_and_no_longer() {
    for answered_ms in [30, 31, 47, 800] {
        let speaker = Speaker::new().at_ms(answered_ms, "\r\nOK\r\n").at_ms(answered_ms + 100, "\r\nOK\r\n");
        let mut rig = Rig::with(PortOptions::default(), &GAPS, speaker);
        rig.run(&job(TWO)).unwrap();
        assert_eq!(heard_behind(&rig.peer, "AT+ONE\r"), (answered_ms + 20) * 1000);
    }
}

#[test]
pub(crate) fn promise_10_data_wait_for_their_gap_and_no_longer() {
    const STEPS: &[Step] = &[step("+USOWR=0,4", 100).prompt_byte(b'@')];
    let speaker = Speaker::new().at_ms(100, "\r\n@").at_ms(120, "\r\n+QIURC: 1\r\n").at_ms(160, "\r\nOK\r\n");
    let mut rig = Rig::with(PortOptions::default(), &GAPS, speaker);
    rig.run(&Job { body: b"data", ..job(table![STEPS]) }).unwrap();
    assert_eq!(heard_behind(&rig.peer, "AT+USOWR=0,4\r"), 150_000);
    assert_eq!((rig.events(), rig.now_ms()), (vec!["urc 2 +QIURC: 1".to_owned()], 160));
}

#[test]
pub(crate) fn promise_10_a_line_in_the_gap_moves_it() {
    let speaker = Speaker::new().at_ms(30, "\r\nOK\r\n").at_ms(45, "\r\n+QIURC: 1\r\n").at_ms(99, "\r\nOK\r\n");
    let mut rig = Rig::with(PortOptions::default(), &GAPS, speaker);
    rig.run(&job(TWO)).unwrap();
    assert_eq!(heard_behind(&rig.peer, "AT+ONE\r"), 65_000);
    assert_eq!(rig.events(), ["urc 2 +QIURC: 1"]);
}

#[test]
pub(crate) fn promise_10_a_restart_in_the_gap_is_seen() {
    let speaker = Speaker::new().at_ms(30, "\r\nOK\r\n").at_ms(45, "\r\nRDY\r\n");
    let mut rig = Rig::with(PortOptions::default(), &GAPS, speaker);
    assert_eq!(rig.run(&job(TWO)), Err(Fault::Ending(Ending::Restarted)));
    assert_eq!((rig.now_ms(), rig.peer.heard_text()), (45, "AT+ONE\r".to_owned()), "nothing is sent into the boot");
}

#[test]
pub(crate) fn promise_10_commands_follow_each_other_at_once() {
    let mut rig = Rig::new(Module::new(&[rule("", "\r\nOK\r\n").after(0)]));
    for _ in 0..20 {
        rig.run(&job(TWO)).unwrap();
    }
    assert_eq!((rig.world.now_us(), rig.peer.commands.len()), (0, 40));
}

#[test]
pub(crate) fn promise_10_retries_are_their_distance_apart() {
    const STEPS: &[Step] = &[step("+CPIN?", 3).info().retry(3, 7)];
    let mut rig = Rig::new(Module::new(&[rule("+CPIN?", "\r\n+CME ERROR: 14\r\n").after(0)]));
    let busy = Ending::Error { command: Command::new("+CPIN"), code: Code::new(14) };
    assert_eq!(rig.run(&job(table![STEPS])), Err(Fault::Ending(busy)));
    assert_eq!((rig.now_ms(), rig.peer.commands.len()), (3 * 700, 4));
}

#[test]
pub(crate) fn promise_10_listening_writes_nothing() {
    const STEPS: &[Step] = &[listen(9, 36_000).ignore()];
    let speaker = Speaker::new().at_ms(5000, "\r\n+QIURC: 1\r\n^STRAY\r\n> \r\nOK\r\n").at_ms(9000, SIGNAL_ANSWER);
    let mut rig = Rig::new(speaker);
    rig.run(&job(table![STEPS])).unwrap();
    assert_eq!((rig.now_ms(), rig.peer.heard_text()), (3_600_000, String::new()));
}

/// A patience of 700 ms that begins when the module last sent something.
#[test]
pub(crate) fn promise_10_a_driver_ends_a_wait_without_bound() {
    const STEPS: &[Step] = &[step("+CSQ", 3), listen(9, FOREVER)];
    let mut rig = Rig::new(Speaker::new().at_ms(250, "\r\nOK\r\n").at_ms(500, "\r\n+QIURC: 1\r\n"));
    rig.log.until = |note, last_read| {
        assert_eq!(note, 9);
        last_read + Duration::from_millis(700)
    };
    rig.log.verdict = |_, answer| match answer {
        Answer::Silence => Verdict::Done,
        _ => Verdict::Default,
    };
    rig.run(&job(table![STEPS])).unwrap();
    assert_eq!(
        (rig.events(), rig.now_ms()),
        (vec!["9 tick".to_owned(), "urc 2 +QIURC: 1".to_owned(), "9 tick".to_owned(), "9 silence".to_owned()], 950)
    );
}

/// A broker may send a message right behind the answer to a login, and a module both at once.
#[test]
pub(crate) fn promise_10_a_record_behind_an_answer_wakes_the_next() {
    const LOGIN_STEPS: &[Step] = &[step("+QMTCONN=0", 10).result(1, 10).note(7)];
    const LOGIN: &[u8] = table![LOGIN_STEPS];
    const LISTEN_STEPS: &[Step] = &[listen(8, 0), listen(9, FOREVER)];
    const LISTEN: &[u8] = table![LISTEN_STEPS];
    let at_once = "\r\nOK\r\n\r\n+QMTCONN: 0,0,0\r\n\r\n+QMTRECV: 0,0,\"t\",1,\"x\"\r\n";
    let mut rig = Rig::new(Speaker::new().at_ms(30, at_once));
    rig.log.verdict = |note, answer| match (note, answer) {
        (7, _) | (9, Answer::Record) => Verdict::Done,
        (8, _) => Verdict::Go,
        _ => Verdict::Default,
    };
    rig.run(&job(LOGIN)).unwrap();
    assert_eq!((rig.events().len(), rig.records().len()), (1, 0), "a driver judges the answer before it hears more");
    rig.run(&job(LISTEN)).unwrap();
    assert_eq!((rig.events(), rig.now_ms()), (["8 tick", "9 tick", "9 record"].map(str::to_owned).to_vec(), 30));
    assert_eq!(rig.records(), [(1, "t".to_owned(), b"x".to_vec())]);
}

#[test]
pub(crate) fn promise_10_one_error_of_the_port_loses_no_time() {
    // The bytes behind the error are read at once: at 921600 baud a pause of 10 ms is 900 of them.
    let mut rig = Rig::new(Speaker::new());
    let wire = rig.world.wire();
    wire.put_from_module(0, b"\r\n+QIU");
    wire.framing_error(0);
    wire.put_from_module(0, b"RC: 1\r\n+QIURC: 2\r\nRDY\r\n");
    const STEPS: &[Step] = &[listen(9, 100)];
    assert_eq!(rig.run(&job(table![STEPS])), Err(Fault::Ending(Ending::Restarted)));
    assert_eq!(rig.world.now_us(), 0);
}

//! Promise 7: no late answer reaches another call.

use wanlink_at::{Arg, Code, Command, Ending, Fault, Job, Step, step, table};
use wanlink_emulator::{PortOptions, Script};

use super::Test;
use super::module::{Module, Rule, rule};
use super::rig::{DIALECT, Rig, SIGNAL_EVENT, TRANSMIT, job, slow_port};

pub(crate) const TESTS: &[Test] = &[
    (7, "promise_07_a_command_dropped_at_every_point", promise_07_a_command_dropped_at_every_point),
    (7, "promise_07_a_publish_that_fits_dropped_at_every_point", promise_07_a_publish_that_fits_dropped_at_every_point),
    (7, "promise_07_a_publish_that_does_not_fit_is_filled_up", promise_07_a_publish_that_does_not_fit_is_filled_up),
    (7, "promise_07_a_counted_answer_dropped_at_every_point", promise_07_a_counted_answer_dropped_at_every_point),
    (7, "promise_07_what_was_read_in_a_dropped_write_is_kept", promise_07_what_was_read_in_a_dropped_write_is_kept),
    (7, "promise_07_a_late_answer_after_a_time_out", promise_07_a_late_answer_after_a_time_out),
    (7, "promise_07_a_late_answer_after_a_drop", promise_07_a_late_answer_after_a_drop),
    (7, "promise_07_what_waits_in_the_port_is_no_answer", promise_07_what_waits_in_the_port_is_no_answer),
    (7, "promise_07_late_answers_to_probes", promise_07_late_answers_to_probes),
    (7, "promise_07_late_answers_to_a_sync", promise_07_late_answers_to_a_sync),
    (7, "promise_07_an_owed_result_with_an_id", promise_07_an_owed_result_with_an_id),
    (7, "promise_07_an_owed_result_without_an_id", promise_07_an_owed_result_without_an_id),
    (7, "promise_07_the_result_of_a_command_whose_ok_was_lost", promise_07_the_result_of_a_command_whose_ok_was_lost),
    (7, "promise_07_an_owed_result_leaves_the_port_free", promise_07_an_owed_result_leaves_the_port_free),
    (7, "promise_07_a_question_waits_for_its_namesake", promise_07_a_question_waits_for_its_namesake),
    (7, "promise_07_the_result_of_filler_is_owed", promise_07_the_result_of_filler_is_owed),
    (7, "promise_07_a_late_prompt", promise_07_a_late_prompt),
    (7, "promise_07_a_lost_prompt", promise_07_a_lost_prompt),
    (7, "promise_07_a_long_wait_is_not_doubled", promise_07_a_long_wait_is_not_doubled),
    (7, "promise_07_nothing_is_owed_behind_the_bound_of_all", promise_07_nothing_is_owed_behind_the_bound_of_all),
];

const ATTACH_STEPS: &[Step] = &[step("+CSQ=1", 20).info().note(7), step("+CSQ=2", 20).info().note(7)];
const ATTACH: &[u8] = table![ATTACH_STEPS];
const PUBLISH_STEPS: &[Step] = &[step("+QMTPUB=0,7,{a}", 20).prompt().result(2, 50).note(8)];
const PUBLISH: &[u8] = table![PUBLISH_STEPS];
const READ_STEPS: &[Step] = &[step("+QIRD=0", 20).info().note(9)];
const READ: &[u8] = table![READ_STEPS];

const RULES: &[Rule] = &[
    rule("+CSQ=1\r", "\r\n+CSQ: 1,1\r\n\r\nOK\r\n").after(4),
    rule("+CSQ=2\r", "\r\n+CSQ: 2,2\r\n\r\nERROR\r\n").after(4),
    rule("+QMTPUB", "\r\n> ").data(3, "\r\nOK\r\n").result(3, "\r\n+QMTPUB: 0,7,0\r\n"),
    rule("+QIRD", "\r\n+QIRD: 8\r\n\r\nOK\r\n>.\r\n\r\nOK\r\n").after(3),
];

/// Drops `first` after 1, 2, 3.. polls, until it ends by itself; then the next command must get its own answer, and the
/// module must have seen whole command lines only.
fn drop_everywhere(options: &PortOptions, first: &Job<'_>, check: impl Fn(&mut Rig<Module>, usize)) {
    for polls in 1..2000 {
        let mut rig = Rig::with(options.clone(), &DIALECT, Module::new(RULES));
        if rig.run_polls(polls, first).is_some() {
            assert!(polls > 30, "the whole is worth the name: {polls} polls");
            return;
        }
        rig.events();
        assert_eq!(rig.signal(), Ok(()), "dropped after {polls} polls");
        let own = rig.events();
        assert_eq!(own, [SIGNAL_EVENT], "dropped after {polls} polls");
        for command in &rig.peer.commands {
            let whole = ["AT+CSQ", "AT+CSQ=1", "AT+CSQ=2", "AT+QIRD=0", "AT+CFUN?"].contains(&command.as_str())
                || command.starts_with("AT+QMTPUB=0,7,");
            assert!(whole, "dropped after {polls} polls, the module got {command}");
        }
        check(&mut rig, polls);
    }
    panic!("it never ends");
}

#[test]
pub(crate) fn promise_07_a_command_dropped_at_every_point() {
    drop_everywhere(&slow_port(), &job(ATTACH), |_, _| {});
    let no_flow = PortOptions { transmit_buffer: None, ..slow_port() };
    drop_everywhere(&no_flow, &job(ATTACH), |_, _| {});
}

fn publish<'a>(args: &'a [Arg<'a>], body: &'a [u8]) -> Job<'a> {
    Job { args, body, ..job(PUBLISH) }
}

#[test]
pub(crate) fn promise_07_a_publish_that_fits_dropped_at_every_point() {
    let args = [Arg::Number(20)];
    drop_everywhere(&slow_port(), &publish(&args, b"OK\r\nthe true bytes\r\n"), |rig, polls| {
        let published = rig.peer.commands.iter().filter(|command| command.contains("QMTPUB")).count();
        let whole = vec!["OK\r\nthe true bytes\r\n".to_owned(); published];
        assert_eq!(rig.peer.payloads, whole, "dropped after {polls} polls");
        assert_eq!(rig.modem.engine_mut().take_loss(), None, "dropped after {polls} polls");
    });
}

#[test]
pub(crate) fn promise_07_a_publish_that_does_not_fit_is_filled_up() {
    let body = [b'x'; TRANSMIT + 1];
    let args = [Arg::Number(TRANSMIT as u32 + 1)];
    let (filled, whole) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    drop_everywhere(&slow_port(), &publish(&args, &body), |rig, polls| {
        let published = rig.peer.commands.iter().filter(|command| command.contains("QMTPUB")).count();
        assert_eq!(rig.peer.payloads.len(), published, "dropped after {polls} polls");
        let Some(payload) = rig.peer.payloads.first() else { return };
        assert_eq!(payload.len(), body.len());
        let rest = payload.trim_start_matches('x');
        assert!(rest.bytes().all(|b| b == b' '), "dropped after {polls} polls: {payload}");
        let lost = rig.modem.engine_mut().take_loss().map_or(0, |loss| loss.count);
        assert_eq!(lost, u16::from(!rest.is_empty()), "dropped after {polls} polls");
        let count = if rest.is_empty() { &whole } else { &filled };
        count.set(count.get() + 1);
    });
    assert!(filled.get() > TRANSMIT && whole.get() > 10, "{filled:?} {whole:?}");
}

#[test]
pub(crate) fn promise_07_a_counted_answer_dropped_at_every_point() {
    drop_everywhere(&slow_port(), &job(READ), |rig, polls| {
        let read = rig.peer.commands.iter().filter(|command| command.contains("QIRD")).count();
        let records = vec![(2, String::new(), b"\r\nOK\r\n>.".to_vec()); read];
        assert_eq!(rig.records(), records, "what was asked for is kept, dropped after {polls} polls");
        assert!(rig.now_ms() < 100, "drained, not waited for");
    });
}

#[test]
pub(crate) fn promise_07_what_was_read_in_a_dropped_write_is_kept() {
    for polls in 1..120 {
        let mut rig = Rig::with(slow_port(), &DIALECT, Module::new(RULES));
        rig.peer.later(0, "\r\n+QIURC: \"recv\",1\r\n");
        let _ = rig.run_polls(polls, &job(ATTACH));
        rig.signal().unwrap();
        let urcs = rig.events().iter().filter(|event| *event == "urc 2 +QIURC: \"recv\",1").count();
        assert_eq!(urcs, 1, "dropped after {polls} polls");
    }
}

const SLOW_STEPS: &[Step] = &[step("+CSQ", 3).info().note(1)];
const SLOW: &[u8] = table![SLOW_STEPS];

/// The same command twice: only the order tells the answers apart.
fn twice(after_ms: u64) -> Module {
    Module::new(&[
        rule("+CSQ\r", "\r\n+CSQ: 1,1\r\n\r\nOK\r\n").after(after_ms).once(),
        rule("+CSQ\r", "\r\n+CSQ: 2,2\r\n\r\nOK\r\n"),
    ])
}

#[test]
pub(crate) fn promise_07_a_late_answer_after_a_time_out() {
    for after_ms in (301..4000).step_by(7) {
        for deaf in [false, true] {
            let mut rig = Rig::new(twice(after_ms));
            rig.peer.deaf = deaf;
            assert_eq!(rig.run(&job(SLOW)), Err(Fault::Ending(Ending::Silent(Command::new("+CSQ")))));
            rig.events();
            // A module that hears nothing for longer than three probes take is mute, and the call says so.
            while rig.run(&job(SLOW)).is_err() {
                assert!(rig.now_ms() > 3000 && rig.now_ms() < 2 * after_ms, "{after_ms} ms, deaf {deaf}");
            }
            let events = rig.events();
            assert_eq!(events, ["1 info +CSQ: 2,2"], "{after_ms} ms, deaf {deaf}");
        }
    }
}

#[test]
pub(crate) fn promise_07_a_late_answer_after_a_drop() {
    for after_ms in (1..600).step_by(13) {
        for dropped_ms in (1..300).step_by(9) {
            let mut rig = Rig::new(twice(after_ms));
            if rig.run_ms(dropped_ms, &job(SLOW)).is_some() {
                continue;
            }
            rig.events();
            assert_eq!(rig.run(&job(SLOW)), Ok(()), "{after_ms} ms, dropped after {dropped_ms}");
            assert_eq!(rig.events(), ["1 info +CSQ: 2,2"], "{after_ms} ms, dropped after {dropped_ms}");
        }
    }
}

#[test]
pub(crate) fn promise_07_what_waits_in_the_port_is_no_answer() {
    // It came while nobody read: a final line for nobody, and the answer to a question of an earlier life.
    const STEPS: &[Step] = &[step("+CGATT=1", 10).note(1)];
    for waiting in ["\r\nOK\r\n", "\r\nERROR\r\n", "\r\n+CSQ: 1,1\r\n\r\nOK\r\n"] {
        let mut rig = Rig::new(Module::new(&[rule("+CGATT", "\r\n+CME ERROR: 30\r\n").after(20)]));
        rig.world.wire().put_from_module(0, waiting.as_bytes());
        let refused = Ending::Error { command: Command::new("+CGATT"), code: Code::new(30) };
        assert_eq!(rig.run(&job(table![STEPS])), Err(Fault::Ending(refused)), "{waiting:?}");
    }
}

#[test]
pub(crate) fn promise_07_late_answers_to_probes() {
    // The answers to two probes come 50 ms apart: the second must not end the command that was sent in between.
    const STEPS: &[Step] = &[step("+SLOW", 3).ignore(), step("+NEXT", 10).note(1)];
    let module = Script::new()
        .expect("AT+SLOW\r")
        .expect("\rAT+CFUN?\r")
        .expect("\rAT+IPR?\r")
        .send_after(100_000, "\r\nOK\r\n\r\n+CFUN: 1\r\n\r\nOK\r\n")
        .send_after(50_000, "\r\n+IPR: 0\r\n\r\nOK\r\n")
        .expect("AT+NEXT\r")
        .send_after(700_000, "\r\nERROR\r\n");
    let mut rig = Rig::new(module);
    let refused = Ending::Error { command: Command::new("+NEXT"), code: None };
    assert_eq!(rig.run(&job(table![STEPS])), Err(Fault::Ending(refused)));
}

#[test]
pub(crate) fn promise_07_late_answers_to_a_sync() {
    // A module that boots answers all of our `AT` at once, later.
    const STEPS: &[Step] = &[step("", 3).sync().retry(9, 2), step("+NEXT", 10)];
    let module = Script::new()
        .expect("AT\r")
        .expect("AT\r")
        .expect("AT\r")
        .send_after(100_000, "\r\nOK\r\n")
        .send_after(10_000, "\r\nOK\r\n\r\nOK\r\n")
        .expect("\rAT+CFUN?\r")
        .send("\r\n+CFUN: 1\r\n\r\nOK\r\n")
        .expect("AT+NEXT\r")
        .send("\r\nERROR\r\n");
    let mut rig = Rig::new(module);
    let refused = Ending::Error { command: Command::new("+NEXT"), code: None };
    assert_eq!(rig.run(&job(table![STEPS])), Err(Fault::Ending(refused)));
}

/// Drops the first call at every millisecond; the second must get the second result.
fn owed(table: &'static [u8], module: &dyn Fn() -> Module, second: &str) {
    let mut dropped = 0;
    for dropped_ms in 1..400 {
        let mut rig = Rig::new(module());
        if rig.run_ms(dropped_ms, &job(table)).is_none() {
            dropped += 1;
            rig.events();
            assert_eq!(rig.run(&job(table)), Ok(()), "dropped after {dropped_ms} ms");
            assert_eq!(rig.events(), [second], "dropped after {dropped_ms} ms");
        }
    }
    assert!(dropped > 250, "{dropped}");
}

#[test]
pub(crate) fn promise_07_an_owed_result_with_an_id() {
    const STEPS: &[Step] = &[step("+QMTSUB=0,1,\"t\",1", 3).result(2, 30).note(1)];
    let module = || {
        Module::new(&[
            rule("+QMTSUB", "\r\nOK\r\n").after(40).result(220, "\r\n+QMTSUB: 0,1,2\r\n").once(),
            rule("+QMTSUB", "\r\nOK\r\n").after(40).result(220, "\r\n+QMTSUB: 0,1,0\r\n"),
        ])
    };
    owed(table![STEPS], &module, "1 result +QMTSUB: 0,1,0");
}

#[test]
pub(crate) fn promise_07_an_owed_result_without_an_id() {
    const STEPS: &[Step] = &[step("+UMQTTC=9,1,0,\"t\"", 3).result(0, 30).named("+UUMQTTC: 9").note(1)];
    for result_first in [false, true] {
        let module = || {
            let answer = |result: &'static str, final_line: &'static str| {
                let (first, second) = if result_first { (result, final_line) } else { (final_line, result) };
                rule("+UMQTTC", first).after(40).result(220, second)
            };
            let first = answer("\r\n+UUMQTTC: 9,0\r\n", "\r\nOK\r\n").once();
            Module::new(&[first, answer("\r\n+UUMQTTC: 9,1\r\n", "\r\nOK\r\n")])
        };
        owed(table![STEPS], &module, "1 result +UUMQTTC: 9,1");
    }
}

/// What was accepted leaves the port free: only a command that has a result, too, waits for it.
#[test]
pub(crate) fn promise_07_an_owed_result_leaves_the_port_free() {
    const STEPS: &[Step] = &[step("+QMTOPEN=0", 3).result(1, 1250).note(1)];
    const TABLE: &[u8] = table![STEPS];
    for dropped_ms in [1, 10, 19, 20, 21, 500] {
        let open = rule("+QMTOPEN", "\r\nOK\r\n").after(20);
        let mut rig = Rig::new(Module::new(&[open.result(70_000, "\r\n+QMTOPEN: 0,3\r\n").once(), open]));
        assert_eq!(rig.run_ms(dropped_ms, &job(TABLE)), None);
        assert_eq!((rig.signal(), rig.events()), (Ok(()), vec![SIGNAL_EVENT.to_owned()]));
        assert!(rig.now_ms() < 520, "{} ms, dropped after {dropped_ms}", rig.now_ms());
        let silent = Err(Fault::Ending(Ending::Silent(Command::new("+QMTOPEN"))));
        assert_eq!((rig.run(&job(TABLE)), rig.events()), (silent, vec!["1 silence".to_owned()]));
        assert_eq!(rig.now_ms() / 1000, 195, "the second waited for the first's result, and then for its own");
    }
}

/// `+QMTCONN: 0,..` is the result of the login and the answer to the question for its state.
#[test]
pub(crate) fn promise_07_a_question_waits_for_its_namesake() {
    const LOGIN_STEPS: &[Step] = &[step("+QMTCONN=0", 3).result(1, 50)];
    const LOGIN: &[u8] = table![LOGIN_STEPS];
    const STATE_STEPS: &[Step] = &[step("+QMTCONN?", 3).info().note(1)];
    const STATE: &[u8] = table![STATE_STEPS];
    for (result, ms) in [("\r\n+QMTCONN: 0,0,5\r\n", 701), ("", 5001)] {
        let mut rig = Rig::new(Module::new(&[
            rule("+QMTCONN=", "\r\nOK\r\n").result(700, result),
            rule("+QMTCONN?", "\r\n+QMTCONN: 0,3\r\n\r\nOK\r\n").after(0),
        ]));
        assert_eq!(rig.run_ms(100, &job(LOGIN)), None);
        assert_eq!((rig.run(&job(STATE)), rig.events()), (Ok(()), vec!["1 info +QMTCONN: 0,3".to_owned()]));
        assert_eq!(rig.now_ms(), ms);
    }
}

#[test]
pub(crate) fn promise_07_the_result_of_a_command_whose_ok_was_lost() {
    const STEPS: &[Step] = &[step("+UMQTTC=9", 3).result(0, 30).named("+UUMQTTC: 9").note(1)];
    const TABLE: &[u8] = table![STEPS];
    for result_ms in (301..2500).step_by(50) {
        let module = Module::new(&[
            rule("+UMQTTC", "").result(result_ms, "\r\n+UUMQTTC: 9,0\r\n").once(),
            rule("+UMQTTC", "\r\nOK\r\n").result(2800, "\r\n+UUMQTTC: 9,1\r\n"),
        ]);
        let mut rig = Rig::new(module);
        assert_eq!(rig.run(&job(TABLE)), Err(Fault::Ending(Ending::Silent(Command::new("+UMQTTC")))));
        rig.events();
        assert_eq!(rig.run(&job(TABLE)), Ok(()));
        assert_eq!(rig.events(), ["1 result +UUMQTTC: 9,1"], "the first comes after {result_ms} ms");
        let waited = rig.now_ms() - 2801;
        assert!(waited <= result_ms + 3, "it came after {result_ms} ms and was awaited for {waited}");
    }
}

#[test]
pub(crate) fn promise_07_the_result_of_filler_is_owed() {
    const STEPS: &[Step] = &[step("+UMQTTC=9,{a}", 20).prompt().result(0, 30).named("+UUMQTTC: 9").note(1)];
    const TABLE: &[u8] = table![STEPS];
    let pub_rule = |result| rule("+UMQTTC", "\r\n> ").after(20).data(20, "\r\nOK\r\n").result(500, result);
    let module = Module::new(&[pub_rule("\r\n+UUMQTTC: 9,0\r\n").once(), pub_rule("\r\n+UUMQTTC: 9,1\r\n")]);
    let (big, small) = ([b'x'; 300], [b'y'; 5]);
    let mut rig = Rig::new(module);
    let args = [Arg::Number(300)];
    assert_eq!(rig.run_ms(10, &Job { args: &args, body: &big, ..job(TABLE) }), None);
    let args = [Arg::Number(5)];
    assert_eq!(rig.run(&Job { args: &args, body: &small, ..job(TABLE) }), Ok(()));
    assert_eq!(rig.events(), ["1 result +UUMQTTC: 9,1"]);
    assert_eq!(rig.peer.payloads, [" ".repeat(300), "yyyyy".to_owned()]);
    assert_eq!(rig.modem.engine_mut().take_loss().map(|loss| loss.count), Some(1));
}

/// The prompt comes after its bound, two seconds.
#[test]
pub(crate) fn promise_07_a_late_prompt() {
    for prompt_ms in (2001..3999).step_by(111) {
        for (length, lost) in [(20, 0), (300, 1)] {
            let rules = [rule("+QMTPUB", "\r\n> ").after(prompt_ms).data(3, "\r\nOK\r\n")];
            let mut rig = Rig::new(Module::new(&rules));
            let (body, args) = (vec![b'x'; length], [Arg::Number(length as u32)]);
            assert_eq!(rig.run(&publish(&args, &body)), Err(Fault::Ending(Ending::Silent(Command::new("+QMTPUB")))));
            rig.events();
            assert_eq!((rig.signal(), rig.events()), (Ok(()), vec![SIGNAL_EVENT.to_owned()]), "prompt at {prompt_ms}");
            let byte = if lost == 0 { "x" } else { " " };
            assert_eq!(rig.peer.payloads, [byte.repeat(length)]);
            assert_eq!(rig.modem.engine_mut().take_loss().map_or(0, |loss| loss.count), lost);
        }
    }
}

/// The module waits for data, and we never saw its prompt; or it never got the command at all.
#[test]
pub(crate) fn promise_07_a_lost_prompt() {
    for waits in [true, false] {
        let mute = rule("+QMTPUB", "");
        let mut rig = Rig::new(Module::new(&[if waits { mute.data(3, "\r\nOK\r\n") } else { mute }]));
        let args = [Arg::Number(20)];
        assert_eq!(
            rig.run(&publish(&args, b"OK\r\nthe true bytes\r\n")),
            Err(Fault::Ending(Ending::Silent(Command::new("+QMTPUB"))))
        );
        rig.events();
        assert_eq!((rig.signal(), rig.events()), (Ok(()), vec![SIGNAL_EVENT.to_owned()]), "waits {waits}");
        // Without a prompt no byte of it may go out: they could be commands.
        let blanks = " ".repeat(20);
        assert_eq!(rig.peer.payloads, if waits { vec![blanks] } else { vec![] });
        assert_eq!(rig.modem.engine_mut().take_loss().map(|loss| loss.count), Some(1));
    }
}

/// Whoever comes behind a request that was given up waits for what is left of its bound, and not for as long again.
#[test]
pub(crate) fn promise_07_a_long_wait_is_not_doubled() {
    const STEPS: &[Step] = &[step("+QHTTPPOST=20", 2100).prompt()];
    let mut rig = Rig::new(Module::new(&[rule("+QHTTPPOST", "").data(3, "\r\nOK\r\n")]));
    assert_eq!(rig.run_ms(30_000, &Job { body: &[b'x'; 20], ..job(table![STEPS]) }), None);
    assert_eq!((rig.signal(), rig.events()), (Ok(()), vec![SIGNAL_EVENT.to_owned()]));
    assert_eq!((rig.now_ms() / 1000, rig.peer.payloads.as_slice()), (225, [" ".repeat(20)].as_slice()));
}

/// Where the manual has one time for `OK` and result together, both are late when it is over.
#[test]
pub(crate) fn promise_07_nothing_is_owed_behind_the_bound_of_all() {
    const STEPS: &[Step] =
        &[step("+CCHSTART", 1200).result(0, 1200).ignore(), step("+CMQTTDISC=0", 650).result(1, 650)];
    let disconnect = rule("+CMQTTDISC", "\r\nOK\r\n").result(3, "\r\n+CMQTTDISC: 0,0\r\n");
    let mut rig = Rig::new(Module::new(&[rule("+CCHSTART", ""), disconnect]));
    assert_eq!((rig.run(&job(table![STEPS])), rig.now_ms() / 1000), (Ok(()), 120));
}

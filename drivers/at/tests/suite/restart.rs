//! Promise 8: a restart is seen at once.
//!
//! The parts of the promise that are a driver's are tested there: the question for the state of the session after one
//! keep-alive of silence (`wanlink-quectel`), boot lines that have to be armed (issue 9), waking from a sleep that we
//! asked for (issue 8).

use wanlink_at::{Arg, Ending, Fault, Job, Step, listen, step, table};
use wanlink_emulator::Script;

use super::Test;
use super::module::{Module, Speaker, rule};
use super::rig::{DIALECT, RECEIVE, Rig, SIGNAL_ANSWER, SIGNAL_EVENT, job, slow_port};

pub(crate) const TESTS: &[Test] = &[
    (8, "promise_08_a_boot_line_ends_a_pending_command", promise_08_a_boot_line_ends_a_pending_command),
    (8, "promise_08_a_boot_line_ends_a_wait_for_the_result", promise_08_a_boot_line_ends_a_wait_for_the_result),
    (8, "promise_08_a_boot_line_ends_data_entry", promise_08_a_boot_line_ends_data_entry),
    (8, "promise_08_a_boot_line_while_idle", promise_08_a_boot_line_while_idle),
    (8, "promise_08_a_boot_line_between_two_tries", promise_08_a_boot_line_between_two_tries),
    (8, "promise_08_a_boot_line_in_a_pause", promise_08_a_boot_line_in_a_pause),
    (8, "promise_08_nothing_is_owed_after_a_restart", promise_08_nothing_is_owed_after_a_restart),
    (8, "promise_08_the_echo_of_our_own_command", promise_08_the_echo_of_our_own_command),
    (8, "promise_08_an_echo_longer_than_the_buffer", promise_08_an_echo_longer_than_the_buffer),
    (8, "promise_08_bringing_up_begins_again", promise_08_bringing_up_begins_again),
];

const RESTARTED: Result<(), Fault> = Err(Fault::Ending(Ending::Restarted));

#[test]
pub(crate) fn promise_08_a_boot_line_ends_a_pending_command() {
    const STEPS: &[Step] = &[step("+QIACT=1", 1500).note(1)];
    for ms in [1, 500, 149_000] {
        let mut rig = Rig::new(Speaker::new().at_ms(ms, "\r\nRDY\r\n"));
        assert_eq!((rig.run(&job(table![STEPS])), rig.now_ms()), (RESTARTED, ms));
        assert_eq!(rig.events(), ["urc 1 RDY", "restarted"]);
    }
}

#[test]
pub(crate) fn promise_08_a_boot_line_ends_a_wait_for_the_result() {
    const STEPS: &[Step] = &[step("+QMTOPEN=0", 10).result(1, 1250).note(1)];
    let mut rig = Rig::new(Speaker::new().at_ms(10, "\r\nOK\r\n").at_ms(700, "\0\0RDY\r\n"));
    assert_eq!((rig.run(&job(table![STEPS])), rig.now_ms()), (RESTARTED, 700));
}

#[test]
pub(crate) fn promise_08_a_boot_line_ends_data_entry() {
    const STEPS: &[Step] = &[step("+QMTPUB=0,1,100", 10).prompt().note(1)];
    for body in [vec![b'x'; 100], vec![b'x'; 300]] {
        // The command takes 1.5 ms on the wire and the payload 9 or 26 more; the line comes in the middle of them.
        let speaker = Speaker::new().at_ms(3, "\r\n> ").at_ms(6, "\r\nRDY\r\n").at_ms(100, SIGNAL_ANSWER);
        let mut rig = Rig::with(slow_port(), &DIALECT, speaker);
        assert_eq!(rig.run(&Job { body: &body, ..job(table![STEPS]) }), RESTARTED);
        assert!(rig.now_ms() < 8, "{}", rig.now_ms());
        rig.idle_ms(50);
        let sent = rig.peer.heard.len();
        assert!((30..70).contains(&sent), "{sent} bytes were written");
        rig.events();
        assert_eq!((rig.signal(), rig.events()), (Ok(()), vec![SIGNAL_EVENT.to_owned()]));
        assert_eq!(&rig.peer.heard_text()[sent..], "AT+CSQ\r", "no filler for a module that is not in data entry");
    }
}

const LISTEN_STEPS: &[Step] = &[listen(9, 600)];
const LISTEN: &[u8] = table![LISTEN_STEPS];

#[test]
pub(crate) fn promise_08_a_boot_line_while_idle() {
    let mut rig = Rig::new(Speaker::new().at_ms(7000, "\r\nRDY\r\n"));
    assert_eq!((rig.run(&job(LISTEN)), rig.now_ms()), (RESTARTED, 7000));
    drop(rig);
    // Between two operations nobody reads: the next one sees it, and sends nothing into the boot.
    let mut rig = Rig::new(Speaker::new().at_ms(7000, "\r\nRDY\r\n"));
    rig.idle_ms(8000);
    assert_eq!(rig.signal(), RESTARTED);
}

#[test]
pub(crate) fn promise_08_a_boot_line_between_two_tries() {
    const STEPS: &[Step] = &[step("+CPIN?", 3).info().retry(9, 100)];
    let mut rig = Rig::new(Speaker::new().at_ms(5, "\r\n+CME ERROR: 14\r\n").at_ms(3000, "\r\nRDY\r\n"));
    assert_eq!((rig.run(&job(table![STEPS])), rig.now_ms()), (RESTARTED, 3000));
    assert_eq!(rig.peer.heard_text(), "AT+CPIN?\r");
}

#[test]
pub(crate) fn promise_08_a_boot_line_in_a_pause() {
    let mut rig = Rig::new(Speaker::new().at_ms(300, "\r\nRDY\r\n"));
    let Rig { world, modem, peer, log } = &mut rig;
    let pause = modem.pause(embassy_time::Duration::from_millis(2000), 0, log);
    assert_eq!((world.run(peer, pause).unwrap(), rig.now_ms()), (RESTARTED, 300));
}

#[test]
pub(crate) fn promise_08_nothing_is_owed_after_a_restart() {
    const STEPS: &[Step] = &[step("+QMTOPEN=0", 10).result(1, 1250).note(1)];
    const TABLE: &[u8] = table![STEPS];
    let module = Module::new(&[
        rule("+QMTOPEN", "\r\nOK\r\n").result(200, "\r\nRDY\r\n").once(),
        rule("+QMTOPEN", "\r\nOK\r\n\r\n+QMTOPEN: 0,0\r\n"),
    ]);
    let mut rig = Rig::new(module);
    assert_eq!(rig.run_ms(100, &job(TABLE)), None, "dropped with its result owed");
    assert_eq!(rig.signal(), Ok(()));
    rig.idle_ms(500);
    assert_eq!(rig.signal(), RESTARTED);
    assert_eq!(rig.signal(), Ok(()));
    assert_eq!(rig.run(&job(TABLE)), Ok(()));
    assert!(rig.now_ms() < 1000, "it did not wait for the result of an earlier life: {}", rig.now_ms());
}

#[test]
pub(crate) fn promise_08_the_echo_of_our_own_command() {
    for (echo_off, result) in [(true, RESTARTED), (false, Ok(()))] {
        let mut rig = Rig::new(Module::new(&[]));
        rig.peer.echo = true;
        rig.modem.engine_mut().set_echo_off(echo_off);
        assert_eq!(rig.signal(), result);
        assert_eq!(rig.modem.engine().strays(), 0, "an echo is no stray line");
    }
    // After a restart the echo is on, and that is known.
    let mut rig = Rig::new(Module::new(&[]));
    rig.peer.echo = true;
    rig.modem.engine_mut().set_echo_off(true);
    assert_eq!((rig.signal(), rig.signal()), (RESTARTED, Ok(())));
}

#[test]
pub(crate) fn promise_08_an_echo_longer_than_the_buffer() {
    const STEPS: &[Step] = &[step("+QMTCONN=0,\"{a}\"", 10)];
    let module = || Module::new(&[rule("+QMTCONN", "\r\nOK\r\n")]);
    for length in RECEIVE - 30..RECEIVE + 14 {
        let id = vec![b'i'; length];
        let args = [Arg::Text(&id)];
        for (echo_off, result) in [(true, RESTARTED), (false, Ok(()))] {
            let mut rig = Rig::new(module());
            rig.peer.echo = true;
            rig.modem.engine_mut().set_echo_off(echo_off);
            assert_eq!(rig.run(&Job { args: &args, ..job(table![STEPS]) }), result, "{length}");
        }
    }
}

#[test]
pub(crate) fn promise_08_bringing_up_begins_again() {
    const STEPS: &[Step] = &[step("E0", 3), step("+CMEE=1", 3), step("+CSQ", 3).info().note(1)];
    let up = Job { flags: Job::BRING_UP, ..job(table![STEPS]) };
    let module = Script::new()
        .expect("ATE0\r")
        .send("ATE0\r\r\nOK\r\n")
        .expect("AT+CMEE=1\r")
        .send("\r\nRDY\r\n")
        .expect("ATE0\r")
        .send("ATE0\r\r\nOK\r\n")
        .expect("AT+CMEE=1\r")
        .send("\r\nOK\r\n")
        .expect("AT+CSQ\r")
        .send(SIGNAL_ANSWER);
    let mut rig = Rig::new(module);
    assert_eq!(rig.run(&up), Ok(()));
    assert_eq!(rig.events(), ["urc 1 RDY", "restarted", SIGNAL_EVENT]);
    drop(rig);
    // A module that never comes up is reported.
    let mut rig = Rig::new(Module::new(&[rule("E0", "\r\nRDY\r\n")]));
    assert_eq!(rig.run(&up), RESTARTED);
    assert_eq!(rig.peer.commands.len(), 5);
}

//! Finding the module, and bringing it to a known state.

use embassy_time::Instant;
use wanlink_at::{Answer, Arg, FOREVER, Job, Step, Verdict, listen, pack, packed_len, step};

use crate::command::Command;
use crate::error::Error;
use crate::operation::{Input, Operation, Parts, Running};
use crate::state::State;

mod note {
    pub(super) const ENTER: u8 = 1;
    pub(super) const UNPLUG: u8 = 2;
    pub(super) const PRESS: u8 = 3;
    pub(super) const PROBE: u8 = 4;
    pub(super) const FOUND: u8 = 5;
    pub(super) const MISSED: u8 = 6;
    pub(super) const SET_UP: u8 = 7;
    pub(super) const STARTED: u8 = 8;
}

/// Carriage returns: nothing at all to a module that takes commands, filler to one that waits for data.
static RETURNS: [u8; 64] = [b'\r'; 64];

/// The lines of a boot begin it again, so that it ends when the module is quiet. Argument: [`RETURNS`].
const START_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    // The key toggles: a module that was on and deaf is off after the first pulse.
    listen(note::PRESS, FOREVER),
    // A microcontroller that restarted in the middle of a publish leaves a module that takes everything for payload, at
    // most 4096 bytes of it (MQTT 3.3.9): give it bytes until it answers.
    step("{a}{a}{a}{a}", 1).note(note::UNPLUG).retry(15, 0).ignore().sync(),
    // Is somebody there? In words, whatever an earlier life had set; and twice, since the first `OK` may be the late
    // answer to a command that was dropped.
    step("V1Q0", 3).note(note::PROBE).retry(2, 1).ignore().sync().at("AT 2.10"),
    step("+CMEE?", 3).info().note(note::FOUND).retry(1, 1).ignore().sync().at("AT 2.23"),
    listen(note::MISSED, 0),
    // From unknown settings to ours, and old sessions closed. Nothing of it survives a restart but `urcport`.
    step("E0V1Q0", 3).note(note::SET_UP).retry(3, 3).sync().at("AT 2.11"),
    // From here on every answer is that of its own command.
    step("+CMEE?", 3).info().retry(3, 3).sync().at("AT 2.23"),
    step("+CMEE=1", 3).retry(2, 3).at("AT 2.23"),
    step("&D0", 3).ignore().at("AT 2.19"),
    // The factory may have left it at USB: then every OK comes and no URC ever.
    step("+QURCCFG=\"urcport\",\"uart1\"", 3).ignore().at("AT 2.28"),
    step("+CEREG=2", 3).retry(2, 3).at("AT 6.9"),
    step("+CGREG=2", 3).ignore().at("AT 6.8"),
    step("+CTZU=1", 3).ignore().at("AT 9.3"),
    step("+QMTDISC=0", 20).result(1, 310).ignore().at("MQTT 3.3.5"),
    step("+QMTCLOSE=0", 20).result(1, 310).ignore().at("MQTT 3.3.3"),
    listen(note::STARTED, 0),
];
pub(crate) static START: Operation = {
    static TABLE: [u8; packed_len(START_STEPS)] = pack(START_STEPS);
    Operation { prepare, ..Operation::new(&TABLE, Job::BRING_UP, take) }
};

fn prepare<'a>(_: &Input<'a, 'a>, _: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    parts.args[0] = Arg::Text(&RETURNS);
    Ok(())
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (note::ENTER, _) => {
            // The pin of a dropped start may still be pressed.
            run.pins.key(false);
            run.pins.reset(false);
            if run.pins.is_on() == Some(false) { miss(run) } else { Verdict::To(note::PROBE) }
        }
        (note::MISSED, _) => miss(run),
        (note::PRESS, Answer::Tick) => match run.pins.key(true) {
            Some(true) => Verdict::Default,
            Some(false) => run.state.fail(Error::Pin),
            // The module switches on with its supply.
            None => Verdict::To(note::PROBE),
        },
        (note::PRESS, Answer::Silence) => {
            if run.pins.key(false) != Some(true) {
                return run.state.fail(Error::Pin);
            }
            run.state.expect_boot();
            Verdict::To(note::PROBE)
        }
        (note::FOUND, Answer::Info(_)) => Verdict::To(note::SET_UP),
        (note::STARTED, _) => {
            (run.state.set_up, run.state.down) = (true, false);
            run.state.ended();
            // The module may have booted right before.
            run.state.expect_boot();
            Verdict::Done
        }
        _ => Verdict::Default,
    }
}

/// The module is not there: wait for it while it boots, free it of data that it may wait for, press its key, press once
/// more.
fn miss(run: &mut Running<'_, '_>) -> Verdict {
    const SEARCHES: u8 = 3;
    if Instant::now() < run.state.boots_until {
        return Verdict::To(note::PROBE);
    }
    run.state.searched += 1;
    if run.state.searched == 1 && run.pins.is_on() != Some(false) {
        return Verdict::To(note::UNPLUG);
    }
    run.state.searched = run.state.searched.max(2);
    if run.state.searched > SEARCHES {
        return run.state.fail(Error::Silent { command: Command::new("") });
    }
    run.state.expect_boot();
    Verdict::To(note::PRESS)
}

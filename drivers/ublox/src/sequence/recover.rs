//! Steps of recovery, and switching off.

use wanlink_at::driver::recover::{self, reset};
use wanlink_at::driver::{Parts, flag};
use wanlink_at::{Answer, Arg, Step, Verdict, int, listen, step, table};
use wanlink_core::Rung;

use crate::own::{has, radio_off};
use crate::{Error, Input, Operation, Running, State, quirk};

mod note {
    pub(super) use wanlink_at::driver::recover::note::*;

    pub(super) const BEARER: u8 = 1;
    pub(super) const GOES_OFF: u8 = 2;
    pub(super) const PROFILE: u8 = 3;
}

/// The internal profile down and up, where there is one. The context itself comes with the registration, and putting it
/// down is refused.
const CONTEXT_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    step("+UPSDA=0,4", 400).ignore().at("INT 2"),
    step("+UPSDA=0,3", 1800).result(0, 300).named("+UUPSDA").note(note::PROFILE).at("INT 2"),
    step("+CGACT=1,1", 1500).note(note::BEARER).at("AT 11"),
    listen(note::ACTIVATED, 0),
];
static CONTEXT: Operation = Operation::new(table![CONTEXT_STEPS], 0, take_context);

/// Argument: the level that switches the radio off. At least a second between two changes.
const RADIO_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    step("+CFUN={a}", 1800).at("AT 5"),
    listen(0, 10).ignore(),
    step("+CFUN=1", 1800).at("AT 5"),
];
static RADIO: Operation = Operation { prepare, ..Operation::new(table![RADIO_STEPS], 0, recover::take) };

/// Argument: as above, and the level that restarts. The greeting ends it; a module that never says it is found by the
/// next start.
const RESTART_STEPS: &[Step] = &[step("+CFUN={b}", 1800).ignore().at("AT 5"), listen(0, 150).ignore()];
static RESTART: Operation = Operation { prepare, ..Operation::new(table![RESTART_STEPS], flag::ANYWAY, recover::take) };

static RESET: Operation = reset();

/// To be off takes up to 40 s behind the OK, and only STATUS tells it; whoever cuts the supply before may break a SARA-R4.
const STOP_STEPS: &[Step] = &[listen(note::STOP, 0), step("+CPWROFF", 400).at("AT 2"), listen(note::GOES_OFF, 5)];
pub(crate) static STOP: Operation = Operation::new(table![STOP_STEPS], flag::ANYWAY, take_stop);
/// Halves of a second.
const LONGEST_OFF: u8 = 80;

pub(crate) fn operation(rung: Rung) -> &'static Operation {
    match rung {
        Rung::Context => &CONTEXT,
        Rung::Radio => &RADIO,
        Rung::Restart => &RESTART,
        _ => &RESET,
    }
}

fn prepare<'a>(_: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    parts.args[0] = Arg::Number(radio_off(state));
    parts.args[1] = Arg::Number(if has(state, quirk::RESTART_16) { 16 } else { 15 });
    Ok(())
}

fn take_context(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (note::ENTER, _) => {
            recover::take(run, note, answer);
            if has(run.state, quirk::PROFILE) { Verdict::Go } else { Verdict::To(note::BEARER) }
        }
        (note::PROFILE, Answer::Result(line)) if int(line, 0) == Some(0) => Verdict::To(note::ACTIVATED),
        (note::PROFILE, _) | (note::BEARER, Answer::Error(_)) => run.state.fail(Error::NoContext),
        _ => recover::take(run, note, answer),
    }
}

fn take_stop(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (note::STOP, _) => {
            run.state.own.waits = 0;
            recover::take(run, note, answer)
        }
        (note::GOES_OFF, _) if run.pins.is_on() == Some(false) => Verdict::Done,
        (note::GOES_OFF, Answer::Silence) if run.state.own.waits < LONGEST_OFF => {
            run.state.own.waits += 1;
            Verdict::To(note::GOES_OFF)
        }
        (note::GOES_OFF, Answer::Silence) => Verdict::Done,
        _ => recover::take(run, note, answer),
    }
}

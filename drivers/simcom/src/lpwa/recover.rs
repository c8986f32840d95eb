//! Steps of recovery, and switching off.

use wanlink_at::driver::flag;
use wanlink_at::driver::recover::{self, reset, take};
use wanlink_at::{Answer, FOREVER, Step, Verdict, listen, step, table};

use super::{Error, Lpwa, Operation, Running, attach};

mod note {
    pub(super) use wanlink_at::driver::recover::note::*;

    pub(super) const HOLD: u8 = 1;
    pub(super) const ACTIVATE_APP: u8 = 2;
}

/// The network took the context away, or it is up in name only: down, then up.
const SIM7080_CONTEXT_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    step("+CNACT=0,0", 100).result(0, 50).named("+APP PDP: 0,").optional().ignore().at("simcom-at 2.6"),
    step("+CNACT=0,1", 100).result(0, 600).named("+APP PDP: 0,").note(note::ACTIVATE_APP).at("simcom-at 2.6"),
    listen(note::ACTIVATED, 0),
];
const SIM7000_CONTEXT_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    step("+CNACT=0", 100).result(0, 50).named("+APP PDP:").optional().ignore().at("simcom-at 2.6"),
    step("+CNACT=1", 100).result(0, 600).named("+APP PDP:").note(note::ACTIVATE_APP).at("simcom-at 2.6"),
    listen(note::ACTIVATED, 0),
];

pub(super) const fn sim7080_context<F: Lpwa>() -> Operation<F> {
    Operation::new(table![SIM7080_CONTEXT_STEPS], 0, take_context)
}

pub(super) const fn sim7000_context<F: Lpwa>() -> Operation<F> {
    Operation::new(table![SIM7000_CONTEXT_STEPS], 0, take_context)
}

fn take_context<F: Lpwa>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (note::ACTIVATE_APP, Answer::Result(line)) if attach::is_active(line) => Verdict::Default,
        (note::ACTIVATE_APP, _) => run.state.fail(Error::NoContext),
        _ => take(run, note, answer),
    }
}

/// Denied for long, it takes ten seconds between the two (simcom-at 2.3).
const RADIO_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    step("+CFUN=0", 100).at("simcom-at 2.3"),
    listen(0, 100).ignore(),
    step("+CFUN=1", 100).at("simcom-at 2.3"),
];

pub(super) const fn radio<F: Lpwa>() -> Operation<F> {
    Operation::new(table![RADIO_STEPS], 0, take)
}

/// The boot line ends it; a module that never says it is found by the next start.
const SIM7080_RESTART_STEPS: &[Step] = &[step("+CREBOOT", 100).ignore().at("simcom-at 2.3"), listen(0, 100).ignore()];
const SIM7000_RESTART_STEPS: &[Step] = &[step("+CFUN=1,1", 100).ignore().at("simcom-at 2.3"), listen(0, 100).ignore()];

pub(super) const fn sim7080_restart<F: Lpwa>() -> Operation<F> {
    Operation::new(table![SIM7080_RESTART_STEPS], flag::ANYWAY, take)
}

pub(super) const fn sim7000_restart<F: Lpwa>() -> Operation<F> {
    Operation::new(table![SIM7000_RESTART_STEPS], flag::ANYWAY, take)
}

pub(super) const fn sim7000_reset<F: Lpwa>() -> Operation<F> {
    reset()
}

/// There is no reset line: the key, held long, takes its place.
const HOLD_STEPS: &[Step] = &[listen(note::HOLD, FOREVER)];

pub(super) const fn sim7080_reset<F: Lpwa>() -> Operation<F> {
    Operation::new(table![HOLD_STEPS], flag::ANYWAY, |run, _, answer| match answer {
        Answer::Tick if run.pins.key(true) != Some(true) => run.state.fail(Error::Pin),
        Answer::Silence if run.pins.key(false) != Some(true) => run.state.fail(Error::Pin),
        Answer::Silence => Verdict::Done,
        _ => Verdict::Default,
    })
}

/// There is no `OK`, only the line.
const STOP_STEPS: &[Step] = &[
    listen(note::STOP, 0),
    step("+CPOWD=1", 100).no_final().result(0, 100).named("NORMAL POWER DOWN").optional().at("simcom-at 2.3"),
];

pub(super) const fn stop<F: Lpwa>() -> Operation<F> {
    Operation::new(table![STOP_STEPS], flag::ANYWAY, recover::take)
}

//! Steps of recovery, and switching off.

use wanlink_at::{Answer, FOREVER, Step, Verdict, listen, pack, packed_len, step};
use wanlink_core::Rung;

use crate::error::Error;
use crate::operation::{Operation, Running, flag};
use crate::state::Session;

mod note {
    pub(super) const ENTER: u8 = 1;
    pub(super) const ACTIVATE: u8 = 2;
    pub(super) const ACTIVATED: u8 = 3;
    pub(super) const PULL: u8 = 4;
    pub(super) const STOP: u8 = 5;
}

/// The network took the context away, or it is up in name only: down, then up.
const CONTEXT_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    step("+QIDEACT=1", 400).ignore().at("TCP 2.3.4"),
    step("+QIACT=1", 1500).note(note::ACTIVATE).at("TCP 2.3.2"),
    listen(note::ACTIVATED, 0),
];
static CONTEXT: Operation = {
    static TABLE: [u8; packed_len(CONTEXT_STEPS)] = pack(CONTEXT_STEPS);
    Operation::new(&TABLE, 0, take)
};

/// Not by `CGACT`, which hangs some firmware of the family.
const RADIO_STEPS: &[Step] =
    &[listen(note::ENTER, 0), step("+CFUN=0", 150).at("AT 2.21"), step("+CFUN=1", 150).at("AT 2.21")];
static RADIO: Operation = {
    static TABLE: [u8; packed_len(RADIO_STEPS)] = pack(RADIO_STEPS);
    Operation::new(&TABLE, 0, take)
};

/// The boot line ends it; a module that never says it is found by the next start.
const RESTART_STEPS: &[Step] = &[step("+CFUN=1,1", 150).ignore().at("AT 2.21"), listen(0, 150).ignore()];
static RESTART: Operation = {
    static TABLE: [u8; packed_len(RESTART_STEPS)] = pack(RESTART_STEPS);
    Operation::new(&TABLE, flag::ANYWAY, take)
};

const RESET_STEPS: &[Step] = &[listen(note::PULL, FOREVER)];
static RESET: Operation = {
    static TABLE: [u8; packed_len(RESET_STEPS)] = pack(RESET_STEPS);
    Operation::new(&TABLE, flag::ANYWAY, take)
};

/// May be refused right after a boot.
const STOP_STEPS: &[Step] = &[
    listen(note::STOP, 0),
    step("+QPOWD=1", 3).result(0, 650).named("POWERED DOWN").optional().retry(6, 5).at("AT 2.25"),
];
pub(crate) static STOP: Operation = {
    static TABLE: [u8; packed_len(STOP_STEPS)] = pack(STOP_STEPS);
    Operation::new(&TABLE, flag::ANYWAY, take)
};

pub(crate) fn operation(rung: Rung) -> &'static Operation {
    match rung {
        Rung::Context => &CONTEXT,
        Rung::Radio => &RADIO,
        Rung::Restart => &RESTART,
        _ => &RESET,
    }
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (note::ENTER, _) => {
            run.state.context_up = false;
            run.state.sockets.hook = None;
            if run.state.session != Session::Closed {
                run.state.session = Session::Unknown;
            }
            Verdict::Go
        }
        (note::ACTIVATE, Answer::Error(_)) => run.state.fail(Error::NoContext),
        (note::ACTIVATED, _) => {
            run.state.context_up = true;
            Verdict::Done
        }
        (note::PULL, Answer::Tick) if run.pins.reset(true) != Some(true) => run.state.fail(Error::Pin),
        (note::PULL, Answer::Silence) if run.pins.reset(false) != Some(true) => run.state.fail(Error::Pin),
        (note::PULL, Answer::Silence) => Verdict::Done,
        (note::STOP, _) if run.pins.is_on() == Some(false) => Verdict::Done,
        (note::STOP, _) => Verdict::Go,
        _ => Verdict::Default,
    }
}

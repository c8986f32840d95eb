//! Steps of recovery, and switching off.

use wanlink_at::driver::flag;
use wanlink_at::driver::recover::{note, reset, take};
use wanlink_at::{Step, listen, pack, packed_len, step};
use wanlink_core::Rung;

use crate::Operation;

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

static RESET: Operation = reset();

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

//! Steps of recovery, and switching off.

use wanlink_at::driver::flag;
use wanlink_at::driver::recover::{note, reset, take};
use wanlink_at::{Step, listen, step, table};
use wanlink_core::Rung;

use super::Operation;

/// Every service gives the context up, and the next one brings it up anew.
const CONTEXT_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    step("+CMQTTDISC=0,60", 650).result(1, 650).ignore().at("simcom-at 3"),
    step("+CMQTTREL=0", 90).ignore().at("simcom-at 3"),
    step("+CMQTTSTOP", 120).result(0, 120).ignore().at("simcom-at 3"),
    step("+HTTPTERM", 1200).ignore().at("simcom-at 6.1"),
    step("+CCHSTOP", 120).result(0, 1200).ignore().at("simcom-at 7.2"),
    step("+NETCLOSE", 120).result(0, 1200).ignore().at("simcom-at 2.6"),
    step("+CGACT=1,1", 1500).note(note::ACTIVATE).at("simcom-at 2.3"),
    listen(note::ACTIVATED, 0),
];
static CONTEXT: Operation = Operation::new(table![CONTEXT_STEPS], 0, take);

/// A network that denied once may go on with it when the radio comes back too soon.
const RADIO_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    step("+CFUN=0", 150).at("simcom-at 2.3"),
    listen(0, 100).ignore(),
    step("+CFUN=1", 150).at("simcom-at 2.3"),
];
static RADIO: Operation = Operation::new(table![RADIO_STEPS], 0, take);

/// The boot line ends it; a module that never says it is found by the next start.
const RESTART_STEPS: &[Step] = &[step("+CRESET", 90).ignore().at("simcom-at 2.3"), listen(0, 250).ignore()];
static RESTART: Operation = Operation::new(table![RESTART_STEPS], flag::ANYWAY, take);

static RESET: Operation = reset();

/// Behind the `OK` is silence, and the module is off after two or three seconds (SIM7600: up to 25).
const STOP_STEPS: &[Step] =
    &[listen(note::STOP, 0), step("+CPOF", 90).retry(6, 5).at("simcom-at 2.3"), listen(0, 30).ignore()];
pub(super) static STOP: Operation = Operation::new(table![STOP_STEPS], flag::ANYWAY, take);

pub(super) fn operation(rung: Rung) -> &'static Operation {
    match rung {
        Rung::Context => &CONTEXT,
        Rung::Radio => &RADIO,
        Rung::Restart => &RESTART,
        _ => &RESET,
    }
}

//! Steps of recovery, and switching off.

use wanlink_at::driver::recover::{note, reset, take};
use wanlink_at::driver::{Family, flag};
use wanlink_at::{Answer, FOREVER, Step, Verdict, listen, step, table};
use wanlink_core::Rung;

use crate::ec::{EcFamily, Group};
use crate::{Error, Operation, Running};

/// The network took the context away, or it is up in name only: down, then up.
const CONTEXT_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    step("+QIDEACT=1", 400).ignore().at("TCP 2.3.4"),
    step("+QIACT=1", 1500).note(note::ACTIVATE).at("TCP 2.3.2"),
    listen(note::ACTIVATED, 0),
];
const fn context<F: Family>() -> Operation<F> {
    Operation::new(table![CONTEXT_STEPS], 0, take)
}

/// Not by `CGACT`, which hangs some firmware of the family.
const RADIO_STEPS: &[Step] =
    &[listen(note::ENTER, 0), step("+CFUN=0", 150).at("AT 2.21"), step("+CFUN=1", 150).at("AT 2.21")];
const fn radio<F: Family>() -> Operation<F> {
    Operation::new(table![RADIO_STEPS], 0, take)
}

/// The boot line ends it; a module that never says it is found by the next start.
const RESTART_STEPS: &[Step] = &[step("+CFUN=1,1", 150).ignore().at("AT 2.21"), listen(0, 150).ignore()];
const fn restart<F: Family>() -> Operation<F> {
    Operation::new(table![RESTART_STEPS], flag::ANYWAY, take)
}

/// May be refused right after a boot.
const STOP_STEPS: &[Step] = &[
    listen(note::STOP, 0),
    step("+QPOWD=1", 3).result(0, 650).named("POWERED DOWN").optional().retry(6, 5).at("AT 2.25"),
];
pub(crate) const fn stop<F: Family>() -> Operation<F> {
    Operation::new(table![STOP_STEPS], flag::ANYWAY, take)
}

pub(crate) fn operation<F: Family>(rung: Rung) -> &'static Operation<F> {
    match rung {
        Rung::Context => const { &context() },
        Rung::Radio => const { &radio() },
        Rung::Restart => const { &restart() },
        _ => const { &reset() },
    }
}

/// Notes of the tables with a budget, besides: how many of the day's power cycles come next.
const SPEND: u8 = 1;
const SPEND_TWICE: u8 = 2;

/// "15 s (EC2X-AT too; allow 85 s on QC)" (quectel-at 1.3).
pub(super) const EC_CFUN_DS: u16 = 850;

const EC_RADIO_STEPS: &[Step] = &[
    listen(SPEND_TWICE, 0),
    listen(note::ENTER, 0),
    step("+CFUN=0", EC_CFUN_DS).at("AT 2.21"),
    step("+CFUN=1", EC_CFUN_DS).at("AT 2.21"),
];
const fn radio_ec<G: Group>() -> Operation<EcFamily<G>> {
    Operation::new(table![EC_RADIO_STEPS], 0, take_ec)
}

const EC_RESTART_STEPS: &[Step] =
    &[listen(SPEND, 0), step("+CFUN=1,1", EC_CFUN_DS).ignore().at("AT 2.21"), listen(0, 150).ignore()];
const fn restart_ec<G: Group>() -> Operation<EcFamily<G>> {
    Operation::new(table![EC_RESTART_STEPS], flag::ANYWAY, take_ec)
}

const EC_RESET_STEPS: &[Step] = &[listen(SPEND, 0), listen(note::PULL, FOREVER)];
const fn reset_ec<G: Group>() -> Operation<EcFamily<G>> {
    Operation::new(table![EC_RESET_STEPS], flag::ANYWAY, take_ec)
}

fn take_ec<G: Group>(run: &mut Running<'_, '_, EcFamily<G>>, note: u8, answer: Answer<'_>) -> Verdict {
    match note {
        SPEND | SPEND_TWICE if !run.state.own.cycles.spend(note, G::CYCLES_A_DAY) => run.state.fail(Error::CyclesSpent),
        SPEND | SPEND_TWICE => Verdict::Go,
        _ => take(run, note, answer),
    }
}

pub(crate) fn operation_ec<G: Group>(rung: Rung) -> &'static Operation<EcFamily<G>> {
    match rung {
        Rung::Radio => const { &radio_ec() },
        Rung::Restart => const { &restart_ec() },
        Rung::Reset => const { &reset_ec() },
        _ => const { &context() },
    }
}

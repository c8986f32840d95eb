//! One look at all of it, in order.

use std::time::Duration;

use embassy_time::with_timeout;

use super::check::Chart;
use super::driven::{self, Measured};
use super::rate::{self, Ports};
use super::{card, clock, firmware, model, network, signal, tls};
use crate::cure;
use crate::failure::Failure;
use crate::models::Module;

/// What to look at.
pub(super) struct Plan<'a> {
    /// The model that it should be.
    pub(super) module: Option<Module>,
    /// The rate that the port should have.
    pub(super) baud: u32,
    /// The access point name that the data context is to be brought up with.
    pub(super) apn: Option<&'a str>,
    /// How long all of it may take.
    pub(super) limit: embassy_time::Duration,
    /// Time since 1970, by the clock of this machine.
    pub(super) utc: &'a dyn Fn() -> Duration,
}

/// Why nothing more can be looked at.
pub(super) struct Stop(pub(super) &'static str);

/// Looks at everything, and tells each finding once.
pub(super) async fn examine(ports: &mut impl Ports, plan: &Plan<'_>, chart: &Chart<'_>) {
    match with_timeout(plan.limit, look(ports, plan, chart)).await {
        Ok(Ok(())) => {}
        Ok(Err(Stop(because))) => chart.skip_rest(because),
        Err(_) => chart.give_up(&Failure::new("the module took too long", cure::SLOW)),
    }
}

async fn look(ports: &mut impl Ports, plan: &Plan<'_>, chart: &Chart<'_>) -> Result<(), Stop> {
    let board = &mut rate::find(ports, plan, chart).await?;
    let module = model::recognise(board, plan.module, chart).await?;
    let info = driven::identify(board, module, chart).await?;
    firmware::tell(&info, chart);
    let has_sim = card::tell(board, &info, chart).await;
    if has_sim && plan.apn.is_none() {
        network::wait(board, chart).await;
    }
    let apn = plan.apn.filter(|_| has_sim);
    let measured: Measured = driven::measure(board, module, apn, chart).await;
    let utc = (plan.utc)();
    let found = network::ask_all(board).await;
    network::tell(has_sim, &found, &measured, apn, chart);
    signal::tell(&found, &measured, chart);
    clock::tell(&measured, utc, chart);
    tls::tell(board, module, chart).await;
    Ok(())
}

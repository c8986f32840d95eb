//! A life's place in the run.

use std::cell::Cell;

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Instant, Timer};
use wanlink_core::{ErrorKind, Network, Refusal};
use wanlink_emulator::{Pins, SplitMix64};

use super::PIN;
use super::checks::Invariant;
use super::director::Stage;
use crate::online::{Step, Trouble};

/// After a refusal somebody looks at it, and has it try again.
const ATTENTION: Duration = Duration::from_secs(20);

/// A life's place in the run.
pub(super) struct Seat<'a> {
    pub(super) stage: &'a Stage<'a>,
    pub(super) pins: Pins,
    pub(super) seed: u64,
    pub(super) random: SplitMix64,
    /// Refusals of the card in a row.
    refused_cards: Cell<u8>,
}

impl<'a> Seat<'a> {
    pub(super) fn new(stage: &'a Stage<'a>, seed: u64, random: SplitMix64) -> Self {
        let pins = stage.scene.borrow().module.pins();
        Self { stage, pins, seed, random, refused_cards: Cell::new(0) }
    }

    pub(super) fn network(&self) -> Network<'static> {
        let mut network = Network::apn("cmiot");
        network.pin = self.stage.plan.module.sim.pin.is_some().then_some(PIN);
        network
    }

    pub(super) fn is_over(&self) -> bool {
        self.stage.account.borrow().is_done
    }

    /// Whether the driver keeps back a PIN whose fate it does not know: somebody switches the device off and on then.
    pub(super) fn is_locked_out(&self) -> bool {
        self.refused_cards.get() >= 3
    }

    /// Makes a call, and drops some before their end. `None`: there is no result.
    pub(super) async fn call<T>(&mut self, call: Step<'_, T>) -> Option<T> {
        match self.attempt(call).await? {
            Ok(value) => Some(value),
            Err(trouble) => {
                self.failed(&trouble).await;
                None
            }
        }
    }

    /// As [`call`](Self::call), and what it ends with is for the caller to see.
    pub(super) async fn attempt<T>(&mut self, call: Step<'_, T>) -> Option<Result<T, Trouble>> {
        match select(call, Timer::at(self.patience())).await {
            Either::First(result) => Some(result),
            Either::Second(()) => {
                self.stage.account.borrow_mut().dropped();
                None
            }
        }
    }

    fn patience(&mut self) -> Instant {
        let now = Instant::now();
        let one_in = self.stage.plan.drop_one_in;
        if now.as_micros() >= self.stage.plan.calm_us || !self.random.one_in(one_in) {
            return Instant::MAX;
        }
        let longest_us = if self.random.one_in(2) { 100_000 } else { 60_000_000 };
        now + Duration::from_micros(self.random.below(longest_us))
    }

    /// An error that a session does not heal: only a refusal may be one.
    pub(super) async fn failed(&self, trouble: &Trouble) {
        match trouble.kind {
            ErrorKind::Refused(Refusal::Sim) => self.refused_cards.set(self.refused_cards.get() + 1),
            ErrorKind::Refused(_) => self.refused_cards.set(0),
            kind => self.stage.account.borrow_mut().break_now(Invariant::Errors, format!("{kind:?}: {trouble}")),
        }
        Timer::after(ATTENTION).await;
    }
}

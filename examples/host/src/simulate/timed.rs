//! How long each call of the driver takes: none may take longer than its bound.

use std::cell::{Cell, RefCell};

use embassy_time::Instant;

use super::account::Account;
use super::checks::Invariant;
use crate::call::Call;
use crate::witness::Ear;

/// The longest time of each call in seconds, settling what a dropped one left behind included. `attach`, `ready` and
/// `idle` wait for the network or for a message and have none.
const BOUNDS_S: &[(&str, u64)] = &[
    ("start", 240),
    ("describe", 120),
    ("signal", 120),
    ("clock", 180),
    ("recover", 240),
    ("stop", 240),
    ("connect", 420),
    ("subscribe", 180),
    ("unsubscribe", 180),
    ("publish", 180),
    ("disconnect", 180),
    ("open", 420),
    ("open_tls", 420),
    ("write", 180),
    ("close", 180),
    ("resolve", 180),
];

/// Times the calls, one after the other.
pub(super) struct Stopwatch<'a> {
    account: &'a RefCell<Account>,
    running: Cell<Option<(&'static str, Instant)>>,
}

impl<'a> Stopwatch<'a> {
    pub(super) fn new(account: &'a RefCell<Account>) -> Self {
        Self { account, running: Cell::new(None) }
    }
}

impl Ear for Stopwatch<'_> {
    fn called(&self, method: &'static str, _call: &dyn Fn() -> Call) {
        self.running.set(Some((method, Instant::now())));
    }

    fn returned(&self, _error: Option<&str>) {
        let Some((method, since)) = self.running.take() else { return };
        let us = since.elapsed().as_micros();
        let mut account = self.account.borrow_mut();
        let longest = account.longest_us.entry(method).or_default();
        *longest = us.max(*longest);
        if let Some((_, bound)) = BOUNDS_S.iter().find(|bound| bound.0 == method)
            && us > bound * 1_000_000
        {
            account.break_now(Invariant::Bounds, format!("{method} took {} s, its bound is {bound} s", us / 1_000_000));
        }
    }
}

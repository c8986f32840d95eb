//! Listens at the driver: how long each call takes, and what a device asks the platform for.

use std::cell::Cell;

use embassy_time::Instant;
use wanlink_core::{ErrorKind, Refusal, Reply};
use wanlink_transports::json::Object;

use super::checks::Invariant;
use super::director::Stage;
use crate::call::Call;
use crate::failure::Failure;
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
    ("post", 300),
];

/// So much more of it a post that was dropped may leave behind: its connection (TCP 150, TLS 60), a `CONNECT` that is
/// late, and its answer. These are the bounds of `+QHTTPPOST` in the driver's table, and the engine's for a late prompt.
const OF_A_POST_S: u64 = 210 + 15 + 90;

/// Calls of the MQTT client, which does one thing at a time.
const OF_THE_CLIENT: [&str; 5] = ["connect", "subscribe", "unsubscribe", "publish", "disconnect"];

/// Calls that may ask for something.
const ASKING: [&str; 3] = ["post", "connect", "write"];

/// Watches the calls, one after the other.
pub(super) struct Watch<'a> {
    stage: &'a Stage<'a>,
    running: Cell<Option<(&'static str, Instant)>>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(stage: &'a Stage<'a>) -> Self {
        Self { stage, running: Cell::new(None) }
    }

    /// Whether the device has no need to be registered.
    fn has_kept(&self) -> bool {
        self.stage.supply.kept().is_ok_and(|kept| kept.is_enough())
    }
}

impl Ear for Watch<'_> {
    fn called(&self, method: &'static str, call: &dyn Fn() -> Call) {
        self.running.set(Some((method, Instant::now())));
        self.stage.account.borrow_mut().calls += 1;
        if !self.stage.rig.has_store() || !ASKING.contains(&method) {
            return;
        }
        let call = call();
        let account = &mut *self.stage.account.borrow_mut();
        if let Some(wrong) = account.asks.called(&call, || self.has_kept()) {
            account.break_now(Invariant::Asks, wrong.to_owned());
        }
        if let Call::Post(post) = &call
            && let Some(wrong) = account.tokens.called(&post.path)
        {
            account.break_now(Invariant::Tokens, wrong.to_owned());
        }
    }

    fn returned(&self, error: Option<&str>) {
        let Some((method, since)) = self.running.take() else { return };
        let us = since.elapsed().as_micros();
        let rig = self.stage.rig;
        let of_a_post_s = if rig.speaks_https() { OF_A_POST_S } else { 0 };
        let left_s = of_a_post_s + if OF_THE_CLIENT.contains(&method) { rig.of_a_publish_s() } else { 0 };
        let mut account = self.stage.account.borrow_mut();
        if method == "post" && error.is_some() {
            account.tokens.failed();
        }
        let longest = account.longest_us.entry(method).or_default();
        *longest = us.max(*longest);
        let bound = BOUNDS_S.iter().find(|bound| bound.0 == method).map(|bound| bound.1 + left_s);
        if let Some(bound) = bound.filter(|bound| us > bound * 1_000_000) {
            account.break_now(Invariant::Bounds, format!("{method} took {} s, its bound is {bound} s", us / 1_000_000));
        }
    }

    fn replied(&self, reply: &Reply<'_>) {
        let object = Object::parse(reply.body).ok();
        let code = object.as_ref().and_then(|object| object.get("code")?.number());
        let token = || object.as_ref()?.get("info")?.object()?.get("token")?.text();
        let account = &mut *self.stage.account.borrow_mut();
        account.tokens.answered(code, token().is_some());
        account.asks.answered(code);
    }

    fn failed(&self, _failure: Failure, kind: ErrorKind, _starting: bool) {
        if let ErrorKind::Refused(Refusal::Connack(code)) = kind {
            self.stage.account.borrow_mut().asks.refused(code);
        }
    }
}

//! Sees everything that happens in one run, tells it, and says when the run has to end before its work is done.

use std::cell::{Cell, RefCell};

use embassy_time::Instant;
use tokio::sync::{Mutex, Notify};
use wanlink_core::{Delivery, ErrorKind, Info, Signal};
use wanlink_transports::Event;

use super::patience::{IN_A_ROW, Patience};
use super::teller::Teller;
use crate::call::Call;
use crate::cli::PathArg;
use crate::cure;
use crate::failure::Failure;
use crate::interrupt::Interrupts;
use crate::note;
use crate::port::Tap;
use crate::witness::Ear;

/// What the driver's calls, the session and the work leave to be known of.
pub(super) struct Watch {
    pub(super) teller: Teller,
    tap: Tap,
    patience: RefCell<Patience>,
    /// The last failure of the driver, its kind, and whether it was starting the module; none since a call began.
    last: RefCell<Option<(Failure, ErrorKind, bool)>>,
    /// Since when it is on line.
    online: Cell<Option<Instant>>,
    /// A connection broke, and no try has been made since.
    just_broke: Cell<bool>,
    publishing: Cell<bool>,
    ending: Cell<bool>,
    /// Whether there is a connection that the platform can close.
    has_connection: bool,
    /// The module said who it is.
    is_described: Cell<bool>,
    /// It was told that the data context is up, and nothing speaks against it since: another call to bring it up is no
    /// news.
    is_attached: Cell<bool>,
    verdict: RefCell<Option<Failure>>,
    news: Notify,
    interrupts: Mutex<Interrupts>,
}

impl Watch {
    pub(super) fn new(json: bool, path: PathArg, interrupts: Interrupts) -> Self {
        let tap = Tap::default();
        Self {
            teller: Teller::new(json, path.name(), tap.clone()),
            tap,
            patience: RefCell::default(),
            last: RefCell::default(),
            online: Cell::default(),
            just_broke: Cell::default(),
            publishing: Cell::default(),
            ending: Cell::default(),
            has_connection: path != PathArg::Https,
            is_described: Cell::default(),
            is_attached: Cell::default(),
            verdict: RefCell::default(),
            news: Notify::new(),
            interrupts: Mutex::new(interrupts),
        }
    }

    /// Hears the port.
    pub(super) fn tap(&self) -> &Tap {
        &self.tap
    }

    pub(super) fn is_online(&self) -> bool {
        self.online.get().is_some()
    }

    /// A publish is on its way.
    pub(super) fn is_publishing(&self) -> bool {
        self.publishing.get()
    }

    /// Nothing new is to be begun.
    pub(super) fn is_ending(&self) -> bool {
        self.ending.get()
    }

    pub(super) fn set_ending(&self) {
        self.ending.set(true);
    }

    /// A publish begins; its number.
    pub(super) fn publish(&self) -> u32 {
        self.publishing.set(true);
        self.teller.publishing()
    }

    /// It ended well.
    pub(super) fn published(&self, topic: &str, seq: u32, text: &str, delivery: Delivery) {
        self.publishing.set(false);
        self.patience.borrow_mut().delivered();
        self.teller.published(topic, seq, text, delivery);
        self.news.notify_waiters();
    }

    /// The connection was ended by this side.
    pub(super) fn ended(&self) {
        if self.online.take().is_some() {
            self.teller.disconnected("end", "asked for");
        }
    }

    /// Waits for something to have happened.
    pub(super) async fn news(&self) {
        self.news.notified().await;
    }

    /// Waits until the work is to end, and says why.
    pub(super) async fn verdict(&self) -> Failure {
        loop {
            if let Some(failure) = self.verdict.take() {
                return failure;
            }
            self.news().await;
        }
    }

    /// Waits for a signal that asks to end.
    pub(super) async fn interrupted(&self) {
        self.interrupts.lock().await.next().await;
    }

    fn end(&self, failure: Failure) {
        self.verdict.replace(Some(failure));
        self.news.notify_waiters();
    }

    fn lost(&self, kind: ErrorKind) {
        let Some(since) = self.online.take() else { return };
        let reason = match &*self.last.borrow() {
            Some((failure, ..)) => failure.message().to_owned(),
            None => cure::of(kind).meaning.to_owned(),
        };
        self.teller.disconnected("lost", &reason);
        self.just_broke.set(true);
        if !self.has_connection {
            return;
        }
        if let Some(cure) = self.patience.borrow_mut().broke(kind, since.elapsed(), self.publishing.get()) {
            self.end(Failure::new(format!("the platform closed {IN_A_ROW} connections in a row"), cure));
        }
    }

    fn failed_again(&self) {
        if self.just_broke.take() {
            return;
        }
        let last = self.last.borrow().clone();
        // No call failed where a session gave the search for a network up.
        let (failure, kind, starting) = last.unwrap_or_else(|| {
            (Failure::new("there is no network in reach", cure::NO_NETWORK), ErrorKind::Reattach, false)
        });
        let mut patience = self.patience.borrow_mut();
        if patience.failed(kind, starting) || cure::is_lasting(failure.cure) && patience.refused() {
            self.end(failure);
        }
    }

    /// The session tells a step.
    pub(super) fn event(&self, event: Event) {
        match event {
            Event::Progress(_) if self.is_attached.get() => {}
            Event::Recover(_) => self.is_attached.set(false),
            Event::Progress(progress) => self.teller.progress(progress),
            Event::Connected => {
                self.online.set(Some(Instant::now()));
                self.patience.borrow_mut().connected();
                self.teller.connected();
            }
            Event::Lost(kind) => self.lost(kind),
            Event::Backoff { attempt, after } => {
                self.failed_again();
                self.teller.reconnecting(attempt, after.as_millis());
            }
            _ => {}
        }
    }
}

impl Ear for Watch {
    fn is_curious(&self) -> bool {
        true
    }

    fn called(&self, _method: &'static str, call: &dyn Fn() -> Call) {
        self.last.replace(None);
        self.tap.note(|redactor| note::called(&call(), redactor));
    }

    fn returned(&self, error: Option<&str>) {
        self.tap.note(|_| note::returned(error));
    }

    fn failed(&self, failure: Failure, kind: ErrorKind, starting: bool) {
        if matches!(kind, ErrorKind::Reattach | ErrorKind::Restart) {
            self.is_attached.set(false);
        }
        self.last.replace(Some((failure, kind, starting)));
    }

    fn described(&self, info: &Info) {
        if !self.is_described.replace(true) {
            self.teller.module(info);
        }
    }

    fn attached(&self, operator: Option<&str>, signal: Signal) {
        if !self.is_attached.replace(true) {
            self.teller.attached(operator, signal);
        }
    }
}

//! What the device did and saw: the part of it that outlives a restart of its microcontroller, and the notes of the run.

use std::collections::BTreeMap;

use embassy_time::{Duration, Instant};
use wanlink_core::{Delivery, Inbound};
use wanlink_transports::Event;

use super::Broken;
use super::asks::Asks;
use super::checks::Invariant;
use super::outbox::Kept;
use super::tokens::Tokens;

/// Of what was broken, so much is kept.
const KEPT: usize = 20;

/// A command that the platform sent.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) payload: Vec<u8>,
    /// It belongs to the end of the run, when nothing may be lost in silence.
    pub(super) is_last: bool,
}

#[derive(Debug, Default)]
pub(super) struct Account {
    /// Number of the message that is published next; kept in the device's store.
    pub(super) next: u64,
    /// Numbers of the messages that were acknowledged.
    pub(super) acknowledged: Vec<u64>,
    /// Those, and the ones that a module accepted whose manual promises no more: they may be lost with their connection.
    pub(super) delivered: Vec<u64>,
    /// The message that is under way.
    pub(super) publishing: Option<u64>,
    /// How often a device could not know whether the platform has a message.
    pub(super) unsure: BTreeMap<u64, usize>,
    /// What went through an outbox.
    pub(super) outbox: Kept,
    /// Messages are posts.
    pub(super) posts: bool,
    /// Calls of the driver.
    pub(super) calls: u64,
    pub(super) asks: Asks,
    pub(super) tokens: Tokens,
    /// Messages that were acknowledged when all faults were over.
    pub(super) after_faults: usize,
    /// How long behind the end of all faults the first of them was.
    pub(super) recovery: Option<Duration>,
    /// Payloads that came down, in order, with the life they came in.
    pub(super) received: Vec<(usize, Vec<u8>)>,
    /// Messages reported as lost since the last commands went out.
    pub(super) lost_at_end: u64,
    /// Commands that the platform sent.
    pub(super) sent: Vec<Command>,
    /// When each life of the microcontroller began.
    pub(super) lives: Vec<u64>,
    /// The waits of the session: failure in a row, length.
    pub(super) waits: Vec<(u16, Duration)>,
    /// What the driver's own trace showed.
    pub(super) driver_trace: Vec<u8>,
    /// In the middle of what the power went.
    pub(super) cuts: BTreeMap<&'static str, u64>,
    pub(super) faults: BTreeMap<&'static str, u64>,
    pub(super) longest_us: BTreeMap<&'static str, u64>,
    pub(super) broken: Vec<Broken>,
    /// All that was to be seen was seen.
    pub(super) is_done: bool,
}

impl Account {
    pub(super) fn break_now(&mut self, invariant: Invariant, what: String) {
        if self.broken.len() < KEPT {
            let at = Instant::now().as_micros();
            self.broken
                .push(Broken { invariant, what: format!("at {}.{:06} s: {what}", at / 1_000_000, at % 1_000_000) });
        }
    }

    pub(super) fn observe(&mut self, event: Event) {
        if let Event::Backoff { attempt, after } = event {
            self.waits.push((attempt, after));
            self.tokens.waits();
            self.doubt();
        }
    }

    /// A call was dropped.
    pub(super) fn dropped(&mut self) {
        self.tokens.dropped();
        self.doubt();
    }

    /// The device does not know what became of the message that is under way.
    pub(super) fn doubt(&mut self) {
        // An outbox may lose sight of what was acknowledged a moment ago.
        let last = self.delivered.last().filter(|_| self.outbox.is_used);
        if let Some(number) = self.publishing.or(last.copied()) {
            *self.unsure.entry(number).or_default() += 1;
        }
    }

    /// This message was delivered, as far as the module can tell.
    pub(super) fn passed(&mut self, number: u64, delivery: Delivery, calm_us: u64) {
        match delivery {
            Delivery::Acknowledged => self.acknowledged.push(number),
            Delivery::Accepted => {}
            other => self.break_now(Invariant::Acknowledged, format!("message {number} was {other:?}")),
        }
        self.delivered.push(number);
        self.publishing = None;
        let since_faults = Instant::now().checked_duration_since(Instant::from_micros(calm_us));
        self.after_faults += usize::from(since_faults.is_some());
        self.recovery = self.recovery.or(since_faults);
    }

    /// How long the device took to come back, as far as it can be told: a full outbox of a module that only accepts takes no
    /// message until its connection has outlived those that it holds.
    pub(super) fn recovery(&self) -> Option<Duration> {
        self.recovery.filter(|_| !self.outbox.is_accepted)
    }

    /// What came down.
    pub(super) fn came(&mut self, inbound: Option<Inbound<'_>>) {
        match inbound {
            Some(Inbound::Message(message)) => self.received.push((self.lives.len(), message.payload.to_vec())),
            Some(Inbound::Lost { count, .. }) => self.lost_at_end += u64::from(count),
            None => {}
        }
    }

    /// How many of the commands of the end came.
    pub(super) fn last_received(&self) -> u64 {
        let came = |command: &&Command| self.received.iter().any(|(_, payload)| *payload == command.payload);
        self.sent.iter().filter(|command| command.is_last).filter(came).count() as u64
    }

    pub(super) fn last_sent(&self) -> u64 {
        self.sent.iter().filter(|command| command.is_last).count() as u64
    }
}

/// The driver's trace goes here.
pub(super) struct Lines<'a>(pub(super) &'a std::cell::RefCell<Account>);

impl wanlink_at::Trace for Lines<'_> {
    fn sent(&mut self, piece: &[u8]) {
        self.0.borrow_mut().driver_trace.extend_from_slice(piece);
    }

    fn received(&mut self, line: &[u8]) {
        let trace = &mut self.0.borrow_mut().driver_trace;
        trace.extend_from_slice(line);
        trace.push(b'\n');
    }
}

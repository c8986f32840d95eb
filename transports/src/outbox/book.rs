//! Which messages are kept, and how far each has come. Messages have numbers, counted around.

use embassy_time::{Duration, Instant};

use super::later;

/// What happened to the messages of an outbox; each counter goes around.
///
/// Of those that were put, and those that an earlier life left, each is delivered, dropped, unfit or still kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Stats {
    /// Messages that were put.
    pub put: u32,
    /// Messages that an earlier life of the program left.
    pub found: u32,
    /// Messages that the platform has.
    pub delivered: u32,
    /// Messages that made way for newer ones.
    pub dropped: u32,
    /// Messages that no uplink could send, or that were damaged in flash.
    pub unfit: u32,
    /// Messages that were refused for want of room.
    pub refused: u32,
    /// Publishes of a message that was on its way before.
    pub repeated: u32,
}

/// What a dropped call, or one that failed, may have changed in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    Nothing,
    /// A message more at the end.
    Next,
    /// A message less at the front, which left for this reason.
    First(Fate),
}

/// Why a message leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Delivered,
    Dropped,
    Unfit,
}

/// The messages from `first` to before `next` are kept, and those before `unsent` were accepted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Book {
    pub(super) stats: Stats,
    pub(super) doubt: Doubt,
    first: u32,
    unsent: u32,
    next: u32,
    /// What is before it was accepted before `since`.
    older: u32,
    since: Instant,
    /// What was on its way once already is before it.
    reached: u32,
    /// The first message that was not sent cannot be, and leaves when those before it have left.
    pub(super) blocked: bool,
    connection: u32,
}

impl Book {
    pub(super) fn new(kept: u32) -> Self {
        Self {
            stats: Stats { found: kept, ..Stats::default() },
            doubt: Doubt::Nothing,
            first: 0,
            unsent: 0,
            next: kept,
            older: 0,
            since: Instant::MIN,
            reached: 0,
            blocked: false,
            connection: 0,
        }
    }

    pub(super) fn kept(&self) -> u32 {
        self.next.wrapping_sub(self.first)
    }

    /// How many are kept that were accepted.
    pub(super) fn accepted_count(&self) -> u32 {
        self.unsent.wrapping_sub(self.first)
    }

    /// The first message that was not sent.
    pub(super) fn unsent(&self) -> u32 {
        self.unsent
    }

    /// Whether this message is not kept any more.
    pub(super) fn is_gone(&self, number: u32) -> bool {
        is_before(number, self.first)
    }

    /// Whether a message before this one is kept.
    pub(super) fn has_before(&self, number: u32) -> bool {
        is_before(self.first, number)
    }

    /// When what was accepted is looked at next.
    pub(super) fn confirms_at(&self, after: Duration) -> Option<Instant> {
        (self.unsent != self.first).then(|| later(self.since, after))
    }

    /// Whether something is to be sent, or to be looked at.
    pub(super) fn is_due(&self, after: Duration) -> bool {
        (self.unsent != self.next && !self.blocked) || self.confirms_at(after).is_some_and(|at| Instant::now() >= at)
    }

    pub(super) fn put(&mut self) {
        self.next = self.next.wrapping_add(1);
        self.stats.put = self.stats.put.wrapping_add(1);
    }

    /// This message is on its way.
    pub(super) fn begin(&mut self, number: u32) {
        if is_before(number, self.reached) {
            self.stats.repeated = self.stats.repeated.wrapping_add(1);
        } else {
            self.reached = number.wrapping_add(1);
        }
    }

    /// Whether something before this message has to be sent.
    pub(super) fn is_behind(&self, number: u32) -> bool {
        is_before(self.unsent, number)
    }

    /// The module accepted this message.
    pub(super) fn accepted(&mut self, number: u32) {
        if self.is_gone(number) {
            return self.saved();
        }
        if self.unsent == self.first {
            (self.older, self.since) = (self.first, Instant::now());
        }
        self.unsent = number.wrapping_add(1);
    }

    /// Looks at what was accepted; says before which message everything is delivered.
    pub(super) fn review(&mut self, connection: u32, after: Duration) -> Option<u32> {
        if connection != self.connection {
            self.in_doubt();
            self.connection = connection;
            return None;
        }
        let now = Instant::now();
        self.confirms_at(after).filter(|at| now >= *at)?;
        let end = self.older;
        (self.older, self.since) = (self.unsent, now);
        Some(end)
    }

    /// What was accepted has to be sent again.
    pub(super) fn in_doubt(&mut self) {
        (self.unsent, self.blocked) = (self.first, false);
    }

    /// The first message left the queue.
    pub(super) fn left(&mut self, fate: Fate) {
        let counter = match fate {
            Fate::Delivered => &mut self.stats.delivered,
            Fate::Dropped => &mut self.stats.dropped,
            Fate::Unfit => &mut self.stats.unfit,
        };
        *counter = counter.wrapping_add(1);
        self.doubt = Doubt::Nothing;
        self.first = self.first.wrapping_add(1);
        for bound in [&mut self.unsent, &mut self.older, &mut self.reached] {
            if is_before(*bound, self.first) {
                *bound = self.first;
            }
        }
        self.blocked &= self.unsent != self.first;
    }

    /// One that was dropped has arrived all the same.
    pub(super) fn saved(&mut self) {
        self.stats.dropped = self.stats.dropped.wrapping_sub(1);
        self.stats.delivered = self.stats.delivered.wrapping_add(1);
    }

    /// The queue keeps so many.
    pub(super) fn correct(&mut self, kept: u32) {
        match self.doubt {
            Doubt::Next if kept > self.kept() => self.put(),
            Doubt::First(fate) if kept < self.kept() => self.left(fate),
            _ => {}
        }
        self.doubt = Doubt::Nothing;
    }
}

fn is_before(number: u32, other: u32) -> bool {
    (number.wrapping_sub(other) as i32) < 0
}

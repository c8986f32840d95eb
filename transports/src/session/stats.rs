//! What a session went through, in numbers.

use embassy_time::{Duration, Instant};
use wanlink_core::Rung;

use super::event::{Event, Observer};

/// Counts of a session, which wrap at the end of their range, and the times of its outages: an [`Observer`], so that a
/// program without it links nothing of it.
///
/// ```
/// # use wanlink_emulator as _;
/// use wanlink_core::Rung;
/// use wanlink_transports::{Connect, Session, Stats};
///
/// fn report<L: Connect>(session: &Session<'_, L, Stats>) -> (u32, u64, u32) {
///     let stats = session.observer();
///     (stats.losses, stats.longest_outage.as_secs(), stats.treatments(Rung::Reset))
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Times that the module was to be started.
    pub starts: u32,
    /// Searches for the network.
    pub searches: u32,
    /// Logins that were begun.
    pub attempts: u32,
    /// Logins that were accepted: the first, and every reconnect.
    pub connects: u32,
    /// Times that a session which was up broke.
    pub losses: u32,
    /// Failures of any step, each followed by a wait.
    pub failures: u32,
    /// How long the last outage took, from the loss to the login; the first is that from power-on.
    pub last_outage: Duration,
    /// How long the longest took.
    pub longest_outage: Duration,
    /// By rung.
    treatments: [u32; 4],
    /// When the outage that goes on began.
    down_since: Option<Instant>,
}

impl Stats {
    /// Of a session to which nothing has happened.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            starts: 0,
            searches: 0,
            attempts: 0,
            connects: 0,
            losses: 0,
            failures: 0,
            last_outage: Duration::MIN,
            longest_outage: Duration::MIN,
            treatments: [0; 4],
            down_since: None,
        }
    }

    /// How often the module was treated so; refused treatments are among them.
    #[must_use]
    pub fn treatments(&self, rung: Rung) -> u32 {
        self.treatments.get(rung as usize).copied().unwrap_or_default()
    }

    /// How long the outage takes that goes on; `None` on line, and before the first step.
    #[must_use]
    pub fn outage(&self) -> Option<Duration> {
        self.down_since.map(|since| since.elapsed())
    }

    fn up(&mut self) {
        if let Some(outage) = self.outage() {
            (self.last_outage, self.longest_outage) = (outage, self.longest_outage.max(outage));
        }
        self.down_since = None;
    }

    fn down(&mut self) {
        self.down_since = self.down_since.or_else(|| Some(Instant::now()));
    }
}

impl Default for Stats {
    fn default() -> Self {
        Self::new()
    }
}

impl Observer for Stats {
    fn event(&mut self, event: Event) {
        let counter = match event {
            Event::Power => &mut self.starts,
            Event::Attach => &mut self.searches,
            Event::Connect { .. } => &mut self.attempts,
            Event::Connected => &mut self.connects,
            Event::Lost(_) => &mut self.losses,
            Event::Backoff { .. } => &mut self.failures,
            Event::Recover(rung) => match self.treatments.get_mut(rung as usize) {
                Some(counter) => counter,
                None => return,
            },
            Event::Progress(_) | Event::Subscribe => return,
        };
        *counter = counter.wrapping_add(1);
        match event {
            Event::Connected => self.up(),
            _ => self.down(),
        }
    }
}

//! How often a day a module may be treated.

use embassy_time::{Duration, Instant};
use wanlink_core::Rung;

use super::event::{Event, Observer};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// No limit.
const ANY: u8 = u8::MAX;

/// So many treatments of each [`Rung`] a day, for modules whose restarts wear their flash, and networks that count how
/// often a device attaches: an [`Observer`] that permits no more. Without it there is no limit but the driver's own, and
/// nothing is linked.
///
/// A day begins with the first treatment of all and ends 24 hours later, on the clock of the program. A treatment counts
/// when it begins, refused or not. A microcontroller that restarts begins a day.
///
/// ```
/// # use wanlink_emulator as _;
/// use wanlink_core::{Network, Rung};
/// use wanlink_transports::{Budget, Connect, Session, Stats};
///
/// fn session<L: Connect>(link: L, seed: u64) -> Session<'static, L, (Stats, Budget)> {
///     let budget = Budget::new().daily(Rung::Radio, 6).daily(Rung::Restart, 4).daily(Rung::Reset, 4);
///     Session::observed(link, Network::apn("cmiot"), seed, (Stats::new(), budget))
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    limits: [u8; 4],
    spent: [u8; 4],
    since: Instant,
}

impl Budget {
    /// Without a limit for any rung.
    #[must_use]
    pub const fn new() -> Self {
        Self { limits: [ANY; 4], spent: [0; 4], since: Instant::MIN }
    }

    /// So many of this rung a day, at most 254; 0 for never.
    #[must_use]
    pub const fn daily(mut self, rung: Rung, times: u8) -> Self {
        if (rung as usize) < self.limits.len() {
            self.limits[rung as usize] = times;
        }
        self
    }

    /// How many of this rung are left of the day; `None` where there is no limit.
    #[must_use]
    pub fn left(&self, rung: Rung) -> Option<u8> {
        let limit = self.limits.get(rung as usize).copied().filter(|limit| *limit != ANY)?;
        let spent = if self.is_over() { 0 } else { self.spent.get(rung as usize).copied().unwrap_or_default() };
        Some(limit.saturating_sub(spent))
    }

    /// Whether the day that was begun is over.
    fn is_over(&self) -> bool {
        Instant::now() >= self.since.saturating_add(DAY)
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new()
    }
}

impl Observer for Budget {
    fn event(&mut self, event: Event) {
        let Event::Recover(rung) = event else { return };
        if self.is_over() || self.spent == [0; 4] {
            (self.spent, self.since) = ([0; 4], Instant::now());
        }
        if let Some(spent) = self.spent.get_mut(rung as usize) {
            *spent = spent.saturating_add(1);
        }
    }

    fn permits(&mut self, rung: Rung) -> bool {
        self.left(rung) != Some(0)
    }
}

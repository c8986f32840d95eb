//! What a session tells about itself.

use embassy_time::Duration;
use wanlink_core::{ErrorKind, Progress, Rung};

/// A step of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The module is being started.
    Power,
    /// The module is treated for its failures.
    Recover(Rung),
    /// The network is being reached.
    Attach,
    /// How far that has come.
    Progress(Progress),
    /// A login begins.
    Connect {
        /// Which one since the session was last steady, from 1.
        attempt: u16,
    },
    /// The login was accepted.
    Connected,
    /// A filter is being subscribed.
    Subscribe,
    /// What was up broke, for this reason.
    Lost(ErrorKind),
    /// The next step comes after a wait.
    Backoff {
        /// Failures since the session was last steady.
        attempt: u16,
        /// How long the wait is.
        after: Duration,
    },
}

/// Takes the [`Event`]s of a session. Every `FnMut(Event)` is one.
pub trait Observer {
    /// Called at each step; must not block.
    fn event(&mut self, event: Event);
}

impl<F: FnMut(Event)> Observer for F {
    fn event(&mut self, event: Event) {
        self(event);
    }
}

/// An observer that looks away, and costs nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Observer for Quiet {
    fn event(&mut self, _event: Event) {}
}

/// Counts of a session; they wrap at the end of their range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Stats {
    /// Logins that were begun.
    pub attempts: u32,
    /// Logins that were accepted: the first, and every reconnect.
    pub connects: u32,
    /// Times that a session which was up broke.
    pub losses: u32,
    /// Times that the module restarted or had to be started again.
    pub restarts: u32,
}

impl Stats {
    pub(super) const ZERO: Self = Self { attempts: 0, connects: 0, losses: 0, restarts: 0 };
}

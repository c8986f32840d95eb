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

    /// Whether the module may be treated so; asked before each treatment. One that is not permitted is left out, and the
    /// session goes on as if its turn had not come.
    fn permits(&mut self, rung: Rung) -> bool {
        let _ = rung;
        true
    }
}

impl<F: FnMut(Event)> Observer for F {
    fn event(&mut self, event: Event) {
        self(event);
    }
}

/// Both are told, and what is done has to be permitted by both.
impl<A: Observer, B: Observer> Observer for (A, B) {
    fn event(&mut self, event: Event) {
        self.0.event(event);
        self.1.event(event);
    }

    fn permits(&mut self, rung: Rung) -> bool {
        self.0.permits(rung) && self.1.permits(rung)
    }
}

/// An observer that looks away, and costs nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Observer for Quiet {
    fn event(&mut self, _event: Event) {}
}

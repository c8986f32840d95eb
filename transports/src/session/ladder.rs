//! What a failure leads to: which step comes next, after which wait, and when the module is treated for it.

use embassy_time::{Duration, Instant};
use wanlink_core::__private::is_mutant;
use wanlink_core::{__log, ErrorKind, Refusal, Rung};

use super::{Event, Observer, Session, Stage};
use crate::link::Connect;

/// After this time on line the next failure counts as the first again. A connection that dies sooner goes on backing
/// off: two devices with one identity throw each other out for ever.
pub(super) const STEADY: Duration = Duration::from_secs(60);

/// A search for the network that took so long is treated as a failure: the first one over all bands of a low-power
/// module takes minutes.
pub(super) const ATTACH: Duration = Duration::from_secs(600);

/// Failures without a login between them are counted to this, and treated from the first on again: while the platform is
/// away the module restarts every hundred minutes, not more often.
const ROUND: u8 = 32;

/// Of the calls in a row that were refused on line each such one is followed by a login: what the module or the broker
/// remembers of the connection may be what it does not get over.
const STUBBORN: u8 = 4;

/// So many of them have the module restarted: no login helped.
const TOO_STUBBORN: u8 = 12;

/// Failures in a row, of which each that is one of a start has the module reset by its pin: to press its power key did not
/// help.
const MUTE: u16 = 4;

/// Refused logins without a reason that end the session, where the module never tells one.
const UNEXPLAINED: u8 = 3;

impl<L: Connect, O: Observer, const FILTERS: usize> Session<'_, L, O, FILTERS> {
    /// When the next step may begin: the back-off is over and, before a login, the minute's limit allows it.
    pub(super) fn earliest(&self) -> Instant {
        if self.stage == Stage::Connect { self.not_before.max(self.pace.earliest()) } else { self.not_before }
    }

    /// Takes notice of a failure: goes back to the step that can help and sets the wait before it. `false` when nothing
    /// but the caller can help.
    pub(super) fn heals(&mut self, kind: ErrorKind) -> bool {
        let stage = match kind {
            ErrorKind::Retry if self.is_stubborn() => Stage::Connect,
            // Nothing is to be done again but the call itself, after the wait.
            ErrorKind::Retry => self.stage.min(Stage::Subscribe),
            // CONNACK 3: trouble of the service, not of the device (aliyun-iot, 5).
            ErrorKind::Reconnect | ErrorKind::Refused(Refusal::Connack(3)) => Stage::Connect,
            // A server that hangs up, as while it is renewed, mostly looks like one that is not trusted. A root that was
            // good once is kept trying: nothing is told to a stranger.
            ErrorKind::Refused(Refusal::Certificate) if self.connection > 0 => Stage::Connect,
            ErrorKind::Reattach => Stage::Attach,
            ErrorKind::Restart => Stage::Power,
            ErrorKind::Refused(Refusal::Unexplained) if self.may_be_unexplained() => Stage::Connect,
            _ => {
                self.give_up(kind);
                return false;
            }
        };
        if !matches!(kind, ErrorKind::Refused(Refusal::Unexplained)) {
            self.unexplained = 0;
        }
        if self.stage > Stage::Connect && stage <= Stage::Connect {
            self.forget_failures_when_steady();
            self.connection = self.connection.wrapping_add(1);
            self.observer.event(Event::Lost(kind));
        }
        let failed = self.stage;
        self.go_to(failed.min(stage));
        self.back_off();
        self.climb(failed);
        true
    }

    /// Whether what was refused on line has been refused so often that it will be again.
    fn is_stubborn(&mut self) -> bool {
        // Without a connection it counts as a failure to reach the platform.
        if self.stage <= Stage::Connect || !L::IS_CONNECTED {
            return false;
        }
        self.refused = self.refused.saturating_add(1);
        self.refused.is_multiple_of(STUBBORN)
    }

    /// Treats a module that failed so often: a context may be up in name only, a radio may have stopped to search, and
    /// neither says so.
    fn climb(&mut self, failed: Stage) {
        // One that does not answer fails once more or not between two that count: it shall not make them miss their number.
        if failed >= Stage::Attach {
            self.unreached = (self.unreached + 1) % ROUND;
        }
        // Without a connection it is a request that does not reach the platform.
        let failed = if L::IS_CONNECTED { failed } else { failed.min(Stage::Connect) };
        let count = match failed {
            // A search takes as long as many logins.
            Stage::Attach => self.unreached * 3,
            Stage::Connect => self.unreached,
            Stage::Power if self.failures.is_multiple_of(MUTE) => 24,
            _ if self.refused == TOO_STUBBORN => {
                self.refused = 0;
                12
            }
            _ => return,
        };
        self.rung = match count {
            6 => Rung::Radio,
            12 => Rung::Restart,
            24 => Rung::Reset,
            // Again and again: it costs a second, and another rung may be a long time off.
            _ if count % 6 == 3 && failed == Stage::Connect => Rung::Context,
            _ => return,
        };
        if self.observer.permits(self.rung) && !is_mutant("no ladder") {
            self.stage = Stage::Recover;
        }
    }

    pub(super) fn go_to(&mut self, stage: Stage) {
        self.stage = stage;
        if stage == Stage::Attach && !is_mutant("an endless search") {
            self.attach_by = Instant::now().saturating_add(ATTACH);
        }
    }

    fn may_be_unexplained(&mut self) -> bool {
        self.unexplained = self.unexplained.saturating_add(1);
        !L::GIVES_REASON && self.unexplained < UNEXPLAINED
    }

    fn give_up(&mut self, kind: ErrorKind) {
        match kind {
            // The filter is at fault, for whatever reason, not the connection.
            _ if self.stage == Stage::Subscribe => self.filters.remove_first(),
            ErrorKind::Refused(refusal) => self.ended = Some(refusal),
            _ => {}
        }
    }

    fn back_off(&mut self) {
        self.failures = self.failures.saturating_add(1);
        let now = Instant::now();
        self.not_before = now.saturating_add(self.backoff.next());
        let after = self.earliest().saturating_duration_since(now);
        __log!(info, "failure {} in a row", self.failures);
        self.observer.event(Event::Backoff { attempt: self.failures, after });
    }

    /// A message reached the platform.
    pub(super) fn passed(&mut self) {
        (self.unreached, self.refused) = (0, 0);
        if L::IS_CONNECTED {
            return self.forget_failures_when_steady();
        }
        self.forget_failures();
    }

    fn forget_failures_when_steady(&mut self) {
        if Instant::now() >= self.steady_at {
            self.forget_failures();
        }
    }

    fn forget_failures(&mut self) {
        self.failures = 0;
        self.backoff.reset();
    }
}

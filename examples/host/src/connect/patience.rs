//! When trying again helps nobody.

use embassy_time::Duration;
use wanlink_core::ErrorKind;

use crate::cure::{self, Cure};

/// Failures of commands, and restarts of the module, that a first connection may have; the next ends it.
const FORGIVEN: u32 = 2;
/// A connection that was closed sooner was closed for a reason.
const STEADY: Duration = Duration::from_secs(60);
/// So many of those in a row have the same reason.
pub(super) const IN_A_ROW: u32 = 3;

/// Counts what speaks against another try. A session itself never gives up on what may heal.
#[derive(Debug, Default)]
pub(super) struct Patience {
    was_online: bool,
    failures: u32,
    /// Connections in a row that were closed soon, and how many of them during a publish.
    closed: u32,
    closed_on_publish: u32,
    /// Requests in a row that the platform refused with a code that does not pass by itself.
    refused: u32,
}

impl Patience {
    /// A login was accepted.
    pub(super) fn connected(&mut self) {
        self.was_online = true;
    }

    /// A try failed, off line; whether it was the last. Before a device was on line once, most failures are those of a
    /// wrong setting. It does not clear the count of closed connections: two devices that fight for one identity use the
    /// platform's five logins a minute up between them.
    pub(super) fn failed(&mut self, kind: ErrorKind, starting: bool) -> bool {
        if self.was_online {
            return false;
        }
        self.failures += 1;
        let may_pass = kind == ErrorKind::Retry || kind == ErrorKind::Restart && !starting;
        !may_pass || self.failures > FORGIVEN
    }

    /// The platform refused a request, with a code that does not pass by itself; whether it was one too many.
    pub(super) fn refused(&mut self) -> bool {
        self.refused += 1;
        self.refused >= IN_A_ROW
    }

    /// The platform took a message.
    pub(super) fn delivered(&mut self) {
        self.refused = 0;
    }

    /// A connection broke that lived so long; the cause, if there have been enough to know it.
    pub(super) fn broke(&mut self, kind: ErrorKind, lived: Duration, publishing: bool) -> Option<Cure> {
        if kind != ErrorKind::Reconnect || lived >= STEADY {
            (self.closed, self.closed_on_publish) = (0, 0);
            return None;
        }
        self.closed += 1;
        self.closed_on_publish += u32::from(publishing);
        let cure = if self.closed_on_publish == self.closed { cure::PUBLISH_REFUSED } else { cure::KICKED };
        (self.closed >= IN_A_ROW).then_some(cure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    #[test]
    fn a_first_connection_is_forgiven_what_passes_by_itself() {
        for (kind, starting, tries) in [
            (ErrorKind::Reconnect, false, 1),
            (ErrorKind::Reattach, false, 1),
            (ErrorKind::Restart, true, 1),
            (ErrorKind::Restart, false, 3),
            (ErrorKind::Retry, true, 3),
        ] {
            let mut patience = Patience::default();
            let failed = (1..).find(|_| patience.failed(kind, starting));
            assert_eq!(failed, Some(tries), "{kind:?}");
            patience.connected();
            assert!((0..100).all(|_| !patience.failed(kind, starting)), "and everything once it was on line");
        }
    }

    #[test]
    fn who_is_let_in_and_thrown_out_three_times_in_a_row_has_a_double() {
        let mut patience = Patience::default();
        patience.connected();
        assert_eq!(patience.broke(ErrorKind::Reconnect, SOON, false), None);
        assert!(!patience.failed(ErrorKind::Reconnect, false), "a login too many");
        assert_eq!(patience.broke(ErrorKind::Reconnect, SOON, true), None);
        assert_eq!(patience.broke(ErrorKind::Reconnect, SOON, true), Some(cure::KICKED));
    }

    #[test]
    fn a_publish_that_ends_each_connection_is_refused() {
        let mut patience = Patience::default();
        patience.connected();
        let cures = [(); 3].map(|()| patience.broke(ErrorKind::Reconnect, SOON, true));
        assert_eq!(cures, [None, None, Some(cure::PUBLISH_REFUSED)]);
    }

    #[test]
    fn a_request_that_is_refused_three_times_in_a_row_stays_refused() {
        let mut patience = Patience::default();
        patience.connected();
        for _ in 0..10 {
            assert!((1..IN_A_ROW).all(|_| !patience.refused()));
            patience.delivered();
        }
        assert_eq!([(); 3].map(|()| patience.refused()), [false, false, true]);
    }

    #[test]
    fn a_long_life_and_a_lost_network_are_no_double() {
        let mut patience = Patience::default();
        patience.connected();
        for _ in 0..10 {
            for _ in 1..IN_A_ROW {
                assert_eq!(patience.broke(ErrorKind::Reconnect, SOON, false), None);
            }
            assert_eq!(patience.broke(ErrorKind::Reconnect, STEADY, false), None);
            for _ in 1..IN_A_ROW {
                assert_eq!(patience.broke(ErrorKind::Reconnect, SOON, false), None);
            }
            assert_eq!(patience.broke(ErrorKind::Reattach, SOON, false), None);
        }
    }
}

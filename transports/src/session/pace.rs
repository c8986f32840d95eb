//! At most five logins in any minute (aliyun-iot, 1.4: five connection requests per minute and device).

use embassy_time::{Duration, Instant};
use wanlink_core::__private::is_mutant;

const MINUTE: Duration = Duration::from_secs(60);

/// Logins of the last minute.
///
/// A login counts from its *end*: the platform got it somewhere between its begin and its end, so the sixth begins more
/// than a minute after the platform got the first, however slow the network was.
#[derive(Debug)]
pub(super) struct Pace {
    /// When each of the last five stops to count, oldest first.
    free_at: [Instant; 5],
    /// A login was begun, and its end was not seen: its future was dropped.
    open: bool,
}

impl Pace {
    pub(super) const NEW: Self = Self { free_at: [Instant::MIN; 5], open: false };

    /// A login begins.
    pub(super) fn begin(&mut self) {
        self.open = true;
    }

    /// It ended, one way or the other.
    pub(super) fn end(&mut self, now: Instant) {
        let [_, second, third, fourth, fifth] = self.free_at;
        self.free_at = [second, third, fourth, fifth, now.saturating_add(MINUTE)];
        self.open = false;
    }

    /// When the next may begin.
    pub(super) fn earliest(&mut self, now: Instant) -> Instant {
        if self.open {
            // Nobody knows when it was dropped; now is late enough.
            self.end(now);
        }
        if is_mutant("any number of logins") { Instant::MIN } else { self.free_at[0] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: u64) -> Instant {
        Instant::from_secs(s)
    }

    #[test]
    fn the_sixth_waits_for_a_minute_after_the_end_of_the_first() {
        let mut pace = Pace::NEW;
        for s in 0..5 {
            assert!(pace.earliest(at(s)) <= at(s));
            pace.begin();
            pace.end(at(s + 10));
        }
        assert_eq!(pace.earliest(at(15)), at(70));
        pace.begin();
        pace.end(at(71));
        assert_eq!(pace.earliest(at(71)), at(71), "the second ended at 11 s");
    }

    #[test]
    fn a_dropped_login_counts() {
        let mut pace = Pace::NEW;
        for s in [0, 5, 10, 15, 20] {
            pace.earliest(at(s));
            pace.begin();
        }
        assert_eq!(pace.earliest(at(21)), at(65), "the first was over when the second began, at 5 s");
        assert_eq!(pace.earliest(at(22)), at(65), "counted once");
    }
}

//! At most five logins in any minute (aliyun-iot, 1.4: five connection requests per minute and device).

#[cfg(all(feature = "store", any(feature = "mqtt", feature = "tcp")))]
use embassy_time::Timer;
use embassy_time::{Duration, Instant};
use wanlink_core::__private::is_mutant;

const MINUTE: Duration = Duration::from_secs(60);

/// Logins of the last minute. The platform takes five from a device, and those by which it registers are among them.
///
/// A [`Session`](crate::Session) has one, and so has a `registration::Device`. What comes behind the other goes on with its
/// pace: `Session::new(..).paced(device.pace())`.
///
/// A login counts from its *end*: the platform got it somewhere between its begin and its end, so the sixth begins more
/// than a minute after the platform got the first, however slow the network was.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// When each of the last five stops to count, oldest first.
    free_at: [Instant; 5],
    /// A login was begun, and its end was not seen: its future was dropped.
    open: bool,
}

impl Pace {
    /// That of a device that has not logged in for a minute.
    #[must_use]
    pub const fn new() -> Self {
        Self { free_at: [Instant::MIN; 5], open: false }
    }

    /// Waits until a login may begin, and has it begin.
    #[cfg(all(feature = "store", any(feature = "mqtt", feature = "tcp")))]
    pub(crate) async fn wait(&mut self) {
        let earliest = self.earliest(Instant::now());
        Timer::at(earliest).await;
        self.begin();
    }

    /// A login begins.
    pub(crate) fn begin(&mut self) {
        self.open = true;
    }

    /// It ended, one way or the other.
    pub(crate) fn end(&mut self, now: Instant) {
        let [_, second, third, fourth, fifth] = self.free_at;
        self.free_at = [second, third, fourth, fifth, now.saturating_add(MINUTE)];
        self.open = false;
    }

    /// When the next may begin.
    pub(crate) fn earliest(&mut self, now: Instant) -> Instant {
        if self.open {
            // Nobody knows when it was dropped; now is late enough.
            self.end(now);
        }
        if is_mutant("any number of logins") { Instant::MIN } else { self.free_at[0] }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::new()
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
        let mut pace = Pace::new();
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
        let mut pace = Pace::new();
        for s in [0, 5, 10, 15, 20] {
            pace.earliest(at(s));
            pace.begin();
        }
        assert_eq!(pace.earliest(at(21)), at(65), "the first was over when the second began, at 5 s");
        assert_eq!(pace.earliest(at(22)), at(65), "counted once");
    }
}

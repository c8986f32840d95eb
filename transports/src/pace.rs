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
/// than a minute after the platform got the first, however slow the network was. One that was dropped goes on in the module,
/// and its end is the begin of the next, which calls it off.
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
        Timer::at(self.earliest()).await;
        self.begin(Instant::now());
    }

    /// A login begins.
    pub(crate) fn begin(&mut self, now: Instant) {
        if self.open {
            self.end(now);
        }
        self.open = true;
    }

    /// It ended, one way or the other.
    pub(crate) fn end(&mut self, now: Instant) {
        let [_, second, third, fourth, fifth] = self.free_at;
        self.free_at = [second, third, fourth, fifth, now.saturating_add(MINUTE)];
        self.open = false;
    }

    /// When the next may begin.
    pub(crate) fn earliest(&self) -> Instant {
        let [first, second, ..] = self.free_at;
        match self.open {
            _ if is_mutant("any number of logins") => Instant::MIN,
            // It will be one of the five.
            true => second,
            false => first,
        }
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
            assert!(pace.earliest() <= at(s));
            pace.begin(at(s));
            pace.end(at(s + 10));
        }
        assert_eq!(pace.earliest(), at(70));
        pace.begin(at(70));
        pace.end(at(71));
        assert_eq!(pace.earliest(), at(71), "the second ended at 11 s");
    }

    #[test]
    fn a_dropped_login_counts() {
        let mut pace = Pace::new();
        for s in [0, 5, 10, 15, 20] {
            pace.begin(at(s));
        }
        assert_eq!(pace.earliest(), at(65), "the first was over when the second began, at 5 s");
    }

    #[test]
    fn a_dropped_login_may_reach_the_platform_until_the_next_begins() {
        let mut pace = Pace::new();
        pace.begin(at(0));
        assert_eq!(pace.earliest(), Instant::MIN);
        for s in [80, 85, 90, 95] {
            pace.begin(at(s));
            pace.end(at(s + 1));
        }
        assert_eq!(pace.earliest(), at(140), "the network may have come back right before the second");
    }
}

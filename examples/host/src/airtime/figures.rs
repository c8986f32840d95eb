//! What was counted on a path.

use wanlink_emulator::{LayerBytes, Traffic};

use super::DAYS_OF_A_TOKEN;

/// A message each minute.
const MOST: u64 = 1_440;

/// What each thing costs by itself.
#[derive(Debug, Clone, Copy)]
pub struct Prices {
    /// From nothing to a session; over HTTPS, a token.
    pub login: Traffic,
    /// A message, until its acknowledgement has arrived.
    pub message: Traffic,
    /// One keep-alive, where there is a session to keep.
    pub keep_alive: Option<Traffic>,
}

/// A day on line, without the login before it.
#[derive(Debug, Clone, Copy)]
pub struct Day {
    /// Seconds from one message to the next.
    pub period_s: u64,
    /// How many there were.
    pub messages: u64,
    /// All that went over the radio.
    pub traffic: Traffic,
}

/// What a model's path costs.
#[derive(Debug, Clone)]
pub struct Bill {
    /// The model's name.
    pub module: &'static str,
    /// The path's name; `-plain` is without TLS.
    pub path: &'static str,
    /// Whether a connection is kept.
    pub is_session: bool,
    /// Each thing by itself.
    pub prices: Prices,
    /// A day for each rhythm.
    pub days: Vec<Day>,
}

impl Bill {
    /// Bytes of a day up and down, and the day's share of a token.
    #[must_use]
    pub fn bytes(&self, day: &Day) -> (u64, u64) {
        let share = |bytes: &LayerBytes| if self.is_session { 0 } else { bytes.total().div_ceil(DAYS_OF_A_TOKEN) };
        let Prices { login, .. } = &self.prices;
        (day.traffic.up.total() + share(&login.up), day.traffic.down.total() + share(&login.down))
    }

    /// Bytes both ways of a day with so many messages, none of them in step with the keep-alive. A
    /// message puts the next keep-alive off, by half of what lies between two on the average.
    #[must_use]
    pub fn estimate(&self, messages: u64) -> u64 {
        let spared = messages * self.prices.keep_alive.as_ref().map_or(0, both) / 2;
        messages * both(&self.prices.message) + self.idle().saturating_sub(spared)
    }

    /// Bytes both ways of a day without a message: what the session or the token costs.
    fn idle(&self) -> u64 {
        let Some(day) = self.days.iter().min_by_key(|day| day.messages) else { return 0 };
        let (up, down) = self.bytes(day);
        (up + down).saturating_sub(day.messages * both(&self.prices.message))
    }

    /// Up to how many messages a day what keeps the session costs more than they do.
    pub(super) fn idle_outweighs(&self) -> u64 {
        up_to(|messages| self.estimate(messages) > 2 * messages * both(&self.prices.message))
    }

    /// Up to how many messages a day this path costs fewer bytes than `other`.
    pub(super) fn is_cheaper_up_to(&self, other: &Self) -> u64 {
        up_to(|messages| self.estimate(messages) < other.estimate(messages))
    }
}

/// The number of messages a day up to which it is so.
fn up_to(is_so: impl Fn(u64) -> bool) -> u64 {
    (1..=MOST).take_while(|&messages| is_so(messages)).last().unwrap_or(0)
}

/// Bytes both ways.
pub(super) fn both(traffic: &Traffic) -> u64 {
    traffic.up.total() + traffic.down.total()
}

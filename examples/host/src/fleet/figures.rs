//! What a fleet did, second by second.

use super::member::Member;
use super::{Outage, PER_MINUTE};

/// Logins of a part of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Phase {
    pub(super) name: &'static str,
    pub(super) seconds: u64,
    pub(super) attempts: u64,
    /// In the second with the most.
    pub(super) peak: u32,
}

/// What a fleet did.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) devices: u64,
    /// Logins that began in each second.
    pub(super) attempts: Vec<u32>,
    /// Seconds from the end of the outage until a device was back, the shortest first.
    pub(super) back_s: Vec<u64>,
    /// Devices that were not on line when the outage began.
    pub(super) late: u64,
    /// Devices that did not come back in time.
    pub(super) not_back: u64,
    /// The most logins of one device within a minute.
    pub(super) most_per_minute: usize,
}

impl Figures {
    pub(super) fn add(&mut self, member: &Member, outage: Outage) {
        self.devices += 1;
        self.late += u64::from(!member.was_on_line);
        for &at_us in &member.attempts_us {
            let second = (at_us / 1_000_000) as usize;
            if self.attempts.len() <= second {
                self.attempts.resize(second + 1, 0);
            }
            self.attempts[second] += 1;
        }
        match member.back_us {
            Some(back_us) => {
                let back_s = (back_us / 1_000_000).saturating_sub(outage.to_s);
                let at = self.back_s.partition_point(|&other| other <= back_s);
                self.back_s.insert(at, back_s);
            }
            None => self.not_back += 1,
        }
        self.most_per_minute = self.most_per_minute.max(most_per_minute(&member.attempts_us));
    }

    /// Before, during and after the outage.
    pub(super) fn phases(&self, outage: Outage) -> [Phase; 3] {
        let end = (self.attempts.len() as u64).max(outage.to_s);
        let phase = |name, from: u64, to: u64| {
            let seconds = self.attempts.iter().skip(from as usize).take((to - from) as usize);
            let attempts = seconds.clone().map(|&count| u64::from(count)).sum();
            Phase { name, seconds: to - from, attempts, peak: seconds.copied().max().unwrap_or(0) }
        };
        [
            phase("before", 0, outage.from_s),
            phase("during", outage.from_s, outage.to_s),
            phase("after", outage.to_s, end),
        ]
    }

    /// How long the quickest of so many in a thousand devices took to come back, in seconds.
    pub(super) fn back_within_s(&self, in_thousand: usize) -> Option<u64> {
        let count = (self.back_s.len() * in_thousand).div_ceil(1000);
        self.back_s.get(count.checked_sub(1)?).copied()
    }

    pub(super) fn is_good(&self) -> bool {
        self.not_back == 0 && self.late == 0 && self.most_per_minute <= PER_MINUTE
    }
}

/// The most of these times within any minute.
fn most_per_minute(times_us: &[u64]) -> usize {
    const MINUTE_US: u64 = 60_000_000;
    let within =
        |(index, from): (usize, &u64)| times_us[index..].iter().take_while(|&at| at - from < MINUTE_US).count();
    times_us.iter().enumerate().map(within).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(attempts_s: &[u64], back_s: Option<u64>) -> Member {
        let us = |s: u64| s * 1_000_000;
        let attempts_us = attempts_s.iter().copied().map(us).collect();
        Member { attempts_us, back_us: back_s.map(us), was_on_line: true }
    }

    #[test]
    fn phases_and_peaks() {
        let outage = Outage { from_s: 10, to_s: 20 };
        let mut figures = Figures::default();
        figures.add(&member(&[1, 12, 14, 25], Some(26)), outage);
        figures.add(&member(&[2, 12, 22], Some(23)), outage);
        figures.add(&member(&[2, 12], None), outage);
        let phase = |name, seconds, attempts, peak| Phase { name, seconds, attempts, peak };
        assert_eq!(
            figures.phases(outage),
            [phase("before", 10, 3, 2), phase("during", 10, 4, 3), phase("after", 6, 2, 1)]
        );
        assert_eq!((figures.back_within_s(500), figures.back_within_s(1000), figures.not_back), (Some(3), Some(6), 1));
        assert!(!figures.is_good());
    }

    #[test]
    fn a_minute_is_any_minute() {
        let us = |seconds: &[u64]| seconds.iter().map(|s| s * 1_000_000).collect::<Vec<_>>();
        assert_eq!(most_per_minute(&us(&[0, 30, 59, 60, 89])), 4);
        assert_eq!(most_per_minute(&[]), 0);
    }
}

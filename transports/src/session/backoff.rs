//! How long to wait after a failure.

use embassy_time::Duration;
use wanlink_core::__private::is_mutant;

/// Exponential back-off with jitter: each wait is drawn from the upper half of a window that doubles.
#[derive(Debug)]
pub(super) struct Backoff {
    random: u32,
    window_ms: u32,
    first_ms: u32,
    longest_ms: u32,
}

impl Backoff {
    pub(super) const fn new(seed: u64) -> Self {
        let random = (seed ^ (seed >> 32)) as u32;
        Self { random, window_ms: 2_000, first_ms: 2_000, longest_ms: 256_000 }
    }

    pub(super) fn set(&mut self, first: Duration, longest: Duration) {
        let ms = |duration: Duration| u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
        (self.first_ms, self.longest_ms) = (ms(first), ms(longest).max(ms(first)));
        self.reset();
    }

    pub(super) fn reset(&mut self) {
        self.window_ms = self.first_ms;
    }

    pub(super) fn next(&mut self) -> Duration {
        let half = self.window_ms / 2;
        if !is_mutant("waits do not grow") {
            self.window_ms = self.window_ms.saturating_mul(2).min(self.longest_ms);
        }
        let draw = if is_mutant("no jitter") { 0 } else { self.draw() };
        let jitter = (u64::from(half) * u64::from(draw)) >> 32;
        Duration::from_millis(u64::from(half) + jitter)
    }

    /// SplitMix on 32 bits: seeds that lie side by side, as serial numbers do, give unrelated draws from the first on.
    fn draw(&mut self) -> u32 {
        self.random = self.random.wrapping_add(0x9E37_79B9);
        let mixed = (self.random ^ (self.random >> 16)).wrapping_mul(0x21F0_AAAD);
        let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x735A_2D97);
        mixed ^ (mixed >> 15)
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    fn waits_ms(seed: u64, count: usize) -> Vec<u64> {
        let mut backoff = Backoff::new(seed);
        (0..count).map(|_| backoff.next().as_millis()).collect()
    }

    #[test]
    fn doubles_to_its_longest_and_stays_in_the_upper_half() {
        for seed in 0..200 {
            let windows = [2u64, 4, 8, 16, 32, 64, 128, 256, 256, 256].map(|s| s * 1000);
            for (wait, window) in waits_ms(seed, 10).into_iter().zip(windows) {
                assert!((window / 2..window).contains(&wait), "seed {seed}: {wait} of {window}");
            }
        }
    }

    /// 1000 devices with serial numbers in a row spread over the whole half second by half second.
    #[test]
    fn neighbouring_seeds_spread() {
        let mut slots = [0; 10];
        for seed in 0..1000 {
            slots[(waits_ms(seed, 1)[0] - 1000) as usize / 100] += 1;
        }
        assert!(slots.iter().all(|count| (60..140).contains(count)), "{slots:?}");
    }

    #[test]
    fn the_upper_half_of_a_seed_counts() {
        assert_ne!(waits_ms(1, 3), waits_ms(1 << 40, 3));
    }

    #[test]
    fn own_windows() {
        let mut backoff = Backoff::new(7);
        backoff.set(Duration::from_millis(100), Duration::from_millis(300));
        let waits: Vec<_> = (0..4).map(|_| backoff.next().as_millis()).collect();
        assert!(waits[0] < 100 && (100..200).contains(&waits[1]) && (150..300).contains(&waits[3]), "{waits:?}");
        backoff.reset();
        assert!(backoff.next().as_millis() < 100);
    }
}

//! Reproducible randomness: one 64-bit seed for a run, forked for each part that draws numbers.

/// Environment variable that replays one run: [`seed_or`] reads it.
pub const SEED_VARIABLE: &str = "WANLINK_SEED";

/// The seed in the environment variable [`SEED_VARIABLE`], or `default` when it is unset or no number.
///
/// A failing run prints its seed ([`Stuck`](crate::Stuck) does); setting the variable repeats it.
#[must_use]
pub fn seed_or(default: u64) -> u64 {
    std::env::var(SEED_VARIABLE).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// SplitMix64: small, fast, and good enough to choose delays and read sizes. Not for secrets.
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// A generator that always gives the same numbers for the same seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, `bound`; 0 when `bound` is 0.
    pub const fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next_u64() % bound }
    }

    /// True once in `n` draws on average; never when `n` is 0.
    pub const fn one_in(&mut self, n: u64) -> bool {
        n != 0 && self.below(n) == 0
    }

    /// A generator for another part of the same run. Parts do not disturb each other: what one draws later does not
    /// change what another one gets.
    #[must_use]
    pub const fn fork(&mut self) -> Self {
        Self(self.next_u64() ^ 0x6a09_e667_f3bc_c908)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_published_vector() {
        // First outputs of the reference implementation for the seed 1234567 (Steele, Lea, Flood; Vigna's C code).
        let mut random = SplitMix64::new(1_234_567);
        assert_eq!(random.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(random.next_u64(), 3_203_168_211_198_807_973);
        assert_eq!(random.next_u64(), 9_817_491_932_198_370_423);
    }

    #[test]
    fn forks_are_independent() {
        let mut one = SplitMix64::new(7);
        let mut two = SplitMix64::new(7);
        let mut fork_one = one.fork();
        let mut fork_two = two.fork();
        for _ in 0..10 {
            one.next_u64();
        }
        assert_eq!(fork_one.next_u64(), fork_two.next_u64());
        assert_ne!(fork_one.next_u64(), two.next_u64());
    }

    #[test]
    fn bounds_hold() {
        let mut random = SplitMix64::new(1);
        assert_eq!(random.below(0), 0);
        assert!((0..1000).all(|_| random.below(3) < 3));
        assert!(!random.one_in(0));
        assert!(random.one_in(1));
    }
}

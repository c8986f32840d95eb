//! How long devices took to come back.

use std::fmt;

use serde_json::{Value, json};

use super::Outcome;

/// How long each run took from the end of its last fault to the next message that was acknowledged.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recoveries {
    /// In milliseconds, with the run's seed.
    runs: Vec<(u64, u64)>,
}

impl Recoveries {
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        self.runs.extend(outcome.recovery.map(|recovery| (recovery.as_millis(), outcome.seed)));
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.runs.extend(&other.runs);
    }

    /// The median and the longest, in seconds, and the seed of that; of an even number of runs the later one of the two in
    /// the middle.
    pub(crate) fn summary(&self) -> Option<(f64, f64, u64)> {
        let mut runs = self.runs.clone();
        runs.sort_unstable();
        let (median_ms, _) = runs.get(runs.len() / 2)?;
        let (longest_ms, seed) = runs.last()?;
        Some((*median_ms as f64 / 1e3, *longest_ms as f64 / 1e3, *seed))
    }

    pub(crate) fn json(&self) -> Value {
        self.summary().map_or(
            Value::Null,
            |(median_s, longest_s, seed)| json!({"median_s": median_s, "longest_s": longest_s, "seed": seed}),
        )
    }

    /// Median and longest in whole seconds, for a table.
    pub(crate) fn cell(&self) -> String {
        self.summary().map_or_else(String::new, |(median_s, longest_s, _)| format!("{median_s:.0} / {longest_s:.0}"))
    }
}

impl fmt::Display for Recoveries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.summary() {
            Some((median_s, longest_s, seed)) => {
                write!(f, "median {median_s:.1} s, longest {longest_s:.1} s (seed {seed})")
            }
            None => f.write_str("none"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Recoveries;

    #[test]
    fn median_and_longest() {
        let of = |runs: &[(u64, u64)]| Recoveries { runs: runs.to_vec() };
        assert_eq!(of(&[]).summary(), None);
        assert_eq!(of(&[(90_000, 7), (1_000, 8), (2_500, 9)]).summary(), Some((2.5, 90.0, 7)));
        assert_eq!(of(&[(4_000, 1), (3_000, 2)]).cell(), "4 / 4");
        assert_eq!(of(&[]).json(), serde_json::Value::Null);
    }
}

//! Counting events within a span of time.

use std::collections::VecDeque;

/// The events of the last `SPAN_US` microseconds.
#[derive(Debug, Default)]
pub(crate) struct Window<const SPAN_US: u64>(VecDeque<u64>);

/// One second.
pub(crate) type Second = Window<1_000_000>;
/// One minute.
pub(crate) type Minute = Window<60_000_000>;

impl<const SPAN_US: u64> Window<SPAN_US> {
    /// Counts one more event and says how many the span now holds.
    pub(crate) fn count(&mut self, now: u64) -> usize {
        self.forget(now);
        self.0.push_back(now);
        self.0.len()
    }

    /// Counts one more event unless the span already holds `limit`.
    pub(crate) fn admit(&mut self, now: u64, limit: Option<usize>) -> bool {
        self.forget(now);
        let admitted = limit.is_none_or(|limit| self.0.len() < limit);
        if admitted {
            self.0.push_back(now);
        }
        admitted
    }

    fn forget(&mut self, now: u64) {
        while self.0.front().is_some_and(|at| at + SPAN_US <= now) {
            self.0.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_leaves_the_window_after_exactly_its_span() {
        let mut window = Second::default();
        assert!(window.admit(0, Some(2)));
        assert!(window.admit(400_000, Some(2)));
        assert!(!window.admit(999_999, Some(2)));
        assert!(window.admit(1_000_000, Some(2)));
        assert!(!window.admit(1_399_999, Some(2)));
        assert_eq!(window.count(1_399_999), 3);
        assert!(window.admit(1_399_999, None));
    }
}

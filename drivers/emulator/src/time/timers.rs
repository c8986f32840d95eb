//! Timers that wait, one per waker.

use std::task::Waker;

/// Keeps the earliest deadline per waker: a future that is polled again and again must not make the list grow.
#[derive(Default)]
pub(super) struct Timers(Vec<(u64, Waker)>);

impl Timers {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a deadline; true when the waker has none that is as early.
    pub(super) fn add(&mut self, at: u64, waker: &Waker) -> bool {
        match self.0.iter_mut().find(|timer| timer.1.will_wake(waker)) {
            Some(timer) if timer.0 <= at => return false,
            Some(timer) => timer.0 = at,
            None => self.0.push((at, waker.clone())),
        }
        true
    }

    pub(super) fn next(&self) -> Option<u64> {
        self.0.iter().map(|timer| timer.0).min()
    }

    pub(super) fn take_due(&mut self, now: u64) -> Vec<Waker> {
        self.0.extract_if(.., |timer| timer.0 <= now).map(|timer| timer.1).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::task::Wake;

    use super::*;

    struct Nobody;

    impl Wake for Nobody {
        fn wake(self: Arc<Self>) {}
    }

    #[test]
    fn keeps_the_earliest_per_waker() {
        let (one, two) = (Waker::from(Arc::new(Nobody)), Waker::from(Arc::new(Nobody)));
        let mut timers = Timers::default();
        assert!(timers.add(20, &one));
        assert!(!timers.add(30, &one));
        assert!(timers.add(10, &one));
        assert!(timers.add(40, &two));
        assert_eq!(timers.next(), Some(10));
        assert_eq!(timers.take_due(9).len(), 0);
        assert_eq!(timers.take_due(10).len(), 1);
        assert_eq!(timers.next(), Some(40));
    }
}

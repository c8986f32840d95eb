//! Real time, for every thread that is in no simulated world.

use std::sync::{Condvar, Mutex, MutexGuard, Once, OnceLock, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use super::timers::Timers;

/// The system's clock, and one alarm thread that starts with the first timer.
pub(super) struct RealTime {
    start: OnceLock<Instant>,
    timers: Mutex<Timers>,
    bell: Condvar,
    alarm: Once,
}

impl RealTime {
    pub(super) const fn new() -> Self {
        Self { start: OnceLock::new(), timers: Mutex::new(Timers::new()), bell: Condvar::new(), alarm: Once::new() }
    }

    pub(super) fn now_us(&self) -> u64 {
        let elapsed = self.start.get_or_init(Instant::now).elapsed();
        u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX)
    }

    pub(super) fn schedule_wake(&'static self, at_us: u64, waker: &Waker) {
        self.alarm.call_once(|| {
            std::thread::spawn(|| self.ring());
        });
        if self.lock().add(at_us, waker) {
            self.bell.notify_one();
        }
    }

    fn ring(&self) {
        let mut timers = self.lock();
        loop {
            let now = self.now_us();
            let due = timers.take_due(now);
            if due.is_empty() {
                let wait = timers.next().map_or(Duration::from_secs(3600), |at| Duration::from_micros(at - now));
                timers = self.bell.wait_timeout(timers, wait).unwrap_or_else(PoisonError::into_inner).0;
            } else {
                // A waker may schedule the next timer at once: never call one under the lock.
                drop(timers);
                due.into_iter().for_each(Waker::wake);
                timers = self.lock();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Timers> {
        self.timers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::task::Wake;

    struct Tell(mpsc::Sender<()>);

    impl Wake for Tell {
        fn wake(self: std::sync::Arc<Self>) {
            let _ = self.0.send(());
        }
    }

    #[test]
    fn a_thread_outside_has_real_time() {
        let (sender, receiver) = mpsc::channel();
        let before = embassy_time_driver::now();
        embassy_time_driver::schedule_wake(before + 2_000, &std::sync::Arc::new(Tell(sender)).into());
        receiver.recv().expect("the alarm thread wakes it");
        assert!(embassy_time_driver::now() >= before + 2_000);
    }
}

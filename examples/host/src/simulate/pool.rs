//! Many runs, on all processors.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Does `work` for each number below `count`. Every few seconds `progress` says how far it is, for whoever waits.
pub(crate) fn each(count: u64, work: impl Fn(u64) + Sync, progress: impl Fn() -> String + Sync) {
    let (next, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let take = || {
        loop {
            match next.fetch_add(1, Ordering::Relaxed) {
                number if number < count => work(number),
                _ => return,
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        scope.spawn(|| tell(&progress, &is_over));
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
        let ended: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
        is_over.store(true, Ordering::Relaxed);
        ended.into_iter().for_each(|worker| worker.expect("a run's panic is caught"));
    });
}

fn tell(progress: &impl Fn() -> String, is_over: &AtomicBool) {
    const STEPS: u32 = 20;
    loop {
        for _ in 0..STEPS {
            std::thread::sleep(Duration::from_millis(100));
            if is_over.load(Ordering::Relaxed) {
                return;
            }
        }
        anstream::eprintln!("{}", progress());
    }
}

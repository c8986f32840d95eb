//! A few programs at a time.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::thread;

/// How many threads do what has to be done many times: as many programs run at once, three for each.
pub(crate) struct Threads(usize);

impl Threads {
    /// For programs that are busy.
    pub(crate) const FEW: Self = Self(4);
    /// For programs that wait for nearly all of their time, as for the pauses of a module.
    pub(crate) const MANY: Self = Self(20);

    /// Does `work` with each; a panic of one is told when all are done.
    pub(crate) fn run<T: Send>(&self, all: impl IntoIterator<Item = T>, work: impl Fn(T) + Sync) {
        let waiting: Mutex<VecDeque<T>> = Mutex::new(all.into_iter().collect());
        let next = || waiting.lock().unwrap().pop_front();
        thread::scope(|scope| {
            for _ in 0..self.0 {
                scope.spawn(|| std::iter::from_fn(next).for_each(&work));
            }
        });
    }
}

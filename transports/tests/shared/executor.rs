//! Tasks polled in the order that a seed draws, and never without having been woken.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use wanlink_emulator::{SplitMix64, VirtualTime};

use crate::net::{Net, State};

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Task<'a> {
    name: String,
    future: Option<Pin<Box<dyn Future<Output = ()> + 'a>>>,
    flag: Arc<Flag>,
    waker: Waker,
}

/// The tasks of a run. A wake-up that gets lost leaves a task that is never polled again.
#[derive(Default)]
pub(crate) struct Executor<'a>(Vec<Task<'a>>);

impl<'a> Executor<'a> {
    pub(crate) fn spawn(&mut self, name: impl Into<String>, future: impl Future<Output = ()> + 'a) {
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(flag.clone());
        self.0.push(Task { name: name.into(), future: Some(Box::pin(future)), flag, waker });
    }

    /// Runs until every task but the first, the runner, is over and nothing more happens; gives the virtual
    /// milliseconds that it took.
    pub(crate) fn run(mut self, net: &Net, time: &VirtualTime, random: &mut SplitMix64) -> u64 {
        const ENOUGH: usize = 3_000_000;
        for _ in 0..ENOUGH {
            let awake: Vec<usize> = (0..self.0.len()).filter(|&n| self.0[n].is_awake()).collect();
            // The module is as fast as the tasks, or they would never meet it at work.
            if (awake.is_empty() || random.one_in(3)) && net.with(State::step) {
                continue;
            }
            if !awake.is_empty() {
                self.0[awake[random.below(awake.len() as u64) as usize]].poll();
                continue;
            }
            let working: Vec<&str> =
                self.0[1..].iter().filter(|task| task.future.is_some()).map(|t| &*t.name).collect();
            if working.is_empty() {
                return time.now_us() / 1000;
            }
            match time.next_timer() {
                Some(at) => time.advance_to(at),
                None => panic!("{working:?} wait for ever"),
            }
        }
        panic!("two sides wake each other without any progress");
    }
}

impl Task<'_> {
    fn is_awake(&self) -> bool {
        self.future.is_some() && self.flag.0.load(Ordering::Relaxed)
    }

    fn poll(&mut self) {
        self.flag.0.store(false, Ordering::Relaxed);
        let Some(future) = &mut self.future else { return };
        if let Poll::Ready(()) = future.as_mut().poll(&mut Context::from_waker(&self.waker)) {
            self.future = None;
        }
    }
}

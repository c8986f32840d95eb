//! Tasks of one thread, polled in the order that a seed draws.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use wanlink_emulator::SplitMix64;

/// The first task runs for the others; it is over when they are.
pub(crate) struct Scheduler<'a> {
    tasks: Vec<Task<'a>>,
    random: SplitMix64,
    outside: Arc<Mutex<Waker>>,
}

struct Task<'a> {
    future: Option<Pin<Box<dyn Future<Output = ()> + 'a>>>,
    flag: Arc<Flag>,
}

struct Flag {
    is_awake: AtomicBool,
    outside: Arc<Mutex<Waker>>,
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.is_awake.store(true, Ordering::Relaxed);
        self.outside.lock().unwrap().wake_by_ref();
    }
}

impl<'a> Scheduler<'a> {
    pub(crate) fn new(random: SplitMix64) -> Self {
        Self { tasks: Vec::new(), random, outside: Arc::new(Mutex::new(Waker::noop().clone())) }
    }

    pub(crate) fn spawn(&mut self, future: impl Future<Output = ()> + 'a) {
        let flag = Flag { is_awake: AtomicBool::new(true), outside: self.outside.clone() };
        self.tasks.push(Task { future: Some(Box::pin(future)), flag: Arc::new(flag) });
    }
}

impl Future for Scheduler<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.outside.lock().unwrap().clone_from(context.waker());
        // Each is polled once, since a world forgets its timers before it polls.
        self.tasks.iter().for_each(|task| task.flag.is_awake.store(true, Ordering::Relaxed));
        loop {
            let awake: Vec<usize> = (0..self.tasks.len()).filter(|&n| self.tasks[n].is_awake()).collect();
            if awake.is_empty() {
                break;
            }
            let drawn = awake[self.random.below(awake.len() as u64) as usize];
            self.tasks[drawn].poll();
        }
        if self.tasks[1..].iter().all(|task| task.future.is_none()) { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Task<'_> {
    fn is_awake(&self) -> bool {
        self.future.is_some() && self.flag.is_awake.load(Ordering::Relaxed)
    }

    fn poll(&mut self) {
        self.flag.is_awake.store(false, Ordering::Relaxed);
        let waker = Waker::from(self.flag.clone());
        let Some(future) = &mut self.future else { return };
        if future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
            self.future = None;
        }
    }
}

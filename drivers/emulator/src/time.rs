//! The one host-side `embassy-time` driver.
//!
//! `embassy-time` finds its driver by two link-time symbols, so a binary holds exactly one, whatever the features say.
//! The stock host drivers give either real time only or one clock for all threads. This one gives **virtual time to a
//! thread that entered a simulated world ([`VirtualTime`]) and real time to every other thread**: tests run in
//! parallel, each with its own clock, and the same binary runs against real ports.
//!
//! The tick rate is `embassy-time`'s default of 1 MHz; nothing in a workspace that links this crate may choose another
//! rate or enable `std` or `mock-driver` of `embassy-time`.

mod real;
mod timers;

use std::cell::RefCell;
use std::marker::PhantomData;
use std::task::Waker;

use real::RealTime;
use timers::Timers;

struct Virtual {
    now_us: u64,
    timers: Timers,
}

thread_local! {
    static VIRTUAL: RefCell<Option<Virtual>> = const { RefCell::new(None) };
}

static REAL: RealTime = RealTime::new();

struct HostTime;

impl embassy_time_driver::Driver for HostTime {
    fn now(&self) -> u64 {
        VIRTUAL.with_borrow(|world| world.as_ref().map(|world| world.now_us)).unwrap_or_else(|| REAL.now_us())
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        let in_world =
            VIRTUAL.with_borrow_mut(|world| world.as_mut().map(|world| world.timers.add(at, waker)).is_some());
        if !in_world {
            REAL.schedule_wake(at, waker);
        }
    }
}

embassy_time_driver::time_driver_impl!(static DRIVER: HostTime = HostTime);

/// Virtual time of the current thread, from [`VirtualTime::enter`] until it is dropped.
///
/// [`World`](crate::World) holds one; use it alone only to test code that needs a clock and no port.
/// It cannot leave its thread. Never enter on a thread that runs real I/O: sockets do not move a virtual clock.
#[derive(Debug)]
pub struct VirtualTime {
    not_send: PhantomData<*const ()>,
}

impl VirtualTime {
    /// Gives the current thread a virtual clock that starts at 0 and moves only by [`advance_to`](Self::advance_to).
    ///
    /// # Panics
    /// When the thread is in a world already, or when the program links a second `embassy-time` driver: the linker
    /// then takes one of the two without a word, and nothing in a world would ever time out.
    #[must_use]
    pub fn enter() -> Self {
        VIRTUAL.with_borrow_mut(|world| {
            assert!(world.is_none(), "this thread is in a simulated world already");
            // Start above 0 for the check below: another driver's clock is not likely to stand at this very tick.
            *world = Some(Virtual { now_us: u64::MAX / 3, timers: Timers::default() });
        });
        let guard = Self { not_send: PhantomData };
        assert!(
            embassy_time_driver::now() == u64::MAX / 3 && embassy_time_driver::TICK_HZ == 1_000_000,
            "another embassy-time driver or tick rate is linked: no crate may enable embassy-time's `std`, \
             `mock-driver` or `tick-hz-*`"
        );
        with_world(|world| world.now_us = 0);
        guard
    }

    /// Microseconds since the thread entered.
    #[must_use]
    pub fn now_us(&self) -> u64 {
        with_world(|world| world.now_us)
    }

    /// When the earliest timer of this thread is due.
    #[must_use]
    pub fn next_timer(&self) -> Option<u64> {
        with_world(|world| world.timers.next())
    }

    /// Moves the clock forward (never back) and wakes the timers that became due.
    pub fn advance_to(&self, at_us: u64) {
        let due = with_world(|world| {
            world.now_us = world.now_us.max(at_us);
            world.timers.take_due(world.now_us)
        });
        // Only now, with the borrow over: a waker may ask the clock.
        due.into_iter().for_each(Waker::wake);
    }

    /// Forgets every timer. Right before a poll of the whole future tree, in which every live timer registers again:
    /// so no deadline of a dropped timer stays behind and moves the clock.
    pub fn forget_timers(&self) {
        with_world(|world| world.timers = Timers::default());
    }
}

impl Drop for VirtualTime {
    // Also runs while unwinding: libtest reuses a thread for the next test.
    fn drop(&mut self) {
        VIRTUAL.with_borrow_mut(|world| *world = None);
    }
}

fn with_world<T>(act: impl FnOnce(&mut Virtual) -> T) -> T {
    VIRTUAL
        .with_borrow_mut(|world| act(world.as_mut().expect("a VirtualTime exists only while its thread is in a world")))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            // A waker may ask the clock: this would panic if a borrow were still held.
            embassy_time_driver::now();
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn starts_at_zero_and_never_moves_back() {
        let time = VirtualTime::enter();
        assert_eq!(embassy_time::Instant::now().as_micros(), 0);
        time.advance_to(500);
        time.advance_to(400);
        assert_eq!(embassy_time::Instant::now().as_micros(), 500);
    }

    #[test]
    fn wakes_what_is_due_and_nothing_else() {
        let time = VirtualTime::enter();
        let (early, late) = (Arc::new(Count::default()), Arc::new(Count::default()));
        embassy_time_driver::schedule_wake(10, &Waker::from(early.clone()));
        embassy_time_driver::schedule_wake(20, &Waker::from(late.clone()));
        assert_eq!(time.next_timer(), Some(10));
        time.advance_to(15);
        assert_eq!((early.0.load(Ordering::Relaxed), late.0.load(Ordering::Relaxed)), (1, 0));
        time.forget_timers();
        time.advance_to(50);
        assert_eq!(late.0.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_panic_leaves_the_world() {
        let result = std::panic::catch_unwind(|| {
            let _time = VirtualTime::enter();
            panic!("as a failing test does");
        });
        assert!(result.is_err());
        drop(VirtualTime::enter());
    }

    #[test]
    #[should_panic(expected = "in a simulated world already")]
    fn refuses_to_enter_twice() {
        let _one = VirtualTime::enter();
        let _two = VirtualTime::enter();
    }

    #[test]
    fn each_thread_has_a_clock_of_its_own() {
        let mine = VirtualTime::enter();
        mine.advance_to(1_000_000);
        let other = std::thread::spawn(|| {
            let time = VirtualTime::enter();
            time.advance_to(5);
            time.now_us()
        });
        assert_eq!(other.join().expect("no panic"), 5);
        assert_eq!(mine.now_us(), 1_000_000);
    }
}

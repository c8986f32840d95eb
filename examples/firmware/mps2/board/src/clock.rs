//! The clock of embassy-time: timer 0 counts, timer 1 wakes (CMSDK APB timers, 25 MHz, counting down).
//!
//! There is one task, so one alarm is enough: the earliest deadline. When it is due the task is polled, and every timer
//! of it that still waits asks again. That holds for `select`, `join` and `with_timeout`, which poll all they combine.

use core::cell::Cell;
use core::sync::atomic::{AtomicU32, Ordering};
use core::task::Waker;

use critical_section::Mutex;
use embassy_time_driver::Driver;

use crate::interrupt::{self, Interrupt};
use crate::register::Register;

const COUNTER: Timer = Timer::at(0x4000_0000);
const ALARM: Timer = Timer::at(0x4000_1000);

const ENABLE_WITH_INTERRUPT: u32 = 1 << 0 | 1 << 3;
const PENDING: u32 = 1;

/// embassy-time counts microseconds here.
const CYCLES_PER_US: u32 = interrupt::CLOCK_HZ / 1_000_000;
const _: () = assert!(embassy_time_driver::TICK_HZ == 1_000_000);

/// After this time timer 0 starts again: the whole seconds that 32 bits of cycles can hold, rounded down.
const LAP_US: u32 = 100_000_000;
const LAP_RELOAD: u32 = LAP_US * CYCLES_PER_US - 1;

static LAPS: AtomicU32 = AtomicU32::new(0);
static DEADLINE: Mutex<Cell<Option<(u64, Waker)>>> = Mutex::new(Cell::new(None));

embassy_time_driver::time_driver_impl!(static CLOCK: Clock = Clock);

/// The registers of one timer.
struct Timer {
    ctrl: Register,
    value: Register,
    reload: Register,
    intstatus: Register,
}

impl Timer {
    const fn at(base: usize) -> Self {
        // SAFETY: only called with the two timers of AN386, above.
        unsafe {
            Self {
                ctrl: Register::at(base),
                value: Register::at(base + 0x04),
                reload: Register::at(base + 0x08),
                intstatus: Register::at(base + 0x0C),
            }
        }
    }

    fn run(&self, cycles: u32) {
        self.reload.write(cycles);
        self.value.write(cycles);
        self.ctrl.write(ENABLE_WITH_INTERRUPT);
    }
}

pub(crate) fn start() {
    COUNTER.run(LAP_RELOAD);
    interrupt::enable(Interrupt::Timer0);
    interrupt::enable(Interrupt::Timer1);
}

struct Clock;

/// Laps, and cycles of the present one.
fn read() -> (u32, u32) {
    let (laps, value) = critical_section::with(|_| {
        let laps = LAPS.load(Ordering::Relaxed);
        let value = COUNTER.value.read();
        if COUNTER.intstatus.read() & PENDING == 0 {
            return (laps, value);
        }
        // The lap ended, but its interrupt was not served yet. The value may be from before the end: read it again.
        (laps.wrapping_add(1), COUNTER.value.read())
    });
    (laps, LAP_RELOAD.wrapping_sub(value))
}

/// Cycles since the start.
pub(crate) fn cycles() -> u64 {
    let (laps, elapsed) = read();
    u64::from(laps) * (u64::from(LAP_RELOAD) + 1) + u64::from(elapsed)
}

impl Driver for Clock {
    fn now(&self) -> u64 {
        let (laps, elapsed) = read();
        u64::from(laps) * u64::from(LAP_US) + u64::from(elapsed / CYCLES_PER_US)
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|cs| {
            let deadline = DEADLINE.borrow(cs);
            let at = deadline.take().map_or(at, |(earlier, _)| earlier.min(at));
            deadline.set(Some((at, waker.clone())));
            arm(at.saturating_sub(self.now()));
        });
    }
}

/// Lets timer 1 interrupt after `us`, or after one lap if that is earlier.
fn arm(us: u64) {
    ALARM.run(us.clamp(1, u64::from(LAP_US)) as u32 * CYCLES_PER_US);
}

pub(crate) extern "C" fn on_lap() {
    COUNTER.intstatus.write(PENDING);
    LAPS.store(LAPS.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
}

pub(crate) extern "C" fn on_alarm() {
    // The timer has no one-shot mode.
    ALARM.ctrl.write(0);
    ALARM.intstatus.write(PENDING);
    critical_section::with(|cs| {
        let deadline = DEADLINE.borrow(cs);
        let Some((at, waker)) = deadline.take() else { return };
        let left = at.saturating_sub(CLOCK.now());
        if left == 0 {
            waker.wake();
        } else {
            deadline.set(Some((at, waker)));
            arm(left);
        }
    });
}

//! How long the core slept, for runs that count it.

use core::cell::Cell;

use critical_section::Mutex;

use crate::clock;

/// Cycles.
static ASLEEP: Mutex<Cell<u64>> = Mutex::new(Cell::new(0));

/// Does nothing but wait, and counts it as sleep.
pub(crate) fn timed(wait: impl FnOnce()) {
    let begun = clock::cycles();
    wait();
    let slept = clock::cycles().wrapping_sub(begun);
    critical_section::with(|cs| {
        let asleep = ASLEEP.borrow(cs);
        asleep.set(asleep.get().wrapping_add(slept));
    });
}

/// Cycles since the start, and how many of them the core was awake.
pub fn awake() -> (u64, u64) {
    let cycles = clock::cycles();
    (cycles, cycles.wrapping_sub(critical_section::with(|cs| ASLEEP.borrow(cs).get())))
}

//! Lets received bytes wake the task together, as UARTs with a FIFO or with DMA do: when there are many, or when none came
//! for a while. One half of the dual timer (SP804) measures the while.

use core::sync::atomic::{AtomicU32, Ordering};

use crate::interrupt::{self, Interrupt};
use crate::register::Register;

const BASE: usize = 0x4000_2000;
// SAFETY: the registers of the dual timer in the memory map of AN386.
const LOAD: Register = unsafe { Register::at(BASE) };
// SAFETY: as above.
const CTRL: Register = unsafe { Register::at(BASE + 0x08) };
// SAFETY: as above.
const INTCLR: Register = unsafe { Register::at(BASE + 0x0C) };

/// Once, 32 bits, with its interrupt.
const ONCE: u32 = 1 << 7 | 1 << 5 | 1 << 1 | 1 << 0;

/// Cycles; 0 when each byte wakes.
static SILENCE: AtomicU32 = AtomicU32::new(0);

/// From now on received bytes wake the task when half of the ring is full, or when none came for so long; with 0 each
/// byte does.
pub fn gather(us: u32) {
    SILENCE.store(us.saturating_mul(interrupt::CLOCK_HZ / 1_000_000), Ordering::Relaxed);
    interrupt::enable(Interrupt::DualTimer);
}

/// A byte came. Whether the task is to wait for more.
pub(crate) fn is_awaiting_more(is_half_full: bool) -> bool {
    let silence = SILENCE.load(Ordering::Relaxed);
    if silence == 0 || is_half_full {
        return false;
    }
    CTRL.write(0);
    LOAD.write(silence);
    CTRL.write(ONCE);
    true
}

pub(crate) extern "C" fn on_silence() {
    INTCLR.write(1);
    crate::uart::wake_reader();
}

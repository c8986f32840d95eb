//! How deep the stack went. The start-up code of cortex-m-rt painted it (feature `paint-stack`).

use core::ptr::addr_of;

use cortex_m_rt::STACK_PAINT_VALUE;

unsafe extern "C" {
    /// One past the highest word, from the linker script.
    static _stack_start: u32;
    /// The lowest word: what follows the statics.
    static _stack_end: u32;
}

/// Bytes of stack used so far, interrupt handlers included: they run on the same one.
pub(crate) fn deepest() -> u32 {
    let top = addr_of!(_stack_start) as usize;
    let mut word = addr_of!(_stack_end) as usize;
    // SAFETY: words of RAM between the statics and the top, painted before `main`; the last ones are in use now, so that
    // the loop ends before it meets a word that a reference leads to.
    while word < top && unsafe { (word as *const u32).read_volatile() } == STACK_PAINT_VALUE {
        word += 4;
    }
    (top - word) as u32
}

//! Text and exit code of a run, through the debugger's door (Arm semihosting; `-semihosting-config enable=on`).
//!
//! Each call stops the guest: not for interrupt handlers and not for stretches whose time counts.

use core::arch::asm;
use core::ffi::CStr;

const SYS_WRITEC: usize = 0x03;
const SYS_WRITE0: usize = 0x04;
const SYS_EXIT_EXTENDED: usize = 0x20;
const APPLICATION_EXIT: usize = 0x2_0026;

/// # Safety
///
/// `argument` is what the manual wants for `operation`: mostly the address of a block that outlives the call.
unsafe fn call(operation: usize, argument: usize) {
    // SAFETY: the host reads the block that the caller vouches for, and returns in r0.
    unsafe { asm!("bkpt #0xab", inlateout("r0") operation => _, in("r1") argument, options(nostack)) }
}

/// Writes `text` to QEMU's semihosting console.
pub(crate) fn print(text: &CStr) {
    // SAFETY: a string with its NUL, borrowed during the call.
    unsafe { call(SYS_WRITE0, text.as_ptr() as usize) }
}

/// Writes `number` in decimal. `core::fmt` would cost more flash than the whole board.
pub(crate) fn print_number(mut number: u32) {
    let mut digits = [0; 10];
    let mut unused = digits.len();
    for place in digits.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
        unused -= 1;
        if number == 0 {
            break;
        }
    }
    for digit in digits.iter().skip(unused) {
        // SAFETY: the address of the one byte that the operation reads.
        unsafe { call(SYS_WRITEC, core::ptr::from_ref(digit) as usize) }
    }
}

/// Ends QEMU; the shell sees `code`.
pub fn exit(code: u8) -> ! {
    let block = [APPLICATION_EXIT, usize::from(code)];
    // SAFETY: the block has the two words that the operation reads.
    unsafe { call(SYS_EXIT_EXTENDED, block.as_ptr() as usize) }
    loop {
        cortex_m::asm::wfi();
    }
}

//! What must not happen ends the run with a code of its own, instead of a silent loop at full load.

use core::panic::PanicInfo;

use cortex_m_rt::exception;

use crate::semihosting::{exit, print};

const PANIC: u8 = 101;
const FAULT: u8 = 102;
const UNEXPECTED_INTERRUPT: u8 = 103;

/// `size.sh` proves that the only panic left in an image is "async fn resumed after completion".
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    print(c"panic\n");
    exit(PANIC)
}

// SAFETY: touches no static, so that the state of the interrupted code does not matter.
#[exception(trampoline = false)]
unsafe fn HardFault() -> ! {
    print(c"fault\n");
    exit(FAULT)
}

// SAFETY: as above.
#[exception]
unsafe fn DefaultHandler(_: i16) -> ! {
    on_unexpected_interrupt();
    exit(UNEXPECTED_INTERRUPT)
}

pub(crate) extern "C" fn on_unexpected_interrupt() {
    print(c"unexpected interrupt\n");
    exit(UNEXPECTED_INTERRUPT)
}

//! The interrupt lines in use and the table of their handlers.

use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::NVIC;

use crate::{clock, failure, uart};

/// One clock drives the core, the timers and the UARTs.
pub(crate) const CLOCK_HZ: u32 = 25_000_000;

/// The lines of AN386 that the board uses.
#[derive(Clone, Copy)]
#[repr(u16)]
pub(crate) enum Interrupt {
    Uart1Receive = 2,
    Uart1Transmit = 3,
    Timer0 = 8,
    Timer1 = 9,
    #[cfg(feature = "gather")]
    DualTimer = 10,
}

// SAFETY: the numbers are constants below 32, the number of lines.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self as u16
    }
}

type Handler = extern "C" fn();

/// 32 lines instead of the 240 of cortex-m-rt's own table: 832 bytes less.
#[used]
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
static __INTERRUPTS: [Handler; 32] = {
    let mut table: [Handler; 32] = [failure::on_unexpected_interrupt; 32];
    table[Interrupt::Uart1Receive as usize] = uart::on_receive;
    table[Interrupt::Uart1Transmit as usize] = uart::on_transmit;
    table[Interrupt::Timer0 as usize] = clock::on_lap;
    table[Interrupt::Timer1 as usize] = clock::on_alarm;
    #[cfg(feature = "gather")]
    {
        table[Interrupt::DualTimer as usize] = crate::gather::on_silence;
    }
    table
};

/// Lets `line` interrupt from now on.
pub(crate) fn enable(line: Interrupt) {
    // SAFETY: no critical section of this program is built on a single masked line.
    unsafe { NVIC::unmask(line) }
}

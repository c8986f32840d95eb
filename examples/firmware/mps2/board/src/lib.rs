//! Board support for `mps2-an386` of `qemu-system-arm`: a Cortex-M4 at 25 MHz with 64 KiB of RAM in use.
//!
//! | what | where | file |
//! |---|---|---|
//! | UART 1, to the module | second `-serial` | `uart.rs`, `ring.rs`, `gather.rs` |
//! | UART 2, the module's control lines | third `-serial` | `lines.rs` |
//! | NOR flash, in RAM that a restart leaves as it is | | `flash.rs` |
//! | timers 0 and 1, the clock of embassy-time | | `clock.rs` |
//! | one task, asleep while nothing happens | | `executor.rs`, `sleep.rs` |
//! | text, exit code and stack depth of a run | semihosting | `semihosting.rs`, `stack.rs` |
//! | vector table, faults, panics | | `interrupt.rs`, `failure.rs` |
//!
//! A real board replaces this crate by its vendor's HAL: [`Board`], and [`block_on`] by an embassy executor.

#![no_std]

use core::ffi::CStr;

mod clock;
mod executor;
mod failure;
mod flash;
#[cfg(feature = "gather")]
mod gather;
mod interrupt;
mod lines;
mod register;
mod ring;
mod semihosting;
mod sleep;
mod stack;
mod uart;

pub use executor::{block_on, block_on_timed};
pub use flash::{Flash, FlashError};
#[cfg(feature = "gather")]
pub use gather::gather;
pub use lines::{InputLine, OutputLine};
pub use semihosting::exit;
pub use sleep::awake;
pub use uart::{UartReader, UartWriter};

/// What the board has, each part to be moved where it is used.
#[derive(Debug)]
pub struct Board {
    /// From the module.
    pub reader: UartReader,
    /// To the module.
    pub writer: UartWriter,
    /// The key that switches the module on and off (PWRKEY).
    pub power_key: OutputLine,
    /// The module's hardware reset.
    pub reset: OutputLine,
    /// Flash that the program leaves free.
    pub flash: Flash,
}

impl Board {
    /// Starts the UART and the clock and hands out the board, at most once: `None` from the second call on.
    pub fn take() -> Option<Self> {
        cortex_m::Peripherals::take()?;
        clock::start();
        Some(Self {
            reader: UartReader::start(),
            writer: UartWriter::start(),
            power_key: OutputLine::start(b'K'),
            reset: OutputLine::start(b'R'),
            flash: Flash::start(),
        })
    }
}

/// Ends the run: prints the deepest stack so far in bytes, as `stack N`, and exits with `code`.
pub fn finish(code: u8) -> ! {
    let deepest = stack::deepest();
    report(c"stack ", deepest);
    exit(code)
}

/// Prints a line for whoever started the run: a name with a blank behind it, and a number.
pub fn report(name: &CStr, number: u32) {
    semihosting::print(name);
    semihosting::print_number(number);
    semihosting::print(c"\n");
}

/// Counts this start; which it is since power-on, from 1. To be asked once.
pub fn count_start() -> u32 {
    flash::count_start()
}

/// Restarts the board, as its reset key does. RAM and peripherals begin anew; flash and module stay as they are.
pub fn restart() -> ! {
    cortex_m::peripheral::SCB::sys_reset()
}

//! Board support for `mps2-an386` of `qemu-system-arm`: a Cortex-M4 at 25 MHz with 64 KiB of RAM in use.
//!
//! | what | where | file |
//! |---|---|---|
//! | UART 1, to the module | second `-serial` | `uart.rs`, `ring.rs` |
//! | UART 2, trace of the module's control lines | third `-serial` | `lines.rs` |
//! | timers 0 and 1, the clock of embassy-time | | `clock.rs` |
//! | one task, asleep while nothing happens | | `executor.rs` |
//! | text, exit code and stack depth of a run | semihosting | `semihosting.rs`, `stack.rs` |
//! | vector table, faults, panics | | `interrupt.rs`, `failure.rs` |
//!
//! A real board replaces this crate by its vendor's HAL: [`Board`], and [`block_on`] by an embassy executor.

#![no_std]

mod clock;
mod executor;
mod failure;
mod interrupt;
mod lines;
mod register;
mod ring;
mod semihosting;
mod stack;
mod uart;

pub use executor::block_on;
pub use lines::OutputLine;
pub use semihosting::exit;
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
        })
    }
}

/// Ends the run: prints the deepest stack so far in bytes, as `stack N`, and exits with `code`.
pub fn finish(code: u8) -> ! {
    let deepest = stack::deepest();
    semihosting::print(c"stack ");
    semihosting::print_number(deepest);
    semihosting::print(c"\n");
    exit(code)
}

//! The control lines of the module. QEMU's board has no pins that lead outside, so each change is a byte pair on UART 2.

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, InputPin, OutputPin};

use crate::register::Register;
use crate::sleep;

const BASE: usize = 0x4000_6000;
// SAFETY: the registers of UART 2 in the memory map of AN386.
const DATA: Register = unsafe { Register::at(BASE) };
// SAFETY: as above.
const STATE: Register = unsafe { Register::at(BASE + 0x04) };
// SAFETY: as above.
const CTRL: Register = unsafe { Register::at(BASE + 0x08) };

const STATE_TX_FULL: u32 = 1 << 0;
const STATE_RX_FULL: u32 = 1 << 1;
const CTRL_TX_ENABLE: u32 = 1 << 0;
const CTRL_RX_ENABLE: u32 = 1 << 1;

/// An output line that writes its name and its level to UART 2: `K1` for "power key high".
#[derive(Debug)]
pub struct OutputLine {
    name: u8,
}

impl OutputLine {
    pub(crate) fn start(name: u8) -> Self {
        CTRL.write(CTRL_TX_ENABLE);
        Self { name }
    }
}

impl ErrorType for OutputLine {
    type Error = Infallible;
}

impl OutputPin for OutputLine {
    fn set_low(&mut self) -> Result<(), Infallible> {
        send(self.name);
        send(b'0');
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        send(self.name);
        send(b'1');
        Ok(())
    }
}

/// An input line that asks for its level at UART 2: `S?` is answered by `0` or `1`. Only for runs with somebody there, for
/// whom it waits; a pin would not, so that it counts as sleep.
#[derive(Debug)]
pub struct InputLine {
    name: u8,
}

impl InputLine {
    /// The module's STATUS.
    pub fn status() -> Self {
        Self { name: b'S' }
    }
}

impl ErrorType for InputLine {
    type Error = Infallible;
}

impl InputPin for InputLine {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        CTRL.modify(0, CTRL_TX_ENABLE | CTRL_RX_ENABLE);
        send(self.name);
        send(b'?');
        sleep::timed(|| while STATE.read() & STATE_RX_FULL == 0 {});
        Ok(DATA.read() == u32::from(b'1'))
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        self.is_high().map(|high| !high)
    }
}

/// Waits for the other side: with a file or nothing there, it never has to.
fn send(byte: u8) {
    while STATE.read() & STATE_TX_FULL != 0 {}
    DATA.write(u32::from(byte));
}

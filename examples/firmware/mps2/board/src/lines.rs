//! The control lines of the module. QEMU's board has no pins that lead outside, so each change is a byte pair on UART 2.

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, OutputPin};

use crate::register::Register;

const BASE: usize = 0x4000_6000;
// SAFETY: the registers of UART 2 in the memory map of AN386.
const DATA: Register = unsafe { Register::at(BASE) };
// SAFETY: as above.
const STATE: Register = unsafe { Register::at(BASE + 0x04) };
// SAFETY: as above.
const CTRL: Register = unsafe { Register::at(BASE + 0x08) };

const STATE_TX_FULL: u32 = 1 << 0;
const CTRL_TX_ENABLE: u32 = 1 << 0;

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

/// Waits for the other side: with a file or nothing there, it never has to.
fn send(byte: u8) {
    while STATE.read() & STATE_TX_FULL != 0 {}
    DATA.write(u32::from(byte));
}

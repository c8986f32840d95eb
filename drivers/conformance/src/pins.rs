//! Power pins wired to the emulated module.

use std::cell::Cell;
use std::rc::Rc;

use wanlink_at::driver::{PowerPins, Wired};
use wanlink_emulator::{Emulator, HostInput, HostOutput};

/// The pins as a board has them, counting how often the key was pressed.
pub struct Pins {
    wired: Wired<HostOutput, HostOutput, HostInput>,
    presses: Rc<Cell<u32>>,
}

impl Pins {
    /// Those of this module; presses of the key are counted here.
    pub(crate) fn of(module: &Emulator, presses: Rc<Cell<u32>>) -> Self {
        let pins = module.pins();
        Self { wired: Wired::new(pins.pwrkey(), pins.reset_n(), pins.status()), presses }
    }
}

impl PowerPins for Pins {
    fn key(&mut self, pressed: bool) -> Option<bool> {
        self.presses.set(self.presses.get() + u32::from(pressed));
        self.wired.key(pressed)
    }

    fn reset(&mut self, asserted: bool) -> Option<bool> {
        self.wired.reset(asserted)
    }

    fn is_on(&mut self) -> Option<bool> {
        self.wired.is_on()
    }
}

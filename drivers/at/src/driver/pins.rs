//! Power pins: how the driver presses the key, pulls the reset and sees whether the module is on.

use embedded_hal::digital::{InputPin, OutputPin};

/// The pins between microcontroller and module. What is not wired is `None`.
pub trait PowerPins {
    /// Presses or releases PWRKEY; `None` when it is not wired, `Some(false)` when the pin failed.
    fn key(&mut self, pressed: bool) -> Option<bool>;

    /// Asserts or releases RESET_N; as [`key`](Self::key).
    fn reset(&mut self, asserted: bool) -> Option<bool>;

    /// Whether STATUS says that the module is on.
    fn is_on(&mut self) -> Option<bool>;
}

/// No pin is wired: the module switches on with its supply, and is only found by its answers.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoPins;

impl PowerPins for NoPins {
    fn key(&mut self, _pressed: bool) -> Option<bool> {
        None
    }

    fn reset(&mut self, _asserted: bool) -> Option<bool> {
        None
    }

    fn is_on(&mut self) -> Option<bool> {
        None
    }
}

/// Pins wired to the module itself: PWRKEY and RESET_N are pressed by a low level, STATUS is high while it runs.
///
/// With a transistor between, as the hardware design shows it, add [`inverted`](Self::inverted).
#[derive(Debug)]
pub struct Wired<K, R, S> {
    key: K,
    reset: R,
    status: S,
    inverted: bool,
}

impl<K: OutputPin, R: OutputPin, S: InputPin> Wired<K, R, S> {
    /// PWRKEY, RESET_N and STATUS.
    pub fn new(key: K, reset: R, status: S) -> Self {
        Self { key, reset, status, inverted: false }
    }

    /// A high level of the microcontroller presses, through a transistor.
    #[must_use]
    pub fn inverted(self) -> Self {
        Self { inverted: true, ..self }
    }
}

impl<K: OutputPin, R: OutputPin, S: InputPin> PowerPins for Wired<K, R, S> {
    fn key(&mut self, pressed: bool) -> Option<bool> {
        Some(self.key.set_state((pressed == self.inverted).into()).is_ok())
    }

    fn reset(&mut self, asserted: bool) -> Option<bool> {
        Some(self.reset.set_state((asserted == self.inverted).into()).is_ok())
    }

    fn is_on(&mut self) -> Option<bool> {
        self.status.is_high().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wanlink_emulator::{Emulator, Line, Options, Profile};

    #[test]
    fn a_transistor_turns_the_levels_of_the_outputs_round() {
        let pins = Emulator::new(Profile::bg95(), Options::default(), 1).pins();
        let wired = || Wired::new(pins.pwrkey(), pins.reset_n(), pins.status());
        let mut direct = wired();
        assert_eq!((direct.key(true), direct.reset(true), direct.is_on()), (Some(true), Some(true), Some(false)));
        assert!(pins.take_edges() == [(Line::PwrKey, false), (Line::Reset, false)]);
        let mut inverted = wired().inverted();
        assert_eq!((inverted.key(true), inverted.reset(true)), (Some(true), Some(true)));
        assert!(pins.take_edges() == [(Line::PwrKey, true), (Line::Reset, true)]);
        pins.set_status(true);
        assert_eq!(inverted.is_on(), Some(true));
    }
}

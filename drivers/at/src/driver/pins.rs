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

    /// Takes the sleep line, if there is one, and says whether the port may have slept until now.
    fn wake(&mut self) -> bool
    where
        Self: Sized,
    {
        false
    }
}

/// Pins of which one is the sleep line.
pub trait SleepPin: PowerPins {
    /// Releases the sleep line; `false` when the pin failed.
    fn release(&mut self) -> bool;
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

/// Other pins, and the sleep line, DTR: the port is awake while it is low.
#[derive(Debug)]
pub struct SleepLine<P, D> {
    pins: P,
    line: D,
    inverted: bool,
    /// The line is ours.
    held: bool,
}

impl<P: PowerPins, D: OutputPin> SleepLine<P, D> {
    /// The line beside these pins. A port that was left asleep, by a program before this one, is found all the same.
    pub fn new(pins: P, line: D) -> Self {
        Self { pins, line, inverted: false, held: false }
    }

    /// A high level of the microcontroller keeps the port awake, through a transistor.
    #[must_use]
    pub fn inverted(self) -> Self {
        Self { inverted: true, ..self }
    }
}

impl<P: PowerPins, D: OutputPin> PowerPins for SleepLine<P, D> {
    fn key(&mut self, pressed: bool) -> Option<bool> {
        self.pins.key(pressed)
    }

    fn reset(&mut self, asserted: bool) -> Option<bool> {
        self.pins.reset(asserted)
    }

    fn is_on(&mut self) -> Option<bool> {
        self.pins.is_on()
    }

    fn wake(&mut self) -> bool {
        // A pin that failed is tried again; without it the module does not answer, which is an error of its own.
        !self.held && {
            self.held = self.line.set_state(self.inverted.into()).is_ok();
            true
        }
    }
}

impl<P: PowerPins, D: OutputPin> SleepPin for SleepLine<P, D> {
    fn release(&mut self) -> bool {
        self.held = false;
        self.line.set_state((!self.inverted).into()).is_ok()
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

    #[test]
    fn the_sleep_line_is_taken_once_and_released() {
        let pins = Emulator::new(Profile::bg95(), Options::default(), 1).pins();
        for (inverted, awake) in [(false, false), (true, true)] {
            let line = SleepLine::new(NoPins, pins.dtr());
            let mut line = if inverted { line.inverted() } else { line };
            assert!(line.wake(), "of an earlier life");
            assert!(!line.wake());
            assert!(line.release() && line.wake());
            let edges = pins.take_edges();
            assert_eq!(edges.last().copied(), Some((Line::Dtr, awake)), "{edges:?}");
            assert_eq!((line.key(true), line.reset(true), line.is_on()), (None, None, None));
        }
        assert!(!NoPins.wake());
    }
}

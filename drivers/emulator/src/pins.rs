//! The power pins between host and module, as handles that both sides hold.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use embedded_hal::digital::{ErrorType, InputPin, OutputPin};

/// A pin that the host drives, as the firmware's output sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// The power key. Low at the output of the firmware means pressed, as with a pin wired to PWRKEY itself.
    PwrKey,
    /// The reset input, low active.
    Reset,
    /// The sleep line: high lets the module sleep, where a command allows it; low wakes it.
    Dtr,
}

#[derive(Debug)]
struct State {
    pwrkey_high: bool,
    reset_high: bool,
    dtr_high: bool,
    status_high: bool,
    edges: Vec<(Line, bool)>,
}

/// The pins of one module. Clones are the same pins.
#[derive(Clone, Debug)]
pub struct Pins(Arc<Mutex<State>>);

impl Default for Pins {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State {
            pwrkey_high: true,
            reset_high: true,
            dtr_high: true,
            status_high: false,
            edges: Vec::new(),
        })))
    }
}

impl Pins {
    /// PWRKEY for the host's driver.
    #[must_use]
    pub fn pwrkey(&self) -> HostOutput {
        HostOutput { pins: self.clone(), line: Line::PwrKey }
    }

    /// RESET_N for the host's driver.
    #[must_use]
    pub fn reset_n(&self) -> HostOutput {
        HostOutput { pins: self.clone(), line: Line::Reset }
    }

    /// DTR for the host's driver.
    #[must_use]
    pub fn dtr(&self) -> HostOutput {
        HostOutput { pins: self.clone(), line: Line::Dtr }
    }

    /// STATUS for the host's driver: high while the module runs.
    #[must_use]
    pub fn status(&self) -> HostInput {
        HostInput { pins: self.clone() }
    }

    /// Takes what the host did to its pins since the last call, oldest first: the pin and its new level.
    #[must_use]
    pub fn take_edges(&self) -> Vec<(Line, bool)> {
        std::mem::take(&mut self.lock().edges)
    }

    /// Sets the level that the host reads at STATUS.
    pub fn set_status(&self, high: bool) {
        self.lock().status_high = high;
    }

    fn drive(&self, line: Line, high: bool) {
        let mut state = self.lock();
        let level = match line {
            Line::PwrKey => &mut state.pwrkey_high,
            Line::Reset => &mut state.reset_high,
            Line::Dtr => &mut state.dtr_high,
        };
        if std::mem::replace(level, high) != high {
            state.edges.push((line, high));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An output of the host: PWRKEY, RESET_N or DTR.
#[derive(Clone, Debug)]
pub struct HostOutput {
    pins: Pins,
    line: Line,
}

impl ErrorType for HostOutput {
    type Error = Infallible;
}

impl OutputPin for HostOutput {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.pins.drive(self.line, false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.pins.drive(self.line, true);
        Ok(())
    }
}

/// An input of the host: STATUS.
#[derive(Clone, Debug)]
pub struct HostInput {
    pins: Pins,
}

impl ErrorType for HostInput {
    type Error = Infallible;
}

impl InputPin for HostInput {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.pins.lock().status_high)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(!self.pins.lock().status_high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_kept_in_order_and_levels_do_not_repeat() {
        let pins = Pins::default();
        let (mut key, mut reset) = (pins.pwrkey(), pins.reset_n());
        key.set_high().unwrap();
        key.set_low().unwrap();
        reset.set_low().unwrap();
        key.set_low().unwrap();
        key.set_high().unwrap();
        assert_eq!(pins.take_edges(), [(Line::PwrKey, false), (Line::Reset, false), (Line::PwrKey, true)]);
        assert_eq!(pins.take_edges(), []);
    }

    #[test]
    fn status_is_what_the_module_set() {
        let pins = Pins::default();
        let mut status = pins.status();
        assert!(status.is_low().unwrap());
        pins.set_status(true);
        assert!(status.is_high().unwrap());
    }
}

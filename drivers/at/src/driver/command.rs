//! Names of commands in errors.

use core::fmt;
use core::marker::PhantomData;

use crate::driver::Family;

/// A command by its name, as it stands behind `AT`: `+CSQ`. Two are equal when their names are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Command<F> {
    command: crate::Command,
    family: PhantomData<F>,
}

impl<F: Family> Command<F> {
    /// The command of this name.
    #[must_use]
    pub const fn new(name: &str) -> Self {
        Self { command: crate::Command::new(name), family: PhantomData }
    }

    /// The name; empty for a command that is not the driver's.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.command.name(F::COMMANDS).unwrap_or_default()
    }
}

impl<F: Family> From<crate::Command> for Command<F> {
    fn from(command: crate::Command) -> Self {
        Self { command, family: PhantomData }
    }
}

impl<F: Family> fmt::Debug for Command<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl<F: Family> fmt::Display for Command<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(feature = "defmt")]
impl<F> defmt::Format for Command<F> {
    fn format(&self, f: defmt::Formatter<'_>) {
        self.command.format(f);
    }
}

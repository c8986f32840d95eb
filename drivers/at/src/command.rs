//! The name of a command, for errors.

use core::fmt;

/// The name of a command, as it stands behind `AT`: `+CSQ`.
///
/// Bytes of a table until somebody looks: the check that makes text of them is half a kilobyte, and an error that only
/// its kind is asked for needs none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Command(&'static [u8]);

impl Command {
    /// The command of this name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(name.as_bytes())
    }

    /// The one that a step sends.
    pub(crate) const fn of(name: &'static [u8]) -> Self {
        Self(name)
    }

    /// The name.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match core::str::from_utf8(self.0) {
            Ok(name) => name,
            Err(_) => "",
        }
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Command {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=[u8]:a}", self.0);
    }
}

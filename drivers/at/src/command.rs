//! What an error says of a command: its name, and the module's code.

use core::num::NonZeroU16;

/// The name of a command, as it stands behind `AT`: `+CSQ`. Two are equal when their names are.
///
/// 16 bits that follow from the name (Bernstein's hash): an error is copied at each await, and most are only asked for their
/// kind. A driver that shows it looks for the name in [its list](Self::name).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Command(u16);

impl Command {
    /// The command of this name.
    #[must_use]
    pub const fn new(name: &str) -> Self {
        Self::of(name.as_bytes())
    }

    pub(crate) const fn of(name: &[u8]) -> Self {
        let (mut hash, mut at) = (0_u16, 0);
        while at < name.len() {
            hash = hash.wrapping_mul(33).wrapping_add(name[at] as u16);
            at += 1;
        }
        Self(hash)
    }

    /// The one of these names that it has, if it has one of them.
    #[must_use]
    pub fn name<'a>(self, names: &[&'a str]) -> Option<&'a str> {
        names.iter().copied().find(|name| Self::new(name) == self)
    }
}

/// Code of a `+CME ERROR` or `+CMS ERROR`; an [`Option`] of it is no larger.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Code(NonZeroU16);

impl Code {
    /// This code; 65535, which no module has, is none.
    #[must_use]
    pub const fn new(code: u16) -> Option<Self> {
        match NonZeroU16::new(code.wrapping_add(1)) {
            Some(next) => Some(Self(next)),
            None => None,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0.get() - 1
    }
}

impl core::fmt::Debug for Code {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.get().fmt(f)
    }
}

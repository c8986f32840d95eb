//! Limits of the sockets of a module.

use super::{Argument, TooLong, UNSTATED, at_most};

/// What a module's sockets take, as its manual states it.
///
/// ```
/// use wanlink_core::SocketLimits;
/// const LIMITS: SocketLimits = SocketLimits::new(12).host(150);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SocketLimits {
    /// How many can be open at a time.
    pub count: u8,
    /// Host name or address, in bytes.
    pub host: u16,
}

impl SocketLimits {
    /// So many sockets, and no stated limit of the host name.
    #[must_use]
    pub const fn new(count: u8) -> Self {
        Self { count, host: UNSTATED }
    }

    /// Sets the limit of the host name.
    #[must_use]
    pub const fn host(self, host: u16) -> Self {
        Self { host, ..self }
    }

    /// Checks a host name before anything is sent; links call it before power-on, drivers once more.
    ///
    /// # Errors
    /// It is longer than the model takes.
    pub fn check_host(&self, host: &str) -> Result<(), TooLong> {
        at_most(Argument::HostName, self.host, host)
    }
}

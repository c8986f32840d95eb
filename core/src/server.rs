//! Whom to connect to, and how safely.

mod sealed {
    pub trait Sealed {}
}

/// How a connection is protected, chosen by type, so that a program links only what it uses.
///
/// Sealed: the choices are [`Plain`], and TLS, which comes with the drivers' support for it.
pub trait Security: sealed::Sealed {
    /// Whether the connection is encrypted.
    const TLS: bool;
}

/// No protection at all: host, identity and data can be read and changed on the way.
///
/// There is no shorter way to ask for it than to write this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Plain;

impl sealed::Sealed for Plain {}
impl Security for Plain {
    const TLS: bool = false;
}

/// Where a service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server<'a, S: Security> {
    /// Host name, or an address as text.
    pub host: &'a str,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub security: S,
}

impl<'a, S: Security> Server<'a, S> {
    /// A server at `host` and `port`.
    #[must_use]
    pub const fn new(host: &'a str, port: u16, security: S) -> Self {
        Self { host, port, security }
    }
}

//! Whom to connect to, and how safely.

mod sealed {
    pub trait Sealed {}
}

/// How a connection is protected, chosen by type, so that a program links only what it uses.
///
/// Sealed: the choices are [`Tls`] and [`Plain`].
pub trait Security: sealed::Sealed {
    /// Whether the connection is encrypted.
    const TLS: bool;

    /// Whom to trust; `None` without encryption.
    fn tls(&self) -> Option<&Tls<'_>>;
}

/// TLS, and what the other end has to prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tls<'a> {
    /// Whose certificates are taken.
    pub trust: Trust<'a>,
    /// What becomes of the dates in them.
    pub validity: Validity,
}

impl<'a> Tls<'a> {
    /// Verified against this root, and against the clock where the module knows the time.
    #[must_use]
    pub const fn verified(root: Root<'a>) -> Self {
        Self { trust: Trust::Root(root), validity: Validity::IfClockKnown }
    }
}

impl sealed::Sealed for Tls<'_> {}
impl Security for Tls<'_> {
    const TLS: bool = true;

    fn tls(&self) -> Option<&Tls<'_>> {
        Some(self)
    }
}

/// Whose certificates are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trust<'a> {
    /// Those that this root signed, straight or through intermediate ones, and that carry the server's name as far as
    /// the model can check it; the table of models says what each checks.
    Root(Root<'a>),
    /// Anybody's: encrypted, but by whom is not known. There is no shorter way to ask for it than to write this name.
    Anyone,
}

/// Whether certificates outside their dates are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Validity {
    /// If the module knows the time, by network or by NTP; else dates are not looked at.
    #[default]
    IfClockKnown,
    /// Always: without a clock there is no connection.
    Required,
    /// Never.
    Ignored,
}

/// A root certificate, as drivers store it on the module.
///
/// Its name there carries a hash of its content, so that a file of this name is this certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Root<'a> {
    name: &'a str,
    pem: &'a [u8],
}

impl<'a> Root<'a> {
    /// The longest name that all models take, in bytes.
    pub const NAME: usize = 20;

    /// A root of this file name and content.
    ///
    /// The content is PEM, one certificate or several, with line feeds. The name has 1 to [`NAME`](Self::NAME) letters,
    /// digits, dots or hyphens, and must change with the content: `wl-`, the first 8 hexadecimal digits of the
    /// content's SHA-256, and `.pem`.
    ///
    /// # Panics
    /// The name is none of that. It is meant for constants, where this is an error of the compiler; a program that
    /// computes the name gives one that is right.
    #[must_use]
    pub const fn new(name: &'a str, pem: &'a [u8]) -> Self {
        assert!(!name.is_empty() && name.len() <= Self::NAME, "the name of a root has 1 to 20 characters");
        let mut rest = name.as_bytes();
        while let [byte, after @ ..] = rest {
            let is_plain = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
            assert!(is_plain, "the name of a root has letters, digits, dots and hyphens only");
            rest = after;
        }
        Self { name, pem }
    }

    /// Its file name on the module.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// Its content.
    #[must_use]
    pub const fn pem(&self) -> &'a [u8] {
        self.pem
    }
}

/// No protection at all: host, identity and data can be read and changed on the way.
///
/// There is no shorter way to ask for it than to write this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Plain;

impl sealed::Sealed for Plain {}
impl Security for Plain {
    const TLS: bool = false;

    fn tls(&self) -> Option<&Tls<'_>> {
        None
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_a_matter_of_type() {
        let tls = Tls::verified(Root::new("wl-0a1b2c3d.pem", b"-----BEGIN CERTIFICATE-----"));
        assert_eq!(tls.tls(), Some(&tls));
        assert_eq!((tls.validity, Plain.tls()), (Validity::IfClockKnown, None));
        const { assert!(<Tls<'_> as Security>::TLS && !Plain::TLS) };
    }

    #[test]
    fn names_of_roots_fit_every_module() {
        for name in ["a", "wl-0a1b2c3d.pem", "12345678901234567890"] {
            assert_eq!(Root::new(name, b"").name(), name);
        }
        for name in ["", "123456789012345678901", "a\"b", "a b", "UFS:a", "a,b"] {
            assert!(std::panic::catch_unwind(|| Root::new(name, b"")).is_err(), "{name}");
        }
    }
}

//! Why the platform refused (aliyun-iot, 3.1, 3.2 and 5).

/// Code of a device that logged in before.
#[cfg(feature = "store")]
pub(super) const ALREADY_ACTIVE: u16 = 6289;

/// The platform's own code for a refusal, and the way on which it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum RegistrationCode {
    /// `code` in the reply over HTTPS.
    Https(u32),
    /// Return code of CONNACK over MQTT.
    Connack(u8),
}

/// What a code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Cause {
    /// The device was logged in with a secret before. It is registered again only after a reset in the console.
    AlreadyActive,
    /// The product secret is not that of the product.
    WrongSecret,
    /// One of the two above, or the device name is unknown: over MQTT they cannot be told apart.
    WrongSecretOrActive,
    /// There is no device of this name in the product.
    UnknownDevice,
    /// There is no such product.
    UnknownProduct,
    /// The request lacks something. Over MQTT: plain TCP, a `securemode` that is not taken here, or the id of the
    /// instance is missing.
    BadRequest,
    /// Too many requests.
    Throttled,
    /// The platform is in trouble.
    Unavailable,
    /// Something else; the number is all that is known.
    Other,
}

impl RegistrationCode {
    /// What it means.
    #[must_use]
    pub const fn cause(self) -> Cause {
        match self {
            Self::Https(6289) => Cause::AlreadyActive,
            Self::Https(401) => Cause::WrongSecret,
            Self::Https(6100) => Cause::UnknownDevice,
            Self::Https(6250) => Cause::UnknownProduct,
            Self::Https(460) | Self::Connack(2) => Cause::BadRequest,
            Self::Https(429) => Cause::Throttled,
            Self::Https(500 | 6760) | Self::Connack(3) => Cause::Unavailable,
            Self::Connack(4 | 5) => Cause::WrongSecretOrActive,
            _ => Cause::Other,
        }
    }
}

impl Cause {
    /// Whether the same request may be answered better after a pause. Never so for a device that may be active.
    #[must_use]
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::Throttled | Self::Unavailable)
    }
}

impl core::fmt::Display for RegistrationCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Https(code) => write!(f, "code {code}"),
            Self::Connack(code) => write!(f, "CONNACK {code}"),
        }
    }
}

impl core::fmt::Display for Cause {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::AlreadyActive => "the device is active already",
            Self::WrongSecret => "wrong product secret",
            Self::WrongSecretOrActive => "wrong product secret or device name, or the device is active already",
            Self::UnknownDevice => "no such device in the product",
            Self::UnknownProduct => "no such product",
            Self::BadRequest => "the request lacks something, or securemode is not taken here",
            Self::Throttled => "too many requests",
            Self::Unavailable => "the platform is in trouble",
            Self::Other => "cause unknown",
        })
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    #[test]
    fn only_what_passes_is_tried_again() {
        for code in (0..10_000).map(RegistrationCode::Https).chain((0..=255).map(RegistrationCode::Connack)) {
            let expected = matches!(code, RegistrationCode::Https(429 | 500 | 6760) | RegistrationCode::Connack(3));
            assert_eq!(code.cause().may_pass(), expected, "{code}");
        }
    }

    #[test]
    fn already_active_is_told_apart_over_https_only() {
        assert_eq!(RegistrationCode::Https(6289).cause(), Cause::AlreadyActive);
        assert_eq!(RegistrationCode::Connack(4).cause(), Cause::WrongSecretOrActive);
        let named = std::string::ToString::to_string(&Cause::WrongSecretOrActive);
        assert!(named.contains("wrong product secret or") && named.contains("active already"));
    }
}

//! Who a device is.

use core::marker::PhantomData;

use heapless::string::StringView;
use wanlink_core::{Argument, TooLong};
use zeroize::Zeroizing;

use crate::sign::{HmacSha256, Sign, Signature};
use crate::text::{Text, put_all};

/// Product key, device name and device secret, and the method that signs with it.
///
/// The secret is wiped when the identity is dropped, and `Debug` does not show it. The device name may be that of
/// the module or of the SIM: see [`DeviceName`](crate::DeviceName).
///
/// ```
/// use wanlink_transports::Identity;
/// # fn main() -> Result<(), wanlink_transports::IdentityError> {
/// let identity = Identity::new("a1B2c3D4e5F", "866349040000017", "0123456789abcdef0123456789abcdef")?;
/// assert_eq!(identity.device_name(), "866349040000017");
/// # Ok(())
/// # }
/// ```
pub struct Identity<A: Sign = HmacSha256> {
    product_key: Text<20>,
    device_name: Text<32>,
    secret: Zeroizing<Text<64>>,
    method: PhantomData<A>,
}

impl Identity {
    /// Checks and keeps the three parts; signs with [`HmacSha256`].
    ///
    /// Only what can never be right is refused: an empty part, a part above the platform's bounds (20, 32 and 64
    /// bytes), and a character that the strings built from it give another meaning. The platform's lower bound of the
    /// device name (4) is left to the platform, as its own SDKs do (aliyun-iot, 1.3).
    ///
    /// # Errors
    /// Which part is wrong, and how.
    pub fn new(product_key: &str, device_name: &str, secret: &str) -> Result<Self, IdentityError> {
        Self::checked(product_key, device_name, Argument::DeviceSecret, secret)
    }
}

impl<A: Sign> Identity<A> {
    /// As [`Identity::new`], with a secret that has another name in errors.
    pub(crate) fn checked(
        product_key: &str,
        device_name: &str,
        kind: Argument,
        secret: &str,
    ) -> Result<Self, IdentityError> {
        let mut identity = Self {
            product_key: Text::new(),
            device_name: Text::new(),
            secret: Zeroizing::new(Text::new()),
            method: PhantomData,
        };
        keep(Argument::ProductKey, identity.product_key.as_mut_view(), product_key, Alphabet::Label)?;
        keep(Argument::DeviceName, identity.device_name.as_mut_view(), device_name, Alphabet::Name)?;
        keep(kind, identity.secret.as_mut_view(), secret, Alphabet::Graphic)?;
        Ok(identity)
    }

    /// The same identity with another signing method.
    #[must_use]
    pub fn signed_by<B: Sign>(self) -> Identity<B> {
        let Self { product_key, device_name, secret, .. } = self;
        Identity { product_key, device_name, secret, method: PhantomData }
    }

    /// The product key.
    #[must_use]
    pub fn product_key(&self) -> &str {
        &self.product_key
    }

    /// The device name.
    #[must_use]
    pub fn device_name(&self) -> &str {
        &self.device_name
    }

    #[cfg(any(feature = "store", feature = "native"))]
    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    /// Signs `content` with the device secret.
    #[must_use]
    pub fn sign(&self, content: &[&str]) -> Signature {
        let mut signature = Signature::new();
        self.sign_into(content, &mut signature);
        signature
    }

    pub(crate) fn sign_into(&self, content: &[&str], out: &mut Signature) {
        out.write::<A>(self.secret.as_bytes(), content);
    }
}

impl<A: Sign> core::fmt::Debug for Identity<A> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (product_key, device_name) = (self.product_key(), self.device_name());
        write!(f, "Identity {{ product_key: {product_key:?}, device_name: {device_name:?}, secret: *** }}")
    }
}

/// What a part of a login may hold; each takes what those before it take.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Alphabet {
    Digits,
    /// Of a product key, which is a label of the host name, too.
    Label,
    /// Of a device name (aliyun-iot, 1.3).
    Name,
    /// Of a secret. Any bytes could be a key; blanks and controls are a slip of whoever pasted it.
    Graphic,
    All,
}

impl Alphabet {
    /// The narrowest that has this byte.
    const fn of(byte: u8) -> Self {
        match byte {
            b'0'..=b'9' => Self::Digits,
            b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' => Self::Label,
            b'@' | b'.' | b':' => Self::Name,
            b'!'..=b'~' => Self::Graphic,
            _ => Self::All,
        }
    }
}

/// Copies a part of an identity when it is neither empty nor too long and holds nothing but allowed bytes.
pub(crate) fn keep(
    what: Argument,
    out: &mut StringView<u8>,
    text: &str,
    allowed: Alphabet,
) -> Result<(), IdentityError> {
    check(what, text, allowed)?;
    put_all(what, out, &[text]).map_err(IdentityError::TooLong)
}

pub(crate) fn check(what: Argument, text: &str, allowed: Alphabet) -> Result<(), IdentityError> {
    if text.is_empty() {
        return Err(IdentityError::Empty(what));
    }
    match text.bytes().position(|byte| Alphabet::of(byte) > allowed) {
        Some(at) => Err(IdentityError::Character { what, at }),
        None => Ok(()),
    }
}

/// Why a text cannot be part of an identity. Holds positions and lengths, never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum IdentityError {
    /// It is empty.
    Empty(Argument),
    /// It is longer than the platform takes.
    TooLong(TooLong),
    /// It holds a character that is not allowed there.
    Character {
        /// Which part.
        what: Argument,
        /// Where, in bytes from its start.
        at: usize,
    },
    /// The module gave none: zeros alone, or not as many digits as it has.
    NoNumber(Argument),
}

impl core::fmt::Display for IdentityError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Empty(what) => write!(f, "the {what} is empty"),
            Self::TooLong(long) => {
                write!(f, "the {} has {} bytes, the platform takes {}", long.what, long.length(), long.limit())
            }
            Self::Character { what, at } => write!(f, "the {what} holds a character at byte {at} that is not allowed"),
            Self::NoNumber(what) => write!(f, "the module gave no valid {what} to name the device by"),
        }
    }
}

impl core::error::Error for IdentityError {}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::format;

    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn bounds_are_taken_and_one_more_is_refused() {
        let (key, name, secret) = ("k".repeat(20), "n".repeat(32), "s".repeat(64));
        assert!(Identity::new(&key, &name, &secret).is_ok());
        for (key, name, secret, what, limit) in [
            ("k".repeat(21), name.clone(), secret.clone(), Argument::ProductKey, 20),
            (key.clone(), "n".repeat(33), secret.clone(), Argument::DeviceName, 32),
            (key.clone(), name.clone(), "s".repeat(65), Argument::DeviceSecret, 64),
        ] {
            let expected = IdentityError::TooLong(TooLong::new(what, limit, limit + 1));
            assert_eq!(Identity::new(&key, &name, &secret).unwrap_err(), expected);
        }
        assert_eq!(Identity::new("", "n", SECRET).unwrap_err(), IdentityError::Empty(Argument::ProductKey));
        assert_eq!(Identity::new("k", "", SECRET).unwrap_err(), IdentityError::Empty(Argument::DeviceName));
        assert_eq!(Identity::new("k", "n", "").unwrap_err(), IdentityError::Empty(Argument::DeviceSecret));
    }

    #[test]
    fn separators_are_refused_and_allowed_marks_taken() {
        assert!(Identity::new("pk", "a-b_c@d.e:f", SECRET).is_ok());
        for bad in ["a|b", "a,b", "a=b", "a&b", "a/b", "a+b", "a#b", "a\"b", "a b", "a\r\n", "gerät"] {
            let error = Identity::new("pk", bad, SECRET).unwrap_err();
            assert!(
                matches!(error, IdentityError::Character { what: Argument::DeviceName, at: 1 | 3 }),
                "{bad}: {error}"
            );
        }
        assert!(Identity::new("a.b", "name", SECRET).is_err(), "a product key is one label of a host name");
        assert!(Identity::new("pk", "name", "a secret\n").is_err());
    }

    #[test]
    fn numbers_of_module_and_sim_are_device_names() {
        let info = wanlink_core::Info::new(b"BG95-M3", b"R01", b"866349040000017", b"89860320045510000017");
        assert_eq!(Identity::new("pk", info.imei(), SECRET).unwrap().device_name(), "866349040000017");
        assert_eq!(Identity::new("pk", info.iccid(), SECRET).unwrap().device_name(), "89860320045510000017");
    }

    #[test]
    fn debug_and_errors_show_no_secret() {
        let identity = Identity::new("pk", "name", SECRET).unwrap();
        let signature = identity.sign(&["x"]);
        let error = Identity::new("pk", "name", "hunter2 ").unwrap_err();
        let text = format!("{identity:?} {signature:?} {error:?} {error}");
        assert!(text.contains("\"name\"") && !text.contains(SECRET), "{text}");
        assert!(!text.contains(signature.as_str()) && !text.contains("hunter2"), "{text}");
    }
}

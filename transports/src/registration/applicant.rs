//! Who wants to be registered.

use wanlink_core::Argument;

use super::token::DeviceToken;
use crate::credentials::at_most;
use crate::identity::{Alphabet, Identity, IdentityError, check};
use crate::sign::{HmacSha256, Sign, Signature, put_hex};
use crate::text::Text;

/// A device without a secret: product key, device name, and the secret of the product, which signs the request.
///
/// The product secret is wiped when the applicant is dropped, and `Debug` does not show it.
#[derive(Debug)]
pub struct Applicant<A: Sign = HmacSha256>(Identity<A>);

impl Applicant {
    /// Checks and keeps the three parts, as [`Identity::new`] does; signs with [`HmacSha256`].
    ///
    /// # Errors
    /// Which part is wrong, and how.
    pub fn new(product_key: &str, device_name: &str, product_secret: &str) -> Result<Self, IdentityError> {
        Identity::checked(product_key, device_name, Argument::ProductSecret, product_secret).map(Self)
    }
}

impl<A: Sign> Applicant<A> {
    /// The same applicant with another signing method.
    #[must_use]
    pub fn signed_by<B: Sign>(self) -> Applicant<B> {
        Applicant(self.0.signed_by())
    }

    /// The product key.
    #[must_use]
    pub fn product_key(&self) -> &str {
        self.0.product_key()
    }

    /// The device name.
    #[must_use]
    pub fn device_name(&self) -> &str {
        self.0.device_name()
    }

    /// Whether an identity, as one that was stored, is of this product and device. Another SIM may have given the
    /// device another name since then.
    #[must_use]
    pub fn is<B: Sign>(&self, identity: &Identity<B>) -> bool {
        self.product_key() == identity.product_key() && self.device_name() == identity.device_name()
    }

    /// Whether a token, as one that was stored, is of this product and device.
    #[must_use]
    pub fn has(&self, token: &DeviceToken) -> bool {
        self.product_key() == token.product_key() && self.device_name() == token.device_name()
    }

    /// The signature of all requests; a client id is not part of it (aliyun-iot, 3.2).
    pub(super) fn sign_into(&self, random: &Random, out: &mut Signature) {
        let (key, name) = (self.product_key(), self.device_name());
        self.0.sign_into(&["deviceName", name, "productKey", key, "random", random.as_str()], out);
    }
}

/// A text that no other request has, so that no signature can be used twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Random(Text<32>);

impl Random {
    /// As 16 hexadecimal digits. The bits should come from a generator of true random numbers.
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        let mut text = Text::new();
        put_hex((bits >> 32) as u32, text.as_mut_view());
        put_hex(bits as u32, text.as_mut_view());
        Self(text)
    }

    /// A text of the caller's choice.
    ///
    /// # Errors
    /// It is empty, longer than 32 bytes, or holds other characters than letters, digits, `-` and `_`.
    pub fn new(text: &str) -> Result<Self, IdentityError> {
        check(Argument::Random, text, Alphabet::Label)?;
        at_most(Argument::Random, 32, text)?;
        let mut own = Text::new();
        // Fits, as just seen.
        let _ = own.push_str(text);
        Ok(Self(own))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::format;

    use super::*;
    use wanlink_core::TooLong;

    #[test]
    fn random_texts() {
        assert_eq!(Random::from_bits(0x0123_4567_89AB_CDEF).as_str(), "0123456789abcdef");
        assert_eq!(Random::new("7y4Jg5xdKCy9W2i").unwrap().as_str(), "7y4Jg5xdKCy9W2i");
        assert!(Random::new(&"r".repeat(32)).is_ok());
        for bad in ["", "a,b", "a|b", "a=b", "a&b", "a b", "ü", &"r".repeat(33)] {
            assert!(Random::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_stored_identity_may_be_of_another_device() {
        let applicant = Applicant::new("pk", "dn", "8LQwOYSZMwp3DFBd").unwrap();
        let stored = |key, name| Identity::new(key, name, "secret").unwrap().signed_by::<crate::HmacSha1>();
        assert!(applicant.is(&stored("pk", "dn")));
        assert!(!applicant.is(&stored("pk", "other")) && !applicant.is(&stored("other", "dn")));
    }

    #[test]
    fn an_error_names_the_product_secret_and_nothing_shows_it() {
        let long = "s".repeat(65);
        let error = Applicant::new("pk", "dn", &long).unwrap_err();
        assert_eq!(error, IdentityError::TooLong(TooLong::new(Argument::ProductSecret, 64, 65)));
        let applicant = Applicant::new("pk", "dn", "8LQwOYSZMwp3DFBd").unwrap();
        assert!(!format!("{applicant:?} {error:?} {error}").contains("8LQwOYSZMwp3DFBd"));
    }
}

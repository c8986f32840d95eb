//! Client id, user name and password of an MQTT login (aliyun-iot, 1.1 and 1.2).

use heapless::string::StringView;
use wanlink_core::{Argument, MqttLimits, Security, TooLong};

use crate::identity::{Alphabet, Identity, IdentityError, check};
use crate::sign::{Sign, Signature};
use crate::text::{Text, put_all};

/// Longest name of a client, before its first `|` (aliyun-iot, 1.3).
const NAME: usize = 64;
/// Digits of a timestamp: those of the largest `u64`.
const DIGITS: usize = 20;
/// A name, and behind it `|securemode=-2,signmethod=hmacsha256,timestamp=` with its digits and the last bar.
pub(crate) const CLIENT_ID: usize = NAME + 47 + DIGITS + 1;

/// How the connection is protected, as the login has to say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecureMode {
    /// 2: TLS.
    Tls,
    /// 3: plain TCP.
    Plain,
    /// -2: TLS, and a device that has no secret: one with a device token, or one that is being registered.
    Token,
}

impl SecureMode {
    /// The mode that goes with a kind of connection.
    #[must_use]
    pub const fn of<S: Security>() -> Self {
        if S::TLS { Self::Tls } else { Self::Plain }
    }

    pub(crate) const fn digit(self) -> &'static str {
        match self {
            Self::Tls => "2",
            Self::Plain => "3",
            Self::Token => "-2",
        }
    }
}

/// Which form the client id takes.
#[derive(Debug, Clone, Copy)]
pub struct ClientId<'a> {
    name: Name<'a>,
    timestamp: &'a str,
}

#[derive(Debug, Clone, Copy)]
enum Name<'a> {
    Full,
    Device,
    Own(&'a str),
}

impl<'a> ClientId<'a> {
    /// `productKey.deviceName`, the form of the console.
    pub const FULL: Self = Self { name: Name::Full, timestamp: "" };

    /// The device name alone, for modules whose client id is short.
    pub const MINIMAL: Self = Self { name: Name::Device, timestamp: "" };

    /// A name of the caller's choice.
    ///
    /// # Errors
    /// It is empty, longer than 64 bytes, or holds a character that no device name may hold.
    pub fn named(name: &'a str) -> Result<Self, IdentityError> {
        check(Argument::ClientId, name, Alphabet::Name)?;
        at_most(Argument::ClientId, NAME, name)?;
        Ok(Self { name: Name::Own(name), timestamp: "" })
    }

    /// Adds a timestamp in milliseconds. The platform compares it with nothing, but signs it.
    ///
    /// # Errors
    /// It is not a decimal number of at most 20 digits.
    pub fn timestamp(self, digits: &'a str) -> Result<Self, IdentityError> {
        check(Argument::Timestamp, digits, Alphabet::Digits)?;
        at_most(Argument::Timestamp, DIGITS, digits)?;
        Ok(Self { timestamp: digits, ..self })
    }

    /// [`FULL`](Self::FULL) where it fits, else [`MINIMAL`](Self::MINIMAL).
    #[must_use]
    pub fn fitting<A: Sign>(limits: &MqttLimits, identity: &Identity<A>) -> Self {
        // Decided by the compiler for most models, which then link no other form.
        if usize::from(limits.client_id) >= CLIENT_ID {
            return Self::FULL;
        }
        if Self::FULL.length(identity) <= usize::from(limits.client_id) { Self::FULL } else { Self::MINIMAL }
    }

    /// Its length, which does not depend on the protection.
    pub(crate) fn length<A: Sign>(&self, identity: &Identity<A>) -> usize {
        let [first, dot, second] = self.name(identity);
        let timestamp = if self.timestamp.is_empty() { 0 } else { ",timestamp=".len() + self.timestamp.len() };
        first.len() + dot.len() + second.len() + "|securemode=2,signmethod=|".len() + A::NAME.len() + timestamp
    }

    /// What stands before the first `|`, which is all that is signed of it.
    fn name<'b, A: Sign>(&self, identity: &'b Identity<A>) -> [&'b str; 3]
    where
        'a: 'b,
    {
        match self.name {
            Name::Full => [identity.product_key(), ".", identity.device_name()],
            Name::Device => [identity.device_name(), "", ""],
            Name::Own(name) => [name, "", ""],
        }
    }

    fn parts<'b, A: Sign>(&self, identity: &'b Identity<A>, mode: SecureMode) -> [&'b str; 10]
    where
        'a: 'b,
    {
        let [first, dot, second] = self.name(identity);
        let label = if self.timestamp.is_empty() { "" } else { ",timestamp=" };
        [first, dot, second, "|securemode=", mode.digit(), ",signmethod=", A::NAME, label, self.timestamp, "|"]
    }
}

pub(crate) fn at_most(what: Argument, limit: usize, text: &str) -> Result<(), IdentityError> {
    if text.len() > limit {
        return Err(IdentityError::TooLong(TooLong::new(what, limit, text.len())));
    }
    Ok(())
}

/// What a device logs in with. The password is wiped when dropped, and `Debug` does not show it.
#[derive(Debug)]
pub struct Credentials {
    client_id: Text<CLIENT_ID>,
    user: Text<56>,
    password: Signature,
}

impl Credentials {
    /// Builds and signs.
    #[must_use]
    pub fn new<A: Sign>(identity: &Identity<A>, client_id: ClientId<'_>, mode: SecureMode) -> Self {
        let mut credentials = Self::empty();
        credentials.write(identity, client_id, mode);
        credentials
    }

    pub(crate) fn empty() -> Self {
        Self { client_id: Text::new(), user: Text::new(), password: Signature::new() }
    }

    /// Builds and signs where the credentials are to stay, into empty ones: moving them would leave a copy behind.
    pub(crate) fn write<A: Sign>(&mut self, identity: &Identity<A>, client_id: ClientId<'_>, mode: SecureMode) {
        let [first, dot, second] = client_id.name(identity);
        let (key, device) = (identity.product_key(), identity.device_name());
        let label = if client_id.timestamp.is_empty() { "" } else { "timestamp" };
        let time = client_id.timestamp;
        let content = ["clientId", first, dot, second, "deviceName", device, "productKey", key, label, time];
        identity.sign_into(&content, &mut self.password);
        put(self.client_id.as_mut_view(), &client_id.parts(identity, mode));
        put(self.user.as_mut_view(), &[device, "&", key]);
    }

    /// MQTT client identifier.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// User name.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Password.
    #[must_use]
    pub fn password(&self) -> &str {
        self.password.as_str()
    }
}

/// The rooms are made for the longest parts that an identity and a [`ClientId`] let in.
fn put(out: &mut StringView<u8>, parts: &[&str]) {
    let fits = put_all(Argument::ClientId, out, parts);
    debug_assert!(fits.is_ok());
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::sign::{HmacMd5, HmacSha256};
    use wanlink_core::Plain;

    fn identity() -> Identity {
        Identity::new("a1ABCDEFGHI", "Temperature01", "0123456789abcdef0123456789abcdef").unwrap()
    }

    #[test]
    fn forms_of_the_client_id() {
        let build =
            |form| std::string::String::from(Credentials::new(&identity(), form, SecureMode::Plain).client_id());
        assert_eq!(build(ClientId::FULL), "a1ABCDEFGHI.Temperature01|securemode=3,signmethod=hmacsha256|");
        assert_eq!(build(ClientId::MINIMAL), "Temperature01|securemode=3,signmethod=hmacsha256|");
        let own = ClientId::named("12345").unwrap().timestamp("789").unwrap();
        assert_eq!(build(own), "12345|securemode=3,signmethod=hmacsha256,timestamp=789|");
        let tls = Credentials::new(&identity().signed_by::<HmacMd5>(), own, SecureMode::Tls);
        assert_eq!(tls.client_id(), "12345|securemode=2,signmethod=hmacmd5,timestamp=789|");
        assert_eq!(tls.user(), "Temperature01&a1ABCDEFGHI");
        for form in [ClientId::FULL, ClientId::MINIMAL, own] {
            assert_eq!(form.length(&identity()), build(form).len(), "counted as it is written");
        }
        assert_eq!(SecureMode::of::<Plain>(), SecureMode::Plain);
    }

    #[test]
    fn a_short_limit_takes_the_minimal_form() {
        let full = "a1ABCDEFGHI.Temperature01|securemode=3,signmethod=hmacsha256|".len() as u16;
        for (limit, dot) in [(full, true), (full - 1, false)] {
            let limits = MqttLimits::UNSTATED.login(limit, 256, 256);
            let form = ClientId::fitting(&limits, &identity());
            let id = Credentials::new(&identity(), form, SecureMode::Plain);
            assert_eq!(id.client_id().contains('.'), dot, "{limit}");
        }
    }

    #[test]
    fn the_longest_parts_fit() {
        let (key, name, time) = ("k".repeat(20), "n".repeat(32), "9".repeat(20));
        let longest = Identity::new(&key, &name, &"s".repeat(64)).unwrap();
        let form = "c".repeat(64);
        let form = ClientId::named(&form).unwrap().timestamp(&time).unwrap();
        let credentials = Credentials::new(&longest, form, SecureMode::Tls);
        assert!(credentials.client_id().ends_with("99|"));
        assert_eq!(credentials.user().len(), 53);
        assert_eq!(credentials.password().len(), HmacSha256::DIGITS);
    }

    #[test]
    fn names_and_timestamps_are_checked() {
        for bad in ["", "a|b", "a,b", "a=b", &"c".repeat(65)] {
            assert!(ClientId::named(bad).is_err(), "{bad}");
        }
        for bad in ["", "12a", "-1", &"1".repeat(21)] {
            assert!(ClientId::FULL.timestamp(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn debug_shows_no_password() {
        let credentials = Credentials::new(&identity(), ClientId::FULL, SecureMode::Plain);
        assert!(!std::format!("{credentials:?}").contains(credentials.password()));
    }
}

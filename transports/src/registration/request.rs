//! The request over MQTT, which is a login (aliyun-iot, 3.2).

use heapless::string::StringView;
use wanlink_core::{Argument, Login, MqttLimits, Tls};
use zeroize::Zeroizing;

use super::applicant::{Applicant, Random};
use super::token::TOKEN;
use crate::credentials::{SecureMode, at_most};
use crate::identity::{Alphabet, IdentityError, check};
use crate::principal::{LogIn, Principal, Protects, connect_length};
use crate::sign::{Sign, Signature};
use crate::text::{Text, put_all};

/// Longest id of an instance; those seen have 23 (aliyun-iot, 2).
const INSTANCE: usize = 32;
/// Device name, random text and id of an instance, with what stands around them.
pub(super) const CLIENT_ID: usize =
    "|securemode=-2,authType=register,random=,signmethod=hmacsha256,instanceId=|".len() + 32 + 32 + INSTANCE;

/// How the platform comes to know the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthType {
    /// Its name was entered before; it gets a secret.
    Register,
    /// It is entered on the way ("no whitelist", Shanghai only); it gets a client id and a token.
    Regnwl,
}

impl AuthType {
    const fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Regnwl => "regnwl",
        }
    }
}

/// What is asked for over MQTT.
#[derive(Debug, Clone, Copy)]
pub struct MqttRequest<'a> {
    auth: AuthType,
    mode: SecureMode,
    instance: &'a str,
}

impl<'a> MqttRequest<'a> {
    /// On the public instance.
    ///
    /// `securemode` is 2 for [`Register`](AuthType::Register) and -2 for [`Regnwl`](AuthType::Regnwl). The platform
    /// seems to take both; where it answers CONNACK 2, try the other with [`secure_mode`](Self::secure_mode).
    #[must_use]
    pub const fn new(auth: AuthType) -> Self {
        let mode = match auth {
            AuthType::Register => SecureMode::Tls,
            AuthType::Regnwl => SecureMode::Token,
        };
        Self { auth, mode, instance: "" }
    }

    /// How the platform comes to know the device.
    #[must_use]
    pub const fn auth(&self) -> AuthType {
        self.auth
    }

    /// With another `securemode`.
    #[must_use]
    pub const fn secure_mode(self, mode: SecureMode) -> Self {
        Self { mode, ..self }
    }

    /// On an instance of one's own, whose id such a login has to name.
    ///
    /// # Errors
    /// It is empty, longer than 32 bytes, or no label of a host name.
    pub fn instance(self, id: &'a str) -> Result<Self, IdentityError> {
        check(Argument::InstanceId, id, Alphabet::Label)?;
        at_most(Argument::InstanceId, INSTANCE, id)?;
        Ok(Self { instance: id, ..self })
    }
}

/// A login without a secret of its own: the request of a registration, or one with a
/// [`DeviceToken`](super::DeviceToken). The password is wiped when dropped, and `Debug` does not show it.
pub struct MqttLogin {
    pub(super) client_id: Text<CLIENT_ID>,
    pub(super) user: Text<56>,
    pub(super) password: Zeroizing<Text<TOKEN>>,
}

impl MqttLogin {
    pub(super) fn empty() -> Self {
        Self { client_id: Text::new(), user: Text::new(), password: Zeroizing::new(Text::new()) }
    }

    pub(super) fn texts(&self) -> [&str; 3] {
        [&self.client_id, &self.user, &self.password]
    }

    /// The login, for a module. A registration has no keep-alive that the platform would check.
    #[must_use]
    pub fn login(&self, keep_alive_s: u16, clean_session: bool) -> Login<'_> {
        Login { client_id: &self.client_id, user: &self.user, password: &self.password, keep_alive_s, clean_session }
    }
}

impl core::fmt::Debug for MqttLogin {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (client_id, user) = (&self.client_id, &self.user);
        write!(f, "MqttLogin {{ client_id: {client_id:?}, user: {user:?}, password: *** }}")
    }
}

impl<A: Sign> Applicant<A> {
    /// The login that asks for registration. The device name stands for the client id, which may be any.
    #[must_use]
    pub fn mqtt_login(&self, request: &MqttRequest<'_>, random: &Random) -> MqttLogin {
        let mut out = MqttLogin::empty();
        Asking { applicant: self, request, random }.write_into(&mut out);
        out
    }
}

/// An applicant with its request: who logs in to be registered.
pub(super) struct Asking<'r, A: Sign> {
    pub(super) applicant: &'r Applicant<A>,
    pub(super) request: &'r MqttRequest<'r>,
    pub(super) random: &'r Random,
}

impl<A: Sign> Asking<'_, A> {
    fn client_id(&self) -> [&str; 12] {
        let Self { applicant, request, random } = self;
        let label = if request.instance.is_empty() { "" } else { ",instanceId=" };
        [
            applicant.device_name(),
            "|securemode=",
            request.mode.digit(),
            ",authType=",
            request.auth.name(),
            ",random=",
            random.as_str(),
            ",signmethod=",
            A::NAME,
            label,
            request.instance,
            "|",
        ]
    }

    fn write_into(&self, out: &mut MqttLogin) {
        let mut signature = Signature::new();
        self.applicant.sign_into(self.random, &mut signature);
        put(out.client_id.as_mut_view(), &self.client_id());
        put(out.user.as_mut_view(), &[self.applicant.device_name(), "&", self.applicant.product_key()]);
        put(out.password.as_mut_view(), &[signature.as_str()]);
    }
}

impl<A: Sign> Principal for Asking<'_, A> {
    fn product_key(&self) -> &str {
        self.applicant.product_key()
    }

    fn device_name(&self) -> &str {
        self.applicant.device_name()
    }
}

/// The platform refuses anything else (aliyun-iot, 3.2), and the secret would cross the network for all to read.
impl<A: Sign> Protects<Asking<'_, A>> for Tls<'_> {}

impl<A: Sign> LogIn for Asking<'_, A> {
    type Texts = MqttLogin;

    const PASSWORD: usize = A::DIGITS;
    const CONNECT: usize = connect_length(CLIENT_ID, 64);

    fn empty() -> MqttLogin {
        MqttLogin::empty()
    }

    fn write(&self, _: &MqttLimits, _: SecureMode, out: &mut MqttLogin) {
        self.write_into(out);
    }

    fn texts(texts: &MqttLogin) -> [&str; 3] {
        texts.texts()
    }

    fn lengths(&self, _: &MqttLimits) -> [usize; 3] {
        let client_id = self.client_id().iter().map(|part| part.len()).sum();
        [client_id, self.device_name().len() + "&".len() + self.product_key().len(), A::DIGITS]
    }
}

/// The rooms are made for the longest parts.
pub(super) fn put(out: &mut StringView<u8>, parts: &[&str]) {
    let fits = put_all(Argument::ClientId, out, parts);
    debug_assert!(fits.is_ok());
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    #[test]
    fn the_longest_parts_fit() {
        let (key, name, secret) = ("k".repeat(20), "n".repeat(32), "s".repeat(64));
        let (random, instance) = (Random::new(&"r".repeat(32)).unwrap(), "i".repeat(32));
        let request = MqttRequest::new(AuthType::Register).secure_mode(SecureMode::Token).instance(&instance).unwrap();
        let login = Applicant::new(&key, &name, &secret).unwrap().mqtt_login(&request, &random);
        assert_eq!(login.client_id.len(), CLIENT_ID);
        assert!(login.client_id.ends_with("i|") && login.user.len() == 53 && login.password.len() == 64);
        assert!(!std::format!("{login:?}").contains(login.password.as_str()));
    }

    #[test]
    fn ids_of_instances_are_checked() {
        let request = MqttRequest::new(AuthType::Regnwl);
        for bad in ["", "a.b", "a|b", "a,b", &"i".repeat(33)] {
            assert!(request.instance(bad).is_err(), "{bad}");
        }
    }
}

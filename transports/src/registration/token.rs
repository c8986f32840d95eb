//! What a device without a secret logs in with (aliyun-iot, 3.3).

use wanlink_core::{Argument, MqttLimits};
use zeroize::Zeroizing;

use super::request::{MqttLogin, put};
use crate::credentials::SecureMode;
use crate::identity::{Alphabet, IdentityError, keep};
use crate::principal::{LogIn, Principal, connect_length};
use crate::text::Text;

/// Room for a device token and for the client id that comes with it. Their lengths are not published.
pub(super) const TOKEN: usize = 128;

/// What stands behind the client id in a login.
const EXTENSION: &str = "|securemode=-2,authType=connwl|";

/// Client id and device token of a device that was registered by [`AuthType::Regnwl`](super::AuthType::Regnwl).
///
/// The token is wiped when it is dropped, and `Debug` does not show it.
pub struct DeviceToken {
    product_key: Text<20>,
    device_name: Text<32>,
    client_id: Text<TOKEN>,
    token: Zeroizing<Text<TOKEN>>,
}

impl DeviceToken {
    /// Checks and keeps the four parts.
    ///
    /// # Errors
    /// Which part is wrong, and how.
    pub fn new(product_key: &str, device_name: &str, client_id: &str, token: &str) -> Result<Self, IdentityError> {
        let mut own = Self {
            product_key: Text::new(),
            device_name: Text::new(),
            client_id: Text::new(),
            token: Zeroizing::new(Text::new()),
        };
        keep(Argument::ProductKey, own.product_key.as_mut_view(), product_key, Alphabet::Label)?;
        keep(Argument::DeviceName, own.device_name.as_mut_view(), device_name, Alphabet::Name)?;
        keep(Argument::ClientId, own.client_id.as_mut_view(), client_id, Alphabet::Graphic)?;
        // What follows a bar would no longer be the client id.
        if let Some(at) = client_id.bytes().position(|byte| byte == b'|') {
            return Err(IdentityError::Character { what: Argument::ClientId, at });
        }
        keep(Argument::DeviceToken, own.token.as_mut_view(), token, Alphabet::Graphic)?;
        Ok(own)
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

    /// The client id that was given with the token.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The token, which is the password of a login.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.token
    }

    /// The login, over TLS only.
    #[must_use]
    pub fn mqtt_login(&self) -> MqttLogin {
        let mut out = MqttLogin::empty();
        self.write_into(&mut out);
        out
    }

    fn write_into(&self, out: &mut MqttLogin) {
        put(out.client_id.as_mut_view(), &[&self.client_id, EXTENSION]);
        put(out.user.as_mut_view(), &[&self.device_name, "&", &self.product_key]);
        put(out.password.as_mut_view(), &[&self.token]);
    }
}

impl Principal for DeviceToken {
    fn product_key(&self) -> &str {
        &self.product_key
    }

    fn device_name(&self) -> &str {
        &self.device_name
    }
}

impl LogIn for DeviceToken {
    type Texts = MqttLogin;

    /// Known only when there is one.
    const PASSWORD: usize = 0;
    const CONNECT: usize = connect_length(TOKEN + EXTENSION.len(), TOKEN);

    fn empty() -> MqttLogin {
        MqttLogin::empty()
    }

    /// The mode is that of tokens, whatever protects the connection.
    fn write(&self, _: &MqttLimits, _: SecureMode, out: &mut MqttLogin) {
        self.write_into(out);
    }

    fn texts(texts: &MqttLogin) -> [&str; 3] {
        texts.texts()
    }

    fn lengths(&self, _: &MqttLimits) -> [usize; 3] {
        let user = self.device_name.len() + "&".len() + self.product_key.len();
        [self.client_id.len() + EXTENSION.len(), user, self.token.len()]
    }
}

impl core::fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (key, name, id) = (&self.product_key, &self.device_name, &self.client_id);
        write!(f, "DeviceToken {{ product_key: {key:?}, device_name: {name:?}, client_id: {id:?}, token: *** }}")
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    #[test]
    fn the_longest_parts_fit() {
        let (key, name, long) = ("k".repeat(20), "n".repeat(32), "t".repeat(TOKEN));
        let token = DeviceToken::new(&key, &name, &long, &long).unwrap();
        let login = token.mqtt_login();
        assert!(login.client_id.ends_with("t|securemode=-2,authType=connwl|"));
        assert_eq!(login.password.as_str(), long);
    }

    #[test]
    fn parts_are_checked_and_the_token_is_not_shown() {
        fn token(client_id: &str, token: &str) -> Result<DeviceToken, IdentityError> {
            DeviceToken::new("pk", "dn", client_id, token)
        }
        assert_eq!(token("", "t").unwrap_err(), IdentityError::Empty(Argument::ClientId));
        assert_eq!(token("c", "").unwrap_err(), IdentityError::Empty(Argument::DeviceToken));
        let bar = token("c|authType=register", "t").unwrap_err();
        assert_eq!(bar, IdentityError::Character { what: Argument::ClientId, at: 1 });
        let long = "t".repeat(TOKEN + 1);
        assert!(token("c", &long).is_err() && token(&long, "t").is_err());
        assert!(!std::format!("{:?}", token("c", "hunter2").unwrap()).contains("hunter2"));
    }
}

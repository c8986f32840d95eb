//! What the platform answers (aliyun-iot, 3.1 and 3.2).

use wanlink_core::__private::is_mutant;
use wanlink_core::{Argument, TooLong};
use zeroize::Zeroizing;

use super::applicant::Applicant;
use super::code::RegistrationCode;
use super::error::RegistrationError;
use super::token::{DeviceToken, TOKEN};
use crate::identity::{Identity, IdentityError};
use crate::json::Object;
use crate::sign::Sign;
use crate::text::Text;

/// Whether a message comes from a registration.
///
/// Either topic may bring either result: some revisions of the documentation have `/ext/register` for both.
#[must_use]
pub fn is_push(topic: &str) -> bool {
    matches!(topic, "/ext/register" | "/ext/regnwl")
}

impl<A: Sign> Applicant<A> {
    /// Reads the reply over HTTPS, whatever the HTTP status was: `code` decides.
    ///
    /// # Errors
    /// The platform refused, or it is no reply to this request.
    pub fn https_reply(&self, body: &[u8]) -> Result<Identity<A>, RegistrationError> {
        let reply = Object::parse(body)?;
        let code = reply.get("code").and_then(|code| code.number()).ok_or(RegistrationError::Missing("code"))?;
        if code != 200 {
            // A code of more than 32 bits is no known one either.
            let code = u32::try_from(code).unwrap_or(u32::MAX);
            return Err(RegistrationError::Refused(RegistrationCode::Https(code)));
        }
        let data = reply.get("data").and_then(|data| data.object()).ok_or(RegistrationError::Missing("data"))?;
        self.secret(&data)
    }

    /// Reads the message that follows a login with [`AuthType::Register`](super::AuthType::Register).
    ///
    /// # Errors
    /// It holds no secret, or is for another device.
    pub fn mqtt_secret(&self, payload: &[u8]) -> Result<Identity<A>, RegistrationError> {
        self.secret(&Object::parse(payload)?)
    }

    /// Reads the message that follows a login with [`AuthType::Regnwl`](super::AuthType::Regnwl).
    ///
    /// # Errors
    /// It holds no token, or is for another device.
    pub fn mqtt_token(&self, payload: &[u8]) -> Result<DeviceToken, RegistrationError> {
        let data = Object::parse(payload)?;
        self.check_device(&data)?;
        let client_id = text::<TOKEN>(&data, "clientId", Argument::ClientId)?;
        let token = text::<TOKEN>(&data, "deviceToken", Argument::DeviceToken)?;
        Ok(DeviceToken::new(self.product_key(), self.device_name(), &client_id, &token)?)
    }

    fn secret(&self, data: &Object<'_>) -> Result<Identity<A>, RegistrationError> {
        self.check_device(data)?;
        let secret = text::<64>(data, "deviceSecret", Argument::DeviceSecret)?;
        Ok(Identity::checked(self.product_key(), self.device_name(), Argument::DeviceSecret, &secret)?)
    }

    fn check_device(&self, data: &Object<'_>) -> Result<(), RegistrationError> {
        for (name, own) in [("productKey", self.product_key()), ("deviceName", self.device_name())] {
            if data.get(name).is_some_and(|value| !value.is(own)) {
                return Err(RegistrationError::OtherDevice);
            }
        }
        Ok(())
    }
}

/// A member's text without its escapes.
fn text<const N: usize>(
    data: &Object<'_>,
    name: &'static str,
    what: Argument,
) -> Result<Zeroizing<Text<N>>, RegistrationError> {
    let missing = RegistrationError::Missing(name);
    let value = data.get(name).and_then(|value| value.text()).ok_or(missing)?;
    let mut out = Zeroizing::new(Text::new());
    let mut length = 0;
    for character in value.characters() {
        let character = character.ok_or(missing)?;
        length += character.len_utf8();
        // What does not fit is counted.
        let _ = out.push(character);
    }
    if length > N {
        return Err(IdentityError::TooLong(TooLong::new(what, N, length)).into());
    }
    if is_mutant("a secret loses its end") {
        out.pop();
    }
    Ok(out)
}

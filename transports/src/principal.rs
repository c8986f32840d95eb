//! Who logs in over MQTT, and with which texts (aliyun-iot, 1.1 and 3.3).

use wanlink_core::{MqttLimits, Security, Tls};

use crate::credentials::{CLIENT_ID, ClientId, Credentials, SecureMode};
use crate::identity::Identity;
use crate::registration::DeviceToken;
use crate::sign::Sign;

pub(crate) use sealed::LogIn;

/// Who logs in: an [`Identity`], which signs with the secret of the device, or the [`DeviceToken`] of a device that was
/// registered without one.
///
/// Links are chosen by it at compile time, so that a program links only the login that it uses. Nobody else implements
/// it, since the platform has no other login.
pub trait Principal: LogIn {
    /// The product key.
    fn product_key(&self) -> &str;

    /// The device name.
    fn device_name(&self) -> &str;
}

/// A [`Security`] with which `P` may log in.
///
/// An [`Identity`] may with each, since its secret is never sent. A [`DeviceToken`] is a password that is sent as it is:
/// with [`Tls`] only.
#[diagnostic::on_unimplemented(
    message = "`{P}` does not log in over `{Self}`",
    note = "a device token goes out as it is: take an endpoint with TLS; see docs/registration.md"
)]
pub trait Protects<P: Principal>: Security {}

impl<S: Security, A: Sign> Protects<Identity<A>> for S {}

impl Protects<DeviceToken> for Tls<'_> {}

mod sealed {
    use super::{MqttLimits, SecureMode};

    /// How a principal logs in.
    pub trait LogIn {
        /// The texts of a login; wiped when dropped.
        type Texts;

        /// Bytes that its password has in any case.
        const PASSWORD: usize;

        /// Bytes of its longest CONNECT.
        const CONNECT: usize;

        /// Texts that are to be written. Made where they are to stay: moving them would leave a copy behind.
        fn empty() -> Self::Texts;

        /// Writes the texts, empty ones, for a client with these limits.
        fn write(&self, limits: &MqttLimits, mode: SecureMode, out: &mut Self::Texts);

        /// Client id, user name and password.
        fn texts(texts: &Self::Texts) -> [&str; 3];

        /// The lengths of what [`write`](Self::write) would write.
        fn lengths(&self, limits: &MqttLimits) -> [usize; 3];
    }
}

/// Bytes of a CONNECT: fixed header 3, variable header 10, and three texts with their lengths. User names have 53 bytes
/// at most.
pub(crate) const fn connect_length(client_id: usize, password: usize) -> usize {
    3 + 10 + 2 + client_id + 2 + 53 + 2 + password
}

impl<A: Sign> Principal for Identity<A> {
    fn product_key(&self) -> &str {
        Self::product_key(self)
    }

    fn device_name(&self) -> &str {
        Self::device_name(self)
    }
}

impl<A: Sign> LogIn for Identity<A> {
    type Texts = Credentials;

    const PASSWORD: usize = A::DIGITS;

    /// That of the longest signature: buffers are made before it is known who logs in.
    const CONNECT: usize = connect_length(CLIENT_ID, 64);

    fn empty() -> Credentials {
        Credentials::empty()
    }

    fn write(&self, limits: &MqttLimits, mode: SecureMode, out: &mut Credentials) {
        out.write(self, ClientId::fitting(limits, self), mode);
    }

    fn texts(texts: &Credentials) -> [&str; 3] {
        [texts.client_id(), texts.user(), texts.password()]
    }

    fn lengths(&self, limits: &MqttLimits) -> [usize; 3] {
        let client_id = ClientId::fitting(limits, self).length(self);
        [client_id, self.device_name().len() + "&".len() + self.product_key().len(), A::DIGITS]
    }
}

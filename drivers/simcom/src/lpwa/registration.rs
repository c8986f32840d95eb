//! The dynamic registration that the module makes itself.

use embedded_io_async::{Read, Write};
use wanlink_at::driver::{DriverModel, Input, Listener, Operation, PowerPins, Rule};
use wanlink_core::{Argument, HasMqtt, Login, MqttAt, Server, Tls};

use super::native;
use crate::{Sim7080Family, Simcom};

/// A module that registers a device by itself, with the secret of the device's product (`AT+SMALIDYNA`): for a program
/// that must not link the hash, since the token that comes of it needs none either.
///
/// No trait of wanlink-core, as no other vendor has it: behind it all goes over [`MqttAt`].
pub trait DynamicRegistration: MqttAt {
    /// Logs in to have the device created and registered, which the platform does in Shanghai only, for products that
    /// allow it, and inside TLS. Behind it the platform sends one message, on `/ext/regnwl`, with client id and device
    /// token, which [`receive`](MqttAt::receive) brings; **keep them before they are used**, and
    /// [`disconnect`](MqttAt::disconnect): the platform does so after 15 seconds. From then on the device logs in with
    /// them, by [`connect`](MqttAt::connect): the module's own login takes no token.
    ///
    /// As of [`connect`](MqttAt::connect): *Twice*, where the second registration makes the first void; *dropped*; *Kinds*,
    /// and [`Unsupported`](wanlink_core::ErrorKind::Unsupported): this firmware does not know it, and nothing was opened.
    fn register(
        &mut self,
        broker: &Server<'_, Tls<'_>>,
        device: &NewDevice<'_>,
    ) -> impl Future<Output = Result<(), Self::Error>>;
}

/// A device that has no secret yet.
#[derive(Clone, Copy)]
pub struct NewDevice<'a> {
    /// Product key, at most 20 bytes.
    pub product_key: &'a str,
    /// Device name, at most 32 bytes.
    pub device_name: &'a str,
    /// Product secret, at most 24 bytes.
    pub product_secret: &'a str,
}

impl core::fmt::Debug for NewDevice<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { product_key, device_name, .. } = self;
        f.debug_struct("NewDevice")
            .field("product_key", product_key)
            .field("device_name", device_name)
            .finish_non_exhaustive()
    }
}

impl<M: DriverModel<Family = Sim7080Family> + HasMqtt, R: Read, W: Write, P: PowerPins> DynamicRegistration
    for Simcom<'_, M, R, W, P>
{
    async fn register(&mut self, broker: &Server<'_, Tls<'_>>, device: &NewDevice<'_>) -> Result<(), Self::Error> {
        let &NewDevice { product_key: user, device_name: client_id, product_secret: password } = device;
        // The connection does not live long enough for a ping.
        let login = &Login { client_id, user, password, keep_alive_s: 60, clean_session: true };
        let input = Input::Login { host: broker.host, port: broker.port, tls: Some(&broker.security), login };
        let operation = const { &Operation { rules: &rules(M::MQTT.host), ..native::register() } };
        self.ask(operation, input, Listener::Nobody).await
    }
}

/// simcom-at 4.
const fn rules(host: u16) -> [Rule; 4] {
    [
        Rule::new(0, Argument::HostName, host),
        Rule::new(2, Argument::DeviceName, 32),
        Rule::new(3, Argument::ProductKey, 20),
        Rule::new(4, Argument::ProductSecret, 24),
    ]
}

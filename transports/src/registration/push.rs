//! Registration over MQTT: a login, and the message that follows it (aliyun-iot, 3.2).

use embassy_time::{Duration, Instant, with_deadline};
use wanlink_core::{Inbound, MqttAt, Server, Tls};

use super::applicant::{Applicant, Random};
use super::device::Device;
use super::device_error::DeviceError;
use super::error::RegistrationError;
use super::reply::is_push;
use super::request::{AuthType, MqttRequest};
use super::token::DeviceToken;
use crate::endpoint::Endpoint;
use crate::error::Lost;
use crate::identity::Identity;
use crate::sign::Sign;
use crate::store::{Record, Store};

/// So long after its CONNACK the platform closes the connection (aliyun-iot, 3.2).
const PUSH: Duration = Duration::from_secs(15);

/// Longer than the connection lives, so that no PINGREQ is due.
const KEEP_ALIVE_S: u16 = 60;

/// Over MQTT, by the module's own client. TLS only: the platform refuses anything else (aliyun-iot, 3.2).
///
/// A refusal comes as CONNACK 4, whether the product secret is wrong or the device is active already; the error names
/// both. The driver's inbox held the message with the result, and may hold it until others take its place.
impl<S: Store, A: Sign> Device<S, A> {
    /// The identity that is kept, or a new one by [`AuthType::Register`]. Needs a module with a data context, and ends
    /// the session that it has.
    ///
    /// # Errors
    /// Of kind [`Retry`](wanlink_core::ErrorKind::Retry) or [`Reconnect`](wanlink_core::ErrorKind::Reconnect) when the
    /// platform was busy or its message was lost: call again after a pause.
    pub async fn identity_over_mqtt<M: MqttAt>(
        &mut self,
        module: &mut M,
        endpoint: Endpoint<'_, Tls<'_>>,
        request: &MqttRequest<'_>,
        random: &Random,
    ) -> Result<Identity<A>, DeviceError<M::Error, S::Error>> {
        if let Some(identity) = self.kept(Applicant::is).await? {
            return Ok(identity);
        }
        if request.auth() != AuthType::Register {
            return Err(DeviceError::AuthType);
        }
        self.register(module, endpoint, request, random, Applicant::mqtt_secret).await
    }

    /// The device token that is kept, or a new one by [`AuthType::Regnwl`]; else as
    /// [`identity_over_mqtt`](Self::identity_over_mqtt).
    ///
    /// # Errors
    /// As `identity_over_mqtt`.
    pub async fn token_over_mqtt<M: MqttAt>(
        &mut self,
        module: &mut M,
        endpoint: Endpoint<'_, Tls<'_>>,
        request: &MqttRequest<'_>,
        random: &Random,
    ) -> Result<DeviceToken, DeviceError<M::Error, S::Error>> {
        if let Some(token) = self.kept(Applicant::has).await? {
            return Ok(token);
        }
        if request.auth() != AuthType::Regnwl {
            return Err(DeviceError::AuthType);
        }
        self.register(module, endpoint, request, random, Applicant::mqtt_token).await
    }

    /// Logs in, takes what is pushed, keeps it, and ends the connection whatever came.
    async fn register<M: MqttAt, R: Record>(
        &mut self,
        module: &mut M,
        endpoint: Endpoint<'_, Tls<'_>>,
        request: &MqttRequest<'_>,
        random: &Random,
        read: fn(&Applicant<A>, &[u8]) -> Result<R, RegistrationError>,
    ) -> Result<R, DeviceError<M::Error, S::Error>> {
        let host = endpoint.host(self.applicant.product_key())?;
        let broker = Server::new(host.as_str(), endpoint.port(), *endpoint.security());
        let built = self.applicant.mqtt_login(request, random);
        let login = built.login(KEEP_ALIVE_S, true);
        M::MQTT.check_login(&broker, &login)?;
        module.connect(&broker, &login).await.map_err(DeviceError::of_login)?;
        let result = match pushed(module, |payload| read(&self.applicant, payload)).await {
            Ok(record) => self.store.save(&record).await.map(|()| record).map_err(DeviceError::Store),
            Err(error) => Err(error),
        };
        // That the module restarted meanwhile is told by the next call.
        let _ = module.disconnect().await;
        result
    }
}

/// What the platform pushes behind the login. Messages of an earlier session may stand before it.
async fn pushed<M: MqttAt, R, S>(
    module: &mut M,
    read: impl Fn(&[u8]) -> Result<R, RegistrationError>,
) -> Result<R, DeviceError<M::Error, S>> {
    let until = Instant::now() + PUSH;
    let mut lost = None;
    while Instant::now() < until {
        match with_deadline(until, module.ready()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(lost.map_or(DeviceError::Module(error), DeviceError::Lost)),
            Err(_) => break,
        }
        match module.front() {
            Some(Inbound::Message(message)) if is_push(message.topic()) => return Ok(read(message.payload)?),
            Some(Inbound::Lost { count, longest }) if count > 0 => lost = Some(Lost::new(count, longest)),
            _ => {}
        }
    }
    Err(lost.map_or(DeviceError::Silent, DeviceError::Lost))
}

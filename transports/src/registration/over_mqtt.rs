//! Registration over the MQTT client of a module.

use embassy_time::{Instant, with_deadline};
use wanlink_core::{MqttAt, Tls};

use super::applicant::Random;
use super::device::Device;
use super::device_error::DeviceError;
use super::push::{KEEP_ALIVE_S, Outcome, ask};
use super::request::{Asking, MqttRequest};
use super::token::DeviceToken;
use crate::endpoint::Endpoint;
use crate::identity::Identity;
use crate::link::{Connect, Downlink};
use crate::mqtt::Link;
use crate::sign::Sign;
use crate::store::Store;

/// Over MQTT, by the module's own client. TLS only: the platform refuses anything else (aliyun-iot, 3.2).
///
/// A refusal comes as CONNACK 4, whether the product secret is wrong or the device is active already; the error names
/// both. The driver's inbox held the message with the result, and may hold it until others take its place.
impl<S: Store, A: Sign> Device<S, A> {
    /// The identity that is kept, or a new one by [`AuthType::Register`](super::AuthType::Register). Needs a module with
    /// a data context, and ends the session that it has; messages of that which nobody took are dropped.
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
        self.over_mqtt(module, endpoint, request, random).await
    }

    /// The device token that is kept, or a new one by [`AuthType::Regnwl`](super::AuthType::Regnwl); else as
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
        self.over_mqtt(module, endpoint, request, random).await
    }

    async fn over_mqtt<M: MqttAt, R: Outcome<A>>(
        &mut self,
        module: &mut M,
        endpoint: Endpoint<'_, Tls<'_>>,
        request: &MqttRequest<'_>,
        random: &Random,
    ) -> Result<R, DeviceError<M::Error, S::Error>> {
        if let Some(kept) = self.kept_for(request).await? {
            return Ok(kept);
        }
        let Self { applicant, store, pace, .. } = self;
        let asking = Asking { applicant, request, random };
        let mut link = Link::new(module, &asking, endpoint).keep_alive_s(KEEP_ALIVE_S);
        forget_earlier(&mut link).await.map_err(DeviceError::of_link)?;
        ask(&mut link, applicant, store, pace).await
    }
}

/// Ends the session that there is, and drops its messages. One of them may be the result of an earlier call that was
/// dropped, which is void as soon as there is another (aliyun-iot, 3.2).
async fn forget_earlier<L: Connect + Downlink>(link: &mut L) -> Result<(), L::Error> {
    link.disconnect().await?;
    // Without a session it waits for nothing.
    while let Ok(Ok(())) = with_deadline(Instant::now(), link.ready()).await {
        let _ = link.front();
    }
    Ok(())
}

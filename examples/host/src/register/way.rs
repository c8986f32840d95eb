//! The ways on which a device without a secret asks for one.

use wanlink_core::{HttpsAt, MqttAt, Tls, TlsSocket};
use wanlink_transports::registration::{AuthType, Device, MqttRequest, Random};
use wanlink_transports::{Endpoint, Sign, tcp};

use super::{Credential, Setback};
use crate::online::Describe;
use crate::pairing::Driver;
use crate::store::AnyStore;

/// A way to the platform, and the module that goes it.
pub(super) trait Way {
    type Module: Driver + Describe;

    fn module(&mut self) -> &mut Self::Module;

    /// Asks once.
    async fn ask<A: Sign>(
        &mut self,
        device: &mut Device<AnyStore<'_>, A>,
        random: &Random,
    ) -> Result<Credential, Setback>;
}

/// A form over HTTPS.
pub(super) struct Https<'a, M> {
    pub(super) module: M,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Tls<'a>,
}

impl<M: Driver + Describe + HttpsAt> Way for Https<'_, M> {
    type Module = M;

    fn module(&mut self) -> &mut M {
        &mut self.module
    }

    async fn ask<A: Sign>(
        &mut self,
        device: &mut Device<AnyStore<'_>, A>,
        random: &Random,
    ) -> Result<Credential, Setback> {
        let endpoint = Endpoint::custom(&self.host, self.port, self.tls);
        let identity = device.identity_over_https(&mut self.module, endpoint, random).await?;
        Ok(Credential::Identity(identity.signed_by()))
    }
}

/// A login at the broker, by the module's MQTT client.
pub(super) struct Mqtt<'a, M> {
    pub(super) module: M,
    pub(super) endpoint: Endpoint<'a, Tls<'a>>,
    pub(super) login: MqttRequest<'a>,
}

impl<M: Driver + Describe + MqttAt> Way for Mqtt<'_, M> {
    type Module = M;

    fn module(&mut self) -> &mut M {
        &mut self.module
    }

    async fn ask<A: Sign>(
        &mut self,
        device: &mut Device<AnyStore<'_>, A>,
        random: &Random,
    ) -> Result<Credential, Setback> {
        let Self { module, endpoint, login } = self;
        Ok(match login.auth() {
            AuthType::Register => {
                Credential::Identity(device.identity_over_mqtt(module, *endpoint, login, random).await?.signed_by())
            }
            AuthType::Regnwl => Credential::Token(device.token_over_mqtt(module, *endpoint, login, random).await?),
        })
    }
}

/// The same login, by our own MQTT client over a socket of the module.
pub(super) struct Tcp<'a, M> {
    pub(super) module: M,
    pub(super) endpoint: Endpoint<'a, Tls<'a>>,
    pub(super) login: MqttRequest<'a>,
    pub(super) packets: Box<tcp::Buffers>,
}

impl<M: Driver + Describe + TlsSocket> Way for Tcp<'_, M> {
    type Module = M;

    fn module(&mut self) -> &mut M {
        &mut self.module
    }

    async fn ask<A: Sign>(
        &mut self,
        device: &mut Device<AnyStore<'_>, A>,
        random: &Random,
    ) -> Result<Credential, Setback> {
        let Self { module, endpoint, login, packets } = self;
        Ok(match login.auth() {
            AuthType::Register => Credential::Identity(
                device.identity_over_tcp(module, *endpoint, packets, login, random).await?.signed_by(),
            ),
            AuthType::Regnwl => {
                Credential::Token(device.token_over_tcp(module, *endpoint, packets, login, random).await?)
            }
        })
    }
}

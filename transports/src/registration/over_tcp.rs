//! Registration over our own MQTT client, on a socket of the module.

use wanlink_core::{ErrorType, Socket, Tls, TlsSocket};

use super::applicant::Random;
use super::device::Device;
use super::device_error::DeviceError;
use super::push::{KEEP_ALIVE_S, Outcome, ask};
use super::request::{Asking, MqttRequest};
use super::token::DeviceToken;
use crate::endpoint::Endpoint;
use crate::identity::Identity;
use crate::principal::Principal;
use crate::sign::Sign;
use crate::store::Store;
use crate::tcp::{Buffers, Link, SPARE};

/// Over MQTT by our own client, on a TLS socket of the module: the path `tcp`. Never over a plain socket, which the
/// platform refuses, and on which everybody could read the secret (aliyun-iot, 3.2).
///
/// Refusals are those of [`identity_over_mqtt`](Self::identity_over_mqtt). The buffers are those of the
/// [`tcp::Link`](Link) that logs in afterwards; they are wiped, and too small ones for request and result do not compile.
/// The driver's inbox held the result, too, and may hold it until other bytes take its place.
///
/// *Dropped*: the next call of such a method of this device, with the same module, closes the socket that was left open,
/// as a start of the module does.
impl<S: Store, A: Sign> Device<S, A> {
    /// As [`identity_over_mqtt`](Self::identity_over_mqtt), with another client.
    ///
    /// # Errors
    /// As `identity_over_mqtt`.
    pub async fn identity_over_tcp<M: TlsSocket, const RX: usize, const TX: usize>(
        &mut self,
        module: &mut M,
        endpoint: Endpoint<'_, Tls<'_>>,
        buffers: &mut Buffers<RX, TX>,
        request: &MqttRequest<'_>,
        random: &Random,
    ) -> Result<Identity<A>, DeviceError<M::Error, S::Error>> {
        self.over_tcp(module, endpoint, buffers, request, random).await
    }

    /// As [`token_over_mqtt`](Self::token_over_mqtt), with another client.
    ///
    /// # Errors
    /// As `identity_over_mqtt`.
    pub async fn token_over_tcp<M: TlsSocket, const RX: usize, const TX: usize>(
        &mut self,
        module: &mut M,
        endpoint: Endpoint<'_, Tls<'_>>,
        buffers: &mut Buffers<RX, TX>,
        request: &MqttRequest<'_>,
        random: &Random,
    ) -> Result<DeviceToken, DeviceError<M::Error, S::Error>> {
        self.over_tcp(module, endpoint, buffers, request, random).await
    }

    async fn over_tcp<M: TlsSocket, R: Outcome<A>, const RX: usize, const TX: usize>(
        &mut self,
        module: &mut M,
        endpoint: Endpoint<'_, Tls<'_>>,
        buffers: &mut Buffers<RX, TX>,
        request: &MqttRequest<'_>,
        random: &Random,
    ) -> Result<R, DeviceError<M::Error, S::Error>> {
        const { assert!(RX >= R::PUSH + SPARE, "the platform's message does not fit the receive buffer") };
        let kept = self.kept_for(request).await?;
        if let Some(socket) = self.left_open {
            // That the module restarted meanwhile is told by the next call.
            let _ = module.close(socket).await;
            self.left_open = None;
        }
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let Self { applicant, store, pace, left_open } = self;
        let asking = Asking { applicant, request, random };
        let link = Link::new(module, &asking, endpoint, buffers).keep_alive_s(KEEP_ALIVE_S);
        let mut tidy = Tidy { link, left_open };
        ask(&mut tidy.link, applicant, store, pace).await
    }
}

/// A link that leaves no secret in its buffers, and the name of its socket when that is still open.
struct Tidy<'d, 'l, 't, M: ErrorType, P: Principal> {
    link: Link<'l, M, Tls<'t>, P>,
    left_open: &'d mut Option<Socket>,
}

impl<M: ErrorType, P: Principal> Drop for Tidy<'_, '_, '_, M, P> {
    fn drop(&mut self) {
        *self.left_open = self.link.give_up();
    }
}

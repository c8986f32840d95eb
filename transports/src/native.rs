//! The `native` path: the module speaks MQTT, and makes the login itself.

use embassy_time::Instant;
use wanlink_core::{AliyunAt, Delivery, Device, ErrorType, Inbound, Qos, Security, Server, Tls, TooLong};

use crate::endpoint::{Endpoint, HostName};
use crate::error::LinkError;
use crate::identity::Identity;
use crate::link::{Connect, Downlink, Request, Uplink};
use crate::mqtt;
use crate::topic::Topic;

/// A device on the platform through a module that logs in by itself. Behind the login all is as with [`mqtt::Link`].
///
/// The module learns the secret and keeps it until it restarts; some show it to whoever asks. Whether its firmware has
/// this login only the module knows: where it has not, [`connect`](Self::connect) fails with kind
/// [`Unsupported`](wanlink_core::ErrorKind::Unsupported) before anything is opened, and an [`mqtt::Link`] is the way out:
///
/// ```
/// # use wanlink_core::{AliyunAt, Error, ErrorKind, Tls};
/// use wanlink_transports::{Endpoint, Identity, LinkError, Region, mqtt, native};
///
/// # async fn up<M: AliyunAt>(modem: &mut M, identity: &Identity) -> Result<(), LinkError<M::Error>> {
/// let endpoint = Endpoint::public(Region::Shanghai);
/// match native::Link::new(&mut *modem, identity, endpoint).connect().await {
///     Err(error) if error.kind() == ErrorKind::Unsupported => mqtt::Link::new(modem, identity, endpoint).connect().await,
///     result => result,
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct Link<'a, M, S: Security = Tls<'static>> {
    link: mqtt::Link<'a, M, S>,
}

impl<'a, M: ErrorType, S: Security> Link<'a, M, S> {
    /// A link of `module`, which may be borrowed (`&mut modem`), to `endpoint`. Sends nothing. With which method the module
    /// signs is its own affair.
    pub fn new(module: M, identity: &'a Identity, endpoint: Endpoint<'a, S>) -> Self
    where
        M: AliyunAt,
    {
        Self { link: mqtt::Link::new(module, identity, endpoint) }
    }

    /// As [`mqtt::Link::keep_alive_s`].
    #[must_use]
    pub fn keep_alive_s(self, seconds: u16) -> Self {
        Self { link: self.link.keep_alive_s(seconds) }
    }

    /// As [`mqtt::Link::clean_session`].
    #[must_use]
    pub fn clean_session(self, clean: bool) -> Self {
        Self { link: self.link.clean_session(clean) }
    }

    /// The module below.
    pub fn module(&mut self) -> &mut M {
        self.link.module()
    }
}

impl<M: AliyunAt, S: Security + Copy> Link<'_, M, S> {
    /// Connects and has the module log in; may be repeated. No subscription is there afterwards, unless the session is not
    /// clean.
    ///
    /// *Dropped*: the outcome is unknown, and the next call closes whatever exists.
    ///
    /// # Errors
    /// Lengths are checked before a byte is sent; else what the module reports.
    pub fn connect(&mut self) -> impl Future<Output = Result<(), LinkError<M::Error>>> {
        self.perform(Request::Connect)
    }

    /// Ends the connection in its orderly way.
    ///
    /// *Dropped*: the next [`connect`](Self::connect) cleans up.
    ///
    /// # Errors
    /// Only that the module restarted.
    pub fn disconnect(&mut self) -> impl Future<Output = Result<(), LinkError<M::Error>>> {
        self.link.disconnect()
    }

    /// Writes the host's name and checks what can be known before power-on.
    fn check_lengths(&self, host: &mut HostName) -> Result<(), TooLong> {
        let account = &self.link.account;
        account.write_host(host)?;
        M::MQTT.check_lengths(host.as_str().len(), 0, 0, 0)?;
        let identity = account.principal;
        M::DEVICE.check(identity.product_key().len(), identity.device_name().len(), identity.secret().len())
    }
}

impl<M: ErrorType, S: Security> ErrorType for Link<'_, M, S> {
    type Error = LinkError<M::Error>;
}

impl<M: AliyunAt, S: Security + Copy> Uplink for Link<'_, M, S> {
    fn publish(
        &mut self,
        topic: Topic<'_>,
        payload: &[u8],
        qos: Qos,
    ) -> impl Future<Output = Result<Delivery, Self::Error>> {
        self.link.publish(topic, payload, qos)
    }
}

impl<M: AliyunAt, S: Security + Copy> Downlink for Link<'_, M, S> {
    fn subscribe(&mut self, filter: Topic<'_>) -> impl Future<Output = Result<(), Self::Error>> {
        self.link.subscribe(filter)
    }

    fn unsubscribe(&mut self, filter: Topic<'_>) -> impl Future<Output = Result<(), Self::Error>> {
        self.link.unsubscribe(filter)
    }

    fn ready(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        self.link.ready()
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.link.front()
    }
}

impl<M: AliyunAt, S: Security + Copy> Connect for Link<'_, M, S> {
    type Module = M;

    const GIVES_REASON: bool = M::MQTT.gives_reason;

    const IS_CONNECTED: bool = true;

    fn module(&mut self) -> &mut M {
        self.link.module()
    }

    fn check(&self) -> Result<(), Self::Error> {
        self.check_lengths(&mut HostName::empty()).map_err(LinkError::TooLong)
    }

    async fn perform(&mut self, request: Request<'_>) -> Result<(), Self::Error> {
        let Request::Connect = request else { return self.link.perform(request).await };
        let mut host = HostName::empty();
        self.check_lengths(&mut host)?;
        let mqtt::Link { module, account } = &mut self.link;
        let identity = account.principal;
        let device = Device {
            product_key: identity.product_key(),
            device_name: identity.device_name(),
            device_secret: identity.secret(),
            keep_alive_s: account.keep_alive_s,
            clean_session: account.clean_session,
        };
        let server = Server::new(host.as_str(), account.endpoint.port(), *account.endpoint.security());
        module.sign_in(&server, &device).await.map_err(LinkError::Module)
    }

    fn delivery(&self) -> Delivery {
        self.link.delivery()
    }

    /// As with [`mqtt::Link`].
    fn next_deadline(&self) -> Option<Instant> {
        self.link.next_deadline()
    }

    fn disconnect(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        self.link.disconnect()
    }
}

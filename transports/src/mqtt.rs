//! The `mqtt` path: the module speaks MQTT, and we make client id, user name and password.

use embassy_time::Instant;
use wanlink_core::{Delivery, ErrorType, Inbound, MqttAt, Qos, Security, Server, Tls, TooLong};

use crate::account::Account;
use crate::endpoint::{Endpoint, HostName};
use crate::error::LinkError;
use crate::identity::Identity;
use crate::link::{Connect, Downlink, Request, Uplink};
use crate::principal::{Principal, Protects};
use crate::topic::{FullTopic, Topic};

/// A device on the platform through the MQTT client of a module.
///
/// It logs in with an [`Identity`] or with a [`DeviceToken`](crate::registration::DeviceToken): see [`Principal`].
/// It connects once and reports; [`Session`](crate::Session) keeps it connected. A failure keeps the module: look,
/// change, try again. QoS 1 messages are acknowledged by the module before we have them.
///
/// ```
/// # use wanlink_core::{Module, Network, Qos, fake::{Pushing, block_on}};
/// use wanlink_transports::{Downlink, Endpoint, Identity, Region, Uplink, mqtt, topic};
/// # fn main() -> Result<(), Box<dyn core::error::Error>> { block_on(async {
/// # let (mut modem, script) = Pushing::new();
/// modem.start().await?;
/// modem.attach(&Network::apn("cmiot"), &mut |_| ()).await?;
///
/// let identity = Identity::new("a1B2c3D4e5F", "meter-0042", "0123456789abcdef0123456789abcdef")?;
/// let mut link = mqtt::Link::new(&mut modem, &identity, Endpoint::public(Region::Shanghai));
/// link.connect().await?;
/// link.subscribe(topic::user("get")).await?;
/// link.publish(topic::user("update"), b"21.5", Qos::AtLeastOnce).await?;
/// # script.queue("/a1B2c3D4e5F/meter-0042/user/get", b"report");
/// let message = link.receive().await?;
/// assert_eq!(message.payload, b"report");
/// # Ok(()) }) }
/// ```
#[derive(Debug)]
pub struct Link<'a, M, S: Security = Tls<'static>, P = Identity> {
    pub(crate) module: M,
    pub(crate) account: Account<'a, S, P>,
}

impl<'a, M: ErrorType, S: Security, P: Principal> Link<'a, M, S, P> {
    /// A link of `module`, which may be borrowed (`&mut modem`), to `endpoint`. Sends nothing.
    ///
    /// The bounds stand here and not on the type, so that a module without an MQTT client of its own, or a token without
    /// TLS, is refused with the sentence that names the way out.
    pub fn new(module: M, principal: &'a P, endpoint: Endpoint<'a, S>) -> Self
    where
        M: MqttAt,
        S: Protects<P>,
    {
        const {
            assert!(M::MQTT.password as usize >= P::PASSWORD, "this module's password is too short for the signature");
            assert!(M::MQTT.topic >= 64, "this module's topic is too short for the platform's own topics");
        }
        Self { module, account: Account::new(principal, endpoint) }
    }

    /// Sets the keep-alive, 300 seconds from the start. The platform takes 30 to 1200 seconds and no other value, so a
    /// value outside counts as the nearer end. Networks that forget idle connections soon need a short one.
    #[must_use]
    pub fn keep_alive_s(self, seconds: u16) -> Self {
        Self { account: self.account.keep_alive_s(seconds), ..self }
    }

    /// Sets whether the platform forgets subscriptions and waiting QoS 1 messages at each login, as it does from the
    /// start. A module that cannot ask for `false` makes [`connect`](Self::connect) fail with kind `Misuse`.
    #[must_use]
    pub fn clean_session(self, clean: bool) -> Self {
        Self { account: self.account.clean_session(clean), ..self }
    }

    /// The module below.
    pub fn module(&mut self) -> &mut M {
        &mut self.module
    }
}

impl<M: MqttAt, S: Security + Copy, P: Principal> Link<'_, M, S, P> {
    /// Connects and logs in; may be repeated. No subscription is there afterwards, unless the session is not clean.
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
    pub async fn disconnect(&mut self) -> Result<(), LinkError<M::Error>> {
        self.module.disconnect().await.map_err(LinkError::Module)
    }

    /// Not in the async function: its buffers would stand in the future a second time.
    #[inline(never)]
    fn prepare(&self, out: &mut Prepared<P>) -> Result<(), TooLong> {
        self.check_lengths(&mut out.host)?;
        self.account.write_texts(&M::MQTT, &mut out.texts);
        Ok(())
    }

    #[inline(never)]
    fn check_lengths(&self, host: &mut HostName) -> Result<(), TooLong> {
        self.account.check(&M::MQTT, host)
    }
}

impl<M: MqttAt, S: Security, P: Principal> Link<'_, M, S, P> {
    /// Fills a filter in, or the topic of a publish when there is a payload, and checks it.
    #[inline(never)]
    fn topic(&self, topic: Topic<'_>, payload: Option<&[u8]>, room: &mut FullTopic) -> Result<(), LinkError<M::Error>> {
        self.account.write_topic(&M::MQTT, topic, payload, room).map(|_| ())
    }
}

/// What lives only while a login goes on; the password is wiped with it.
struct Prepared<P: Principal> {
    host: HostName,
    texts: P::Texts,
}

impl<P: Principal> Prepared<P> {
    fn empty() -> Self {
        Self { host: HostName::empty(), texts: P::empty() }
    }
}

impl<M: ErrorType, S: Security, P: Principal> ErrorType for Link<'_, M, S, P> {
    type Error = LinkError<M::Error>;
}

impl<M: MqttAt, S: Security + Copy, P: Principal> Uplink for Link<'_, M, S, P> {
    async fn publish(&mut self, topic: Topic<'_>, payload: &[u8], qos: Qos) -> Result<Delivery, Self::Error> {
        self.perform(Request::Publish { topic, payload, qos }).await?;
        Ok(self.account.delivery)
    }
}

impl<M: MqttAt, S: Security + Copy, P: Principal> Downlink for Link<'_, M, S, P> {
    fn subscribe(&mut self, filter: Topic<'_>) -> impl Future<Output = Result<(), Self::Error>> {
        self.perform(Request::Subscribe(filter))
    }

    /// Not in `perform`: programs that never unsubscribe, as most, do not link it.
    async fn unsubscribe(&mut self, filter: Topic<'_>) -> Result<(), Self::Error> {
        let mut room = FullTopic::new();
        self.topic(filter, None, &mut room)?;
        self.module.unsubscribe(room.as_str()).await.map_err(LinkError::Module)
    }

    fn ready(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        self.perform(Request::Ready)
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.module.front()
    }
}

impl<M: MqttAt, S: Security + Copy, P: Principal> Connect for Link<'_, M, S, P> {
    type Module = M;

    const GIVES_REASON: bool = M::MQTT.gives_reason;

    const IS_CONNECTED: bool = true;

    fn module(&mut self) -> &mut M {
        &mut self.module
    }

    fn check(&self) -> Result<(), Self::Error> {
        self.check_lengths(&mut HostName::empty()).map_err(LinkError::TooLong)
    }

    async fn perform(&mut self, request: Request<'_>) -> Result<(), Self::Error> {
        let result = match request {
            Request::Connect => {
                let mut prepared = Prepared::<P>::empty();
                self.prepare(&mut prepared)?;
                let endpoint = &self.account.endpoint;
                let server = Server::new(prepared.host.as_str(), endpoint.port(), *endpoint.security());
                let login = self.account.login(&prepared.texts);
                self.module.connect(&server, &login).await
            }
            Request::Subscribe(filter) => {
                let mut room = FullTopic::new();
                self.topic(filter, None, &mut room)?;
                self.module.subscribe(room.as_str(), Qos::AtLeastOnce).await
            }
            Request::Publish { topic, payload, qos } => {
                let mut room = FullTopic::new();
                self.topic(topic, Some(payload), &mut room)?;
                self.module.publish(room.as_str(), payload, qos).await.map(|known| self.account.delivery = known)
            }
            Request::Ready => self.module.ready().await,
        };
        result.map_err(LinkError::Module)
    }

    fn delivery(&self) -> Delivery {
        self.account.delivery
    }

    /// Nothing: the module pings by itself, also while it dozes. That a session ended is told by the next call.
    fn next_deadline(&self) -> Option<Instant> {
        None
    }

    fn disconnect(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        Self::disconnect(self)
    }
}

//! A device on the platform through a socket of the module.

mod pump;

use embassy_time::Instant;
use wanlink_core::{
    Delivery, Error, ErrorKind, ErrorType, Inbound, MqttLimits, Opens, Qos, Security, Socket, TcpSocket, Tls,
};

use self::pump::Call;
use super::{Buffers, Client, clock};
use crate::account::Account;
use crate::endpoint::{Endpoint, HostName};
use crate::error::LinkError;
use crate::identity::Identity;
use crate::link::{Connect, Downlink, Request, Uplink};
use crate::principal::{Principal, Protects};
use crate::topic::Topic;

/// Our client refuses nothing for its length but what has no room in the buffers.
const LIMITS: MqttLimits = MqttLimits::UNSTATED;

/// A device on the platform through a TCP or TLS socket of the module.
///
/// It logs in with an [`Identity`] or with a [`DeviceToken`](crate::registration::DeviceToken): see [`Principal`].
/// It connects once and reports; [`Session`](crate::Session) keeps it connected. A failure keeps the module: look,
/// change, try again. QoS 1 messages are acknowledged when they were used: by the next call after the one that lent
/// them. A link that is dropped while it is connected leaves its socket open in the module until that is started anew;
/// [`disconnect`](Self::disconnect) first.
///
/// ```
/// # use wanlink_core::{Module, Network, Qos, fake::{Streaming, block_on}};
/// # use wanlink_emulator as _;
/// use wanlink_transports::{Downlink, Endpoint, Identity, Region, Uplink, tcp, topic};
/// # fn main() -> Result<(), Box<dyn core::error::Error>> { block_on(async {
/// # let (mut modem, script) = Streaming::new();
/// modem.start().await?;
/// modem.attach(&Network::apn("cmiot"), &mut |_| ()).await?;
///
/// let identity = Identity::new("a1B2c3D4e5F", "meter-0042", "0123456789abcdef0123456789abcdef")?;
/// let mut buffers: tcp::Buffers = tcp::Buffers::new();
/// let mut link = tcp::Link::new(&mut modem, &identity, Endpoint::public(Region::Shanghai), &mut buffers);
/// link.connect().await?;
/// link.subscribe(topic::user("get")).await?;
/// link.publish(topic::user("update"), b"21.5", Qos::AtLeastOnce).await?;
/// # script.queue("/a1B2c3D4e5F/meter-0042/user/get", b"report");
/// let message = link.receive().await?;
/// assert_eq!(message.payload, b"report");
/// # Ok(()) }) }
/// ```
// The order of the fields is kept, flags first: Thumb's short loads reach 32 bytes, or 32 words (`docs/sizes.md`).
#[derive(Debug)]
#[repr(C)]
pub struct Link<'a, M, S: Security = Tls<'static>, P = Identity> {
    /// The module was given what is unsent, and its answer was not seen.
    is_writing: bool,
    /// Open, or to be closed before another one is opened.
    socket: Option<Socket>,
    client: Client<'a>,
    module: M,
    account: Account<'a, S, P>,
}

impl<'a, M: ErrorType, S: Security, P: Principal> Link<'a, M, S, P> {
    /// A link of `module`, which may be borrowed (`&mut modem`), to `endpoint`, with its packets in `buffers`. Sends
    /// nothing.
    ///
    /// The bounds stand here and not on the type, so that a module without sockets, or without TLS where the endpoint
    /// has it, or a token where it has not, is refused with the sentence that names the way out.
    pub fn new<const RX: usize, const TX: usize>(
        module: M,
        principal: &'a P,
        endpoint: Endpoint<'a, S>,
        buffers: &'a mut Buffers<RX, TX>,
    ) -> Self
    where
        M: TcpSocket,
        S: Opens<M> + Protects<P>,
    {
        const { assert!(TX >= P::CONNECT, "the login does not fit the transmit buffer") };
        let Buffers { receive, transmit } = buffers;
        let client = Client::new(receive, transmit);
        Self { module, account: Account::new(principal, endpoint), client, socket: None, is_writing: false }
    }

    /// Sets the keep-alive, 300 seconds from the start. The platform takes 30 to 1200 seconds and no other value, so a
    /// value outside counts as the nearer end. Networks that forget idle connections soon need a short one.
    ///
    /// It is kept inside of every method, so call one at [`next_deadline`](Self::next_deadline) at the latest.
    #[must_use]
    pub fn keep_alive_s(self, seconds: u16) -> Self {
        Self { account: self.account.keep_alive_s(seconds), ..self }
    }

    /// Sets whether the platform forgets subscriptions and waiting QoS 1 messages at each login, as it does from the
    /// start. With `false` a publish that was not acknowledged is owed: [`connect`](Self::connect) sends it again.
    #[must_use]
    pub fn clean_session(self, clean: bool) -> Self {
        Self { account: self.account.clean_session(clean), ..self }
    }

    /// Wipes the buffers of a link that is used no more, and says which socket it leaves open.
    #[cfg(feature = "store")]
    pub(crate) fn give_up(&mut self) -> Option<Socket> {
        self.client.wipe();
        self.socket.take()
    }

    /// The module below.
    pub fn module(&mut self) -> &mut M {
        &mut self.module
    }

    /// When a method has to be called again although the application has nothing to do, so that the connection lives;
    /// `None` without one. For programs that sleep between their calls.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        self.client.next_deadline().map(clock::instant)
    }
}

impl<M: TcpSocket, S: Opens<M>, P: Principal> Link<'_, M, S, P> {
    /// Connects and logs in; may be repeated. No subscription is there afterwards, unless the session is not clean.
    ///
    /// *Dropped*: the outcome is unknown, and the next call closes whatever exists.
    ///
    /// # Errors
    /// What the module reports, a refusal of the broker with its code, and a server that hangs up, breaks the protocol
    /// or is silent for 30 seconds.
    pub fn connect(&mut self) -> impl Future<Output = Result<(), LinkError<M::Error>>> {
        self.run(Call::Request(Request::Connect))
    }

    /// Ends the connection in its orderly way: DISCONNECT, then the socket is closed.
    ///
    /// *Dropped*: the next [`connect`](Self::connect) cleans up.
    ///
    /// # Errors
    /// Only that the module restarted.
    pub async fn disconnect(&mut self) -> Result<(), LinkError<M::Error>> {
        match self.run(Call::Disconnect).await {
            Err(error) if error.kind() == ErrorKind::Restart => Err(error),
            _ => Ok(()),
        }
    }
}

impl<M: ErrorType, S: Security, P: Principal> ErrorType for Link<'_, M, S, P> {
    type Error = LinkError<M::Error>;
}

impl<M: TcpSocket, S: Opens<M>, P: Principal> Uplink for Link<'_, M, S, P> {
    /// Publishes; QoS 1 returns with the PUBACK.
    ///
    /// *Dropped*, or failed: a message that was begun is finished by the next call. The same message published again
    /// is that one, marked DUP where it goes out a second time; with a clean session and another connection it goes
    /// out again only then.
    async fn publish(&mut self, topic: Topic<'_>, payload: &[u8], qos: Qos) -> Result<Delivery, Self::Error> {
        self.perform(Request::Publish { topic, payload, qos }).await?;
        Ok(self.account.delivery)
    }
}

impl<M: TcpSocket, S: Opens<M>, P: Principal> Downlink for Link<'_, M, S, P> {
    fn subscribe(&mut self, filter: Topic<'_>) -> impl Future<Output = Result<(), Self::Error>> {
        self.perform(Request::Subscribe(filter))
    }

    fn unsubscribe(&mut self, filter: Topic<'_>) -> impl Future<Output = Result<(), Self::Error>> {
        self.run(Call::Unsubscribe(filter))
    }

    fn ready(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        self.perform(Request::Ready)
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.client.front()
    }
}

impl<M: TcpSocket, S: Opens<M>, P: Principal> Connect for Link<'_, M, S, P> {
    type Module = M;

    const GIVES_REASON: bool = true;

    const IS_CONNECTED: bool = true;

    fn module(&mut self) -> &mut M {
        &mut self.module
    }

    fn check(&self) -> Result<(), Self::Error> {
        let mut host = HostName::empty();
        self.account.write_host(&mut host)?;
        Ok(M::SOCKETS.check_host(host.as_str())?)
    }

    fn perform(&mut self, request: Request<'_>) -> impl Future<Output = Result<(), Self::Error>> {
        self.run(Call::Request(request))
    }

    fn delivery(&self) -> Delivery {
        self.account.delivery
    }

    fn next_deadline(&self) -> Option<Instant> {
        Self::next_deadline(self)
    }

    fn disconnect(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        Self::disconnect(self)
    }
}

#[cfg(all(test, feature = "store"))]
mod tests {
    use super::*;
    use crate::topic;
    use wanlink_core::fake::{Streaming, block_on};
    use wanlink_core::{Module, Network};
    use wanlink_emulator as _;

    #[test]
    fn what_is_given_up_leaves_nothing_in_the_buffers() {
        let ((mut module, script), mut buffers) = (Streaming::new(), Buffers::<256, 288>::new());
        let identity = Identity::new("pk", "dn", "secret").unwrap();
        block_on(async {
            module.start().await.unwrap();
            module.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
            let mut link = Link::new(&mut module, &identity, Endpoint::plain_instance("iot-06z00a"), &mut buffers);
            assert!(link.connect().await.is_ok());
            script.queue("/ext/register", b"a secret");
            link.ready().await.unwrap();
            script.lose_acknowledgement(ErrorKind::Reconnect);
            let lost = link.publish(topic::user("update"), b"another", Qos::AtLeastOnce).await;
            assert!(lost.is_err(), "it is still kept, to be sent again");
            link.give_up();
        });
        assert!(buffers.receive.iter().chain(&buffers.transmit).all(|byte| *byte == 0));
        assert!(script.written().concat().windows(7).any(|bytes| bytes == b"another"));
    }
}

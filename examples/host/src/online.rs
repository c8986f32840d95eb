//! A device on line, over a session whose type nobody needs to know: models, paths, protections and methods of signing
//! are compiled once, and not once for each command of the program.

use std::fmt;
use std::future::pending;
use std::pin::Pin;

use wanlink_core::{
    Delivery, ErrorKind, ErrorType, HttpsAt, Inbound, Info, Module, MqttAt, Network, Opens, Qos, TcpSocket, TlsSocket,
};
use wanlink_transports::topic::Topic;
use wanlink_transports::{
    Connect, Downlink, Endpoint, Event, HmacMd5, HmacSha1, HmacSha256, Identity, LinkError, Session, Sign, Uplink,
    https, mqtt, tcp,
};

use crate::cli::{SignMethod, Usage};
use crate::cure::Explain;
use crate::failure::Failure;
use crate::pairing::{Driver, Errand, LONGEST_PAYLOAD, Room};
use crate::place::Place;
use crate::store::AnyStore;
use crate::witness::{Ear, Overheard, Witness};

/// Room for filters, in bytes.
const FILTERS: usize = 8192;

/// A call that is under way.
pub(crate) type Step<'s, T> = Pin<Box<dyn Future<Output = Result<T, Trouble>> + 's>>;

/// An error of a driver or a session, without its type.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    pub(crate) kind: ErrorKind,
    pub(crate) failure: Failure,
}

impl Trouble {
    fn of(error: &impl Explain) -> Self {
        Self { kind: error.kind(), failure: Failure::of(error) }
    }
}

/// The error's own text.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.failure.message())
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        trouble.failure
    }
}

/// A module that can be asked who it is, before it is known as whom the device logs in.
pub(crate) trait Describe {
    fn start(&mut self) -> Step<'_, ()>;

    fn describe(&mut self) -> Step<'_, Info>;
}

impl<M: Driver> Describe for Witness<'_, M> {
    fn start(&mut self) -> Step<'_, ()> {
        Box::pin(async { Module::start(self).await.map_err(|error| Trouble::of(&error)) })
    }

    fn describe(&mut self) -> Step<'_, Info> {
        Box::pin(async { Module::describe(self).await.map_err(|error| Trouble::of(&error)) })
    }
}

/// What commands do with a [`Session`]; contracts are those of its methods.
pub(crate) trait Online {
    fn online(&mut self) -> Step<'_, ()>;

    fn publish<'s>(&'s mut self, topic: Topic<'s>, payload: &'s [u8], qos: Qos) -> Step<'s, Delivery>;

    fn disconnect(&mut self) -> Step<'_, ()>;

    fn resume(&mut self);

    /// Asks the module who it is.
    fn describe(&mut self) -> Step<'_, Info>;

    /// What comes from the platform; `None` on a path that nothing comes down.
    fn downlink(&mut self) -> Option<&mut dyn Listen>;
}

/// What commands do with a session that messages come down.
pub(crate) trait Listen {
    fn subscribe<'s>(&'s mut self, filter: Topic<'s>) -> Step<'s, ()>;

    fn ready(&mut self) -> Step<'_, ()>;

    fn front(&mut self) -> Option<Inbound<'_>>;
}

/// Waits for something to come from the platform; for ever on a path that nothing comes down.
pub(crate) async fn ready(session: &mut dyn Online) -> Result<(), Trouble> {
    match session.downlink() {
        Some(downlink) => downlink.ready().await,
        None => pending().await,
    }
}

type AnySession<'a, L> = Session<'a, L, &'a dyn Fn(Event), FILTERS>;

/// A session, and how to listen to it if that is possible.
struct Held<'a, L> {
    session: AnySession<'a, L>,
    listen: Option<for<'s> fn(&'s mut AnySession<'a, L>) -> &'s mut (dyn Listen + 's)>,
}

impl<L: Connect> Online for Held<'_, L>
where
    <L::Module as ErrorType>::Error: Explain,
{
    fn online(&mut self) -> Step<'_, ()> {
        step(self.session.online())
    }

    fn publish<'s>(&'s mut self, topic: Topic<'s>, payload: &'s [u8], qos: Qos) -> Step<'s, Delivery> {
        step(self.session.publish(topic, payload, qos))
    }

    fn disconnect(&mut self) -> Step<'_, ()> {
        step(self.session.disconnect())
    }

    fn resume(&mut self) {
        self.session.resume();
    }

    fn describe(&mut self) -> Step<'_, Info> {
        step(async { self.session.link().module().describe().await.map_err(LinkError::Module) })
    }

    fn downlink(&mut self) -> Option<&mut dyn Listen> {
        self.listen.map(|listen| listen(&mut self.session))
    }
}

impl<L: Connect + Downlink> Listen for AnySession<'_, L>
where
    <L::Module as ErrorType>::Error: Explain,
{
    fn subscribe<'s>(&'s mut self, filter: Topic<'s>) -> Step<'s, ()> {
        step(Downlink::subscribe(self, filter))
    }

    fn ready(&mut self) -> Step<'_, ()> {
        step(Downlink::ready(self))
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        Downlink::front(self)
    }
}

fn step<'s, T, E: Explain>(call: impl Future<Output = Result<T, E>> + 's) -> Step<'s, T> {
    Box::pin(async { call.await.map_err(|error| Trouble::of(&error)) })
}

/// How a device gets on line.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) ear: &'a dyn Ear,
    pub(crate) observer: &'a dyn Fn(Event),
    pub(crate) place: Place<'a>,
    pub(crate) sign: SignMethod,
    pub(crate) network: Network<'a>,
    pub(crate) seed: u64,
}

/// The errand of a device: to get on line, and do there what its story says.
pub(crate) struct Device<'a, I, S> {
    pub(crate) setting: Setting<'a>,
    /// Says who the device is; it may ask the module.
    pub(crate) identity: I,
    /// Keeps the token of the path that has one.
    pub(crate) store: AnyStore<'a>,
    pub(crate) story: S,
}

/// The endpoint is one of another path.
fn misplaced() -> Failure {
    Usage("the endpoint is not one of this path".to_owned()).into()
}

impl<I, S> Errand for Device<'_, I, S>
where
    I: AsyncFnOnce(&mut dyn Describe) -> Result<Identity, Failure>,
    S: AsyncFnOnce(&mut dyn Online),
{
    /// That of the identity; what the story has to say it keeps itself.
    type Output = Result<(), Failure>;

    async fn mqtt<M: Driver + MqttAt>(self, module: M) -> Result<(), Failure> {
        let Self { setting, identity, story, .. } = self;
        let mut module = Witness::new(module, setting.ear);
        let identity = identity(&mut module).await?;
        match setting.sign {
            SignMethod::Hmacsha256 => mqtt::<_, HmacSha256>(module, identity, &setting, story).await,
            SignMethod::Hmacsha1 => mqtt::<_, HmacSha1>(module, identity, &setting, story).await,
            SignMethod::Hmacmd5 => mqtt::<_, HmacMd5>(module, identity, &setting, story).await,
        }
    }

    async fn tcp<M: Driver + TlsSocket>(self, module: M, room: Room) -> Result<(), Failure> {
        let Self { setting, identity, story, .. } = self;
        let mut module = Witness::new(module, setting.ear);
        let identity = identity(&mut module).await?;
        let packets = &mut Packets::new(room);
        match setting.sign {
            SignMethod::Hmacsha256 => tcp::<_, HmacSha256>(module, identity, packets, &setting, story).await,
            SignMethod::Hmacsha1 => tcp::<_, HmacSha1>(module, identity, packets, &setting, story).await,
            SignMethod::Hmacmd5 => tcp::<_, HmacMd5>(module, identity, packets, &setting, story).await,
        }
    }

    async fn https<M: Driver + HttpsAt>(self, module: M) -> Result<(), Failure> {
        let Self { setting, identity, store, story } = self;
        let mut module = Witness::new(module, setting.ear);
        let identity = identity(&mut module).await?;
        match setting.sign {
            SignMethod::Hmacsha256 => https::<_, HmacSha256>(module, identity, store, &setting, story).await,
            SignMethod::Hmacsha1 => https::<_, HmacSha1>(module, identity, store, &setting, story).await,
            SignMethod::Hmacmd5 => https::<_, HmacMd5>(module, identity, store, &setting, story).await,
        }
    }
}

async fn mqtt<M: Driver + MqttAt, A: Sign>(
    module: Witness<'_, M>,
    identity: Identity,
    setting: &Setting<'_>,
    story: impl AsyncFnOnce(&mut dyn Online),
) -> Result<(), Failure> {
    let identity = identity.signed_by::<A>();
    match setting.place {
        Place::Plain(endpoint) => both_ways(mqtt::Link::new(module, &identity, endpoint), setting, story).await,
        Place::Tls(endpoint) => both_ways(mqtt::Link::new(module, &identity, endpoint), setting, story).await,
        Place::Https(_) => return Err(misplaced()),
    }
    Ok(())
}

/// Buffers of a link that speaks MQTT itself.
enum Packets {
    Small(Box<tcp::Buffers<1152, 3328>>),
    Large(Box<tcp::Buffers<16_384, { LONGEST_PAYLOAD + 384 }>>),
}

impl Packets {
    fn new(room: Room) -> Self {
        match room {
            Room::Small => Self::Small(Box::default()),
            Room::Large => Self::Large(Box::default()),
        }
    }

    fn link<'a, M: TcpSocket, S: Opens<M>, A: Sign>(
        &'a mut self,
        module: M,
        identity: &'a Identity<A>,
        endpoint: Endpoint<'a, S>,
    ) -> tcp::Link<'a, M, S, Identity<A>> {
        match self {
            Self::Small(buffers) => tcp::Link::new(module, identity, endpoint, buffers),
            Self::Large(buffers) => tcp::Link::new(module, identity, endpoint, buffers),
        }
    }
}

async fn tcp<M: Driver + TlsSocket, A: Sign>(
    module: Witness<'_, M>,
    identity: Identity,
    packets: &mut Packets,
    setting: &Setting<'_>,
    story: impl AsyncFnOnce(&mut dyn Online),
) -> Result<(), Failure> {
    let identity = identity.signed_by::<A>();
    match setting.place {
        Place::Plain(endpoint) => both_ways(packets.link(module, &identity, endpoint), setting, story).await,
        Place::Tls(endpoint) => both_ways(packets.link(module, &identity, endpoint), setting, story).await,
        Place::Https(_) => return Err(misplaced()),
    }
    Ok(())
}

async fn https<M: Driver + HttpsAt, A: Sign>(
    module: Witness<'_, M>,
    identity: Identity,
    store: AnyStore<'_>,
    setting: &Setting<'_>,
    story: impl AsyncFnOnce(&mut dyn Online),
) -> Result<(), Failure> {
    let identity = identity.signed_by::<A>();
    let Place::Https(endpoint) = setting.place else { return Err(misplaced()) };
    let link = https::Link::new(module, &identity, endpoint).with_store(store);
    story(&mut Held { session: session(link, setting), listen: None }).await;
    Ok(())
}

async fn both_ways<L>(link: L, setting: &Setting<'_>, story: impl AsyncFnOnce(&mut dyn Online))
where
    L: Connect + Downlink,
    <L::Module as ErrorType>::Error: Explain,
{
    story(&mut Held { session: session(link, setting), listen: Some(|session| session) }).await;
}

/// A session whose failures `ear` is told of, those of the link too.
fn session<'a, L: Connect>(link: L, setting: &Setting<'a>) -> AnySession<'a, Overheard<'a, L>>
where
    <L::Module as ErrorType>::Error: Explain,
{
    Session::observed(Overheard::new(link, setting.ear), setting.network, setting.seed, setting.observer)
}

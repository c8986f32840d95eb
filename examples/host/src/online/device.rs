//! The errand that gets a device on line: a link of its path, its protection and what it logs in with.

use wanlink_core::{AliyunAt, ErrorType, HttpsAt, MqttAt, Network, Opens, TcpSocket, TlsSocket};
use wanlink_transports::{
    Connect, Downlink, Endpoint, Event, HmacMd5, HmacSha1, HmacSha256, Identity, Pace, Principal, Protects, Session,
    Sign, https, mqtt, native, tcp,
};

use super::{AnySession, Describe, Held, Online};
use crate::cli::{SignMethod, Usage};
use crate::cure::{self, Explain};
use crate::failure::Failure;
use crate::pairing::{Driver, Errand, LONGEST_PAYLOAD, Room};
use crate::place::Place;
use crate::register::Credential;
use crate::store::AnyStore;
use crate::witness::{Ear, Overheard, Witness};

/// How a device gets on line.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) ear: &'a dyn Ear,
    pub(crate) observer: &'a dyn Fn(Event),
    pub(crate) place: Place<'a>,
    pub(crate) sign: SignMethod,
    pub(crate) network: Network<'a>,
    pub(crate) seed: u64,
    /// The logins of before.
    pub(crate) pace: Pace,
}

/// The errand of a device: to get on line, and do there what its story says.
pub(crate) struct Device<'a, I, S> {
    pub(crate) setting: Setting<'a>,
    /// Says what the device logs in with; it may ask the module.
    pub(crate) credential: I,
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
    I: AsyncFnOnce(&mut dyn Describe) -> Result<Credential, Failure>,
    S: AsyncFnOnce(&mut dyn Online),
{
    /// That of the credential; what the story has to say it keeps itself.
    type Output = Result<(), Failure>;

    async fn mqtt<M: Driver + MqttAt>(self, module: M) -> Result<(), Failure> {
        let Self { setting, credential, story, .. } = self;
        let mut module = Witness::new(module, setting.ear);
        let identity = match credential(&mut module).await? {
            Credential::Identity(identity) => identity,
            Credential::Token(token) => {
                let Place::Tls(endpoint) = setting.place else { return Err(unprotected()) };
                both_ways(mqtt::Link::new(module, &token, endpoint), &setting, story).await;
                return Ok(());
            }
        };
        match setting.sign {
            SignMethod::Hmacsha256 => mqtt::<_, HmacSha256>(module, identity, &setting, story).await,
            SignMethod::Hmacsha1 => mqtt::<_, HmacSha1>(module, identity, &setting, story).await,
            SignMethod::Hmacmd5 => mqtt::<_, HmacMd5>(module, identity, &setting, story).await,
        }
    }

    async fn tcp<M: Driver + TlsSocket>(self, module: M, room: Room) -> Result<(), Failure> {
        let Self { setting, credential, story, .. } = self;
        let mut module = Witness::new(module, setting.ear);
        let packets = &mut Packets::new(room);
        let identity = match credential(&mut module).await? {
            Credential::Identity(identity) => identity,
            Credential::Token(token) => {
                let Place::Tls(endpoint) = setting.place else { return Err(unprotected()) };
                both_ways(packets.link(module, &token, endpoint), &setting, story).await;
                return Ok(());
            }
        };
        match setting.sign {
            SignMethod::Hmacsha256 => tcp::<_, HmacSha256>(module, identity, packets, &setting, story).await,
            SignMethod::Hmacsha1 => tcp::<_, HmacSha1>(module, identity, packets, &setting, story).await,
            SignMethod::Hmacmd5 => tcp::<_, HmacMd5>(module, identity, packets, &setting, story).await,
        }
    }

    async fn https<M: Driver + HttpsAt>(self, module: M) -> Result<(), Failure> {
        let Self { setting, credential, store, story } = self;
        let mut module = Witness::new(module, setting.ear);
        let Credential::Identity(identity) = credential(&mut module).await? else {
            return Err(Failure::new("the device has a token, and no secret", cure::TOKEN_ONLY));
        };
        match setting.sign {
            SignMethod::Hmacsha256 => https::<_, HmacSha256>(module, identity, store, &setting, story).await,
            SignMethod::Hmacsha1 => https::<_, HmacSha1>(module, identity, store, &setting, story).await,
            SignMethod::Hmacmd5 => https::<_, HmacMd5>(module, identity, store, &setting, story).await,
        }
    }

    async fn native<M: Driver + AliyunAt>(self, module: M) -> Result<(), Failure> {
        let Self { setting, credential, story, .. } = self;
        let mut module = Witness::new(module, setting.ear);
        let Credential::Identity(identity) = credential(&mut module).await? else {
            return Err(Failure::new("the device has a token, and no secret", cure::TOKEN_ONLY));
        };
        match setting.place {
            Place::Plain(endpoint) => both_ways(native::Link::new(module, &identity, endpoint), &setting, story).await,
            Place::Tls(endpoint) => both_ways(native::Link::new(module, &identity, endpoint), &setting, story).await,
            Place::Https(_) => return Err(misplaced()),
        }
        Ok(())
    }
}

/// A token without TLS.
fn unprotected() -> Failure {
    Usage("a device token goes out as it is, and needs TLS: leave --tls off out".to_owned()).into()
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

    fn link<'a, M: TcpSocket, S: Opens<M> + Protects<P>, P: Principal>(
        &'a mut self,
        module: M,
        principal: &'a P,
        endpoint: Endpoint<'a, S>,
    ) -> tcp::Link<'a, M, S, P> {
        match self {
            Self::Small(buffers) => tcp::Link::new(module, principal, endpoint, buffers),
            Self::Large(buffers) => tcp::Link::new(module, principal, endpoint, buffers),
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
        .paced(setting.pace)
}

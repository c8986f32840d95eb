//! One device with its flash, and the platform: what each of its lives leaves is found by the next.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::sync::LazyLock;
use std::task::Poll;

use wanlink_core::{Delivery, Module, Network, Qos, Root, Tls, Trust};
use wanlink_emulator::{
    Emulator, HostInput, HostOutput, NorError, Options, PortOptions, PortReader, PortWriter, Profile,
};
use wanlink_platform::{Config, Limits, Platform, Product, Registration};
use wanlink_quectel::{Bg95, Buffers, Quectel, Wired};
use wanlink_scene::bench::SharedScene;
use wanlink_scene::{Scene, root_pem};
use wanlink_transports::registration::{
    Applicant, AuthType, Device, DeviceError, DeviceToken, MqttRequest, Random, https_host,
};
use wanlink_transports::roots::{RootName, name_of};
use wanlink_transports::store::{Flash, FlashError, Store};
use wanlink_transports::{Connect, Endpoint, Identity, Principal, Protects, Region, mqtt, tcp, topic};

use crate::board::{Board, Chip};

pub(crate) const KEY: &str = "a1B2c3D4e5F";
pub(crate) const NAME: &str = "meter-0042";
pub(crate) const PRODUCT_SECRET: &str = "8LQwOYSZMwp3DFBd";

pub(crate) type Driver<'b> = Quectel<'b, Bg95, PortReader, PortWriter, Wired<HostOutput, HostOutput, HostInput>>;
pub(crate) type Records<'n> = Flash<'n, Board<'n>>;
pub(crate) type Error = DeviceError<wanlink_quectel::Error, FlashError<NorError>>;

/// The path that registers, and logs in behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Https,
    Mqtt,
    Tcp,
}

/// What is asked for, over which path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) way: Way,
    pub(crate) auth: AuthType,
}

impl Wish {
    pub(crate) const SECRETS: [Self; 3] = [
        Self { way: Way::Https, auth: AuthType::Register },
        Self { way: Way::Mqtt, auth: AuthType::Register },
        Self { way: Way::Tcp, auth: AuthType::Register },
    ];
    pub(crate) const TOKENS: [Self; 2] =
        [Self { way: Way::Mqtt, auth: AuthType::Regnwl }, Self { way: Way::Tcp, auth: AuthType::Regnwl }];

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Self::SECRETS.into_iter().chain(Self::TOKENS)
    }
}

/// What a device got.
pub(crate) enum Proof {
    Identity(Identity),
    Token(DeviceToken),
}

static ROOT_NAME: LazyLock<RootName> = LazyLock::new(|| name_of(root_pem().as_bytes()));

fn root() -> Root<'static> {
    Root::new(ROOT_NAME.as_str(), root_pem().as_bytes())
}

pub(crate) fn public() -> Endpoint<'static, Tls<'static>> {
    Endpoint::public(Region::Shanghai).with_trust(Trust::Root(root()))
}

/// A call of the device: the first for this wish asks the platform.
pub(crate) async fn obtain<S: Store>(
    device: &mut Device<S>,
    modem: &mut Driver<'_>,
    wish: Wish,
    bits: u64,
) -> Result<Proof, DeviceError<wanlink_quectel::Error, S::Error>> {
    let (request, random) = (MqttRequest::new(wish.auth), Random::from_bits(bits));
    let mut buffers: tcp::Buffers = tcp::Buffers::new();
    match (wish.way, wish.auth) {
        (Way::Https, _) => {
            let host = https_host(Region::Shanghai);
            let endpoint = Endpoint::custom(host.as_str(), 443, Tls::verified(root()));
            device.identity_over_https(modem, endpoint, &random).await.map(Proof::Identity)
        }
        (Way::Mqtt, AuthType::Register) => {
            device.identity_over_mqtt(modem, public(), &request, &random).await.map(Proof::Identity)
        }
        (Way::Mqtt, AuthType::Regnwl) => {
            device.token_over_mqtt(modem, public(), &request, &random).await.map(Proof::Token)
        }
        (Way::Tcp, AuthType::Register) => {
            device.identity_over_tcp(modem, public(), &mut buffers, &request, &random).await.map(Proof::Identity)
        }
        (Way::Tcp, AuthType::Regnwl) => {
            device.token_over_tcp(modem, public(), &mut buffers, &request, &random).await.map(Proof::Token)
        }
    }
}

/// Logs in by a link of this way and publishes.
pub(crate) async fn post(modem: &mut Driver<'_>, way: Way, proof: &Proof, text: &str) {
    match proof {
        Proof::Identity(identity) => post_as(modem, way, identity, text).await,
        Proof::Token(token) => post_as(modem, way, token, text).await,
    }
}

async fn post_as<P: Principal>(modem: &mut Driver<'_>, way: Way, principal: &P, text: &str)
where
    Tls<'static>: Protects<P>,
{
    let mut buffers: tcp::Buffers = tcp::Buffers::new();
    match way {
        Way::Tcp => say(tcp::Link::new(modem, principal, public(), &mut buffers), text).await,
        Way::Https | Way::Mqtt => say(mqtt::Link::new(modem, principal, public()), text).await,
    }
}

async fn say<L: Connect>(mut link: L, text: &str) {
    link.connect().await.unwrap();
    let delivery = link.publish(topic::user("update"), text.as_bytes(), Qos::AtLeastOnce).await.unwrap();
    assert_eq!(delivery, Delivery::Acknowledged);
    link.disconnect().await.unwrap();
}

pub(crate) struct Bench {
    pub(crate) base: wanlink_scene::bench::Bench,
    pub(crate) chip: Chip,
    pub(crate) product_secret: &'static str,
    pub(crate) name: &'static str,
    draws: u64,
}

impl Bench {
    /// A device that was never switched on, of a product that lets every name in. How often a device may log in is not
    /// what these tests are about.
    pub(crate) fn new() -> Self {
        Self::of(Registration::Open)
    }

    pub(crate) fn of(registration: Registration) -> Self {
        let mut platform = Platform::new(Config { limits: Limits::none(), ..Config::default() });
        platform.add_product(Product::new(KEY, PRODUCT_SECRET).preregistered(NAME).registration(registration));
        let module = Emulator::new(Profile::bg95(), Options::default(), 1);
        let base = wanlink_scene::bench::Bench::new(Scene::new(module, platform), PortOptions::default(), 1);
        Self { base, chip: Chip::new(2), product_secret: PRODUCT_SECRET, name: NAME, draws: 0 }
    }

    /// A life of the microcontroller. The module stays on, and what the flash holds stays there.
    pub(crate) fn live<T>(
        &mut self,
        story: impl AsyncFnOnce(&mut Device<Records<'_>>, &mut Driver<'_>, &SharedScene) -> T,
    ) -> T {
        self.live_in_danger(story).expect("the power stays")
    }

    /// As [`live`](Self::live); `None` when the power of the flash went, and with it the program.
    pub(crate) fn live_in_danger<T>(
        &mut self,
        story: impl AsyncFnOnce(&mut Device<Records<'_>>, &mut Driver<'_>, &SharedScene) -> T,
    ) -> Option<T> {
        let Self { base, chip, product_secret, name, .. } = self;
        let (mut room, is_dark) = ([0; Flash::ROOM], Rc::new(Cell::new(false)));
        let end = chip.bytes.len() as u32;
        let store = Flash::new(Board::new(chip, is_dark.clone()), 0..end, &mut room).unwrap();
        let mut device = Device::new(Applicant::new(KEY, name, product_secret).unwrap(), store);
        base.run(async |reader, writer, scene| {
            let pins = scene.borrow().module.pins();
            let pins = Wired::new(pins.pwrkey(), pins.reset_n(), pins.status());
            let mut buffers: Buffers = Buffers::new();
            let mut modem: Driver<'_> = Quectel::new(reader, writer, pins, &mut buffers);
            modem.start().await.unwrap();
            modem.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
            let mut life = pin!(story(&mut device, &mut modem, scene));
            poll_fn(|context| match life.as_mut().poll(context) {
                Poll::Pending if is_dark.get() => Poll::Ready(None),
                poll => poll.map(Some),
            })
            .await
        })
    }

    /// A life that only registers.
    pub(crate) fn register(&mut self, wish: Wish) -> Result<Proof, Error> {
        let bits = self.draw();
        self.live(async |device, modem, _| obtain(device, modem, wish, bits).await)
    }

    /// Random bits that no other request has.
    pub(crate) fn draw(&mut self) -> u64 {
        self.draws += 1;
        self.draws
    }

    /// Connections of any kind that the platform saw.
    pub(crate) fn connections(&self) -> u64 {
        self.base.scene.borrow().platform.record().statistics().connections
    }

    pub(crate) fn registrations(&self) -> u64 {
        self.base.scene.borrow().platform.record().statistics().registrations
    }

    /// The payloads that the platform got of the device.
    pub(crate) fn posted(&self) -> Vec<String> {
        let scene = self.base.scene.borrow();
        let published = scene.platform.record().published(KEY, self.name);
        published.map(|entry| String::from_utf8(entry.payload().to_vec()).unwrap()).collect()
    }
}

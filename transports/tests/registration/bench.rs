//! A product of which one device may register, and what the device has.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use embassy_futures::yield_now;
use wanlink_core::{Root, Tls};
use wanlink_emulator::{Script, World};
use wanlink_platform::{Config, ConnId, Peer, Platform, Product, Registration};
use wanlink_transports::registration::{Applicant, Device, DeviceError, DeviceToken, MqttRequest, Random, https_host};
use wanlink_transports::store::{Fill, Name, Store, StoreError};
use wanlink_transports::{Endpoint, Identity, Region, tcp};

use crate::modem::{Failed, Modem};

pub(crate) const KEY: &str = "a1ExpAkj9Hi";
pub(crate) const NAME: &str = "Example_dyn1";
pub(crate) const PRODUCT_SECRET: &str = "ffFnFlKQW3HYjjPR";
const ROOT: Root<'static> = Root::new("root.pem", b"");

/// By which login a device is registered: each test holds for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The module's.
    Mqtt,
    /// Our own client's.
    Tcp,
}

impl Way {
    pub(crate) const ALL: [Self; 2] = [Self::Mqtt, Self::Tcp];
}

const PUBLIC: Endpoint<'static> = Endpoint::public(Region::Shanghai);

pub(crate) type Error = DeviceError<Failed, std::fmt::Error>;

/// Records in memory. The medium can fail.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) frames: BTreeMap<u8, Vec<u8>>,
    pub(crate) fails: bool,
}

impl Memory {
    fn put(&mut self, name: Name, fill: &Fill<'_>) -> Result<(), StoreError<std::fmt::Error>> {
        let mut room = vec![0; 400];
        let length = fill(&mut room).ok_or(StoreError::NoRoom)?;
        if self.fails {
            return Err(StoreError::Medium(std::fmt::Error));
        }
        room.truncate(length);
        self.frames.insert(name as u8, room);
        Ok(())
    }
}

impl Store for Memory {
    type Error = std::fmt::Error;

    async fn read(&mut self, name: Name, show: &mut dyn FnMut(&[u8])) -> Result<(), StoreError<Self::Error>> {
        self.frames.get(&(name as u8)).into_iter().for_each(|frame| show(frame));
        Ok(())
    }

    async fn write(&mut self, name: Name, fill: &Fill<'_>) -> Result<(), StoreError<Self::Error>> {
        self.put(name, fill)
    }

    async fn erase(&mut self, name: Name) -> Result<(), StoreError<Self::Error>> {
        self.frames.remove(&(name as u8));
        Ok(())
    }

    async fn clear(&mut self) -> Result<(), StoreError<Self::Error>> {
        self.frames.clear();
        Ok(())
    }
}

/// The same, for a test that looks into it meanwhile. Each step of it can be dropped.
#[derive(Clone, Default)]
pub(crate) struct Shared(Rc<RefCell<Memory>>);

impl Shared {
    /// How many records there are.
    pub(crate) fn kept(&self) -> usize {
        self.0.borrow().frames.len()
    }
}

impl Store for Shared {
    type Error = std::fmt::Error;

    async fn read(&mut self, name: Name, show: &mut dyn FnMut(&[u8])) -> Result<(), StoreError<Self::Error>> {
        yield_now().await;
        self.0.borrow().frames.get(&(name as u8)).into_iter().for_each(|frame| show(frame));
        Ok(())
    }

    async fn write(&mut self, name: Name, fill: &Fill<'_>) -> Result<(), StoreError<Self::Error>> {
        yield_now().await;
        self.0.borrow_mut().put(name, fill)?;
        yield_now().await;
        Ok(())
    }

    async fn erase(&mut self, _: Name) -> Result<(), StoreError<Self::Error>> {
        panic!("nobody forgets a record")
    }

    async fn clear(&mut self) -> Result<(), StoreError<Self::Error>> {
        panic!("nobody clears the store")
    }
}

pub(crate) struct Bench {
    pub(crate) platform: Rc<RefCell<Platform>>,
    pub(crate) modem: Modem,
    pub(crate) store: Memory,
    pub(crate) product_secret: &'static str,
    pub(crate) name: &'static str,
    draws: u64,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let product = Product::new(KEY, PRODUCT_SECRET).preregistered(NAME).registration(Registration::Open);
        let mut platform = Platform::new(Config::default());
        platform.add_product(product);
        let platform = Rc::new(RefCell::new(platform));
        let (modem, store) = (Modem::new(platform.clone(), 512), Memory::default());
        Self { platform, modem, store, product_secret: PRODUCT_SECRET, name: NAME, draws: 0 }
    }

    fn parts(&mut self) -> (Device<&mut Memory>, &mut Modem, Random) {
        self.draws += 1;
        let applicant = Applicant::new(KEY, self.name, self.product_secret).unwrap();
        (Device::new(applicant, &mut self.store), &mut self.modem, Random::from_bits(self.draws))
    }

    /// A start of the device.
    pub(crate) fn over_https(&mut self) -> Result<Identity, Error> {
        let (mut device, modem, random) = self.parts();
        let host = https_host(Region::Shanghai);
        let endpoint = Endpoint::custom(host.as_str(), 443, Tls::verified(ROOT));
        in_world(device.identity_over_https(modem, endpoint, &random))
    }

    pub(crate) fn identity(&mut self, way: Way, request: &MqttRequest<'_>) -> Result<Identity, Error> {
        let (mut device, modem, random) = self.parts();
        match way {
            Way::Mqtt => in_world(device.identity_over_mqtt(modem, PUBLIC, request, &random)),
            Way::Tcp => in_world(device.identity_over_tcp(
                modem,
                PUBLIC,
                &mut tcp::Buffers::<203, 307>::new(),
                request,
                &random,
            )),
        }
    }

    pub(crate) fn token(&mut self, way: Way, request: &MqttRequest<'_>) -> Result<DeviceToken, Error> {
        let (mut device, modem, random) = self.parts();
        match way {
            Way::Mqtt => in_world(device.token_over_mqtt(modem, PUBLIC, request, &random)),
            Way::Tcp => {
                in_world(device.token_over_tcp(modem, PUBLIC, &mut tcp::Buffers::<408, 307>::new(), request, &random))
            }
        }
    }

    /// The device's first login, which ends its registration.
    pub(crate) fn activate(&mut self, packet: &[u8]) {
        let mut platform = self.platform.borrow_mut();
        platform.open(0, ConnId(99), Peer::tls());
        platform.input(0, ConnId(99), packet);
        platform.closed(0, ConnId(99));
        platform.take_actions();
        assert!(platform.is_active(KEY, NAME));
    }

    pub(crate) fn registrations(&self) -> u64 {
        self.platform.borrow().record().statistics().registrations
    }

    /// Whether the platform takes what the store has. Read from its bytes: the secret is the last part.
    pub(crate) fn keeps_the_secret(&self) -> bool {
        let Some(frame) = self.store.frames.get(&(Name::Identity as u8)) else { return false };
        let secret = std::str::from_utf8(&frame[frame.len() - 36..frame.len() - 4]).unwrap();
        self.platform.borrow().is_secret(KEY, NAME, secret)
    }
}

/// In virtual time.
pub(crate) fn in_world<T>(future: impl Future<Output = T>) -> T {
    World::new(1).run(&mut Script::new(), future).unwrap()
}

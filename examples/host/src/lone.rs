//! One device in a world of its own, which is known to its platform from the start.

use wanlink_at::driver::Wired;
use wanlink_core::Network;
use wanlink_emulator::Wire;
use wanlink_platform::{Config, Limits, Platform, Product};
use wanlink_scene::bench::SharedScene;
use wanlink_transports::store::InMemory;
use wanlink_transports::{Event, Pace};

use crate::board::Board;
use crate::cli::SignMethod;
use crate::online::{Describe, Device, Online, Setting};
use crate::pairing::Room;
use crate::register::Credential;
use crate::simulate::{DEVICE_NAME, DEVICE_SECRET, PRODUCT_KEY, PRODUCT_SECRET, Rig, life};
use crate::store::AnyStore;
use crate::witness::Deaf;

/// A device.
pub(crate) struct Lone<'a> {
    pub(crate) rig: &'a Rig,
    pub(crate) scene: &'a SharedScene,
    pub(crate) wire: &'a Wire,
    /// That of the session's waits.
    pub(crate) seed: u64,
    pub(crate) observer: &'a dyn Fn(Event),
}

impl Lone<'_> {
    /// The device has its session, and does what `story` says.
    pub(crate) async fn live(&self, story: impl AsyncFnOnce(&mut dyn Online)) {
        let (reader, writer) = self.wire.halves();
        let pins = self.scene.borrow().module.pins();
        let mut board = Board::new(reader, writer, Wired::new(pins.pwrkey(), pins.reset_n(), pins.status()));
        let setting = Setting {
            ear: &Deaf,
            observer: self.observer,
            place: self.rig.place(),
            sign: SignMethod::Hmacsha256,
            network: Network::apn("cmiot"),
            seed: self.seed,
            pace: Pace::new(),
        };
        let credential = async |_: &mut dyn Describe| Ok(Credential::Identity(life::identity()));
        let device = Device { setting, credential, store: AnyStore::new(InMemory), story };
        self.rig.pair.run(&mut board, Room::Small, None, device).await.expect("the place is of this path");
    }
}

/// A platform that knows the device.
pub(crate) fn platform(limits: Limits) -> Platform {
    let mut platform = Platform::new(Config { limits, ..Config::default() });
    platform.add_product(Product::new(PRODUCT_KEY, PRODUCT_SECRET).device(DEVICE_NAME, DEVICE_SECRET));
    platform
}

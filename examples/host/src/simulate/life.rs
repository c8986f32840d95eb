//! One life of a device's microcontroller: it gets its identity, and does what it is there for.

use wanlink_at::driver::Wired;
use wanlink_transports::outbox::Ram;
use wanlink_transports::store::Flash;
use wanlink_transports::{Identity, Pace};

use super::account::Lines;
use super::enrol::Enrol;
use super::rig::{Keeps, Rig};
use super::seat::Seat;
use super::watch::Watch;
use super::{DEVICE_NAME, DEVICE_SECRET, PRODUCT_KEY, device, outbox};
use crate::board::Board;
use crate::cli::SignMethod;
use crate::online::{Describe, Device, Online, Setting};
use crate::pairing::Room;
use crate::register::{Credential, Registered};
use crate::store::AnyStore;

impl Rig {
    /// One life of the device.
    pub(super) async fn live(&self, mut seat: Seat<'_>) {
        let stage = seat.stage;
        let (reader, writer) = stage.wire.halves();
        let pins = Wired::new(seat.pins.pwrkey(), seat.pins.reset_n(), seat.pins.status());
        let mut board = Board::new(reader, writer, pins);
        let mut lines = Lines(stage.account);
        let mut setting = Setting {
            ear: &Watch::new(stage),
            observer: &|event| stage.account.borrow_mut().observe(event),
            place: self.place(),
            sign: SignMethod::Hmacsha256,
            network: seat.network(),
            seed: seat.seed,
            pace: Pace::new(),
        };
        let credential = match self.register {
            None => Credential::Identity(identity()),
            Some((way, pair)) => {
                let enrol = Enrol { way, setting: &setting, seat: &mut seat };
                match pair.run(&mut board, Room::Small, Some(&mut lines), enrol).await {
                    Some(Registered { credential, pace }) => {
                        setting.pace = pace;
                        credential
                    }
                    None => return,
                }
            }
        };
        let mut room = [0; Flash::ROOM];
        let store = AnyStore::new(stage.supply.store(&mut room));
        let credential = async |_: &mut dyn Describe| Ok(credential);
        let story = async |session: &mut dyn Online| match self.outbox {
            None => device::live(session, &mut seat).await,
            Some(Keeps::Ram) => outbox::live(session, &mut seat, Ram::<{ outbox::RAM }>::new()).await,
            Some(Keeps::Flash) => {
                let mut room = [0; outbox::ROOM];
                outbox::live(session, &mut seat, stage.supply.queue(&mut room)).await;
            }
        };
        let device = Device { setting, credential, store, story };
        self.pair.run(&mut board, Room::Small, Some(&mut lines), device).await.expect("the place is of this path");
    }
}

/// That of a device that was given one.
pub(crate) fn identity() -> Identity {
    Identity::new(PRODUCT_KEY, DEVICE_NAME, DEVICE_SECRET).expect("it is well-formed")
}

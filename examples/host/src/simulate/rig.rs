//! What is simulated: a model, a path, and whether TLS is on it. A new one joins with one line.

use std::cell::Cell;
use std::sync::OnceLock;

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Instant, Timer};
use wanlink_core::{ErrorKind, Network, Refusal, Root, Trust};
use wanlink_emulator::{Pins, Profile, SplitMix64};
use wanlink_quectel::Wired;
use wanlink_transports::roots::{self, RootName};
use wanlink_transports::{Endpoint, Identity, Region};

use super::account::Lines;
use super::checks::Invariant;
use super::director::Stage;
use super::timed::Stopwatch;
use super::{DEVICE_NAME, DEVICE_SECRET, PIN, PRODUCT_KEY, device, fault};
use crate::board::Board;
use crate::cli::SignMethod;
use crate::online::{Describe, Device, Online, Setting, Step, Trouble};
use crate::pairing::{Pair, Room};
use crate::place::Place;
use crate::register::Credential;
use crate::store::AnyStore;

/// After a refusal somebody looks at it, and has it try again.
const ATTENTION: Duration = Duration::from_secs(20);

/// A model on a path.
pub struct Rig {
    /// The model's name.
    pub module: &'static str,
    /// The path's name; `-plain` is without TLS.
    pub path: &'static str,
    pub(super) profile: fn() -> &'static Profile,
    pair: Pair,
    is_tls: bool,
    /// Lines that the driver waits for on this path.
    awaited: &'static [&'static str],
}

const MQTT: &[&str] = &["+QMTPUB:", "+QMTSUB:", "+QMTOPEN:", "+QMTCONN:", "+QMTRECV:", "+QMTSTAT:"];
const TCP: &[&str] = &["+QIOPEN:", "+QIURC: \"recv\"", "+QIURC: \"closed\"", "+QIRD:", "SEND OK", "SEND FAIL"];
const TLS: &[&str] =
    &["+QSSLOPEN:", "+QSSLURC: \"recv\"", "+QSSLURC: \"closed\"", "+QSSLRECV:", "SEND OK", "SEND FAIL"];

/// All that can be simulated.
pub const RIGS: &[Rig] = &[
    Rig { module: "bg95", path: "mqtt", profile: Profile::bg95, pair: Pair::Bg95Mqtt, is_tls: true, awaited: MQTT },
    Rig {
        module: "bg95",
        path: "mqtt-plain",
        profile: Profile::bg95,
        pair: Pair::Bg95Mqtt,
        is_tls: false,
        awaited: MQTT,
    },
    Rig { module: "bg95", path: "tcp", profile: Profile::bg95, pair: Pair::Bg95Tcp, is_tls: true, awaited: TLS },
    Rig { module: "bg95", path: "tcp-plain", profile: Profile::bg95, pair: Pair::Bg95Tcp, is_tls: false, awaited: TCP },
];

impl Rig {
    /// Lines that the driver waits for.
    pub(super) fn awaited(&self) -> Vec<&'static str> {
        [fault::AWAITED, self.awaited].concat()
    }

    /// One life of the device.
    pub(super) async fn live(&self, mut seat: Seat<'_>) {
        let stage = seat.stage;
        let (reader, writer) = stage.wire.halves();
        let pins = Wired::new(seat.pins.pwrkey(), seat.pins.reset_n(), seat.pins.status());
        let mut lines = Lines(stage.account);
        let mut network = Network::apn("cmiot");
        network.pin = stage.plan.module.sim.pin.is_some().then_some(PIN);
        let setting = Setting {
            ear: &Stopwatch::new(stage.account),
            observer: &|event| stage.account.borrow_mut().observe(event),
            place: self.place(),
            sign: SignMethod::Hmacsha256,
            network,
            seed: seat.seed,
        };
        let credential = async |_: &mut dyn Describe| {
            let identity = Identity::new(PRODUCT_KEY, DEVICE_NAME, DEVICE_SECRET).expect("it is well-formed");
            Ok(Credential::Identity(identity))
        };
        let story = async |session: &mut dyn Online| device::live(session, &mut seat).await;
        let mut board = Board::new(reader, writer, pins);
        let device = Device { setting, credential, store: AnyStore::none(), story };
        self.pair.run(&mut board, Room::Small, Some(&mut lines), device).await.expect("the identity is known");
    }

    fn place(&self) -> Place<'static> {
        if self.is_tls {
            Place::Tls(Endpoint::public(Region::Shanghai).with_trust(Trust::Root(root())))
        } else {
            Place::Plain(Endpoint::plain_public(Region::Shanghai))
        }
    }
}

/// That of the scene.
fn root() -> Root<'static> {
    static NAME: OnceLock<RootName> = OnceLock::new();
    let pem = wanlink_scene::root_pem().as_bytes();
    Root::new(NAME.get_or_init(|| roots::name_of(pem)).as_str(), pem)
}

/// A life's place in the run.
pub(super) struct Seat<'a> {
    pub(super) stage: &'a Stage<'a>,
    pub(super) pins: Pins,
    pub(super) seed: u64,
    pub(super) random: SplitMix64,
    /// Refusals of the card in a row.
    pub(super) refused_cards: Cell<u8>,
}

impl Seat<'_> {
    pub(super) fn is_over(&self) -> bool {
        self.stage.account.borrow().is_done
    }

    /// Makes a call, and drops some before their end. `None`: there is no result.
    pub(super) async fn call<T>(&mut self, call: Step<'_, T>) -> Option<T> {
        match select(call, Timer::at(self.patience())).await {
            Either::First(Ok(value)) => Some(value),
            Either::First(Err(trouble)) => {
                self.failed(&trouble).await;
                None
            }
            Either::Second(()) => None,
        }
    }

    fn patience(&mut self) -> Instant {
        let now = Instant::now();
        let one_in = self.stage.plan.drop_one_in;
        if now.as_micros() >= self.stage.plan.calm_us || !self.random.one_in(one_in) {
            return Instant::MAX;
        }
        let longest_us = if self.random.one_in(2) { 100_000 } else { 60_000_000 };
        now + Duration::from_micros(self.random.below(longest_us))
    }

    /// Whether the driver keeps back a PIN whose fate it does not know: somebody switches the device off and on then.
    pub(super) fn is_locked_out(&self) -> bool {
        self.refused_cards.get() >= 3
    }

    /// An error that a session does not heal: only a refusal may be one.
    pub(super) async fn failed(&self, trouble: &Trouble) {
        match trouble.kind {
            ErrorKind::Refused(Refusal::Sim) => self.refused_cards.set(self.refused_cards.get() + 1),
            ErrorKind::Refused(_) => self.refused_cards.set(0),
            kind => self.stage.account.borrow_mut().break_now(Invariant::Errors, format!("{kind:?}: {trouble}")),
        }
        Timer::after(ATTENTION).await;
    }
}

//! What is simulated: a model and a path. A new one joins with one line.

use std::cell::Cell;
use std::fmt::Debug;
use std::pin::Pin;
use std::sync::OnceLock;

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Instant, Timer};
use wanlink_core::{Error, ErrorKind, Network, Plain, Refusal, Root, Tls, Trust};
use wanlink_emulator::{Pins, Profile, SplitMix64};
use wanlink_transports::roots::{self, RootName};
use wanlink_transports::{Endpoint, Identity, Region, Session, mqtt};

use super::account::Lines;
use super::checks::Invariant;
use super::director::Stage;
use super::timed::Timed;
use super::{DEVICE_NAME, DEVICE_SECRET, PIN, PRODUCT_KEY, device};

/// After a refusal somebody looks at it, and has it try again.
const ATTENTION: Duration = Duration::from_secs(20);

/// A model on a path.
pub struct Rig {
    /// The model's name.
    pub module: &'static str,
    /// The path's name.
    pub path: &'static str,
    pub(super) profile: &'static Profile,
    pub(super) life: Life,
}

/// One life of a device.
pub(super) type Life = for<'a> fn(Seat<'a>) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

macro_rules! rigs {
    ($($name:ident: $module:literal, $path:literal, $profile:expr, $driver:ident::$type:ident<$model:ident>, $link:path, $endpoint:expr;)*) => {
        /// All that can be simulated.
        pub const RIGS: &[Rig] =
            &[$(Rig { module: $module, path: $path, profile: $profile, life: |seat| Box::pin($name(seat)) },)*];

        $(async fn $name(mut seat: Seat<'_>) {
            use $driver::{$model, $type, Buffers, Wired};
            let stage = seat.stage;
            let (reader, writer) = stage.wire.halves();
            let pins = Wired::new(seat.pins.pwrkey(), seat.pins.reset_n(), seat.pins.status());
            let mut lines = Lines(stage.account);
            let mut buffers: Buffers = Buffers::new();
            let mut modem = $type::<$model, _, _, _>::new(reader, writer, pins, &mut buffers);
            modem.set_trace(&mut lines);
            let mut modem = Timed::new(modem, stage.account);
            let identity = Identity::new(PRODUCT_KEY, DEVICE_NAME, DEVICE_SECRET).expect("it is well-formed");
            let link = $link(&mut modem, &identity, $endpoint);
            let observer = |event| stage.account.borrow_mut().observe(event);
            let mut network = Network::apn("cmiot");
            network.pin = stage.plan.module.sim.pin.is_some().then_some(PIN);
            let session = Session::observed(link, network, seat.seed, observer);
            device::live(session, &mut seat).await;
        })*
    };
}

rigs! {
    bg95_mqtt: "bg95", "mqtt", Profile::bg95(), wanlink_quectel::Quectel<Bg95>, mqtt::Link::new, verified();
    bg95_mqtt_plain: "bg95", "mqtt-plain", Profile::bg95(), wanlink_quectel::Quectel<Bg95>, mqtt::Link::new, plain();
}

fn verified() -> Endpoint<'static, Tls<'static>> {
    Endpoint::public(Region::Shanghai).with_trust(Trust::Root(root()))
}

/// That of the scene.
fn root() -> Root<'static> {
    static NAME: OnceLock<RootName> = OnceLock::new();
    let pem = wanlink_scene::root_pem().as_bytes();
    Root::new(NAME.get_or_init(|| roots::name_of(pem)).as_str(), pem)
}

fn plain() -> Endpoint<'static, Plain> {
    Endpoint::plain_public(Region::Shanghai)
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
    pub(super) async fn call<T, E: Error + Debug>(&mut self, call: impl Future<Output = Result<T, E>>) -> Option<T> {
        match select(call, Timer::at(self.patience())).await {
            Either::First(Ok(value)) => Some(value),
            Either::First(Err(error)) => {
                self.failed(&error).await;
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
    pub(super) async fn failed<E: Error + Debug>(&self, error: &E) {
        match error.kind() {
            ErrorKind::Refused(Refusal::Sim) => self.refused_cards.set(self.refused_cards.get() + 1),
            ErrorKind::Refused(_) => self.refused_cards.set(0),
            kind => self.stage.account.borrow_mut().break_now(Invariant::Errors, format!("{kind:?}: {error:?}")),
        }
        Timer::after(ATTENTION).await;
    }
}

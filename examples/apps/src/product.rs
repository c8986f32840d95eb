//! Products: an application on a model and a path. A firmware team copies the one that is nearest.
//!
//! Each is a cargo feature and a module of the same name, and all of it is the one line in the table below. Features only
//! link code in, so several may be on.

use embassy_time::{Duration, Instant, Timer};
use wanlink_core::{Error, ErrorKind, Module};
use wanlink_transports::Identity;
use wanlink_transports::registration::{Applicant, Random};
use wanlink_transports::store::Store;

use crate::settings::Settings;

/// A product for each feature.
macro_rules! products {
    ($($(#[$doc:meta])* $name:ident = $feature:literal: $driver:ident::$type:ident<$model:ident>, $path:ident;)*) => { $(
        $(#[$doc])*
        #[cfg(feature = $feature)]
        pub mod $name {
            use embedded_io_async::{Read, Write};
            use wanlink_core::ErrorKind;
            use wanlink_transports::{Identity, Pace};
            use wanlink_transports::registration::{Applicant, Device};
            use wanlink_transports::store::{InMemory, Store};
            use $driver::{Buffers, $model, PowerPins, $type};

            use crate::Settings;
            use crate::path::Begin;
            use crate::path::$path::{Room, register, serve};

            /// Runs the product on this port; returns what no new try can heal, so that a human can be told.
            ///
            /// `sensor` gives readings in tenths of a unit. `seed` spreads the reconnects of a fleet: a serial number
            /// will do.
            pub async fn run(
                reader: impl Read,
                writer: impl Write,
                pins: impl PowerPins,
                settings: &Settings<'_>,
                seed: u64,
                sensor: impl FnMut() -> i32,
            ) -> ErrorKind {
                let Ok(identity) = Identity::new(settings.product_key, settings.device_name, settings.secret) else {
                    return ErrorKind::Misuse;
                };
                let (mut buffers, mut room): (Buffers, _) = (Buffers::new(), Room::new());
                let mut modem = $type::<$model, _, _, _>::new(reader, writer, pins, &mut buffers);
                serve(&mut modem, &mut room, &identity, InMemory, settings, Begin { seed, pace: Pace::new() }, sensor).await
            }

            /// As [`run`], for a device that registers itself by the secret of its product, once: it keeps its own in
            /// `store`. `seed` should come from a generator of true random numbers.
            pub async fn register_and_run(
                reader: impl Read,
                writer: impl Write,
                pins: impl PowerPins,
                store: &mut impl Store<Error: 'static>,
                settings: &Settings<'_>,
                seed: u64,
                sensor: impl FnMut() -> i32,
            ) -> ErrorKind {
                let Ok(applicant) = Applicant::new(settings.product_key, settings.device_name, settings.secret) else {
                    return ErrorKind::Misuse;
                };
                let (mut buffers, mut room): (Buffers, _) = (Buffers::new(), Room::new());
                let mut modem = $type::<$model, _, _, _>::new(reader, writer, pins, &mut buffers);
                let mut pace = Pace::new();
                let identity = match super::kept(&applicant, store).await {
                    Some(identity) => identity,
                    None => {
                        let mut device = Device::new(applicant, &mut *store);
                        let ask = async |modem: &mut _, random: &_| {
                            register(modem, &mut room, &mut device, settings.root, random).await
                        };
                        let registered = super::registered(&mut modem, settings, seed, ask).await;
                        pace = device.pace();
                        match registered {
                            Ok(identity) => identity,
                            Err(kind) => return kind,
                        }
                    }
                };
                serve(&mut modem, &mut room, &identity, store, settings, Begin { seed, pace }, sensor).await
            }
        }
    )* };
}

products! {
    /// BG95, whose own MQTT client speaks.
    bg95_mqtt = "bg95-mqtt": wanlink_quectel::Quectel<Bg95>, mqtt;
    /// BG95, with our own MQTT client on one of its sockets.
    bg95_tcp = "bg95-tcp": wanlink_quectel::Quectel<Bg95>, tcp;
    /// BG95, whose HTTPS client posts. No command reaches it.
    bg95_https = "bg95-https": wanlink_quectel::Quectel<Bg95>, https;
    /// A7670, whose own MQTT client speaks.
    a7670_mqtt = "a7670-mqtt": wanlink_simcom::Simcom<A7670>, mqtt;
    /// SIM7080, with our own MQTT client on one of its sockets.
    sim7080_tcp = "sim7080-tcp": wanlink_simcom::Simcom<Sim7080>, tcp;
    /// SARA-R5, whose own MQTT client speaks.
    sara_r5_mqtt = "sara-r5-mqtt": wanlink_ublox::Ublox<SaraR5>, mqtt;
}

/// The identity that an earlier life of this device was given. What else the store may hold is told when the device asks
/// for a new one.
async fn kept(applicant: &Applicant, store: &mut impl Store) -> Option<Identity> {
    let identity = store.load::<Identity>().await.ok().flatten();
    identity.filter(|identity| applicant.is(identity))
}

/// Pauses between two requests: as those of a session, and as many as it takes.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(256);

/// Brings the module to the network and asks, again after each failure that heals.
async fn registered<M: Module>(
    modem: &mut M,
    settings: &Settings<'_>,
    seed: u64,
    mut ask: impl AsyncFnMut(&mut M, &Random) -> Result<Identity, ErrorKind>,
) -> Result<Identity, ErrorKind> {
    let mut pause = FIRST_PAUSE;
    loop {
        let random = seed ^ Instant::now().as_ticks();
        let result = match ready(modem, settings).await {
            Ok(()) => ask(modem, &Random::from_bits(random)).await,
            Err(error) => Err(error.kind()),
        };
        match result {
            Err(kind) if kind.can_heal() => {}
            result => return result,
        }
        // A fleet that was switched on at one time does not come back at one time.
        let spread = Duration::from_ticks(pause.as_ticks() / 256 * (random % 256));
        Timer::at(Instant::now().saturating_add(pause).saturating_add(spread)).await;
        pause = LONGEST_PAUSE.min(Duration::from_ticks(2 * pause.as_ticks()));
    }
}

async fn ready<M: Module>(modem: &mut M, settings: &Settings<'_>) -> Result<(), M::Error> {
    modem.start().await?;
    modem.attach(&settings.network(), &mut |_| ()).await
}

//! Products: an application on a model and a path. A firmware team copies the one that is nearest.
//!
//! Each is a cargo feature and a module of the same name, and all of it is the one line in the table below. Features only
//! link code in, so several may be on.

/// What a device carries in its flash.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// Product key of the product, as the console shows it.
    pub product_key: &'a str,
    /// Name of the device.
    pub device_name: &'a str,
    /// Its secret.
    pub device_secret: &'a str,
    /// Access point name of the SIM's operator.
    pub apn: &'a str,
    /// PIN of the SIM, if it is locked.
    pub pin: Option<&'a str>,
    /// How often a reading is published, in seconds.
    pub interval_s: u32,
}

impl core::fmt::Debug for Settings<'_> {
    /// Without secret and PIN.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Settings")
            .field("product_key", &self.product_key)
            .field("device_name", &self.device_name)
            .field("apn", &self.apn)
            .field("interval_s", &self.interval_s)
            .finish_non_exhaustive()
    }
}

/// A product for each feature.
macro_rules! products {
    ($($(#[$doc:meta])* $name:ident = $feature:literal: $driver:ident::$type:ident<$model:ident>, $path:ident;)*) => { $(
        $(#[$doc])*
        #[cfg(feature = $feature)]
        pub mod $name {
            use embassy_time::Instant;
            use embedded_io_async::{Read, Write};
            use wanlink_core::{Error, ErrorKind, Network};
            use wanlink_transports::{Endpoint, Identity, Region, Session, $path};
            use $driver::{Buffers, $model, PowerPins, $type};

            use super::Settings;
            use crate::Telemetry;

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
                let &Settings { product_key, device_name, device_secret, apn, pin, interval_s } = settings;
                let Ok(identity) = Identity::new(product_key, device_name, device_secret) else {
                    return ErrorKind::Misuse;
                };
                let mut buffers: Buffers = Buffers::new();
                let mut modem = $type::<$model, _, _, _>::new(reader, writer, pins, &mut buffers);
                let mut network = Network::apn(apn);
                network.pin = pin;
                let link = $path::Link::new(&mut modem, &identity, Endpoint::public(Region::Shanghai));
                let mut session = Session::new(link, network, seed ^ Instant::now().as_ticks());
                Telemetry::new(sensor, interval_s).run(&mut session).await.kind()
            }
        }
    )* };
}

products! {
    /// BG95, whose own MQTT client speaks.
    bg95_mqtt = "bg95-mqtt": wanlink_quectel::Quectel<Bg95>, mqtt;
}

//! By the module's own HTTPS client, uplink only.

use embassy_time::Instant;
use wanlink_core::{Error, ErrorKind, HttpsAt, Root, Tls, Trust};
use wanlink_transports::https::{self, Region};
use wanlink_transports::registration::{Device, Random, https_host};
use wanlink_transports::store::Store;
use wanlink_transports::{Endpoint, Identity, Session};

use super::Begin;
use crate::{Settings, Telemetry};

/// Nothing beside the driver's buffers.
pub(crate) struct Room;

impl Room {
    pub(crate) const fn new() -> Self {
        Self
    }
}

pub(crate) async fn register<M: HttpsAt, S: Store<Error: 'static>>(
    modem: &mut M,
    _: &mut Room,
    device: &mut Device<S>,
    root: Root<'_>,
    random: &Random,
) -> Result<Identity, ErrorKind> {
    let host = https_host(wanlink_transports::Region::Shanghai);
    let endpoint = Endpoint::custom(host.as_str(), 443, Tls::verified(root));
    device.identity_over_https(modem, endpoint, random).await.map_err(|error| error.kind())
}

pub(crate) async fn serve<M: HttpsAt>(
    modem: &mut M,
    _: &mut Room,
    identity: &Identity,
    store: impl Store,
    settings: &Settings<'_>,
    begin: Begin,
    sensor: impl FnMut() -> i32,
) -> ErrorKind {
    let endpoint = https::Endpoint::public(Region::Shanghai).with_trust(Trust::Root(settings.root));
    let link = https::Link::new(modem, identity, endpoint).with_store(store);
    let mut session = Session::new(link, settings.network(), begin.seed ^ Instant::now().as_ticks()).paced(begin.pace);
    Telemetry::new(sensor, settings.interval_s).send(&mut session).await.kind()
}

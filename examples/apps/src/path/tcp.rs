//! By our own MQTT client, over a TLS socket of the module.

use embassy_time::Instant;
use wanlink_core::{Error, ErrorKind, Root, Tls, TlsSocket, Trust};
use wanlink_transports::registration::{AuthType, Device, MqttRequest, Random};
use wanlink_transports::store::Store;
use wanlink_transports::{Endpoint, Identity, Session, tcp};

use super::{Begin, REGION};
use crate::{Settings, Telemetry};

/// Room for the client's packets.
pub(crate) struct Room(tcp::Buffers);

impl Room {
    pub(crate) const fn new() -> Self {
        Self(tcp::Buffers::new())
    }
}

const fn endpoint(root: Root<'_>) -> Endpoint<'_, Tls<'_>> {
    Endpoint::public(REGION).with_trust(Trust::Root(root))
}

pub(crate) async fn register<M: TlsSocket, S: Store<Error: 'static>>(
    modem: &mut M,
    room: &mut Room,
    device: &mut Device<S>,
    root: Root<'_>,
    random: &Random,
) -> Result<Identity, ErrorKind> {
    let request = MqttRequest::new(AuthType::Register);
    let identity = device.identity_over_tcp(modem, endpoint(root), &mut room.0, &request, random).await;
    identity.map_err(|error| error.kind())
}

pub(crate) async fn serve<M: TlsSocket>(
    modem: &mut M,
    room: &mut Room,
    identity: &Identity,
    _: impl Store,
    settings: &Settings<'_>,
    begin: Begin,
    sensor: impl FnMut() -> i32,
) -> ErrorKind {
    let link = tcp::Link::new(modem, identity, endpoint(settings.root), &mut room.0);
    let mut session = Session::new(link, settings.network(), begin.seed ^ Instant::now().as_ticks()).paced(begin.pace);
    Telemetry::new(sensor, settings.interval_s).run(&mut session).await.kind()
}

//! By the module's own MQTT client.

use embassy_time::Instant;
use wanlink_core::{Error, ErrorKind, MqttAt, Root, Tls, Trust};
use wanlink_transports::registration::{AuthType, Device, MqttRequest, Random};
use wanlink_transports::store::Store;
use wanlink_transports::{Endpoint, Identity, Session, mqtt};

use super::{Begin, REGION};
use crate::{Settings, Telemetry};

/// Nothing beside the driver's buffers.
pub(crate) struct Room;

impl Room {
    pub(crate) const fn new() -> Self {
        Self
    }
}

const fn endpoint(root: Root<'_>) -> Endpoint<'_, Tls<'_>> {
    Endpoint::public(REGION).with_trust(Trust::Root(root))
}

pub(crate) async fn register<M: MqttAt, S: Store<Error: 'static>>(
    modem: &mut M,
    _: &mut Room,
    device: &mut Device<S>,
    root: Root<'_>,
    random: &Random,
) -> Result<Identity, ErrorKind> {
    let request = MqttRequest::new(AuthType::Register);
    device.identity_over_mqtt(modem, endpoint(root), &request, random).await.map_err(|error| error.kind())
}

pub(crate) async fn serve<M: MqttAt>(
    modem: &mut M,
    _: &mut Room,
    identity: &Identity,
    _: impl Store,
    settings: &Settings<'_>,
    begin: Begin,
    sensor: impl FnMut() -> i32,
) -> ErrorKind {
    let link = mqtt::Link::new(modem, identity, endpoint(settings.root));
    let mut session = Session::new(link, settings.network(), begin.seed ^ Instant::now().as_ticks()).paced(begin.pace);
    Telemetry::new(sensor, settings.interval_s).run(&mut session).await.kind()
}

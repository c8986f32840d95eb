//! SARA-R422: LTE Cat M1, NB-IoT, EGPRS.

use wanlink_core::{HasHttps, HasMqtt, HasTcpSocket, HasTlsSocket, HttpsLimits, Model, MqttLimits, SocketLimits};

use super::NO_LOGIN;
use crate::{DriverModel, Lack, SaraR5, UbloxFamily, quirk};

/// SARA-R422, SARA-R422S and SARA-R422M8S.
#[derive(Debug, Clone, Copy)]
pub struct SaraR422;

impl Model for SaraR422 {
    const NAME: &'static str = "SARA-R422";
    const LINE: u16 = wanlink_core::UNSTATED;
}

impl DriverModel for SaraR422 {
    type Family = UbloxFamily;

    /// The vendor's library: 150 to 3200 ms; 1.5 s and more is *off* while it runs.
    const KEY_ON_MS: u32 = 300;
    /// As the other SARA-R4: 10 s and more, for emergencies only.
    const RESET_MS: u32 = 16_500;
    /// The vendor's library waits 6 s.
    const BOOT_DS: u16 = 100;
    const QUIRKS: u8 = quirk::MAPPING;
    const LACKS: &'static [Lack] = &[NO_LOGIN];
}

impl HasMqtt for SaraR422 {
    /// Those of SARA-R5, whose commands it has; its own are not published.
    const MQTT: MqttLimits = <SaraR5 as HasMqtt>::MQTT;
}

impl HasTcpSocket for SaraR422 {
    const SOCKETS: SocketLimits = <SaraR5 as HasTcpSocket>::SOCKETS;
}

impl HasTlsSocket for SaraR422 {}

impl HasHttps for SaraR422 {
    const HTTPS: HttpsLimits = <SaraR5 as HasHttps>::HTTPS;
}

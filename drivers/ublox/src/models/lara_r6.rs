//! LARA-R6: LTE Cat 1, UMTS, EGPRS.

use wanlink_core::{HasHttps, HasMqtt, HasTcpSocket, HasTlsSocket, HttpsLimits, Model, MqttLimits, SocketLimits};

use super::NO_LOGIN;
use crate::{DriverModel, Lack, SaraR5, UbloxFamily};

/// LARA-R6001, LARA-R6401 and LARA-R6801.
#[derive(Debug, Clone, Copy)]
pub struct LaraR6;

impl Model for LaraR6 {
    const NAME: &'static str = "LARA-R6";
    const LINE: u16 = wanlink_core::UNSTATED;
}

impl DriverModel for LaraR6 {
    type Family = UbloxFamily;

    /// The vendor's library.
    const KEY_ON_MS: u32 = 300;
    /// The vendor's library.
    const RESET_MS: u32 = 150;
    /// The vendor's library waits 10 s.
    const BOOT_DS: u16 = 150;
    const LACKS: &'static [Lack] = &[NO_LOGIN];
}

impl HasMqtt for LaraR6 {
    /// Those of SARA-R5, whose commands it has; its own are not published.
    const MQTT: MqttLimits = <SaraR5 as HasMqtt>::MQTT;
}

impl HasTcpSocket for LaraR6 {
    const SOCKETS: SocketLimits = <SaraR5 as HasTcpSocket>::SOCKETS;
}

impl HasTlsSocket for LaraR6 {}

impl HasHttps for LaraR6 {
    const HTTPS: HttpsLimits = <SaraR5 as HasHttps>::HTTPS;
}

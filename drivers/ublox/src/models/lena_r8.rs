//! LENA-R8: LTE Cat 1 bis, EGPRS.

use wanlink_core::{HasMqtt, HasTcpSocket, HasTlsSocket, Model, MqttLimits, SocketLimits};

use super::NO_LOGIN;
use crate::{DriverModel, Lack, SaraR5, Service, UbloxFamily, quirk};

/// LENA-R8001 and LENA-R8001M10.
///
/// Without HTTPS: what is not answered with 2xx fails there, and leaves an old answer in its file.
#[derive(Debug, Clone, Copy)]
pub struct LenaR8;

impl Model for LenaR8 {
    const NAME: &'static str = "LENA-R8";
    const LINE: u16 = wanlink_core::UNSTATED;
}

impl DriverModel for LenaR8 {
    type Family = UbloxFamily;

    /// The vendor's library: 2 s; 3.1 s is *off*.
    const KEY_ON_MS: u32 = 2000;
    /// The vendor's library.
    const RESET_MS: u32 = 50;
    /// The vendor's library waits 5 s.
    const BOOT_DS: u16 = 100;
    const QUIRKS: u8 = quirk::USER_FIRST | quirk::RESTART_16 | quirk::CLEAN_ORDERED;
    const LACKS: &'static [Lack] =
        &[(Service::Https, "what is not answered with 2xx fails, and leaves an old answer (ublox-at 4)"), NO_LOGIN];
}

impl HasMqtt for LenaR8 {
    /// Those of SARA-R5, whose commands it has; its own are not published.
    const MQTT: MqttLimits = <SaraR5 as HasMqtt>::MQTT;
}

impl HasTcpSocket for LenaR8 {
    const SOCKETS: SocketLimits = <SaraR5 as HasTcpSocket>::SOCKETS;
}

impl HasTlsSocket for LenaR8 {}

//! SARA-R5: LTE Cat M1, NB-IoT.

use wanlink_core::{HasHttps, HasMqtt, HasTcpSocket, HasTlsSocket, HttpsLimits, Model, MqttLimits, SocketLimits};

use super::NO_LOGIN;
use crate::{DriverModel, Lack, UbloxFamily, quirk};

/// SARA-R500S, SARA-R510S and SARA-R510M8S, 00B and 01B.
#[derive(Debug, Clone, Copy)]
pub struct SaraR5;

impl Model for SaraR5 {
    const NAME: &'static str = "SARA-R5";
    const LINE: u16 = wanlink_core::UNSTATED;
}

impl DriverModel for SaraR5 {
    type Family = UbloxFamily;

    /// Data sheet: 1 to 2 s with SARA-R510S, 0.1 to 2 s with the others; longer is *off*.
    const KEY_ON_MS: u32 = 1500;
    /// System integration manual: at least 100 ms.
    const RESET_MS: u32 = 150;
    /// 3.6 s as a rule, and the vendor's library waits 6 s.
    const BOOT_DS: u16 = 100;
    const QUIRKS: u8 = quirk::PROFILE | quirk::USER_FIRST | quirk::RESTART_16 | quirk::RADIO_0 | quirk::AUTOBAUD;
    const LACKS: &'static [Lack] = &[NO_LOGIN];
}

impl HasMqtt for SaraR5 {
    /// Internet applications development guide 5, and the limits of the vendor's libraries: host 128, client id 256, user
    /// name and password 512, topic 256, payload 1 to 1024.
    const MQTT: MqttLimits = MqttLimits::UNSTATED
        .host(128)
        .login(256, 512, 512)
        .topic(256)
        .payload(1024)
        .no_empty_payload()
        .no_persistent_session()
        .no_reason();
}

impl HasTcpSocket for SaraR5 {
    /// Internet applications development guide 3: numbers 0 to 6. A host name is that of MQTT.
    const SOCKETS: SocketLimits = SocketLimits::new(7).host(128);
}

/// Four at once (data sheet).
impl HasTlsSocket for SaraR5 {}

impl HasHttps for SaraR5 {
    /// Internet applications development guide 4: name and value of a header 64, each or together. The address is that of
    /// the security profile's host, 128, and a path of as much; a body what the file system has, of which the driver takes
    /// a part.
    const HTTPS: HttpsLimits = HttpsLimits::UNSTATED.url(256).header(64).body(131_072);
}

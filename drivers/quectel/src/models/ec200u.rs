//! EC200U, EG915U and EC800M: LTE Cat 1 bis.

use wanlink_core::{
    DeviceLimits, HasAliyun, HasHttps, HasMqtt, HasTcpSocket, HasTlsSocket, HttpsLimits, Model, MqttLimits,
    SocketLimits,
};

use crate::{DriverModel, EcFamily, Ua};

/// EC200U, EG915U and EC800M.
#[derive(Debug, Clone, Copy)]
pub struct Ec200u;

impl Model for Ec200u {
    const NAME: &'static str = "EC200U";
    /// "UA/QC accept >= 512" (quectel-at 2.2).
    const LINE: u16 = 512;
}

impl DriverModel for Ec200u {
    type Family = EcFamily<Ua>;
    const ALSO: &'static [&'static str] = &["EG915U", "EC800M"];

    /// "low 2 s" (quectel-at 1.1).
    const KEY_ON_MS: u32 = 2000;
    /// 500 ms (quectel-at 1.1).
    const RESET_MS: u32 = 500;
    /// "RDY measured 3.3-30 s (typ. 8)", of an EG800K (quectel-at 1.1).
    const BOOT_DS: u16 = 350;
}

impl HasMqtt for Ec200u {
    /// quectel-at 2.2, firmware R03 and later: host 100; client id, user name and password 256; topic 255; payload 4096.
    const MQTT: MqttLimits =
        MqttLimits::UNSTATED.host(100).login(256, 256, 256).topic(255).payload(4096).no_empty_payload();
}

impl HasAliyun for Ec200u {
    /// Each at most 64 bytes (quectel-at 2.1).
    const DEVICE: DeviceLimits = DeviceLimits::new(64, 64, 64);
}

impl HasTcpSocket for Ec200u {
    /// Numbers 0 to 11 (quectel-at 4). What a host name may have is not stated there: as with MQTT.
    const SOCKETS: SocketLimits = SocketLimits::new(12).host(100);
}

impl HasTlsSocket for Ec200u {}

impl HasHttps for Ec200u {
    /// Address 700, which new firmware goes beyond, body 1,024,000 (quectel-at 3.1); a header within the line of a command.
    const HTTPS: HttpsLimits = HttpsLimits::UNSTATED.url(700).header(450).body(1_024_000);
}

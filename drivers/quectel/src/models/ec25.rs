//! EC25, EG25 and EG91: LTE Cat 4 and Cat 1, with UMTS and GSM.

use wanlink_core::{
    DeviceLimits, HasAliyun, HasHttps, HasMqtt, HasTcpSocket, HasTlsSocket, HttpsLimits, Model, MqttLimits,
    SocketLimits,
};

use crate::{DriverModel, EcFamily, Qc};

/// EC25, EG25 and EG91. No fact shows that any of them checks the server's name: see the crate's table of models.
#[derive(Debug, Clone, Copy)]
pub struct Ec25;

impl Model for Ec25 {
    const NAME: &'static str = "EC25";
    /// "UA/QC accept >= 512" (quectel-at 2.2).
    const LINE: u16 = 512;
}

impl DriverModel for Ec25 {
    type Family = EcFamily<Qc>;
    const ALSO: &'static [&'static str] = &["EG25", "EG91"];

    /// 500 to 1500 ms; 650 ms and more switch a module off that is on (quectel-at 1.1).
    const KEY_ON_MS: u32 = 600;
    /// 150 to 460 ms (quectel-at 1.1).
    const RESET_MS: u32 = 300;
    /// "allow 15-20 s", and a module that is going off takes 30 s until its key does anything (quectel-at 1.1).
    const BOOT_DS: u16 = 320;
    /// Of old firmware: "leave >= 50-100 ms after OK" (quectel-at 0).
    const GAP_MS: u8 = 50;
}

impl HasMqtt for Ec25 {
    /// quectel-at 2.2: host 100, topic 255, payload 1548 with old firmware, which is all that can be counted on. Client
    /// id, user name and password as with BG95.
    const MQTT: MqttLimits = MqttLimits::UNSTATED.host(100).topic(255).payload(1548).no_empty_payload();
}

impl HasAliyun for Ec25 {
    /// Each at most 64 bytes (quectel-at 2.1).
    const DEVICE: DeviceLimits = DeviceLimits::new(64, 64, 64);
}

impl HasTcpSocket for Ec25 {
    /// Numbers 0 to 11 (quectel-at 4). What a host name may have is not stated there: as with MQTT.
    const SOCKETS: SocketLimits = SocketLimits::new(12).host(100);
}

impl HasTlsSocket for Ec25 {}

impl HasHttps for Ec25 {
    /// Address 700, request 1,024,000 with its head (quectel-at 3.1).
    const HTTPS: HttpsLimits = HttpsLimits::UNSTATED.url(700).body(1_024_000);
}

//! SIM7080 and SIM7070: LTE Cat M1, NB-IoT, and GPRS with the SIM7070.

use wanlink_core::{
    DeviceLimits, HasAliyun, HasHttps, HasMqtt, HasPsm, HasTcpSocket, HasTlsSocket, HttpsLimits, Model, MqttLimits,
    SocketLimits,
};

use crate::{DriverModel, Sim7080Family};

/// SIM7080, SIM7070 and SIM7090, all variants.
#[derive(Debug, Clone, Copy)]
pub struct Sim7080;

impl Model for Sim7080 {
    const NAME: &'static str = "SIM7080";
    /// The line without `AT` (simcom-at 1).
    const LINE: u16 = 559;
}

impl DriverModel for Sim7080 {
    type Family = Sim7080Family;
    const ALSO: &'static [&'static str] = &["SIM7070", "SIM7090"];

    /// 1 to 1.5 s (simcom-at 2.1). One of 1.2 s switches off.
    const KEY_ON_MS: u32 = 1_100;
    /// It has no reset line: more than 12 s of the power key (simcom-at 2.1).
    const RESET_MS: u32 = 12_600;
    /// 2 to 5 s (simcom-at 2.1); the first boot after an update takes longer.
    const BOOT_DS: u16 = 150;
}

impl HasMqtt for Sim7080 {
    /// Host 246, client id 128, user name 256, password 512, topic 128, payload 1024 bytes (simcom-at 5). Length 0 is
    /// stated, and not whether a prompt comes then.
    const MQTT: MqttLimits = MqttLimits::UNSTATED
        .host(246)
        .login(128, 256, 512)
        .topic(128)
        .payload(1024)
        .no_empty_payload()
        .not_acknowledged()
        .no_reason();
}

impl HasAliyun for Sim7080 {
    /// Product key 20, device name 32, device secret 40 bytes (simcom-at 4).
    const DEVICE: DeviceLimits = DeviceLimits::new(20, 32, 40);
}

impl HasTcpSocket for Sim7080 {
    /// Numbers 0 to 12, the last of which the driver keeps; host name 64 (simcom-at 7.3).
    const SOCKETS: SocketLimits = SocketLimits::new(12).host(64);
}

impl HasTlsSocket for Sim7080 {}

impl HasHttps for Sim7080 {
    /// `https://`, host and port 64, path 512, all headers together 350, body 4096 bytes (simcom-at 6.2).
    const HTTPS: HttpsLimits = HttpsLimits::UNSTATED.url(64 + 512).header(350).body(4096);
}

impl HasPsm for Sim7080 {}

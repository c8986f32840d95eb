//! SIM7000: LTE Cat M1, NB-IoT, EGPRS.

use wanlink_core::{HasHttps, HasPsm, HasTcpSocket, HasTlsSocket, HttpsLimits, Model, SocketLimits};

use crate::{DriverModel, Lack, Service, Sim7000Family};

/// SIM7000, all variants.
///
/// Its MQTT client is not offered: it prints a message as it is, without its length, and one that holds the line `OK`
/// would answer a command that waits. The compiler says so, and names the way out:
///
/// ```compile_fail,E0277
/// fn speaks_mqtt<M: wanlink_core::HasMqtt>() {}
/// speaks_mqtt::<wanlink_simcom::Sim7000>();
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Sim7000;

impl Model for Sim7000 {
    const NAME: &'static str = "SIM7000";
    /// The line without `AT` (simcom-at 1).
    const LINE: u16 = 559;
}

impl DriverModel for Sim7000 {
    type Family = Sim7000Family;

    /// At least 1 s (simcom-at 2.1). One of 1.2 s switches off.
    const KEY_ON_MS: u32 = 1_100;
    /// At least 252 ms, for emergencies only (simcom-at 2.1).
    const RESET_MS: u32 = 300;
    /// 4.5 s (simcom-at 2.1); public drivers wait longer.
    const BOOT_DS: u16 = 150;
    const LACKS: &'static [Lack] = &[
        (Service::Mqtt, "an unframed message can forge an `OK` (simcom-at 5)"),
        (Service::Aliyun, "its firmware has no login of its own (dialects-side-by-side 22)"),
    ];
}

impl HasTcpSocket for Sim7000 {
    /// Numbers 0 to 12 as with SIM7080, the last of which the driver keeps; host name 64 (simcom-at 7.3).
    const SOCKETS: SocketLimits = SocketLimits::new(12).host(64);
}

impl HasTlsSocket for Sim7000 {}

impl HasHttps for Sim7000 {
    /// `https://`, host and port 64, path 512, all headers together 350, body 1024 bytes (simcom-at 6.2).
    const HTTPS: HttpsLimits = HttpsLimits::UNSTATED.url(64 + 512).header(350).body(1024);
}

impl HasPsm for Sim7000 {}

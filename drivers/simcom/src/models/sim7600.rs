//! SIM7600 and SIM7500: LTE Cat 1 and Cat 4.

use wanlink_core::{
    DeviceLimits, HasAliyun, HasHttps, HasMqtt, HasTcpSocket, HasTlsSocket, HttpsLimits, Model, MqttLimits,
    SocketLimits,
};

use crate::{CmqttFamily, DriverModel};

/// SIM7600 and SIM7500, all variants.
#[derive(Debug, Clone, Copy)]
pub struct Sim7600;

impl Model for Sim7600 {
    const NAME: &'static str = "SIM7600";
    /// simcom-at 1.
    const LINE: u16 = 559;
}

impl DriverModel for Sim7600 {
    type Family = CmqttFamily;
    const ALSO: &'static [&'static str] = &["SIM7500"];

    /// 500 ms (simcom-at 2.1). One of 2.5 s switches off.
    const KEY_ON_MS: u32 = 600;
    /// 100 to 500 ms (simcom-at 2.1).
    const RESET_MS: u32 = 300;
    /// 10 to 16 s (simcom-at 2.1).
    const BOOT_DS: u16 = 200;
    const QUIRKS: u8 = CmqttFamily::VERSION_IN_ACQUIRE;
}

/// What the longest login is made of, beside its texts.
const LOGIN: &str = "+CMQTTCONNECT=0,\"tcp://:65535\",64800,1,\"\",\"\"";
/// Address, user name and password share one command line, and none of them may have 256 bytes there: so much of it is
/// each one's that what keeps its own limit keeps that of the line.
const SHARES: (u16, u16, u16) = (128, 128, 256);
const _: () = assert!(LOGIN.len() as u16 + SHARES.0 + SHARES.1 + SHARES.2 <= Sim7600::LINE);

impl HasMqtt for Sim7600 {
    /// simcom-at 3: client id 128, topic 1024, payload 1 to 10240 bytes. Of a received topic the driver keeps
    /// 255 bytes.
    const MQTT: MqttLimits = MqttLimits::UNSTATED
        .host(SHARES.0)
        .login(128, SHARES.1, SHARES.2)
        .topic(1024)
        .payload(10_240)
        .no_empty_payload();
}

impl HasAliyun for Sim7600 {
    /// Not stated (simcom-at 4): those of the other vendor's setting with the same name and arguments (quectel-at 2.1).
    const DEVICE: DeviceLimits = DeviceLimits::new(64, 64, 64);
}

impl HasTcpSocket for Sim7600 {
    /// simcom-at 7.1: numbers 0 to 9; two more speak TLS. What a host name may have is not stated: no more than any.
    const SOCKETS: SocketLimits = SocketLimits::new(10).host(253);
}

impl HasTlsSocket for Sim7600 {}

impl HasHttps for Sim7600 {
    /// simcom-at 6.1: headers 512 with the colon, body 153,600; the address as long as a command line takes it.
    const HTTPS: HttpsLimits = HttpsLimits::UNSTATED.url(541).header(510).body(153_600);
}

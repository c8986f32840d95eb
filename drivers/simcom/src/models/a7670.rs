//! A7670 and A7672: LTE Cat 1.

use wanlink_core::{
    DeviceLimits, HasAliyun, HasHttps, HasMqtt, HasTcpSocket, HasTlsSocket, HttpsLimits, Model, MqttLimits,
    SocketLimits,
};

use crate::{CmqttFamily, DriverModel};

/// A7670 and A7672, all variants.
#[derive(Debug, Clone, Copy)]
pub struct A7670;

impl Model for A7670 {
    const NAME: &'static str = "A7670";
    /// simcom-at 1.
    const LINE: u16 = 3071;
}

impl DriverModel for A7670 {
    type Family = CmqttFamily;
    const ALSO: &'static [&'static str] = &["A7672"];

    /// 50 to 100 ms (simcom-at 2.1). One of 2.5 s switches off.
    const KEY_ON_MS: u32 = 75;
    /// 2.5 to 2.6 s (simcom-at 2.1).
    const RESET_MS: u32 = 2550;
    /// 8 to 11 s (simcom-at 2.1); variants take up to 15 s.
    const BOOT_DS: u16 = 150;
}

impl HasMqtt for A7670 {
    /// simcom-at 3: address 256 with `tcp://` and the port, client id 128, user name and password 256, topic
    /// 1024, payload 1 to 10240 bytes. Of a received topic the driver keeps 255 bytes.
    const MQTT: MqttLimits =
        MqttLimits::UNSTATED.host(244).login(128, 256, 256).topic(1024).payload(10_240).no_empty_payload();
}

impl HasAliyun for A7670 {
    /// Not stated (simcom-at 4): those of the other vendor's setting with the same name and arguments (quectel-at 2.1).
    const DEVICE: DeviceLimits = DeviceLimits::new(64, 64, 64);
}

impl HasTcpSocket for A7670 {
    /// simcom-at 7.1: numbers 0 to 9; two more speak TLS. What a host name may have is not stated: no more than any.
    const SOCKETS: SocketLimits = SocketLimits::new(10).host(253);
}

impl HasTlsSocket for A7670 {}

impl HasHttps for A7670 {
    /// simcom-at 6.1: headers 256 with the colon, body 153,600; the address as long as a command line takes it.
    const HTTPS: HttpsLimits = HttpsLimits::UNSTATED.url(3000).header(254).body(153_600);
}

//! A7608: LTE Cat 4.

use wanlink_core::{
    DeviceLimits, HasAliyun, HasHttps, HasMqtt, HasTcpSocket, HasTlsSocket, HttpsLimits, Model, MqttLimits,
    SocketLimits,
};

use crate::{A7670, CmqttFamily, DriverModel};

/// A7608, all variants. It keeps 10 KB of an answer over HTTPS (simcom-at 6.1); A7608SA-H with firmware B12V01 is reported
/// not to connect to every broker (simcom-at 3).
#[derive(Debug, Clone, Copy)]
pub struct A7608;

impl Model for A7608 {
    const NAME: &'static str = "A7608";
    /// simcom-at 1, of all A76XX.
    const LINE: u16 = 3071;
}

impl DriverModel for A7608 {
    type Family = CmqttFamily;

    /// 100 ms to 1 s (simcom-at 2.1). One of 3 s switches off.
    const KEY_ON_MS: u32 = 500;
    /// 2.6 s (simcom-at 2.1).
    const RESET_MS: u32 = 2600;
    /// Up to about 15 s (simcom-at 2.1).
    const BOOT_DS: u16 = 200;
}

impl HasMqtt for A7608 {
    const MQTT: MqttLimits = <A7670 as HasMqtt>::MQTT;
}

impl HasAliyun for A7608 {
    const DEVICE: DeviceLimits = <A7670 as HasAliyun>::DEVICE;
}

impl HasTcpSocket for A7608 {
    const SOCKETS: SocketLimits = <A7670 as HasTcpSocket>::SOCKETS;
}

impl HasTlsSocket for A7608 {}

impl HasHttps for A7608 {
    const HTTPS: HttpsLimits = <A7670 as HasHttps>::HTTPS;
}

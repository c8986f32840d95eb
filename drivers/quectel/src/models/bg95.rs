//! BG95 and BG77: LTE Cat M1, NB-IoT, EGPRS.

use wanlink_core::{
    DeviceLimits, HasAliyun, HasHttps, HasMqtt, HasPsm, HasTcpSocket, HasTlsSocket, HttpsLimits, Model, MqttLimits,
    SocketLimits,
};

use crate::{DriverModel, QuectelFamily};

/// BG95, all variants (M1 to M9), and BG77.
#[derive(Debug, Clone, Copy)]
pub struct Bg95;

impl Model for Bg95 {
    const NAME: &'static str = "BG95";
    const LINE: u16 = wanlink_core::UNSTATED;
}

impl DriverModel for Bg95 {
    type Family = QuectelFamily;
    const ALSO: &'static [&'static str] = &["BG77"];

    /// Hardware Design 3.7.1: 500 to 1000 ms; 650 ms and more can mean *off*.
    const KEY_ON_MS: u32 = 575;
    /// Hardware Design 3.9: 2 to 3.8 s.
    const RESET_MS: u32 = 2500;
    /// UART ready 2.5 s after the key; a first boot after an update takes longer.
    const BOOT_DS: u16 = 150;
}

impl HasMqtt for Bg95 {
    /// MQTT Application Note 3.3: host 100, topic 255, payload 1 to 4096 bytes. Client id, user name and password are
    /// not stated; identifiers of 110 bytes work.
    const MQTT: MqttLimits = MqttLimits::UNSTATED.host(100).topic(255).payload(4096).no_empty_payload();
}

impl HasAliyun for Bg95 {
    /// MQTT Application Note 3.3.1: each at most 64 bytes (stated for BC660K).
    const DEVICE: DeviceLimits = DeviceLimits::new(64, 64, 64);
}

impl HasPsm for Bg95 {}

impl HasTcpSocket for Bg95 {
    /// TCP/IP Application Note 2.3.6: numbers 0 to 11. What a host name may have is not stated there: as with MQTT.
    const SOCKETS: SocketLimits = SocketLimits::new(12).host(100);
}

impl HasTlsSocket for Bg95 {}

impl HasHttps for Bg95 {
    /// HTTP(S) Application Note 2.3.2, 2.3.5: address 700, request 1,024,000 with its head, for which the driver takes
    /// what it needs.
    const HTTPS: HttpsLimits = HttpsLimits::UNSTATED.url(700).body(1_024_000);
}

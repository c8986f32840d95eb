//! BG96: LTE Cat M1, NB-IoT, EGPRS, of the generation before BG95.

use wanlink_core::{HasHttps, HasPsm, HasTcpSocket, HasTlsSocket, HttpsLimits, Model, SocketLimits};

use crate::{Bg95, DriverModel, Lack, QuectelFamily, Service};

/// BG96. A public driver reports that TLS fails with its firmware `BG96MAR02A07M1G_01.018` (quectel-at 12); firmware before
/// `BG96MAR02A07` cannot tell the server's name to the server (quectel-at 5).
///
/// Its MQTT client is not offered: it may push a message without its length, and one that holds a quote and a line end
/// has no end that could be told. `AT+CGACT`, which hangs newer firmware, is no command of the family.
#[derive(Debug, Clone, Copy)]
pub struct Bg96;

impl Model for Bg96 {
    const NAME: &'static str = "BG96";
    const LINE: u16 = wanlink_core::UNSTATED;
}

impl DriverModel for Bg96 {
    type Family = QuectelFamily;

    /// 500 to 1000 ms; 650 ms and more switch a module off that is on (quectel-at 1.1).
    const KEY_ON_MS: u32 = 575;
    /// 150 to 460 ms (quectel-at 1.1).
    const RESET_MS: u32 = 300;
    /// 4.9 s at least (quectel-at 1.1); a first boot after an update takes longer, as with BG95.
    const BOOT_DS: u16 = 150;
    const LACKS: &'static [Lack] = &[
        (Service::Mqtt, "a message may come without its length: its end is ambiguous (quectel-at 2.3)"),
        (Service::Aliyun, "`aliauth` is not listed for it (dialects-side-by-side 22)"),
    ];
}

impl HasPsm for Bg96 {}

impl HasTcpSocket for Bg96 {
    const SOCKETS: SocketLimits = <Bg95 as HasTcpSocket>::SOCKETS;
}

impl HasTlsSocket for Bg96 {}

impl HasHttps for Bg96 {
    /// Address 700 (quectel-at 3.1); the request as with BG95.
    const HTTPS: HttpsLimits = <Bg95 as HasHttps>::HTTPS;
}

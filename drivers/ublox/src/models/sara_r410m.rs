//! SARA-R410M: LTE Cat M1, NB-IoT.

use wanlink_core::{HasTcpSocket, HasTlsSocket, Model, SocketLimits};

use super::NO_LOGIN;
use crate::{DriverModel, Lack, SaraR5, Service, UbloxFamily, quirk};

/// SARA-R410M-02B.
///
/// Without MQTT, whose client takes 30 characters for a user name or a password, and without HTTPS, which cannot tell the
/// server's name to the server (SNI).
#[derive(Debug, Clone, Copy)]
pub struct SaraR410m;

impl Model for SaraR410m {
    const NAME: &'static str = "SARA-R410M";
    const LINE: u16 = wanlink_core::UNSTATED;
}

impl DriverModel for SaraR410m {
    type Family = UbloxFamily;

    /// The vendor's library: 150 to 3200 ms; 1.5 s and more is *off* while it runs.
    const KEY_ON_MS: u32 = 300;
    /// Data sheet: 10 s and more, for emergencies only; the vendor's library holds 16.5 s.
    const RESET_MS: u32 = 16_500;
    /// The vendor's library waits 6 s.
    const BOOT_DS: u16 = 100;
    const QUIRKS: u8 = quirk::SOCKETS_ASYNC;
    /// The vendor's library; 20 ms are too short here.
    const GAP_MS: u8 = 100;
    const LACKS: &'static [Lack] = &[
        (Service::Mqtt, "a user name and a password may have 30 characters (ublox-at 3)"),
        (Service::Https, "it cannot tell the server's name to the server (ublox-at 0)"),
        NO_LOGIN,
    ];
}

impl HasTcpSocket for SaraR410m {
    const SOCKETS: SocketLimits = <SaraR5 as HasTcpSocket>::SOCKETS;
}

/// Without SNI: a host of many names shows the certificate of another, which is refused.
impl HasTlsSocket for SaraR410m {}

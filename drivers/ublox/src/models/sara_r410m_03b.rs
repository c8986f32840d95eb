//! SARA-R410M-03B: LTE Cat M1, NB-IoT.

use wanlink_core::{HasHttps, HasTcpSocket, HasTlsSocket, HttpsLimits, Model, SocketLimits};

use super::NO_LOGIN;
use crate::{DriverModel, Lack, SaraR5, SaraR410m, Service, UbloxFamily};

/// SARA-R410M-03B: unlike [`SaraR410m`], it can tell the server's name to the server (`ublox-at` 0).
#[derive(Debug, Clone, Copy)]
pub struct SaraR410m03b;

impl Model for SaraR410m03b {
    const NAME: &'static str = "SARA-R410M-03B";
    const LINE: u16 = wanlink_core::UNSTATED;
}

impl DriverModel for SaraR410m03b {
    type Family = UbloxFamily;

    /// 150 to 3200 ms; 1.5 s and more switch a module off that is on (`ublox-at` 1).
    const KEY_ON_MS: u32 = 300;
    /// 10 s and more, for emergencies only; the vendor's library holds 16.5 s (`ublox-at` 1).
    const RESET_MS: u32 = 16_500;
    /// 5 to 6 s (`ublox-at` 1).
    const BOOT_DS: u16 = 100;
    /// 100 ms (`ublox-at` 0).
    const GAP_MS: u8 = <SaraR410m as DriverModel>::GAP_MS;
    const LACKS: &'static [Lack] =
        &[(Service::Mqtt, "its limits are unknown, and it takes a payload as hex only (ublox-at 0)"), NO_LOGIN];
}

impl HasTcpSocket for SaraR410m03b {
    const SOCKETS: SocketLimits = <SaraR5 as HasTcpSocket>::SOCKETS;
}

impl HasTlsSocket for SaraR410m03b {}

impl HasHttps for SaraR410m03b {
    /// "All models with HTTP take op 9" (`ublox-at` 4).
    const HTTPS: HttpsLimits = <SaraR5 as HasHttps>::HTTPS;
}

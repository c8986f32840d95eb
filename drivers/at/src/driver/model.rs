//! What differs between the models of a family, as constants.

use wanlink_core::Model;

use crate::driver::Family;

/// What a model may have a marker of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// [`HasMqtt`](wanlink_core::HasMqtt)
    Mqtt,
    /// [`HasAliyun`](wanlink_core::HasAliyun)
    Aliyun,
    /// [`HasTcpSocket`](wanlink_core::HasTcpSocket)
    TcpSocket,
    /// [`HasTlsSocket`](wanlink_core::HasTlsSocket)
    TlsSocket,
    /// [`HasHttps`](wanlink_core::HasHttps)
    Https,
}

/// A service that a model lacks the marker of, and why: a fact, and where it is written.
pub type Lack = (Service, &'static str);

/// What its driver has to know of a model: implement it, and the markers of what the model can do, for a type of your own
/// to add one from outside the driver's crate.
pub trait DriverModel: Model {
    /// The family whose AT dialect it speaks.
    type Family: Family;
    /// How long the power key is held to switch on, in milliseconds.
    const KEY_ON_MS: u32;
    /// How long the reset line is held, in milliseconds.
    const RESET_MS: u32;
    /// The longest time from the key, a reset or a restart to the first answer, in tenths of a second.
    const BOOT_DS: u16;
    /// Where it goes other ways than most of its family, as bits of the family's own.
    const QUIRKS: u8 = 0;
    /// Other labels that it drives. For people and for reports.
    const ALSO: &'static [&'static str] = &[];
    /// All services that it lacks. For people and for reports: nothing on a microcontroller reads it.
    const LACKS: &'static [Lack] = &[];
    /// Pause between the last byte of the module and the next command that its manual demands, in milliseconds.
    const GAP_MS: u8 = Self::Family::DIALECT.command_gap_ms;
}

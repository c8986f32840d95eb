//! What differs between the models of a family, as constants.

use wanlink_core::Model;

use crate::driver::Family;

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
    /// Pause between the last byte of the module and the next command that its manual demands, in milliseconds.
    const GAP_MS: u8 = Self::Family::DIALECT.command_gap_ms;
}

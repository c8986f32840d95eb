//! What differs between the models of this dialect, as constants.

use wanlink_core::Model;

/// A Quectel model. Implement it, and the markers of what the model can do, for a type of your own to add a model from
/// outside this crate; see `docs/add-a-model.md` once it is written, and [`Bg95`](crate::Bg95) until then.
pub trait QuectelModel: Model {
    /// How long PWRKEY is held to switch on, in milliseconds.
    const KEY_ON_MS: u32;
    /// How long RESET_N is held, in milliseconds.
    const RESET_MS: u32;
    /// The longest time from the key, a reset or a restart to the first answer, in tenths of a second.
    const BOOT_DS: u16;
}

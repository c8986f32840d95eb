//! Which model is driven.

pub(crate) type Model = wanlink_quectel::Bg95;

/// Going off takes no longer.
pub(crate) const OFF_MS: u64 = 1_500;
/// Nor does a boot.
pub(crate) const BOOT_MS: u64 = 5_000;
/// So long a pulse switches it off.
pub(crate) const KEY_OFF_MS: u64 = 700;

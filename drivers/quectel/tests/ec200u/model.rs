//! Which model is driven.

pub(crate) type Model = wanlink_quectel::Ec200u;

/// Going off takes no longer.
pub(crate) const OFF_MS: u64 = 12_000;
/// Nor does a boot.
pub(crate) const BOOT_MS: u64 = 15_000;
/// So long a pulse switches it off.
pub(crate) const KEY_OFF_MS: u64 = 2500;

//! TCP and TLS sockets.

/// Results of `AT+CAOPEN` (simcom-at 7.3).
pub(super) const DNS: i32 = 20;
pub(super) const INACTIVE: i32 = 21;
pub(super) const EXPIRED: i32 = 24;
pub(super) const WRONG_NAME: i32 = 25;
pub(super) const EXPIRED_AND_WRONG_NAME: i32 = 26;

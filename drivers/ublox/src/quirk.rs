//! Where models of this family differ: bits of [`DriverModel::QUIRKS`](crate::DriverModel::QUIRKS) (`ublox-at` 0).

/// The module's own clients need an internal profile that is mapped to the context and activated: `AT+UPSD`,
/// `AT+UPSDA`.
pub const PROFILE: u8 = 1;
/// They need the mapping alone, and a context that was activated by the host: `AT+UPSD`, `AT+CGACT=1,1`.
pub const MAPPING: u8 = 2;
/// `AT+UAUTHREQ` takes the user first, then the password; without it, the other way round.
pub const USER_FIRST: u8 = 4;
/// `AT+CFUN=16` restarts; without it, `AT+CFUN=15`.
pub const RESTART_16: u8 = 8;
/// `AT+CFUN=4` outlives a restart: the radio is switched off by `AT+CFUN=0`.
pub const RADIO_0: u8 = 16;
/// `AT+USOCO` and `AT+USOCL` block the port, on old firmware for ever: sockets are opened and closed in the background.
pub const SOCKETS_ASYNC: u8 = 32;
/// The rate of the port is found by itself, and before the first command no line comes: it is fixed at 115200.
pub const AUTOBAUD: u8 = 64;
/// A session is clean only when that is ordered: `AT+UMQTT=12,1`. The others start no other.
pub const CLEAN_ORDERED: u8 = 128;

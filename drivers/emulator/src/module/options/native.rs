//! What the sources leave open about a module that logs in to the platform by itself (quectel-at 2.1, simcom-at 4).

use crate::random::SplitMix64;

/// The method that a module signs with: "Unknown: the sign method/securemode it uses (assume hmacsha1, securemode per ssl
/// flag - L)" (quectel-at 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NativeSign {
    /// `hmacmd5`
    HmacMd5,
    /// `hmacsha1`
    HmacSha1,
    /// `hmacsha256`
    HmacSha256,
}

impl NativeSign {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::HmacMd5 => "hmacmd5",
            Self::HmacSha1 => "hmacsha1",
            Self::HmacSha256 => "hmacsha256",
        }
    }
}

/// Doubtful facts about the log-in of a module's own.
#[derive(Clone, Debug)]
pub struct NativeOptions {
    /// The firmware has the commands, and lists them where it lists any: "Reported failing with ERROR on one EC800M
    /// firmware" (quectel-at 2.1), "Treat as an optional feature behind a capability probe" (simcom-at 4).
    pub known: bool,
    /// See [`NativeSign`].
    pub sign: NativeSign,
    /// "Setting aliauth and also passing user/password: undefined" (quectel-at 2.1): true: such a CONNECT is refused;
    /// false: what the module computes stands.
    pub login_beside_is_error: bool,
}

impl Default for NativeOptions {
    fn default() -> Self {
        Self { known: true, sign: NativeSign::HmacSha1, login_beside_is_error: true }
    }
}

impl NativeOptions {
    /// Any module that the facts allow.
    pub(crate) fn drawn(random: &mut SplitMix64) -> Self {
        let signs = [NativeSign::HmacMd5, NativeSign::HmacSha1, NativeSign::HmacSha256];
        Self { known: random.one_in(2), sign: signs[random.below(3) as usize], login_beside_is_error: random.one_in(2) }
    }
}

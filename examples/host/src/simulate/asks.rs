//! When a device may ask to be registered.

use wanlink_transports::registration::HTTPS_PATH;

use crate::call::Call;

/// Codes over HTTPS that may be followed by another request without anybody's help (aliyun-iot, 3.1 and 5): success,
/// too many requests, trouble of the platform.
const PASSING: [u64; 4] = [200, 429, 500, 6760];

/// What is known of a device's registration.
#[derive(Debug, Default)]
pub(super) struct Asks {
    /// How often it asked.
    pub(super) count: u32,
    is_under_way: bool,
    /// It was told so, and nobody looked at it since.
    is_refused: bool,
}

impl Asks {
    /// Takes notice of a call of the driver, if it is one that asks; what is wrong with it.
    pub(super) fn called(&mut self, call: &Call, has_kept: impl FnOnce() -> bool) -> Option<&'static str> {
        self.is_under_way = is_ask(call);
        if !self.is_under_way {
            return None;
        }
        self.count += 1;
        match (has_kept(), self.is_refused) {
            (true, _) => Some("a device asked to be registered that had been"),
            (false, true) => Some("a device that was refused asked again"),
            (false, false) => None,
        }
    }

    /// The answer over HTTPS.
    pub(super) fn answered(&mut self, code: Option<u64>) {
        if std::mem::take(&mut self.is_under_way) {
            self.is_refused = code.is_some_and(|code| !PASSING.contains(&code));
        }
    }

    /// The login that asks was refused with this code. 3 is trouble of the platform (aliyun-iot, 5).
    pub(super) fn refused(&mut self, connack: u8) {
        if std::mem::take(&mut self.is_under_way) {
            self.is_refused = connack != 3;
        }
    }

    /// The microcontroller starts.
    pub(super) fn begin_life(&mut self) {
        (self.is_under_way, self.is_refused) = (false, false);
    }

    /// Somebody looked at the device.
    pub(super) fn resumed(&mut self) {
        self.is_refused = false;
    }
}

fn is_ask(call: &Call) -> bool {
    const LOGIN: &str = "authType=reg";
    match call {
        Call::Post(post) => post.path == HTTPS_PATH,
        Call::Connect(connect) => connect.client_id.contains(LOGIN),
        Call::Write { data, .. } => data.windows(LOGIN.len()).any(|part| part == LOGIN.as_bytes()),
        _ => false,
    }
}

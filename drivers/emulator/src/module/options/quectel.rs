//! What the sources leave open about the groups of Quectel's modules beside LPWA (quectel-at 2, 8).

use crate::random::SplitMix64;

/// Doubtful facts about EC25 and EC200U. The default is what the sheet holds for true, [`Options::drawn`] any of it.
///
/// [`Options::drawn`]: super::Options::drawn
#[derive(Clone, Debug, Default)]
pub struct QuectelOptions {
    /// EC25: "older firmware only QMTPUB" (2.2): `AT+QMTPUBEX` is not known, `AT+QMTPUB` is.
    pub old_publish: bool,
    /// EC25: "some QC firmware answers `+QMTPUB:`" to `AT+QMTPUBEX` (2.2).
    pub short_publish_result: bool,
    /// EC200U: "some EC200U firmware gives no URC at all for QoS0" (2.2).
    pub silent_qos0: bool,
    /// EC200U: "ret may be missing on old EC200U firmware = accepted" (2.2): `+QMTCONN: 0,0`.
    pub connack_code_omitted: bool,
    /// EC200U: "header and payload on separate lines" (2.3), where the length is told.
    pub payload_on_own_line: bool,
}

impl QuectelOptions {
    /// Any module that the facts allow and that a host can work with.
    pub(crate) fn drawn(random: &mut SplitMix64) -> Self {
        let mut coin = || random.one_in(2);
        Self {
            old_publish: coin(),
            short_publish_result: coin(),
            silent_qos0: coin(),
            connack_code_omitted: coin(),
            payload_on_own_line: coin(),
        }
    }
}

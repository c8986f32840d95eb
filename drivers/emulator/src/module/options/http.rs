//! What the sources leave open about the HTTP client (quectel-at 3).

use crate::random::SplitMix64;

/// How a POST whose connection cannot be opened says so: the connection is opened before CONNECT (quectel-at 3.1). A
/// GET without an entry of data always says it in its result line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpFailure {
    /// `+CME ERROR: 716` in place of CONNECT: seen on the UA group (3.1, 9.5).
    Final,
    /// `+QHTTPPOST: 716` in place of CONNECT, and no final: "or `+QHTTPPOST: 716`" (9.5).
    Result,
    /// CONNECT all the same, OK behind the data, then `+QHTTPPOST: 716`: "or in the result" (dialects-side-by-side 14).
    AfterData,
}

/// Doubtful facts about the HTTP client.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// See [`HttpFailure`].
    pub failure: HttpFailure,
    /// A name that is not found: "Measured EG800K: unknown host gives 716, not 714" (3.1).
    pub hides_dns: bool,
    /// The table has several codes for a time-out (3.3): 702 for all of them; false: 722, 727, 728, each for its own.
    pub one_timeout_code: bool,
    /// The result line comes when the headers are there, and `AT+QHTTPREAD` waits for the body; false: when all is
    /// there, up to what the model keeps. Not stated.
    pub result_at_headers: bool,
    /// The connection is kept for the next request to the same place. `closed/ind` (3.1) hints at it; not stated.
    pub keeps_connection: bool,
    /// "`custom_header` (.. vendor code for BG95, QSDK; .. not on BG96)" (3.1): the firmware has it.
    pub custom_header_known: bool,
    /// "Whether it is kept between requests" (12): false: one request takes it away.
    pub custom_header_kept: bool,
    /// "`contenttype` .. 4-5 newer" (3.1): the firmware has them.
    pub new_content_types: bool,
    /// "`AT+QHTTPSTOP`: UA/QC new; not on BG95/BG96 (QSDK leaves it out there)" (3.1): the firmware has it all the
    /// same.
    pub stop_known: bool,
    /// A request that dies with its context ends with `+QHTTPPOST: 709`; false: with nothing but `+QIURC: "pdpdeact"`,
    /// as it may be with MQTT (9.5). Not stated.
    pub result_after_context_loss: bool,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            failure: HttpFailure::Result,
            hides_dns: false,
            one_timeout_code: false,
            result_at_headers: false,
            keeps_connection: false,
            custom_header_known: true,
            custom_header_kept: true,
            new_content_types: true,
            stop_known: false,
            result_after_context_loss: true,
        }
    }
}

impl HttpOptions {
    pub(crate) fn drawn(random: &mut SplitMix64) -> Self {
        let failure = [HttpFailure::Final, HttpFailure::Result, HttpFailure::AfterData][random.below(3) as usize];
        let mut coin = || random.one_in(2);
        Self {
            failure,
            hides_dns: coin(),
            one_timeout_code: coin(),
            result_at_headers: coin(),
            keeps_connection: coin(),
            custom_header_known: coin(),
            custom_header_kept: coin(),
            new_content_types: coin(),
            stop_known: coin(),
            result_after_context_loss: coin(),
        }
    }
}

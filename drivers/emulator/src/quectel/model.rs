//! The data of Quectel's models.

use crate::module::profile::{Limits, PowerTimes, Profile, Vendor};

/// Lengths in bytes, and the names that configuration commands know.
#[derive(Debug)]
pub(crate) struct Model {
    /// The highest authentication of `AT+QICSGP`.
    pub(super) authentication: u32,
    /// User and password of a context.
    pub(super) context_login: usize,
    /// Topic.
    pub(super) mqtt_topic: usize,
    /// Payload of a publish.
    pub(super) mqtt_payload: usize,
    /// Publishes with QoS above 0 that may wait for their answer.
    pub(super) mqtt_in_flight: usize,
    /// Slots for messages that wait to be read (recv/mode 1).
    pub(super) mqtt_slots: usize,
    /// A URL.
    pub(super) http_url: u32,
    /// A GET that the host types as a whole.
    pub(super) http_get: u32,
    /// The data of a POST.
    pub(super) http_post: u32,
    /// Body of an answer that is kept until it is read.
    pub(super) http_answer: usize,
    /// Names that `AT+QSSLCFG` knows.
    pub(super) qsslcfg_names: &'static [&'static str],
    /// Names that `AT+QMTCFG` knows.
    pub(super) qmtcfg_names: &'static [&'static str],
    /// Names that `AT+QHTTPCFG` knows.
    pub(super) qhttpcfg_names: &'static [&'static str],
}

const MS: u64 = 1_000;

/// Sources: quectel-at 1.5 (contexts), 2.1 and 2.2 (MQTT), 3.1 (HTTP).
const BG95: Model = Model {
    authentication: 3,
    context_login: 127,
    mqtt_topic: 255,
    mqtt_payload: 4_096,
    mqtt_in_flight: 5,
    mqtt_slots: 5,
    // Of QC, BG96 and BG770A: of its own group.
    http_url: 700,
    http_get: 2_048,
    http_post: 1_024_000,
    // Not stated.
    http_answer: 262_144,
    qsslcfg_names: &[
        "sslversion",
        "ciphersuite",
        "cacert",
        "clientcert",
        "clientkey",
        "seclevel",
        "ignorelocaltime",
        "negotiatetime",
        "sni",
        "checkhost",
    ],
    qmtcfg_names: &["version", "pdpcid", "ssl", "keepalive", "session", "timeout", "will", "recv/mode", "aliauth"],
    // `reqheader/add` is of the UA group.
    qhttpcfg_names: &[
        "contextid",
        "requestheader",
        "responseheader",
        "sslctxid",
        "contenttype",
        "rspout/auto",
        "closed/ind",
        "auth",
        "custom_header",
    ],
};

impl Profile {
    /// BG95-M3. Sources: quectel-at 1.1 (times), 1.4 (CEREG), 1.5 (contexts).
    #[must_use]
    pub const fn bg95() -> &'static Self {
        const {
            &Self {
                name: "bg95",
                model: "BG95-M3",
                firmware: "BG95M3LAR02A03",
                power: PowerTimes {
                    on_pulse: (500 * MS, 1_000 * MS),
                    off_pulse: (650 * MS, 1_500 * MS),
                    reset_pulse: (2_000 * MS, 3_800 * MS),
                    key_reset: None,
                    status: 2_100 * MS,
                    ready: 2_500 * MS,
                    wake: 50 * MS,
                    off: 1_300 * MS,
                    no_off_after_reset: 5_000 * MS,
                    no_wake_after_psm: 1_000 * MS,
                },
                limits: Limits {
                    // Not stated: a full line of credentials is about 350 bytes, and the text form of QMTPUBEX
                    // carries a payload.
                    line: 4_608,
                    contexts: 16,
                    host: 100,
                    // Seen on a BG770A (quectel-at 6); a BG95's is not stated.
                    flash: 3_776_512,
                },
                error_form: 0,
                rate: 115_200,
                search_delay_us: 0,
                cereg_modes: &[0, 1, 2, 4],
                // Cat-M1 (quectel-at 1.4).
                technology: 8,
                lte_is_packet_service: false,
                vendor: Vendor::Quectel(&BG95),
            }
        }
    }
}

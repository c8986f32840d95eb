//! What differs between models: times, limits, names.

/// The data of one model.
#[derive(Debug)]
pub struct Profile {
    /// The name on the label, lower case, as the host program writes it.
    pub name: &'static str,
    /// What `ATI` and `AT+CGMM` say.
    pub model: &'static str,
    /// What `ATI` and `AT+CGMR` say.
    pub firmware: &'static str,
    /// Times of PWRKEY, RESET_N and boot.
    pub power: PowerTimes,
    /// Lengths and ranges.
    pub limits: Limits,
    /// Which modes `AT+CEREG` takes.
    pub cereg_modes: &'static [u8],
    /// Names that `AT+QSSLCFG` knows.
    pub qsslcfg_names: &'static [&'static str],
    /// Names that `AT+QMTCFG` knows.
    pub qmtcfg_names: &'static [&'static str],
    /// Names that `AT+QHTTPCFG` knows.
    pub qhttpcfg_names: &'static [&'static str],
}

/// Microseconds; a pair is the shortest and the longest pulse that counts.
#[derive(Debug)]
pub struct PowerTimes {
    /// PWRKEY low, module off: switches on.
    pub on_pulse: (u64, u64),
    /// PWRKEY low, module on: switches off.
    pub off_pulse: (u64, u64),
    /// RESET_N low.
    pub reset_pulse: (u64, u64),
    /// From the end of the pulse to STATUS high.
    pub status: u64,
    /// From the end of the pulse to `RDY` and the first answer.
    pub ready: u64,
    /// From `RDY` to `APP RDY`.
    pub app_ready: u64,
    /// From the command or the pulse to silence.
    pub off: u64,
    /// After a hardware reset a power-off pulse is ignored so long.
    pub no_off_after_reset: u64,
    /// After `PSM POWER DOWN` a pulse is ignored so long.
    pub no_wake_after_psm: u64,
}

/// Lengths in bytes.
#[derive(Debug)]
pub struct Limits {
    /// A command line.
    pub line: usize,
    /// Context ids are 1 to this.
    pub contexts: u32,
    /// The highest authentication of `AT+QICSGP`.
    pub authentication: u32,
    /// User and password of a context.
    pub context_login: usize,
    /// A host name.
    pub host: usize,
    /// Topic.
    pub mqtt_topic: usize,
    /// Payload of a publish.
    pub mqtt_payload: usize,
    /// Publishes with QoS above 0 that may wait for their answer.
    pub mqtt_in_flight: usize,
    /// Slots for messages that wait to be read (recv/mode 1).
    pub mqtt_slots: usize,
    /// A URL.
    pub http_url: u32,
    /// A GET that the host types as a whole.
    pub http_get: u32,
    /// The data of a POST.
    pub http_post: u32,
    /// Body of an answer that is kept until it is read.
    pub http_answer: usize,
    /// Bytes of the file system.
    pub flash: usize,
}

const MS: u64 = 1_000;

impl Profile {
    /// BG95-M3. Sources: quectel-at 1.1 (times), 1.4 (CEREG), 1.5 (contexts), 2.1 and 2.2 (MQTT), 3.1 (HTTP).
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
                    status: 2_100 * MS,
                    ready: 2_500 * MS,
                    app_ready: 800 * MS,
                    off: 1_300 * MS,
                    no_off_after_reset: 5_000 * MS,
                    no_wake_after_psm: 1_000 * MS,
                },
                limits: Limits {
                    // Not stated: a full line of credentials is about 350 bytes, and the text form of QMTPUBEX
                    // carries a payload.
                    line: 4_608,
                    contexts: 16,
                    authentication: 3,
                    context_login: 127,
                    host: 100,
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
                    // Seen on a BG770A (quectel-at 6); a BG95's is not stated.
                    flash: 3_776_512,
                },
                cereg_modes: &[0, 1, 2, 4],
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
                qmtcfg_names: &["version", "pdpcid", "ssl", "keepalive", "session", "timeout", "will", "recv/mode"],
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
            }
        }
    }
}

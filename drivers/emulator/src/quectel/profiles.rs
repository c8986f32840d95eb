//! The models one by one, each by what differs from the one before. Sources: quectel-at 1.1 (times), 1.4 (CEREG), 1.5
//! (contexts), 2.1 and 2.2 (MQTT), 3.1 (HTTP), 5 (TLS), 8 (differences).

use super::chapters;
use super::model::{Group, HostCheck, Model};
use crate::module::profile::{Limits, PowerTimes, Profile, Vendor};

const MS: u64 = 1_000;
const SECOND: u64 = 1_000 * MS;

const BG95: Model = Model {
    group: Group::Lpwa,
    chapters: chapters::LPWA,
    // BG95 calls Cat-M1 `eMTC`; BG96 `CAT-M1`.
    signal: ["eMTC", "\"eMTC\",\"46000\",\"LTE BAND 8\",3738"],
    authentication: 3,
    context_login: 127,
    mqtt_version: 4,
    mqtt_retries: 0,
    // "75 s QC/LPWA"
    mqtt_open_us: 75 * SECOND,
    mqtt_login: None,
    mqtt_topic: 255,
    mqtt_payload: 4_096,
    mqtt_in_flight: 5,
    mqtt_slots: 5,
    counted_publish: true,
    // Of QC, BG96 and BG770A: of its own group.
    http_url: 700,
    http_get: 2_048,
    http_post: 1_024_000,
    // Not stated.
    http_answer: 262_144,
    host_check: HostCheck::Switched,
    qcfg_names: &["nwscanmode", "nwscanseq", "iotopmode", "band", "roamservice", "urc/cache", "psm/enter", "psm/urc"],
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

const BG96: Model = Model {
    signal: ["CAT-M1", "\"CAT-M1\",\"46000\",\"LTE BAND 8\",3738"],
    // "older QC/BG96 default 3"
    mqtt_version: 3,
    // "QC / BG96 old: 1548"
    mqtt_payload: 1_548,
    counted_publish: false,
    // Neither `recv/mode`, of which it is open whether it is there (12), nor `aliauth`.
    qmtcfg_names: &["version", "pdpcid", "ssl", "keepalive", "session", "timeout", "will"],
    // "BG96 has requestheader only".
    qhttpcfg_names: &[
        "contextid",
        "requestheader",
        "responseheader",
        "sslctxid",
        "contenttype",
        "rspout/auto",
        "closed/ind",
        "auth",
    ],
    ..BG95
};

const EC25: Model = Model {
    group: Group::Qc,
    chapters: chapters::QC,
    signal: ["LTE", "\"FDD LTE\",\"46000\",\"LTE BAND 3\",1650"],
    // "older QC/BG96 default 3"
    mqtt_version: 3,
    // "1548; newer 4096"
    mqtt_payload: 1_548,
    host_check: HostCheck::Never,
    qcfg_names: &["nwscanmode", "band", "roamservice", "urc/cache"],
    // "EG25-G does not list it": checkhost.
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
    ],
    // "no dataformat, view/mode, edit/timeout (EG25L)"
    qmtcfg_names: &[
        "version",
        "pdpcid",
        "ssl",
        "keepalive",
        "session",
        "timeout",
        "will",
        "recv/mode",
        "send/mode",
        "qmtping",
        "aliauth",
    ],
    ..BG95
};

const EC200U: Model = Model {
    group: Group::Ua,
    chapters: chapters::UA,
    mqtt_version: 4,
    // "EC600S lists .. retry 1-10"
    mqtt_retries: 1,
    // "120 s UA"
    mqtt_open_us: 120 * SECOND,
    mqtt_login: Some(256),
    mqtt_payload: 4_096,
    // "2048 newer"
    http_url: 2_048,
    host_check: HostCheck::Always,
    qcfg_names: &["urc/cache"],
    qmtcfg_names: &[
        "version",
        "pdpcid",
        "ssl",
        "keepalive",
        "session",
        "timeout",
        "will",
        "recv/mode",
        "send/mode",
        "aliauth",
        "qmtping",
        "dataformat",
        "view/mode",
        "edit/timeout",
    ],
    qhttpcfg_names: &[
        "contextid",
        "requestheader",
        "responseheader",
        "sslctxid",
        "contenttype",
        "rspout/auto",
        "closed/ind",
        "auth",
        "reqheader/add",
        "reqheader/remove",
    ],
    ..EC25
};

const BG95_TIMES: PowerTimes = PowerTimes {
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
};

const BG96_TIMES: PowerTimes = PowerTimes {
    reset_pulse: (150 * MS, 460 * MS),
    // ">=4.9 s"
    ready: 4_900 * MS,
    // ">=2 s"
    off: 2_000 * MS,
    ..BG95_TIMES
};

const EC25_TIMES: PowerTimes = PowerTimes {
    on_pulse: (500 * MS, 1_500 * MS),
    off_pulse: (650 * MS, 3 * SECOND),
    reset_pulse: BG96_TIMES.reset_pulse,
    status: 5 * SECOND,
    // ">=12 s (allow 15-20 s)"
    ready: 12 * SECOND,
    // ">=30 s (PWRKEY)"
    off: 30 * SECOND,
    ..BG95_TIMES
};

const EC200U_TIMES: PowerTimes = PowerTimes {
    // "VBAT, wait 2 s, low 2 s"; its upper end is not stated.
    on_pulse: (2 * SECOND, 4 * SECOND),
    // It is to be switched off by command; a pulse toggles all the same (1.1).
    off_pulse: (2 * SECOND, 4 * SECOND),
    // "500 ms"
    reset_pulse: (500 * MS, SECOND),
    // "~5-15 s"
    ready: 8 * SECOND,
    // "up to 65 s"
    off: 10 * SECOND,
    ..EC25_TIMES
};

const BG95_LIMITS: Limits = Limits {
    // Not stated: a full line of credentials is about 350 bytes, and the text form of QMTPUBEX carries a payload.
    line: 4_608,
    contexts: 16,
    host: 100,
    // Seen on a BG770A (quectel-at 6); a BG95's is not stated.
    flash: 3_776_512,
};

/// All of them.
pub(crate) const PROFILES: &[&Profile] = &[Profile::bg95(), Profile::bg96(), Profile::ec200u(), Profile::ec25()];

impl Profile {
    /// BG95-M3.
    #[must_use]
    pub const fn bg95() -> &'static Self {
        const {
            &Self {
                name: "bg95",
                model: "BG95-M3",
                firmware: "BG95M3LAR02A03",
                power: BG95_TIMES,
                limits: BG95_LIMITS,
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

    /// BG96.
    #[must_use]
    pub const fn bg96() -> &'static Self {
        const {
            &Self {
                name: "bg96",
                model: "BG96",
                firmware: "BG96MAR02A07M1G",
                power: BG96_TIMES,
                vendor: Vendor::Quectel(&BG96),
                ..*Self::bg95()
            }
        }
    }

    /// EC25 (EG25, EG91).
    #[must_use]
    pub const fn ec25() -> &'static Self {
        const {
            &Self {
                name: "ec25",
                model: "EC25",
                // Not printed in the sheet for an EC25: of an EG25-G.
                firmware: "EG25GGBR07A08M2G",
                power: EC25_TIMES,
                // "UA/QC accept >=512": a line of credentials may be longer than that.
                limits: Limits { line: 2_048, ..BG95_LIMITS },
                // "Factory CMEE is 1 on QC and is not saved" (0).
                error_form: 1,
                // "QC 0-2 only" (1.4).
                cereg_modes: &[0, 1, 2],
                technology: 7,
                vendor: Vendor::Quectel(&EC25),
                ..*Self::bg95()
            }
        }
    }

    /// EC200U (EG915U, EC800M).
    #[must_use]
    pub const fn ec200u() -> &'static Self {
        const {
            &Self {
                name: "ec200u",
                model: "EC200U",
                firmware: "EC200UCNAAR03A14M08",
                power: EC200U_TIMES,
                // "cid 1-7 (UA)" (1.5); the flash is an EG800K's (6).
                limits: Limits { contexts: 7, flash: 286_720, ..Self::ec25().limits },
                error_form: 0,
                vendor: Vendor::Quectel(&EC200U),
                ..*Self::ec25()
            }
        }
    }
}

//! The models one by one. Sources: ublox-at 0 (matrix), 1 (times), 3 and 7 (limits).

use super::model::{Ciphers, LoginOrder, Model, MqttSyntax, Psd, Quirks, UartSleep};
use super::{BEARER_CHAPTERS, MAPPING_CHAPTERS, PROFILE_CHAPTERS};
use crate::module::profile::{Limits, PowerTimes, Profile, Vendor};

const MS: u64 = 1_000;

const SARA_R5: Model = Model {
    chapters: PROFILE_CHAPTERS,
    firmware: "03.15,A00.01",
    restart_level: 16,
    gap_us: 20 * MS,
    psd: Psd::Profile,
    login_order: LoginOrder::UserPassword,
    ciphers: Ciphers::List,
    sni: true,
    uart_sleep: UartSleep::Frames(1),
    technologies: &[7, 8, 9],
    operator_profiles: true,
    sleep_lines: true,
    saves_power: true,
    mqtt: MqttSyntax::New,
    clean_session: false,
    mqtt_context: false,
    client_id: 256,
    mqtt_login: 512,
    login_code: None,
    empty_queue_is_error: false,
    http_keeps_old_answers: false,
    connects_async: false,
    closes_async: false,
    close_us: 0,
    frees_failed: true,
    refused: 111,
    ended: 104,
    file_name: 248,
    pem_lines: false,
    quirks: Quirks { airplane_kept: true, hex_kept: true, apn_suffix: true, ..Quirks::NONE },
};

const SARA_R422: Model = Model {
    chapters: MAPPING_CHAPTERS,
    firmware: "00.12,A00.00",
    restart_level: 15,
    psd: Psd::Mapping,
    login_order: LoginOrder::PasswordUser,
    ciphers: Ciphers::Single,
    uart_sleep: UartSleep::Fixed(4, 6_000 * MS),
    connects_async: true,
    closes_async: true,
    frees_failed: false,
    quirks: Quirks { empty_lines: true, lf_alone: true, capitals: true, nul_bytes: true, ..Quirks::NONE },
    ..SARA_R5
};

const LARA_R6: Model = Model {
    chapters: BEARER_CHAPTERS,
    firmware: "00.13,A00.01",
    restart_level: 15,
    psd: Psd::Bearer,
    login_order: LoginOrder::PasswordUser,
    ciphers: Ciphers::Single,
    uart_sleep: UartSleep::None,
    technologies: &[0, 1, 2, 3, 4, 5, 6],
    sleep_lines: false,
    saves_power: false,
    frees_failed: false,
    quirks: Quirks { area_field: true, ..Quirks::NONE },
    ..SARA_R5
};

const LENA_R8: Model = Model {
    firmware: "02.00,A01.40",
    restart_level: 16,
    login_order: LoginOrder::UserPassword,
    // `AT+UPSV=4,<time>`; the unit is not stated: frames.
    uart_sleep: UartSleep::Frames(4),
    technologies: &[0, 3, 5],
    operator_profiles: false,
    clean_session: true,
    mqtt_context: true,
    // "4 (seen on LENA-R8: login failed, bad endpoint/TLS set-up)"
    login_code: Some(4),
    empty_queue_is_error: true,
    http_keeps_old_answers: true,
    closes_async: true,
    file_name: 63,
    pem_lines: true,
    quirks: Quirks { no_spaces: true, zero_cells: true, creg_without_mode: true, ..Quirks::NONE },
    ..LARA_R6
};

const SARA_R410M: Model = Model {
    firmware: "L0.0.00.00.05.12,A.02.21",
    gap_us: 100 * MS,
    ciphers: Ciphers::Legacy,
    sni: false,
    uart_sleep: UartSleep::Fixed(4, 6_000 * MS),
    technologies: &[7, 8, 9],
    saves_power: true,
    mqtt: MqttSyntax::Old,
    clean_session: true,
    // TW says 23, NM 128: an option narrows it.
    client_id: 128,
    mqtt_login: 30,
    connects_async: true,
    closes_async: true,
    // "up to 120 s"; how long as a rule is not stated.
    close_us: 10_000 * MS,
    // "11 and 65 seen in logs"
    refused: 11,
    ended: 65,
    quirks: Quirks {
        cr_cr_lf: true,
        lf_alone: true,
        bare_names: true,
        capitals: true,
        nul_bytes: true,
        area_field: true,
        area_field_in_lines: true,
        profile_saves_power: true,
        mqtt_keeps_tls: true,
        ..Quirks::NONE
    },
    ..LARA_R6
};

/// "R410M-03B: yes, NEW" (0). Its firmware is not printed in the sheet, nor are the limits of its MQTT client: those of
/// SARA-R410M and SARA-R5.
const SARA_R410M_03B: Model = Model {
    sni: true,
    sleep_lines: true,
    mqtt: MqttSyntax::New,
    clean_session: false,
    client_id: SARA_R5.client_id,
    mqtt_login: SARA_R5.mqtt_login,
    closes_async: false,
    ..SARA_R410M
};

/// Upper ends of pulses that the sheet leaves open.
const LONG: u64 = 20_000 * MS;

/// PWR_ON of SARA-R5; with the emergency shutdown of 23 s beyond its end.
const R5_TIMES: PowerTimes = PowerTimes {
    on_pulse: (1_000 * MS, 2_000 * MS),
    off_pulse: (2_000 * MS, LONG),
    reset_pulse: (100 * MS, LONG),
    key_reset: None,
    status: 100 * MS,
    ready: 3_600 * MS,
    wake: 50 * MS,
    off: 5_000 * MS,
    no_off_after_reset: 0,
    no_wake_after_psm: 0,
};

const R4_TIMES: PowerTimes = PowerTimes {
    on_pulse: (150 * MS, 3_200 * MS),
    off_pulse: (1_500 * MS, LONG),
    reset_pulse: (10_000 * MS, 3 * LONG),
    ready: 5_000 * MS,
    ..R5_TIMES
};

const LIMITS: Limits = Limits {
    // "Keep lines < 1 kB except where noted": a login of MQTT and a text publish with 1,024 characters are longer.
    line: 2_048,
    contexts: 8,
    // PY; U has 256.
    host: 128,
    // Not stated.
    flash: 2_097_152,
};

const SARA_R5_PROFILE: Profile = Profile {
    name: "sara-r5",
    model: "SARA-R510S",
    firmware: "03.15",
    power: R5_TIMES,
    limits: LIMITS,
    error_form: 0,
    // "autobaud (`+IPR: 0`)"
    rate: 0,
    search_delay_us: 0,
    cereg_modes: &[0, 1, 2, 3, 4, 5],
    technology: 7,
    lte_is_packet_service: false,
    vendor: Vendor::Ublox(&SARA_R5),
};

/// All of them.
pub(crate) const PROFILES: &[&Profile] = &[
    Profile::sara_r5(),
    Profile::sara_r422(),
    Profile::lara_r6(),
    Profile::lena_r8(),
    Profile::sara_r410m(),
    Profile::sara_r410m_03b(),
];

impl Profile {
    /// SARA-R510S.
    #[must_use]
    pub const fn sara_r5() -> &'static Self {
        const { &SARA_R5_PROFILE }
    }

    /// SARA-R422.
    #[must_use]
    pub const fn sara_r422() -> &'static Self {
        const {
            &Self {
                name: "sara-r422",
                model: "SARA-R422",
                firmware: "00.12",
                power: R4_TIMES,
                rate: 115_200,
                vendor: Vendor::Ublox(&SARA_R422),
                ..SARA_R5_PROFILE
            }
        }
    }

    /// LARA-R6001.
    #[must_use]
    pub const fn lara_r6() -> &'static Self {
        const {
            &Self {
                name: "lara-r6",
                model: "LARA-R6001",
                firmware: "00.13",
                power: PowerTimes {
                    on_pulse: (300 * MS, 3_200 * MS),
                    reset_pulse: (150 * MS, LONG),
                    ready: 10_000 * MS,
                    ..R5_TIMES
                },
                rate: 115_200,
                lte_is_packet_service: true,
                vendor: Vendor::Ublox(&LARA_R6),
                ..SARA_R5_PROFILE
            }
        }
    }

    /// LENA-R8001.
    #[must_use]
    pub const fn lena_r8() -> &'static Self {
        const {
            &Self {
                name: "lena-r8",
                model: "LENA-R8001",
                firmware: "02.00",
                power: PowerTimes {
                    on_pulse: (2_000 * MS, LONG),
                    off_pulse: (3_100 * MS, LONG),
                    reset_pulse: (50 * MS, LONG),
                    ready: 5_000 * MS,
                    ..R5_TIMES
                },
                rate: 115_200,
                lte_is_packet_service: true,
                vendor: Vendor::Ublox(&LENA_R8),
                ..SARA_R5_PROFILE
            }
        }
    }

    /// SARA-R410M-02B.
    #[must_use]
    pub const fn sara_r410m() -> &'static Self {
        const {
            &Self {
                name: "sara-r410m",
                model: "SARA-R410M-02B",
                firmware: "L0.0.00.00.05.12",
                power: R4_TIMES,
                rate: 115_200,
                vendor: Vendor::Ublox(&SARA_R410M),
                ..SARA_R5_PROFILE
            }
        }
    }

    /// SARA-R410M-03B.
    #[must_use]
    pub const fn sara_r410m_03b() -> &'static Self {
        const {
            &Self {
                name: "sara-r410m-03b",
                model: "SARA-R410M-03B",
                firmware: "L0.0.00.00.05.12",
                power: R4_TIMES,
                vendor: Vendor::Ublox(&SARA_R410M_03B),
                ..*Self::sara_r410m()
            }
        }
    }
}

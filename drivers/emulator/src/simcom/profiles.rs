//! The models one by one, each by what differs from the one before. Sources: simcom-at 2.1 (times), 3 and 5 (limits of
//! MQTT), 13 (differences at a glance).

use super::model::{Model, Series};
use crate::module::profile::{Limits, PowerTimes, Profile, Vendor};

const MS: u64 = 1_000;

const A7670: Model = Model {
    series: Series::A76,
    label: "A7670E-FASE",
    client_id: 128,
    username: 256,
    password: 256,
    topic: 1_024,
    payload: 10_240,
    version_in_acquire: false,
    shortest_wait_s: 1,
    http_body: 0,
    // "READMODE 0 buffers 64 KB" (6.1)
    http_answer: 65_536,
    header: 256,
    certificate_name: 108,
};

/// "10 KB on Cat-4 A7608" (6.1)
const A7608: Model = Model { label: "A7608SA-H", http_answer: 10_240, ..A7670 };

const SIM7600: Model = Model {
    series: Series::Sim7600,
    label: "SIMCOM_SIM7600G-H",
    version_in_acquire: true,
    shortest_wait_s: 60,
    header: 512,
    certificate_name: 128,
    ..A7670
};

const SIM7080: Model = Model {
    series: Series::Sim7080,
    label: "SIMCOM_SIM7080",
    password: 512,
    topic: 128,
    payload: 1_024,
    http_body: 4_096,
    ..A7670
};

const SIM7000: Model =
    Model { series: Series::Sim7000, label: "SIMCOM_SIM7000G", payload: 512, http_body: 1_024, ..SIM7080 };

const A7670_TIMES: PowerTimes = PowerTimes {
    on_pulse: (50 * MS, 100 * MS),
    off_pulse: (2_500 * MS, 3_000 * MS),
    reset_pulse: (2_500 * MS, 2_600 * MS),
    key_reset: None,
    status: 3_000 * MS,
    // "8-11 s worst, `*ATREADY` typical 3-8 s"; `slow_boot_us` is for the rest.
    ready: 5_000 * MS,
    // "20 ms (A76N UART) / 50 ms (LIB)" (2.3): a host that waits for less may lose its first bytes.
    wake: 20 * MS,
    off: 2_500 * MS,
    no_off_after_reset: 0,
    no_wake_after_psm: 0,
};

const A7608_TIMES: PowerTimes = PowerTimes {
    on_pulse: (100 * MS, 1_000 * MS),
    // "3 s"; its upper end is not stated.
    off_pulse: (3_000 * MS, 4_000 * MS),
    // "2.6 s"; its upper end is not stated.
    reset_pulse: (2_600 * MS, 4_000 * MS),
    // "up to ~15 s"
    ready: 12_000 * MS,
    off: 3_000 * MS,
    ..A7670_TIMES
};

const SIM7600_TIMES: PowerTimes = PowerTimes {
    // "500 ms" (2.1), and not as long as a pulse that switches off.
    on_pulse: (500 * MS, 2_000 * MS),
    reset_pulse: (100 * MS, 500 * MS),
    status: 8_000 * MS,
    ready: 11_000 * MS,
    off: 8_000 * MS,
    ..A7670_TIMES
};

const SIM7080_TIMES: PowerTimes = PowerTimes {
    on_pulse: (1_000 * MS, 1_500 * MS),
    off_pulse: (1_200 * MS, 1_300 * MS),
    // There is no such pin: "PWRKEY > ~12 s".
    reset_pulse: (1, 0),
    key_reset: Some(12_000 * MS),
    status: 1_500 * MS,
    ready: 3_000 * MS,
    wake: 50 * MS,
    off: 2_000 * MS,
    ..A7670_TIMES
};

const SIM7000_TIMES: PowerTimes = PowerTimes {
    on_pulse: (1_000 * MS, 2_000 * MS),
    off_pulse: (1_200 * MS, 2_000 * MS),
    reset_pulse: (252 * MS, 2_000 * MS),
    key_reset: None,
    status: 2_000 * MS,
    ready: 4_500 * MS,
    off: 4_000 * MS,
    ..SIM7080_TIMES
};

/// "Maximum command line, without the leading "AT"" (1).
const SHORT_LINE: usize = 2 + 559;
const LONG_LINE: usize = 2 + 3_071;

const A7670_LIMITS: Limits = Limits { line: LONG_LINE, contexts: 15, host: 255, flash: 2_097_152 };

/// All of them.
pub(crate) const PROFILES: &[&Profile] =
    &[Profile::a7670(), Profile::a7608(), Profile::sim7600(), Profile::sim7080(), Profile::sim7000()];

impl Profile {
    /// A7670 (A7672).
    #[must_use]
    pub const fn a7670() -> &'static Self {
        const {
            &Self {
                name: "a7670",
                model: "A7670E-FASE",
                firmware: "A7670M7_B01V03",
                power: A7670_TIMES,
                limits: A7670_LIMITS,
                // Text without having been set (1).
                error_form: 2,
                rate: 115_200,
                search_delay_us: 500 * MS,
                cereg_modes: &[0, 1, 2],
                // LTE, and Cat-M too (2.3: "7 LTE/Cat-M").
                technology: 7,
                lte_is_packet_service: true,
                vendor: Vendor::Simcom(&A7670),
            }
        }
    }

    /// A7608.
    #[must_use]
    pub const fn a7608() -> &'static Self {
        const {
            &Self {
                name: "a7608",
                model: "A7608SA-H",
                // Its own firmware is named with a fault only (3): that of A7670.
                power: A7608_TIMES,
                vendor: Vendor::Simcom(&A7608),
                ..*Self::a7670()
            }
        }
    }

    /// SIM7600 (SIM7500).
    #[must_use]
    pub const fn sim7600() -> &'static Self {
        const {
            &Self {
                name: "sim7600",
                model: "SIMCOM_SIM7600G-H",
                firmware: "LE20B04SIM7600G22",
                power: SIM7600_TIMES,
                limits: Limits { line: SHORT_LINE, ..A7670_LIMITS },
                vendor: Vendor::Simcom(&SIM7600),
                ..*Self::a7670()
            }
        }
    }

    /// SIM7080 (SIM7070).
    #[must_use]
    pub const fn sim7080() -> &'static Self {
        const {
            &Self {
                name: "sim7080",
                model: "SIMCOM_SIM7080",
                firmware: "1951B16SIM7080",
                power: SIM7080_TIMES,
                limits: Limits { line: SHORT_LINE, host: 64, flash: 1_048_576, ..A7670_LIMITS },
                // Plain without having been set (1).
                error_form: 0,
                // Found by itself (2.3).
                rate: 0,
                cereg_modes: &[0, 1, 2, 4],
                vendor: Vendor::Simcom(&SIM7080),
                ..*Self::a7670()
            }
        }
    }

    /// SIM7000: sockets and HTTP, no MQTT of its own here ("an unframed downlink can forge `OK`").
    #[must_use]
    pub const fn sim7000() -> &'static Self {
        const {
            &Self {
                name: "sim7000",
                model: "SIMCOM_SIM7000G",
                firmware: "1529B11SIM7000G",
                power: SIM7000_TIMES,
                vendor: Vendor::Simcom(&SIM7000),
                ..*Self::sim7080()
            }
        }
    }
}

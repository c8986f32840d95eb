//! The data of SIMCom's models (simcom-at 2.1, 13).

use crate::module::profile::{Limits, PowerTimes, Profile, Vendor};

/// Models that behave alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Series {
    /// A7670, A7672, A7608: family 1.
    A76,
    /// SIM7600, SIM7500: family 1.
    Sim7600,
    /// SIM7080, SIM7070: family 2.
    Sim7080,
    /// SIM7000: family 2.
    Sim7000,
}

impl Series {
    /// A76XX and SIM7600 have the CMQTT commands; SIM7080 and SIM7000 are of family 2.
    pub(super) const fn is_lpwa(self) -> bool {
        matches!(self, Self::Sim7080 | Self::Sim7000)
    }
}

/// What differs between models of one vendor. Lengths in bytes.
#[derive(Debug)]
pub(crate) struct Model {
    pub(super) series: Series,
    /// What `AT+SIMCOMATI` calls it.
    pub(super) label: &'static str,
    pub(super) client_id: usize,
    pub(super) username: usize,
    pub(super) password: usize,
    pub(super) topic: u32,
    pub(super) payload: u32,
    /// The version of MQTT is a parameter of `AT+CMQTTACCQ`, not of `AT+CMQTTCFG`.
    pub(super) version_in_acquire: bool,
    /// The least time-out of `AT+CMQTTPUB` and `AT+CMQTTDISC`.
    pub(super) shortest_wait_s: u32,
    /// The body of an HTTP request of family 2.
    pub(super) http_body: u32,
    /// The headers that one `AT+HTTPPARA` sets.
    pub(super) header: usize,
    /// The name of a certificate.
    pub(super) certificate_name: usize,
}

const MS: u64 = 1_000;

/// "Maximum command line, without the leading "AT"" (1).
const SHORT_LINE: usize = 2 + 559;
const LONG_LINE: usize = 2 + 3_071;

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
    header: 256,
    certificate_name: 108,
};

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

impl Profile {
    /// A7670 (A7672).
    #[must_use]
    pub const fn a7670() -> &'static Self {
        const {
            &Self {
                name: "a7670",
                model: "A7670E-FASE",
                firmware: "A7670M7_B01V03",
                power: PowerTimes {
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
                },
                limits: Limits { line: LONG_LINE, contexts: 15, host: 255, flash: 2_097_152 },
                // Text without having been set (1).
                error_form: 2,
                rate: 115_200,
                search_delay_us: 500 * MS,
                cereg_modes: &[0, 1, 2],
                technology: 7,
                lte_is_packet_service: true,
                vendor: Vendor::Simcom(&A7670),
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
                power: PowerTimes {
                    // "500 ms" (2.1), and not as long as a pulse that switches off.
                    on_pulse: (500 * MS, 2_000 * MS),
                    off_pulse: (2_500 * MS, 3_000 * MS),
                    reset_pulse: (100 * MS, 500 * MS),
                    key_reset: None,
                    status: 8_000 * MS,
                    ready: 11_000 * MS,
                    // "20 ms (A76N UART) / 50 ms (LIB)" (2.3): a host that waits for less may lose its first bytes.
                    wake: 20 * MS,
                    off: 8_000 * MS,
                    no_off_after_reset: 0,
                    no_wake_after_psm: 0,
                },
                limits: Limits { line: SHORT_LINE, ..Self::a7670().limits },
                error_form: 2,
                rate: 115_200,
                search_delay_us: 500 * MS,
                cereg_modes: &[0, 1, 2],
                technology: 7,
                lte_is_packet_service: true,
                vendor: Vendor::Simcom(&SIM7600),
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
                power: PowerTimes {
                    on_pulse: (1_000 * MS, 1_500 * MS),
                    off_pulse: (1_200 * MS, 1_300 * MS),
                    // There is no such pin: "PWRKEY > ~12 s".
                    reset_pulse: (1, 0),
                    key_reset: Some(12_000 * MS),
                    status: 1_500 * MS,
                    ready: 3_000 * MS,
                    wake: 50 * MS,
                    off: 2_000 * MS,
                    no_off_after_reset: 0,
                    no_wake_after_psm: 0,
                },
                limits: Limits { line: SHORT_LINE, contexts: 15, host: 64, flash: 1_048_576 },
                // Plain without having been set (1).
                error_form: 0,
                // Found by itself (2.3).
                rate: 0,
                search_delay_us: 500 * MS,
                cereg_modes: &[0, 1, 2, 4],
                // Cat-M (2.3: "7 LTE/Cat-M").
                technology: 7,
                lte_is_packet_service: true,
                vendor: Vendor::Simcom(&SIM7080),
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
                power: PowerTimes {
                    on_pulse: (1_000 * MS, 2_000 * MS),
                    off_pulse: (1_200 * MS, 2_000 * MS),
                    reset_pulse: (252 * MS, 2_000 * MS),
                    key_reset: None,
                    status: 2_000 * MS,
                    ready: 4_500 * MS,
                    wake: 50 * MS,
                    off: 4_000 * MS,
                    no_off_after_reset: 0,
                    no_wake_after_psm: 0,
                },
                vendor: Vendor::Simcom(&SIM7000),
                ..*Self::sim7080()
            }
        }
    }
}

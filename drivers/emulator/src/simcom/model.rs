//! The data of SIMCom's models (simcom-at 13).

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
    /// The body of an answer that is kept until it is read, of family 1.
    pub(super) http_answer: usize,
    /// The headers that one `AT+HTTPPARA` sets.
    pub(super) header: usize,
    /// The name of a certificate.
    pub(super) certificate_name: usize,
}

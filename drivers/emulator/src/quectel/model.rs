//! What differs between Quectel's models.

use super::Quectel;
use crate::module::Chapter;

/// Models that behave alike (quectel-at, "Model groups").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// BG95, BG77, BG96.
    Lpwa,
    /// EC25, EG25, EG91.
    Qc,
    /// EC200U, EG915U, EC800M.
    Ua,
}

/// How the name in a server's certificate is checked (quectel-at 5, 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HostCheck {
    /// Where `checkhost` is 1.
    Switched,
    /// Wherever a certificate is.
    Always,
    /// Not at all, as far as anybody has shown.
    Never,
}

/// Lengths in bytes, and the names that configuration commands know.
#[derive(Debug)]
pub(crate) struct Model {
    pub(super) group: Group,
    pub(super) chapters: &'static [Chapter<Quectel>],
    /// What `AT+QCSQ` calls the network, and what `AT+QNWINFO` tells of it.
    pub(super) signal: [&'static str; 2],
    /// The highest authentication of `AT+QICSGP`.
    pub(super) authentication: u32,
    /// User and password of a context.
    pub(super) context_login: usize,
    /// `version` of `AT+QMTCFG` from the factory.
    pub(super) mqtt_version: u8,
    /// The least of the retries that `timeout` of `AT+QMTCFG` takes.
    pub(super) mqtt_retries: u32,
    /// The longest wait of `AT+QMTOPEN`.
    pub(super) mqtt_open_us: u64,
    /// Client id, user name and password of `AT+QMTCONN`, each; `None`: what a line holds.
    pub(super) mqtt_login: Option<usize>,
    /// Topic.
    pub(super) mqtt_topic: usize,
    /// Payload of a publish.
    pub(super) mqtt_payload: usize,
    /// Publishes with QoS above 0 that may wait for their answer.
    pub(super) mqtt_in_flight: usize,
    /// Slots for messages that wait to be read (recv/mode 1).
    pub(super) mqtt_slots: usize,
    /// `AT+QMTPUB` takes a length; without it, the data ends with Ctrl-Z.
    pub(super) counted_publish: bool,
    /// A URL.
    pub(super) http_url: u32,
    /// A GET that the host types as a whole.
    pub(super) http_get: u32,
    /// The data of a POST.
    pub(super) http_post: u32,
    /// Body of an answer that is kept until it is read.
    pub(super) http_answer: usize,
    pub(super) host_check: HostCheck,
    /// Names that `AT+QCFG` knows.
    pub(super) qcfg_names: &'static [&'static str],
    /// Names that `AT+QSSLCFG` knows.
    pub(super) qsslcfg_names: &'static [&'static str],
    /// Names that `AT+QMTCFG` knows.
    pub(super) qmtcfg_names: &'static [&'static str],
    /// Names that `AT+QHTTPCFG` knows.
    pub(super) qhttpcfg_names: &'static [&'static str],
}

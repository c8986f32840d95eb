//! One file per operation: its steps, and what their answers mean.
//!
//! A step's last number is the longest wait of the manual in tenths of a second. MQTT stands for the BG95&BG77&BG600L
//! Series MQTT Application Note, AT for the AT Commands Manual, TCP for the TCP/IP Application Note, SSL and FILE for those of
//! these names.

pub(crate) mod attach;
pub(crate) mod clock;
pub(crate) mod connect;
pub(crate) mod describe;
pub(crate) mod diagnose;
pub(crate) mod https;
pub(crate) mod native;
pub(crate) mod power_saving;
pub(crate) mod publish;
pub(crate) mod recover;
pub(crate) mod resolve;
pub(crate) mod socket;
pub(crate) mod socket_tls;
pub(crate) mod start;
pub(crate) mod tls;
pub(crate) mod traffic;

pub(crate) use connect::note;

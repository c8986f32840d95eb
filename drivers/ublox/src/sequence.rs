//! One file per operation: its steps, and what their answers mean.
//!
//! A step's last number is the longest wait of the manual in tenths of a second. AT stands for the AT commands manual of
//! the family, INT for the Internet applications development guide, APP for the application development guide. Where the
//! three differ by model, the fact stands there with its model.

pub(crate) mod attach;
pub(crate) mod clock;
pub(crate) mod connect;
pub(crate) mod describe;
pub(crate) mod diagnose;
pub(crate) mod https;
pub(crate) mod recover;
pub(crate) mod resolve;
pub(crate) mod socket;
pub(crate) mod socket_tls;
pub(crate) mod start;
pub(crate) mod tls;
pub(crate) mod traffic;

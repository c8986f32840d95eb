//! The driver on an emulated SIM7080 or SIM7000, with the platform stand-in behind it.

mod asleep;
mod bench;
mod connect;
mod doubled;
mod doze;
mod drawn;
mod dropped;
mod happy;
mod https;
mod native;
mod network;
mod payloads;
mod power;
mod publish;
mod receive;
mod registration;
#[cfg(feature = "trace")]
mod secrets;
mod status;
mod tls;
mod transcripts;
mod traps;

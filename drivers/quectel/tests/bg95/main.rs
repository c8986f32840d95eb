//! The driver on an emulated BG95, with the platform stand-in behind it.

mod asleep;
mod bench;
mod connect;
mod diagnosis;
mod doubled;
mod doze;
mod drawn;
mod dropped;
mod happy;
mod host_check;
mod https;
mod model;
mod network;
mod own;
mod payloads;
mod power;
mod publish;
mod receive;
mod replay;
#[cfg(feature = "trace")]
mod secrets;
mod status;
mod tls;
mod transcripts;
mod traps;

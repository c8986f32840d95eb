//! The driver on an emulated SARA-R5, with the platform stand-in behind it; on the other models where they differ.

mod bench;
mod connect;
mod doubled;
mod drawn;
mod dropped;
mod happy;
mod https;
mod network;
mod payloads;
mod power;
mod publish;
mod receive;
#[cfg(feature = "trace")]
mod secrets;
mod status;
mod tls;
mod transcripts;
mod traps;

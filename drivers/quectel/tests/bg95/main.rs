//! The driver on an emulated BG95, with the platform stand-in behind it.

mod asleep;
mod bench;
mod connect;
mod diagnosis;
mod doubled;
mod host_check;
mod model;
#[path = "../conformance/on.rs"]
mod on;
mod own;
mod payloads;
mod power;
mod publish;
mod replay;
mod status;
mod transcripts;
mod traps;

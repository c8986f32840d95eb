//! The driver on an emulated SIM7080 or SIM7000, with the platform stand-in behind it.

mod asleep;
mod bench;
mod connect;
mod happy;
mod native;
#[path = "../conformance/on/mod.rs"]
mod on;
mod own;
mod payloads;
mod power;
mod publish;
mod registration;
mod status;
mod transcripts;
mod traps;

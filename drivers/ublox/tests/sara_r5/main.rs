//! The driver on an emulated SARA-R5, with the platform stand-in behind it; on the other models where they differ.

mod bench;
mod connect;
mod network;
#[path = "../conformance/on.rs"]
mod on;
mod payloads;
mod power;
mod publish;
mod receive;
mod status;
mod transcripts;
mod traps;

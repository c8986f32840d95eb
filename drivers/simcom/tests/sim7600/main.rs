//! The tests of the A7670, with an emulated SIM7600.

#[path = "../a7670/bench.rs"]
mod bench;
#[path = "../a7670/connect.rs"]
mod connect;
#[path = "../a7670/native.rs"]
mod native;
#[path = "../conformance/on/mod.rs"]
mod on;
#[path = "../a7670/own.rs"]
mod own;
#[path = "../a7670/payloads.rs"]
mod payloads;
#[path = "../a7670/power.rs"]
mod power;
#[path = "../a7670/publish.rs"]
mod publish;
#[path = "../a7670/receive.rs"]
mod receive;
#[path = "../a7670/status.rs"]
mod status;
#[path = "../a7670/transcripts.rs"]
mod transcripts;
#[path = "../a7670/traps.rs"]
mod traps;

use wanlink_emulator::Profile;
use wanlink_simcom::Sim7600 as Model;

/// The module that is played.
fn profile() -> &'static Profile {
    Profile::sim7600()
}

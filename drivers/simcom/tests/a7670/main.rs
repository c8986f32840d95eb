//! The driver on an emulated A7670, with the platform stand-in behind it.

mod bench;
mod connect;
mod native;
#[path = "../conformance/on/mod.rs"]
mod on;
mod own;
mod payloads;
mod power;
mod publish;
mod receive;
mod status;
mod transcripts;
mod traps;

use wanlink_emulator::Profile;
use wanlink_simcom::A7670 as Model;

/// The module that is played.
fn profile() -> &'static Profile {
    Profile::a7670()
}

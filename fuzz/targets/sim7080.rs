//! The driver of SIM7080 under hostile bytes and dropped calls.
#![no_main]

#[path = "../../drivers/conformance/src/hostile/check.rs"]
mod check;

use wanlink_emulator::Profile;
use wanlink_simcom::Sim7080;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    check::check(Profile::sim7080(), &[check::module::<Sim7080>, check::mqtt, check::sockets, check::https], data);
});

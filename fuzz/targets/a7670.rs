//! The driver of A7670 under hostile bytes and dropped calls.
#![no_main]

#[path = "../../drivers/conformance/src/hostile/check.rs"]
mod check;

use wanlink_emulator::Profile;
use wanlink_simcom::A7670;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    check::check(Profile::a7670(), &[check::module::<A7670>, check::mqtt, check::sockets, check::https], data);
});

//! The driver of SARA-R5 under hostile bytes and dropped calls.
#![no_main]

#[path = "../../drivers/conformance/src/hostile/check.rs"]
mod check;

use wanlink_emulator::Profile;
use wanlink_ublox::SaraR5;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    check::check(Profile::sara_r5(), &[check::module::<SaraR5>, check::mqtt, check::sockets, check::https], data);
});

//! The driver of SARA-R410M under hostile bytes and dropped calls.
#![no_main]

#[path = "../../drivers/conformance/src/hostile/check.rs"]
#[expect(dead_code, reason = "the model has neither an MQTT client that is fit for the platform nor an HTTP client")]
mod check;

use wanlink_emulator::Profile;
use wanlink_ublox::SaraR410m;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    check::check(Profile::sara_r410m(), &[check::module::<SaraR410m>, check::sockets], data);
});

//! The driver of BG95 under hostile bytes and dropped calls.
#![no_main]

#[path = "../../drivers/conformance/src/hostile/check.rs"]
mod check;

use wanlink_emulator::Profile;
use wanlink_quectel::Bg95;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    check::check(Profile::bg95(), &[check::module::<Bg95>, check::mqtt, check::sockets, check::https], data);
});

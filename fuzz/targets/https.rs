//! Posts, under the answers of a hostile server.
#![no_main]

#[path = "../../transports/tests/https/check.rs"]
mod check;

// The clock.
use wanlink_emulator as _;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check::check(data));

//! Replies to a registration, and the JSON reader below them, under hostile bytes.
#![no_main]

#[path = "../../transports/tests/registration/check.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check::check(data));

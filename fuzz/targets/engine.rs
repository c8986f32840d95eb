//! The AT engine under hostile bytes and dropped calls.
#![no_main]

#[path = "../../drivers/at/tests/hostile/check.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check::check(data));

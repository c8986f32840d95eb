//! A store and an outbox's queue, in flash that holds anything.
#![no_main]

#[path = "../../transports/tests/store/check.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check::check(data));

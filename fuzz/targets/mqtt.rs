//! The MQTT client of the `tcp` path under hostile bytes and calls in any order.
#![no_main]

#[path = "../../transports/tests/tcp/check.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check::check(data));

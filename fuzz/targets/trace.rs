//! Traces of anybody: a file is refused with the number of its line, or is what its text is again.
#![no_main]

use wanlink_emulator::Trace;

libfuzzer_sys::fuzz_target!(|text: &str| {
    match text.parse::<Trace>() {
        Ok(trace) => assert_eq!(trace.to_string().parse(), Ok(trace)),
        Err(error) => assert!((1..=text.lines().count()).contains(&error.line)),
    }
});

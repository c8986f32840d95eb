//! u-blox's modules on the bench, brought up to one point or another.

// Every test binary takes its own part of it.
#![allow(dead_code)]

use wanlink_emulator::{Options, Profile, Start, UbloxOptions};

use super::bench::{Bench, MS, SECOND, running};

pub(crate) const OK: &str = "\r\nOK\r\n";
pub(crate) const ERROR: &str = "\r\nERROR\r\n";
pub(crate) const NOT_ALLOWED: &str = "\r\n+CME ERROR: 3\r\n";

/// Every model.
pub(crate) const MODELS: [&Profile; 5] =
    [Profile::sara_r5(), Profile::sara_r422(), Profile::lara_r6(), Profile::lena_r8(), Profile::sara_r410m()];

/// A running module with these doubtful facts.
pub(crate) fn with(ublox: UbloxOptions) -> Options {
    Options { ublox, ..running() }
}

/// Types a line, and gives what comes within 150 ms: longer than the longest gap.
pub(crate) fn send(bench: &mut Bench, line: &str) -> String {
    bench.raw(format!("{line}\r").as_bytes());
    bench.wait(150 * MS)
}

pub(crate) fn ok(bench: &mut Bench, line: &str) {
    assert_eq!(send(bench, line), OK, "{line}");
}

/// Types a line, and data at its prompt; gives what comes behind it within a second.
pub(crate) fn enter(bench: &mut Bench, line: &str, prompt: &str, data: &[u8]) -> String {
    assert_eq!(send(bench, line), format!("\r\n{prompt}"), "{line}");
    bench.raw(data);
    bench.wait(SECOND)
}

/// A running module, echo off, CMEE=1.
pub(crate) fn quiet(profile: &'static Profile, options: Options) -> Bench {
    let mut bench = Bench::of(profile, Options { start: Start::Running, ..options });
    assert_eq!(send(&mut bench, "ATE0"), "ATE0\r\r\nOK\r\n");
    ok(&mut bench, "AT+CMEE=1");
    bench
}

/// And its internal clients have a context, in the way of the model.
pub(crate) fn online(profile: &'static Profile, options: Options) -> Bench {
    let mut bench = quiet(profile, options);
    online_again(&mut bench, profile);
    bench
}

pub(crate) fn online_again(bench: &mut Bench, profile: &'static Profile) {
    match profile.name {
        "sara-r5" => {
            ok(bench, "AT+CGDCONT=1,\"IP\",\"cmiot\"");
            ok(bench, "AT+UPSD=0,0,0");
            ok(bench, "AT+UPSD=0,100,1");
            let answer = bench.until("AT+UPSDA=0,3", "+UUPSDA");
            assert_eq!(answer, "\r\nOK\r\n\r\n+UUPSDA: 0,\"10.171.134.243\"\r\n");
        }
        "sara-r422" => {
            ok(bench, "AT+CGACT=1,1");
            ok(bench, "AT+UPSD=0,0,0");
            ok(bench, "AT+UPSD=0,100,1");
        }
        _ => {}
    }
    bench.wait(SECOND);
}

/// And the broker has let it in, with a keep-alive of 120 s.
pub(crate) fn logged_in(profile: &'static Profile, options: Options) -> Bench {
    let mut bench = online(profile, options);
    log_in(&mut bench);
    bench
}

pub(crate) fn log_in(bench: &mut Bench) {
    for line in ["0,\"id\"", "2,\"broker\",1883", "4,\"user\",\"secret\"", "10,120"] {
        let answer = send(bench, &format!("AT+UMQTT={line}"));
        assert!(answer.contains("OK\r\n"), "{line}: {answer}");
    }
    let answer = bench.until("AT+UMQTTC=1", "+UUMQTTC: 1,");
    assert!(answer.contains("+UUMQTTC: 1,1") || answer.contains("+UUMQTTC: 1,0\r\r\n"), "{answer}");
    bench.wait(150 * MS);
}

/// And socket 0 is connected.
pub(crate) fn connected(profile: &'static Profile, options: Options) -> Bench {
    let mut bench = online(profile, options);
    connect(&mut bench);
    bench
}

pub(crate) fn connect(bench: &mut Bench) {
    let answer = send(bench, "AT+USOCR=6");
    assert!(answer == "\r\n+USOCR: 0\r\n\r\nOK\r\n" || answer == "\r\n+USOCR:0\r\n\r\nOK\r\n", "{answer}");
    ok(bench, "AT+USOCO=0,\"server\",7");
}

/// A file, with this content.
pub(crate) fn file(bench: &mut Bench, name: &str, content: &[u8]) {
    let answer = enter(bench, &format!("AT+UDWNFILE=\"{name}\",{}", content.len()), ">", content);
    assert_eq!(answer, OK);
}

//! SIMCom's modules on the bench, brought up to one point or another.

// Every test binary takes its own part of it.
#![allow(dead_code)]

use wanlink_emulator::{Options, Profile, SimcomOptions};

use super::bench::{Bench, MS, SECOND, running};

pub(crate) const OK: &str = "\r\nOK\r\n";
pub(crate) const ERROR: &str = "\r\nERROR\r\n";

/// A running module with these doubtful facts.
pub(crate) fn with(simcom: SimcomOptions) -> Options {
    Options { simcom, ..running() }
}

/// The CMQTT service is started.
pub(crate) fn started(profile: &'static Profile, options: Options) -> Bench {
    let mut bench = Bench::quiet_of(profile, options);
    let answer = bench.until("AT+CMQTTSTART", "+CMQTTSTART");
    assert!(answer.contains("\r\n+CMQTTSTART: 0\r\n"), "{answer}");
    bench.wait(100 * MS);
    bench
}

/// And client 0 is acquired.
pub(crate) fn acquired(profile: &'static Profile, options: Options) -> Bench {
    let mut bench = started(profile, options);
    ok(&mut bench, "AT+CMQTTACCQ=0,\"id\",0");
    bench
}

/// And the broker accepted it.
pub(crate) fn connected(profile: &'static Profile, options: Options) -> Bench {
    let mut bench = acquired(profile, options);
    connect(&mut bench);
    bench
}

pub(crate) fn connect(bench: &mut Bench) {
    let answer = bench.send("AT+CMQTTCONNECT=0,\"tcp://broker:1883\",60,1,\"u\",\"p\"");
    assert!(answer.contains("\r\n+CMQTTCONNECT: 0,0\r\n"), "{answer}");
}

pub(crate) fn ok(bench: &mut Bench, line: &str) {
    assert_eq!(bench.send(line), OK, "{line}");
}

/// Types a line, and data at its prompt; gives what comes behind it within a second.
pub(crate) fn enter(bench: &mut Bench, line: &str, data: &[u8]) -> String {
    let prompt = bench.send(line);
    assert!(prompt.trim_matches(['\r', '\n', ' ']) == ">", "{line}: {prompt}");
    bench.raw(data);
    bench.wait(SECOND)
}

/// Topic and payload wait for their publish.
pub(crate) fn entered(bench: &mut Bench) {
    assert_eq!(enter(bench, "AT+CMQTTTOPIC=0,3", b"a/b"), OK);
    assert_eq!(enter(bench, "AT+CMQTTPAYLOAD=0,5", b"hello"), OK);
}

/// The application network of family 2 goes up.
pub(crate) fn online(bench: &mut Bench) {
    let small = bench.emulator.commands().iter().any(|name| name == "AT+SHBODEXT");
    let command = if small { "AT+CNACT=1,\"cmnet\"" } else { "AT+CNACT=0,1" };
    let answer = bench.until(command, "+APP PDP");
    assert!(answer.ends_with("ACTIVE\r\n") && !answer.contains("DEACTIVE"), "{answer}");
}

/// A running module of family 2 that is online.
pub(crate) fn lpwa(profile: &'static Profile, options: Options) -> Bench {
    let mut bench = Bench::quiet_of(profile, options);
    online(&mut bench);
    bench
}

/// A SIM7080 whose MQTT client has all that it needs.
pub(crate) fn sm_ready(options: Options) -> Bench {
    let mut bench = lpwa(Profile::sim7080(), options);
    ok(&mut bench, "AT+SMCONF=\"URL\",\"broker\",1883");
    ok(&mut bench, "AT+SMCONF=\"CLIENTID\",\"id\"");
    bench
}

/// And the broker accepted it.
pub(crate) fn sm_connected(options: Options) -> Bench {
    let mut bench = sm_ready(options);
    assert_eq!(bench.until("AT+SMCONN", "OK\r\n"), OK);
    bench
}

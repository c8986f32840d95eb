//! What keeps a device off line: each with its own message and exit code, within the time of one attempt.

use std::net::TcpListener;
use std::time::Instant;

use crate::program::{Ended, Module, Platform, Process, Signal, connect, connect_as};

/// Exit code, kind and time of a connect that fails, beside a word that its one line on stderr has to hold.
fn refused(device: Process, code: i32, kind: &str, word: &str, within_s: u64) -> Ended {
    let begin = Instant::now();
    let ended = device.end();
    let error = ended.error();
    assert_eq!((ended.code, error["kind"].as_str()), (Some(code), Some(kind)), "{error}\n{}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    assert!(ended.stderr.starts_with("error: ") && ended.stderr.contains(word), "{}", ended.stderr);
    assert!(!error["message"].as_str().unwrap().is_empty() && !error["cure"].as_str().unwrap().is_empty());
    assert!(begin.elapsed().as_secs() < within_s, "{:?}", begin.elapsed());
    assert_eq!(ended.done(), (0, 0, 0));
    ended
}

const PLAIN: [&str; 4] = ["--tls", "off", "--publish", "user/update=x"];

#[test]
fn no_sim() {
    let module = Module::start("127.0.0.1:1", "127.0.0.1:1", &["--fault", "sim-out"]);
    let ended = refused(connect(&module.port, &PLAIN), 3, "no_sim", "no SIM", 10);
    assert!(ended.names().contains(&"module".to_owned()), "who it is can be told all the same");
}

#[test]
fn a_pin_is_needed_then_wrong_once_then_right() {
    let platform = Platform::start();
    let module = Module::at(&platform, &["--pin", "47114711"]);
    refused(connect(&module.port, &PLAIN), 3, "pin_needed", "wants a PIN", 10);
    let trace = std::env::temp_dir().join(format!("wanlink-pin-{}.at", std::process::id()));
    let wrong = [&PLAIN[..], &["--pin", "08150815", "--trace", trace.to_str().unwrap()]].concat();
    let ended = refused(connect(&module.port, &wrong), 3, "pin_refused", "refused the PIN", 10);
    assert!(!ended.stderr.contains("08150815") && !ended.lines.concat().contains("08150815"));
    let text = std::fs::read_to_string(&trace).unwrap();
    std::fs::remove_file(&trace).unwrap();
    assert_eq!(text.matches("AT+CPIN=").count(), 1, "sent once, ever");
    // In quotes: the times of a trace have digits, too.
    assert!(!text.contains("\"08150815"));
    let right = [&PLAIN[..], &["--pin", "47114711"]].concat();
    assert_eq!(connect(&module.port, &right).end().code, Some(0));
}

/// The bounds of the manuals are long here, so all are waited for at once: 50 s for a CONNACK, twice 15 s for a boot,
/// twice half a minute for a network that denies.
#[test]
fn a_network_that_denies_a_server_that_says_nothing_and_a_module_that_does_not_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mute = listener.local_addr().unwrap().to_string();
    let nobody = "127.0.0.1:1";
    let cases = [
        (nobody, "deny", 3, "denied", "denies registration", 90),
        (mute.as_str(), "duplicate-puback", 5, "no_connack", "MQTT broker", 60),
        (nobody, "silence=300000", 3, "no_answer", "--baud", 60),
    ];
    std::thread::scope(|scope| {
        for (address, fault, code, kind, word, within_s) in cases {
            scope.spawn(move || {
                let module = Module::start(address, address, &["--fault", fault]);
                refused(connect(&module.port, &PLAIN), code, kind, word, within_s);
            });
        }
    });
}

#[test]
fn a_context_that_is_refused() {
    let module = Module::start("127.0.0.1:1", "127.0.0.1:1", &["--apn", "iot.example"]);
    let wrong = [&PLAIN[..], &["--apn", "wrong"]].concat();
    refused(connect(&module.port, &wrong), 3, "no_context", "--apn", 20);
}

#[test]
fn a_name_that_is_not_found() {
    let module = Module::start("127.0.0.1:1", "127.0.0.1:1", &["--fault", "dns-failure"]);
    refused(connect(&module.port, &PLAIN), 5, "dns", "resolved", 20);
}

#[test]
fn nobody_listens() {
    // A port that was free a moment ago, and that nobody else is given while it is bound but not listening.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let module = Module::start(&address, &address, &[]);
    refused(connect(&module.port, &PLAIN), 5, "unreachable", "host and port", 20);
}

#[test]
fn a_wrong_secret() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let wrong = "ffffffffffffffffffffffffffffffff";
    let ended = refused(connect_as(wrong, &module.port, &PLAIN), 4, "refused_login", "CONNACK 4", 10);
    assert_eq!(ended.error()["code"], 4);
    assert!(!ended.stderr.contains(wrong) && !ended.lines.concat().contains(wrong));
    platform.process.signal(Signal::TERM);
    assert_eq!(platform.process.end().stderr.matches("  CONNECT").count(), 1);
}

#[test]
fn a_second_device_of_the_same_identity() {
    // With the limit of five logins a minute, which both devices use up together, it takes two minutes.
    let platform = Platform::start();
    let modules = [Module::at(&platform, &[]), Module::at(&platform, &[])];
    let mut devices =
        modules.each_ref().map(|module| connect(&module.port, &["--tls", "off", "--subscribe", "user/get"]));
    // They throw each other out until one of them gives up; the other has its peace then.
    let gave_up = loop {
        if let Some(at) = devices.iter_mut().position(Process::has_ended) {
            break at;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    let [first, second] = devices;
    let (loser, winner) = if gave_up == 0 { (first, second) } else { (second, first) };
    let loser = refused(loser, 4, "kicked", "identity", 1);
    let count = |ended: &Ended, name: &str| ended.names().iter().filter(|event| *event == name).count();
    assert_eq!((count(&loser, "connected"), count(&loser, "disconnected")), (3, 3));
    assert!(count(&loser, "reconnecting") >= 3);
    winner.signal(Signal::INT);
    assert_eq!(winner.end().code, Some(0));
}

#[test]
fn every_code_of_a_refused_login() {
    let meanings = ["version", "malformed", "not available", "secret is wrong", "not allowed"];
    for (code, meaning) in (1..).zip(meanings) {
        let platform = Platform::start_with(&["--no-limits", "--fault", &format!("refuse={code}:1")]);
        let module = Module::at(&platform, &[]);
        let ended = refused(connect(&module.port, &PLAIN), 4, "refused_login", meaning, 10);
        assert_eq!(ended.error()["code"], code);
    }
}

#[test]
fn a_topic_without_the_right_to_subscribe() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let ended = connect(&module.port, &["--tls", "off", "--subscribe", "/sys/other/device/thing"]).end();
    let kind = ended.error()["kind"].clone();
    assert_eq!((ended.code, kind.as_str()), (Some(4), Some("refused_subscription")), "{}", ended.stderr);
}

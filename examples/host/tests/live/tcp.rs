//! The path `tcp`: the same options, events and exit codes as those of `mqtt`.

use std::net::TcpListener;

use crate::program::{KEY, Module, NAME, Platform, SECRET, Signal, connect, connect_as};

const TCP: [&str; 2] = ["--path", "tcp"];
const PLAIN: [&str; 6] = ["--path", "tcp", "--tls", "off", "--publish", "user/update=x"];

#[test]
fn plain_over_a_pty_with_every_event_of_the_contract() {
    let mut platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let work = ["--subscribe", "user/get", "--publish", "user/update={\"n\":{seq}}", "--count", "3", "--receive", "1"];
    let mut device = connect(&module.port, &[&TCP[..], &["--tls", "off", "--interval-ms", "20"], &work].concat());
    device.event("subscribed");
    platform.process.say(&format!("push /{KEY}/{NAME}/user/get restart \"now\""));
    let ended = device.end();
    assert_eq!((ended.code, ended.done()), (Some(0), (3, 1, 0)), "{}", ended.stderr);
    let events = ended.events();
    let find = |name: &str| events.iter().find(|event| event["event"] == name).unwrap();
    let host = format!("{KEY}.iot-as-mqtt.cn-shanghai.aliyuncs.com");
    assert_eq!(*find("connected"), serde_json::json!({"event": "connected", "path": "tcp", "host": host}));
    assert_eq!(find("received")["payload"], "restart \"now\"");
    assert!(events.iter().filter(|event| event["event"] == "published").all(|e| e["delivery"] == "acknowledged"));
    for name in ["module", "attached", "subscribed", "disconnected"] {
        find(name);
    }
    platform.process.signal(Signal::TERM);
    let told = platform.process.end().stderr;
    assert!(told.contains("DISCONNECT") && !told.contains(SECRET), "{told}");
}

#[test]
fn verified_tls_over_tcp_with_a_long_message_and_an_empty_one() {
    let platform = Platform::start();
    let module = Module::at(&platform, &["--listen", "127.0.0.1:0"]);
    let long = format!("user/update={}", "x".repeat(9000));
    let work = ["--ca", &platform.ca, "--publish", &long, "--publish", "user/update=", "--qos", "1"];
    let ended = connect(&module.port, &[&TCP[..], &work].concat()).end();
    assert_eq!((ended.code, ended.done()), (Some(0), (2, 0, 0)), "{}", ended.stderr);
    let longer = format!("user/update={}", "x".repeat(16_001));
    let ended = connect(&module.port, &[&TCP[..], &["--publish", &longer]].concat()).end();
    assert_eq!((ended.code, ended.error()["kind"].as_str()), (Some(2), Some("usage")), "{}", ended.stderr);
}

#[test]
fn what_is_refused_has_the_code_of_the_other_path() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let wrong = connect_as("ffffffffffffffffffffffffffffffff", &module.port, &PLAIN).end();
    assert_eq!((wrong.code, wrong.error()["kind"].as_str()), (Some(4), Some("refused_login")), "{}", wrong.stderr);
    assert_eq!(wrong.error()["code"], 4);
    let topic = ["--tls", "off", "--subscribe", "/sys/other/device/thing"];
    let ended = connect(&module.port, &[&TCP[..], &topic].concat()).end();
    let kind = ended.error()["kind"].clone();
    assert_eq!((ended.code, kind.as_str()), (Some(4), Some("refused_subscription")), "{}", ended.stderr);
    // The platform's own root, which the stand-in has no key of.
    let ended = connect(&module.port, &TCP).end();
    let kind = ended.error()["kind"].clone();
    assert_eq!((ended.code, kind.as_str()), (Some(7), Some("refused_certificate")), "{}", ended.stderr);
}

#[test]
fn what_cannot_be_reached_has_the_kind_of_the_other_path() {
    // A port that was free a moment ago.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let module = Module::start(&address, &address, &[]);
    let ended = connect(&module.port, &PLAIN).end();
    assert_eq!((ended.code, ended.error()["kind"].as_str()), (Some(5), Some("unreachable")), "{}", ended.stderr);
    let module = Module::start(&address, &address, &["--fault", "dns-failure"]);
    let ended = connect(&module.port, &PLAIN).end();
    assert_eq!((ended.code, ended.error()["kind"].as_str()), (Some(5), Some("dns")), "{}", ended.stderr);
}

#[test]
fn a_lost_context_a_killed_connection_and_a_reset_heal() {
    let platform = Platform::start();
    let mut module = Module::at(&platform, &[]);
    let work = ["--tls", "off", "--publish", "user/update={seq}", "--count", "100", "--interval-ms", "50"];
    let mut device = connect(&module.port, &[&TCP[..], &work].concat());
    for (seq, fault) in [(20, "lose-context"), (40, "kill-tcp"), (60, "reset")] {
        while device.event("published")["seq"] != seq {}
        module.process.say(&format!("fault {fault}"));
    }
    let ended = device.end();
    assert_eq!((ended.code, ended.done()), (Some(0), (100, 0, 0)), "{}", ended.stderr);
    assert!(ended.names().iter().filter(|name| *name == "disconnected").count() >= 3, "{:#?}", ended.lines);
}

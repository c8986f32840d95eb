//! What comes back by itself once it was on line.

use crate::program::{Module, Platform, Signal, connect};

#[test]
fn a_platform_that_dies_and_returns() {
    let mut platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let more = ["--tls", "off", "--publish", "user/update={seq}", "--count", "200", "--interval-ms", "20"];
    let mut device = connect(&module.port, &more);
    for _ in 0..20 {
        device.event("published");
    }
    platform.process.kill();
    std::fs::remove_file(&platform.ca).unwrap();
    let lost = device.event("disconnected");
    assert!(lost["reason"].as_str().unwrap().contains("session"), "{lost}");
    let mut again = device.event("reconnecting");
    assert_eq!(again["attempt"], 1);
    while again["attempt"] != 2 {
        again = device.event("reconnecting");
    }
    assert!(again["after_ms"].as_u64().unwrap() >= 1000, "{again}");
    let platform = Platform::start_with(&["--no-limits", "--listen", &platform.mqtt, "--tls-listen", &platform.mqtts]);
    device.event("connected");
    let ended = device.end();
    assert_eq!((ended.code, ended.done()), (Some(0), (200, 0, 0)), "{}", ended.stderr);
    platform.process.signal(Signal::TERM);
    let told = platform.process.end().stderr;
    assert!(told.contains(": 200") && told.contains("CONNECT"), "{told}");
}

#[test]
fn a_network_that_is_gone_for_a_while_and_a_module_that_resets() {
    let platform = Platform::start();
    let mut module = Module::at(&platform, &[]);
    let more = ["--tls", "off", "--publish", "user/update={seq}", "--count", "100", "--interval-ms", "50"];
    let mut device = connect(&module.port, &more);
    for (seq, fault) in [(20, "lose-context"), (60, "reset")] {
        while device.event("published")["seq"] != seq {}
        module.process.say(&format!("fault {fault}"));
    }
    let ended = device.end();
    assert_eq!((ended.code, ended.done()), (Some(0), (100, 0, 0)), "{}", ended.stderr);
    assert!(ended.names().iter().filter(|name| *name == "disconnected").count() >= 2, "{:#?}", ended.lines);
}

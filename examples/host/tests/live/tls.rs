//! TLS: what it verifies, and what is refused for it. The emulated module speaks it itself, and trusts what was uploaded
//! over AT only.

use crate::program::{KEY, Module, NAME, Platform, Signal, connect};

#[test]
fn verified_over_a_pty_and_over_tcp() {
    let mut platform = Platform::start();
    let ca = platform.ca.clone();
    for line in [&[][..], &["--listen", "127.0.0.1:0"]] {
        let module = Module::at(&platform, line);
        let more = ["--ca", &ca, "--subscribe", "user/get", "--publish", "user/update={seq}", "--count", "3"];
        let mut device = connect(&module.port, &[&more[..], &["--interval-ms", "10", "--receive", "1"]].concat());
        device.event("subscribed");
        platform.process.say(&format!("push /{KEY}/{NAME}/user/get hello"));
        let ended = device.end();
        assert_eq!((ended.code, ended.done()), (Some(0), (3, 1, 0)), "{}", ended.stderr);
    }
    platform.process.signal(Signal::TERM);
    let told = platform.process.end().stderr;
    let host = format!("TLS for {}.iot-as-mqtt.cn-shanghai.aliyuncs.com", KEY.to_lowercase());
    assert_eq!(told.matches(&host).count(), 2, "{told}");
    assert!(!told.contains("failed"), "{told}");
}

/// Exit code 7 and its one line, and no login: it fails closed.
fn fails_closed(platform: Platform, more: &[&str]) {
    let module = Module::at(&platform, &[]);
    let ended = connect(&module.port, &[&["--publish", "user/update=x"], more].concat()).end();
    let error = ended.error();
    assert_eq!((ended.code, error["kind"].as_str()), (Some(7), Some("refused_certificate")), "{}", ended.stderr);
    assert_eq!((ended.stderr.lines().count(), ended.done()), (1, (0, 0, 0)), "{}", ended.stderr);
    assert!(ended.stderr.contains("--ca") && ended.stderr.contains("inferred"), "{}", ended.stderr);
    platform.process.signal(Signal::TERM);
    let told = platform.process.end().stderr;
    assert!(!told.contains("CONNECT"), "{told}");
}

#[test]
fn a_root_that_is_not_the_servers() {
    // The platform's own, which the stand-in has no key of.
    fails_closed(Platform::start(), &[]);
}

#[test]
fn a_server_of_another_name() {
    let platform = Platform::start();
    let ca = platform.ca.clone();
    fails_closed(platform, &["--ca", &ca, "--mqtt-host", "mqtt.example.com:8883"]);
}

#[test]
fn servers_that_cannot_prove_who_they_are() {
    let faults = [
        "wrong-certificate",
        "wrong-name",
        "expired-certificate",
        "not-yet-valid-certificate",
        "plain-text",
        "cut-handshake",
    ];
    std::thread::scope(|scope| {
        for fault in faults {
            scope.spawn(move || {
                let platform = Platform::start_with(&["--no-limits", "--fault", fault]);
                let ca = platform.ca.clone();
                fails_closed(platform, &["--ca", &ca]);
            });
        }
    });
}

#[test]
fn a_root_is_uploaded_once() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let trace = std::env::temp_dir().join(format!("wanlink-root-{}.at", std::process::id()));
    let uploads = [(); 2].map(|()| {
        let more = ["--ca", &platform.ca, "--trace", trace.to_str().unwrap()];
        let ended = connect(&module.port, &more).end();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let text = std::fs::read_to_string(&trace).unwrap();
        std::fs::remove_file(&trace).unwrap();
        text.matches("> AT+QFUPL").count()
    });
    assert_eq!(uploads, [1, 0]);
}

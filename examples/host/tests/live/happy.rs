//! What works: over a pty and over TCP, plain and in TLS.

use crate::program::{KEY, Module, NAME, Platform, SECRET, Signal, connect};

const ROUND: [&str; 8] =
    ["--subscribe", "user/get", "--publish", "user/update={\"n\":{seq}}", "--count", "3", "--interval-ms", "20"];

#[test]
fn plain_over_a_pty_with_every_event_of_the_contract() {
    let mut platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let more = [&ROUND[..], &["--tls", "off", "--receive", "1"]].concat();
    let mut device = connect(&module.port, &more);
    device.event("subscribed");
    platform.process.say(&format!("push /{KEY}/{NAME}/user/get restart \"now\""));
    let ended = device.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let events = ended.events();
    let find = |name: &str| events.iter().find(|event| event["event"] == name).unwrap();
    assert_eq!(
        *find("module"),
        serde_json::json!({"event": "module", "model": "BG95-M3", "imei": "866349040000017",
            "iccid": "89860320045510000017", "firmware": "BG95M3LAR02A03"})
    );
    assert_eq!(
        *find("attached"),
        serde_json::json!({"event": "attached", "operator": "CHINA MOBILE", "rssi_dbm": -65})
    );
    let host = format!("{KEY}.iot-as-mqtt.cn-shanghai.aliyuncs.com");
    assert_eq!(*find("connected"), serde_json::json!({"event": "connected", "path": "mqtt", "host": host}));
    let topic = format!("/{KEY}/{NAME}/user/get");
    assert_eq!(*find("subscribed"), serde_json::json!({"event": "subscribed", "topic": topic}));
    let expected = serde_json::json!({"event": "received", "topic": topic, "payload": "restart \"now\""});
    assert_eq!(*find("received"), expected);
    let published: Vec<_> = events.iter().filter(|event| event["event"] == "published").collect();
    assert_eq!(published.len(), 3);
    for (at, event) in published.into_iter().enumerate() {
        let topic = format!("/{KEY}/{NAME}/user/update");
        let expected =
            serde_json::json!({"event": "published", "topic": topic, "seq": at + 1, "delivery": "acknowledged"});
        assert_eq!(*event, expected);
    }
    assert_eq!(*find("disconnected"), serde_json::json!({"event": "disconnected", "reason": "asked for"}));
    assert_eq!(ended.done(), (3, 1, 0));
    assert_eq!(ended.names().first().unwrap(), "module");
    platform.process.signal(Signal::TERM);
    let told = platform.process.end();
    assert_eq!(told.code, Some(0));
    assert_eq!(told.stderr.matches("PUBLISH").count(), 4, "{}", told.stderr);
    assert!(told.stderr.contains("DISCONNECT") && !told.stderr.contains(SECRET));
}

#[test]
fn a_name_from_the_module_over_tcp() {
    let platform = Platform::start();
    let module = Module::at(&platform, &["--listen", "127.0.0.1:0"]);
    assert!(module.port.starts_with("tcp:"));
    // The platform knows no such device: what it refuses shows which name it was told.
    for (number, name) in [("@imei", "866349040000017"), ("@iccid", "89860320045510000017")] {
        let ended = connect(&module.port, &["--device-name", number, "--tls", "off"]).end();
        assert_eq!((ended.code, ended.error()["code"].as_u64()), (Some(4), Some(4)), "{name}: {}", ended.stderr);
    }
    platform.process.signal(Signal::INT);
    let told = platform.process.end().stderr;
    assert!(told.contains("866349040000017&") && told.contains("89860320045510000017&"), "{told}");
}

#[test]
fn older_methods_of_signing_and_quality_0() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    for method in ["hmacsha1", "hmacmd5"] {
        let publish = ["--tls", "off", "--sign", method, "--qos", "0", "--publish", "/a/b=x"];
        let whole = format!("/{KEY}/{NAME}/user/a=x");
        let publish = [&publish[..7], &[whole.as_str()]].concat();
        let ended = connect(&module.port, &publish).end();
        assert_eq!(ended.code, Some(0), "{method}: {}", ended.stderr);
        assert!(ended.lines.iter().any(|line| line.contains("\"sent\"")), "{:?}", ended.lines);
        assert_eq!(ended.done(), (1, 0, 0));
    }
}

#[test]
fn without_anything_to_do_it_says_who_is_there() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let ended = connect(&module.port, &["--tls", "off"]).end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(ended.names(), ["module", "attached", "connected", "disconnected", "done"]);
}

#[test]
fn listening_goes_on_until_a_signal_or_the_end_of_its_time() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    for signal in [Signal::INT, Signal::TERM] {
        let mut device = connect(&module.port, &["--tls", "off", "--subscribe", "user/get"]);
        device.event("subscribed");
        device.signal(signal);
        let ended = device.end();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert_eq!((ended.done(), ended.names().contains(&"disconnected".to_owned())), ((0, 0, 0), true));
    }
    let ended = connect(&module.port, &["--tls", "off", "--subscribe", "user/get", "--for-s", "2"]).end();
    assert_eq!((ended.code, ended.done()), (Some(0), (0, 0, 0)), "{}", ended.stderr);
}

#[test]
fn a_signal_or_the_end_of_its_time_ends_what_waits() {
    let module = Module::start("127.0.0.1:1", "127.0.0.1:1", &["--fault", "silence=300000"]);
    for name in ["@imei", NAME] {
        let ended = connect(&module.port, &["--tls", "off", "--device-name", name, "--for-s", "1"]).end();
        assert_eq!((ended.code, ended.error()["kind"].as_str()), (Some(5), Some("time_over")), "{}", ended.stderr);
        let device = connect(&module.port, &["--tls", "off", "--device-name", name, "--for-s", "90"]);
        std::thread::sleep(std::time::Duration::from_millis(300));
        device.signal(Signal::TERM);
        let ended = device.end();
        assert_eq!((ended.code, ended.error()["kind"].as_str()), (Some(5), Some("time_over")), "{}", ended.stderr);
        assert_eq!(ended.done(), (0, 0, 0));
    }
}

#[test]
fn messages_that_do_not_come_in_time_are_missed() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let more = ["--tls", "off", "--subscribe", "user/get", "--receive", "1", "--for-s", "2"];
    let ended = connect(&module.port, &more).end();
    assert_eq!((ended.code, ended.done()), (Some(5), (0, 0, 0)));
    assert_eq!(ended.error()["kind"], "time_over");
}

#[test]
fn a_trace_that_has_no_room_is_told_when_the_work_is_done() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let more = ["--tls", "off", "--publish", "user/update=x", "--trace", "/dev/full"];
    let ended = connect(&module.port, &more).end();
    assert_eq!((ended.code, ended.done()), (Some(6), (1, 0, 0)), "{}", ended.stderr);
    assert!(ended.stderr.contains("/dev/full") && ended.stderr.lines().count() == 1, "{}", ended.stderr);
}

#[test]
fn a_publish_that_is_not_acknowledged_in_time_is_lost() {
    let platform = Platform::start_with(&["--no-limits", "--fault", "drop-puback"]);
    let module = Module::at(&platform, &[]);
    let more = ["--tls", "off", "--publish", "user/update=x", "--for-s", "3"];
    let ended = connect(&module.port, &more).end();
    assert_eq!((ended.code, ended.done()), (Some(5), (0, 0, 1)), "{}", ended.stderr);
    assert_eq!(ended.error()["kind"], "time_over");
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let secret = format!("WANLINK_DEVICE_SECRET={SECRET}");
    let line = format!(
        "env {secret} {} connect --json --port {} --module bg95 --path mqtt --product-key {KEY} --device-name {NAME} \
         --tls off --publish user/update=x --count 50 --interval-ms 10 | head -n 1; echo ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_wanlink"),
        module.port
    );
    let output = std::process::Command::new("bash").args(["-c", &line]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("\"module\"") && text.ends_with("\n0\n"), "{text}");
    assert!(output.stderr.is_empty());
}

//! What can be wrong on the command line and with files: one clear line, and the documented exit code.

use wanlink_emulator::Profile;

use crate::program::{Ended, KEY, NAME, Process, SECRET, wanlink};

/// The arguments of a connect that is right but for its port, with `more` behind them.
fn connect(more: &[&str]) -> Ended {
    let base = ["connect", "--port", "/dev/no-such-port", "--module", "bg95", "--path", "mqtt"];
    let device = ["--product-key", KEY, "--device-name", NAME, "--device-secret", SECRET];
    Process::start(wanlink(&[&base[..], &device, more].concat())).end()
}

pub(crate) fn run(args: &[&str]) -> Ended {
    Process::start(wanlink(args)).end()
}

pub(crate) fn refuses(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    assert!(ended.stderr.starts_with("error: "), "{}", ended.stderr);
    for word in words {
        assert!(ended.stderr.contains(word), "no {word} in {}", ended.stderr);
    }
    for secret in [SECRET, "hunter2"] {
        assert!(!ended.stderr.contains(secret) && !ended.lines.concat().contains(secret), "{}", ended.stderr);
    }
}

#[test]
fn options_of_connect() {
    let long = "x".repeat(101);
    let payload = format!("user/update={}", "x".repeat(4097));
    let cases: &[(&[&str], &[&str])] = &[
        (&["--nothing"], &["--nothing"]),
        (&["--module", "bg94"], &["bg94", "possible values: bg95"]),
        (&["--module", "sim7000"], &["sim7000 over mqtt is not there", "sim7000 over tcp"]),
        (&["--path", "carrier-pigeon"], &["carrier-pigeon", "mqtt"]),
        (&["--port", "tcp:host"], &["--port", "tcp:HOST:PORT"]),
        (&["--baud", "fast"], &["--baud"]),
        (&["--baud", "0"], &["--baud"]),
        (&["--region", "mars"], &["mars", "cn-shanghai"]),
        (&["--region", "cn-shanghai", "--instance", "iot-1"], &["--region", "--instance"]),
        (&["--mqtt-host", "broker"], &["--mqtt-host", "HOST:PORT"]),
        (&["--tls", "maybe"], &["--tls", "on", "off"]),
        (&["--sign", "rot13"], &["--sign", "hmacsha256"]),
        (&["--pin", "12"], &["--pin", "4 to 8 digits"]),
        (&["--pin", "12a4"], &["--pin", "4 to 8 digits"]),
        (&["--apn", &long], &["--apn", "100"]),
        (&["--publish", "topic"], &["--publish", "TOPIC=TEXT"]),
        (&["--publish", "user/+=x"], &["user/+", "wildcard"]),
        (&["--publish", &payload], &["user/update", "4096", "4097"]),
        (&["--publish", "user/update="], &["user/update", "empty"]),
        (&["--subscribe", &format!("/{}", "x".repeat(200))], &["--subscribe", "128"]),
        (&["--count", "0", "--publish", "a=b"], &["--count"]),
        (&["--count", "2"], &["--publish"]),
        (&["--receive", "2"], &["--subscribe"]),
        (&["--for-s", "0"], &["--for-s"]),
        (&["--qos", "2"], &["--qos"]),
        (&["--interval-ms", "soon"], &["--interval-ms"]),
        (&["--device-name", "@imsi"], &["@imsi", "@imei", "@iccid"]),
        (&["--device-name", "a|b"], &["device name"]),
        (&["--product-key", ""], &["product key"]),
        (&["--device-secret", "hunter2 "], &["device secret"]),
        (&["--pin", "hunter2"], &["--pin"]),
    ];
    for (more, words) in cases {
        // An option that is given twice is refused for that: the base then goes without it.
        refuses(&connect_with(more), 2, words);
    }
}

fn connect_with(more: &[&str]) -> Ended {
    let base = [
        ["--port", "/dev/no-such-port"],
        ["--module", "bg95"],
        ["--path", "mqtt"],
        ["--product-key", KEY],
        ["--device-name", NAME],
        ["--device-secret", SECRET],
    ];
    let rest = base.iter().filter(|option| !more.contains(&option[0])).flatten().copied();
    let args: Vec<_> = ["connect"].into_iter().chain(rest).chain(more.iter().copied()).collect();
    run(&args)
}

#[test]
fn options_of_the_path_https() {
    let cases: &[(&[&str], &[&str])] = &[
        (&["--subscribe", "user/get"], &["--path https", "--subscribe", "mqtt or tcp"]),
        (&["--subscribe", "user/get", "--receive", "1"], &["--path https", "--receive", "mqtt or tcp"]),
        (&["--receive", "1"], &["--subscribe"]),
        (&["--tls", "off"], &["--path https", "--tls off"]),
        (&["--region", "eu-central-1"], &["--region eu-central-1", "cn-shanghai, cn-beijing, cn-shenzhen"]),
        (&["--http-host", "host"], &["--http-host", "HOST:PORT"]),
    ];
    for (more, words) in cases {
        refuses(&connect_with(&[&["--path", "https"], *more].concat()), 2, words);
    }
}

#[test]
fn options_of_registration() {
    let args = ["connect", "--port", "/dev/null", "--module", "bg95", "--product-key", KEY, "--device-name", NAME];
    let cases: &[(&[&str], &[&str])] = &[
        (&["--register", "pigeon", "--store", "s"], &["pigeon", "https, mqtt, mqtt-nwl"]),
        (&["--register", "https", "--store", "s"], &["--product-secret", "WANLINK_PRODUCT_SECRET"]),
        (&["--register", "https", "--product-secret", "hunter2"], &["--store", "registers once"]),
        (
            &["--register", "https", "--store", "s", "--product-secret", "hunter2", "--device-secret", SECRET],
            &["--register", "--device-secret"],
        ),
        (&["--register", "https", "--store", "s", "--product-secret", "hunter2 "], &["product secret"]),
        (&["--register", "mqtt-nwl", "--store", "s", "--product-secret", "hunter2", "--path", "https"], &["mqtt-nwl"]),
        (
            &["--register", "mqtt-nwl", "--store", "s", "--product-secret", "hunter2", "--region", "cn-beijing"],
            &["mqtt-nwl", "cn-shanghai"],
        ),
        (
            &["--register", "mqtt-nwl", "--store", "s", "--product-secret", "hunter2", "--tls", "off"],
            &["mqtt-nwl", "--tls off"],
        ),
        (
            &[
                "--register",
                "mqtt",
                "--store",
                "s",
                "--product-secret",
                "hunter2",
                "--tls",
                "off",
                "--mqtt-host",
                "a:1",
            ],
            &["--register-host"],
        ),
        (&["--register-host", "a:1"], &["--register"]),
        (&["--product-secret", "hunter2"], &["--device-secret", "--register"]),
        (&["--store", "/nowhere/at/all"], &["/nowhere/at/all", "--register", "--device-secret"]),
    ];
    for (more, words) in cases {
        let path: &[&str] = if more.contains(&"--path") { &[] } else { &["--path", "mqtt"] };
        refuses(&run(&[&args[..], path, more].concat()), 2, words);
    }
}

#[test]
fn a_secret_that_is_missing() {
    let args = ["connect", "--port", "/dev/null", "--module", "bg95", "--path", "mqtt", "--product-key", KEY];
    let ended = run(&[&args[..], &["--device-name", NAME]].concat());
    refuses(&ended, 2, &["--device-secret", "WANLINK_DEVICE_SECRET"]);
}

#[test]
fn options_of_the_others() {
    let emulated = Profile::all().map(|profile| profile.name).collect::<Vec<_>>().join(", ");
    let cases: &[(&[&str], &[&str])] = &[
        (&["emulate", "--module", "bg95"], &["--pty", "--listen"]),
        (&["emulate", "--pty", "--module", "bg94"], &["bg94", &emulated]),
        (&["demo", "--module", "sara-r410m"], &["sara-r410m over mqtt is not there", "sara-r410m over tcp"]),
        (&["demo", "--module", "sara"], &["sara", "possible values: bg95"]),
        (&["simulate", "--module", "sara"], &["sara", "possible values: bg95"]),
        (&["emulate", "--module", "bg95", "--pty", "--listen", "127.0.0.1:0"], &["--pty", "--listen"]),
        (&["emulate", "--module", "bg95", "--listen", "nowhere"], &["--listen", "HOST:PORT"]),
        (&["emulate", "--module", "bg95", "--pty", "--off"], &["--pins"]),
        (&["emulate", "--module", "bg95", "--pty", "--resolve", "any"], &["--resolve", "any"]),
        (&["emulate", "--module", "bg95", "--pty", "--fault", "smell"], &["smell", "lose-network"]),
        (&["platform"], &["--product"]),
        (&["platform", "--product", "hunter2"], &["--product", "NAME:SECRET"]),
        (&["platform", "--product", "K:S", "--device", ":hunter2"], &["--device", "NAME:SECRET"]),
        (&["platform", "--product", "K:S", "--fault", "smell"], &["smell", "drop-puback"]),
        (&["platform", "--product", "K:S", "--https-listen", "nowhere"], &["--https-listen", "HOST:PORT"]),
        (&["platform", "--product", "K:S", "--registration", "some"], &["some", "off, preregistered, open"]),
        (&["platform", "--product", "K:S", "--ca-cert", "root.pem"], &["--ca-key"]),
        (&["platform", "--product", "K:S", "--ca-key", "root.key"], &["--ca-cert"]),
        (&["replay"], &["FILE"]),
    ];
    for (args, words) in cases {
        refuses(&run(args), 2, words);
    }
}

#[test]
fn files() {
    let folder = std::env::temp_dir().join(format!("wanlink-files-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let file = |name: &str, text: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (no_pem, no_text) = (file("no.pem", b"hello\n"), file("binary.pem", b"\xff\xfe"));
    let (no_trace, no_calls) = (file("no.at", b"hello\n"), file("calls.at", b"0.000000 > AT\\r\n"));
    let foreign = file("foreign.at", b"0.000000 ! driver bg94 mqtt\n0.000000 ! call {\"call\":\"start\"}\n");
    let broken = file("broken.at", b"0.000000 ! driver bg95 mqtt\n0.000000 ! call {\"call\":\"dance\"}\n");
    let absent = folder.join("absent").to_str().unwrap().to_owned();
    refuses(&connect(&["--ca", &absent]), 6, &[&absent]);
    refuses(&connect(&["--ca", &no_pem]), 6, &[&no_pem, "PEM"]);
    refuses(&connect(&["--ca", &no_text]), 6, &[&no_text]);
    refuses(&connect(&["--ca", folder.to_str().unwrap()]), 6, &["irectory"]);
    refuses(&connect(&["--trace", &format!("{absent}/t.at")]), 6, &["t.at"]);
    refuses(&run(&["replay", &absent]), 6, &[&absent]);
    refuses(&run(&["replay", &no_trace]), 6, &["line 1"]);
    refuses(&run(&["replay", &no_calls]), 6, &["calls.at", "wanlink connect"]);
    refuses(&run(&["replay", &foreign]), 6, &["bg94"]);
    refuses(&run(&["replay", &broken]), 6, &["dance"]);
    refuses(&run(&["platform", "--product", "K:S", "--ca", &format!("{absent}/ca.pem")]), 6, &["ca.pem"]);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn errors_are_events_and_done_comes_last() {
    for (more, code, kind) in [
        (&["--device-name", "@imsi"][..], 2, "usage"),
        (&["--ca", "/nowhere/ca.pem"], 6, "file"),
        (&["--port", "/dev/no-such-port"], 3, "port"),
    ] {
        let ended = connect_with(&[&["--json"], more].concat());
        assert_eq!((ended.code, ended.error()["kind"].as_str()), (Some(code), Some(kind)));
        assert_eq!(ended.names(), ["error", "done"]);
        assert_eq!(ended.done(), (0, 0, 0));
    }
}

#[test]
fn help_shows_no_secret() {
    let mut command = wanlink(&["connect", "--help"]);
    command.env("WANLINK_DEVICE_SECRET", "hunter2hunter2").env("WANLINK_PIN", "4711");
    command.env("WANLINK_PRODUCT_SECRET", "hunter2hunter2");
    let ended = Process::start(command).end();
    assert_eq!(ended.code, Some(0));
    let help = ended.lines.concat();
    assert!(
        help.contains("WANLINK_PIN")
            && help.contains("WANLINK_PRODUCT_SECRET")
            && !help.contains("hunter2")
            && !help.contains("4711")
    );
}

//! Serial ports: how they cannot be opened, and how they go away. Each is one line and exit code 3.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::time::{Duration, Instant};

use crate::program::{Ended, KEY, Module, NAME, Platform, Process, SECRET, Signal, connect, wanlink};

const PLAIN: [&str; 4] = ["--tls", "off", "--publish", "user/update=x"];

fn is_one_line(ended: &Ended, kind: &str, words: &[&str]) {
    assert_eq!((ended.code, ended.error()["kind"].as_str()), (Some(3), Some(kind)), "{}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    for word in words {
        assert!(ended.stderr.contains(word), "no {word} in {}", ended.stderr);
    }
    ended.done();
}

#[test]
fn absent_or_no_port_at_all() {
    for (port, words) in [
        ("/dev/no-such-port", ["there is no port", "/dev/no-such-port"]),
        ("/dev/null", ["is not a serial port", "/dev/null"]),
        ("tcp:127.0.0.1:1", ["127.0.0.1:1", "connection refused"]),
        ("tcp:no-such-host.invalid:1", ["no-such-host.invalid:1", "cannot connect"]),
    ] {
        is_one_line(&connect(port, &PLAIN).end(), "port", &words);
    }
}

#[test]
fn in_use() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    let mut first = connect(&module.port, &["--tls", "off", "--subscribe", "user/get"]);
    first.event("subscribed");
    is_one_line(&connect(&module.port, &PLAIN).end(), "port", &["in use", "fuser"]);
    first.signal(Signal::INT);
    assert_eq!(first.end().code, Some(0), "and whoever had it keeps it");
    let ended = connect(&module.port, &PLAIN).end();
    assert_eq!(ended.code, Some(0), "afterwards it is free again: {}", ended.stderr);
}

/// A port of a user who is not the one who runs the program. Only the administrator can start programs as another one;
/// anybody else is refused a port of the administrator's.
#[test]
fn no_permission() {
    const NOBODY: u32 = 65_534;
    // The group of terminals, which has this number wherever Linux has a name for it.
    const TTY: u32 = 5;
    let module = Module::start("127.0.0.1:1", "127.0.0.1:1", &[]);
    let root = rustix::process::getuid().is_root();
    let port = if root { module.port.as_str() } else { "/dev/tty0" };
    // Where another user may execute it.
    let copy = std::env::temp_dir().join(format!("wanlink-copy-{}", std::process::id()));
    std::fs::copy(env!("CARGO_BIN_EXE_wanlink"), &copy).unwrap();
    let mut command = std::process::Command::new(&copy);
    command.args(["connect", "--json", "--port", port, "--module", "bg95", "--path", "mqtt", "--product-key", KEY]);
    command.args(["--device-name", NAME, "--tls", "off", "--publish", "user/update=x"]);
    command.env("WANLINK_DEVICE_SECRET", SECRET);
    if root {
        std::os::unix::fs::chown(port, None, Some(TTY)).unwrap();
        command.uid(NOBODY).gid(NOBODY);
    }
    let ended = Process::start(command).end();
    std::fs::remove_file(copy).unwrap();
    is_one_line(&ended, "port", &["no permission", "add yourself to the group", "usermod -aG tty"]);
}

#[test]
fn unplugged() {
    let platform = Platform::start();
    for line in [&[][..], &["--listen", "127.0.0.1:0"]] {
        let mut module = Module::at(&platform, line);
        let mut device = connect(&module.port, &["--tls", "off", "--subscribe", "user/get"]);
        device.event("subscribed");
        let begin = Instant::now();
        module.process.kill();
        is_one_line(&device.end(), "port_gone", &["the serial port failed", "cable"]);
        assert!(begin.elapsed() < Duration::from_secs(8), "it does not wait for what cannot come");
    }
}

#[test]
fn a_host_that_hangs_up_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = format!("tcp:{}", listener.local_addr().unwrap());
    let device = connect(&port, &PLAIN);
    drop(listener.accept().unwrap());
    is_one_line(&device.end(), "port_gone", &["the serial port failed"]);
}

#[test]
fn any_speed_that_the_port_takes() {
    let platform = Platform::start();
    let module = Module::at(&platform, &[]);
    for baud in ["9600", "250000", "921600"] {
        let ended = connect(&module.port, &["--tls", "off", "--baud", baud]).end();
        assert_eq!(ended.code, Some(0), "{baud}: {}", ended.stderr);
    }
}

#[test]
fn emulators_and_platforms_end_on_a_signal_and_say_what_they_cannot_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let emulate = ["emulate", "--module", "bg95", "--listen", &address];
    let platform = ["platform", "--product", "K:S", "--listen", &address];
    for args in [&emulate[..], &platform] {
        let ended = Process::start(wanlink(args)).end();
        assert_eq!((ended.code, ended.stderr.lines().count()), (Some(2), 1), "{}", ended.stderr);
        assert!(ended.stderr.contains(&address), "{}", ended.stderr);
    }
    for signal in [Signal::INT, Signal::TERM] {
        let module = Module::start("127.0.0.1:1", "127.0.0.1:1", &[]);
        module.process.signal(signal);
        assert_eq!(module.process.end().code, Some(0));
        let platform = Platform::start();
        let root = std::path::PathBuf::from(&platform.ca);
        assert!(std::fs::read_to_string(&root).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
        platform.process.signal(signal);
        assert_eq!((platform.process.end().code, root.exists()), (Some(0), false), "its root goes with it");
    }
}

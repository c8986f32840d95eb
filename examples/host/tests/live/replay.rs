//! A trace of a live run is played against the driver, and shows where a driver differs.

use std::path::PathBuf;

use crate::program::{Ended, Module, PRODUCT_SECRET, Platform, Process, SECRET, connect, wanlink};
use crate::store::{Store, register};
use crate::threads::Threads;

/// Long, so that no time in a trace holds it by chance.
const PIN: &str = "73519468";

struct Trace(PathBuf);

impl Trace {
    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.0).unwrap()
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn file(name: &str) -> Trace {
    Trace(std::env::temp_dir().join(format!("wanlink-{name}-{}.at", std::process::id())))
}

fn replay(path: &str) -> Ended {
    Process::start(wanlink(&["replay", path])).end()
}

/// A run with a loss in it.
fn record(trace: &Trace, path: &str) -> Ended {
    let platform = Platform::start();
    let mut module = Module::at(&platform, &["--pin", PIN]);
    let more = [
        "--path",
        path,
        "--tls",
        "off",
        "--pin",
        PIN,
        "--subscribe",
        "user/get",
        "--publish",
        "user/update=\"{seq}\"\r\n",
    ];
    let often = ["--count", "30", "--interval-ms", "100", "--trace", trace.path()];
    let mut device = connect(&module.port, &[&more[..], &often].concat());
    while device.event("published")["seq"] != 10 {}
    module.process.say("fault lose-context");
    let ended = device.end();
    assert_eq!((ended.code, ended.done()), (Some(0), (30, 0, 0)), "{}", ended.stderr);
    assert!(ended.names().contains(&"disconnected".to_owned()));
    ended
}

#[test]
fn a_run_replays_and_each_change_of_it_is_found() {
    let trace = file("whole");
    record(&trace, "mqtt");
    let text = trace.text();
    assert!(!text.contains(SECRET) && !text.contains(PIN), "{text}");
    let ended = replay(trace.path());
    assert_eq!(ended.code, Some(0), "{:?} {}", ended.lines, ended.stderr);
    assert!(ended.lines[0].contains("no difference"), "{:?}", ended.lines);

    let changed = file("changed");
    for (from, to, words) in [
        // What the driver would have to write.
        ("> AT+CGREG=2\\r", "> AT+CGREG=1\\r", ["trace   AT+CGREG=1\\r", "driver  AT+CGREG=2\\r"]),
        // What the module says: the driver gives another result.
        ("+QMTPUB: 0,9,0", "+QMTPUB: 0,9,2", ["trace   publish succeeds", "driver  publish fails"]),
        // A line that the driver has no reason to write.
        ("! end", "> AT+COPS?\\r\n99.000000 ! end", ["trace   AT+COPS?\\r", "driver  nothing"]),
    ] {
        assert!(text.contains(from), "{from}");
        std::fs::write(&changed.0, text.replacen(from, to, 1)).unwrap();
        let ended = replay(changed.path());
        assert_eq!(ended.code, Some(1), "{from}: {:?} {}", ended.lines, ended.stderr);
        let told = ended.lines.join("\n");
        assert!(words.iter().all(|word| told.contains(word)), "{told}");
    }
}

#[test]
fn a_run_of_our_own_client_replays_and_shows_no_password() {
    let trace = file("sockets");
    record(&trace, "tcp");
    let text = trace.text();
    // The login stands there twice for each connection: in the call, and on the wire.
    let logins: Vec<_> = text.lines().filter(|line| line.contains("MQTT")).collect();
    assert!(logins.len() >= 4, "{logins:#?}");
    let is_hidden = |line: &&str| line.ends_with("@***") || line.contains(&"*".repeat(64));
    assert!(logins.iter().all(is_hidden), "{logins:#?}");
    assert!(!text.contains(SECRET) && !text.contains(PIN), "{text}");
    let ended = replay(trace.path());
    assert_eq!(ended.code, Some(0), "{:?} {}", ended.lines, ended.stderr);
    let changed = file("sockets-changed");
    for (from, to, word) in
        [("SEND OK", "ERROR", "driver  write fails"), ("AT+QISEND=", "AT+QISENT=", "driver  AT+QISEND=")]
    {
        std::fs::write(&changed.0, text.replacen(from, to, 1)).unwrap();
        let ended = replay(changed.path());
        assert_eq!(ended.code, Some(1), "{from}: {:?} {}", ended.lines, ended.stderr);
        assert!(ended.lines.join("\n").contains(word), "{:?}", ended.lines);
    }
}

/// A driver for the registration, and one for the path. What the platform gave is in the answers of the module.
#[test]
fn a_run_that_registers_replays_and_shows_no_secret() {
    Threads::FEW.run([("https", "https"), ("https", "mqtt"), ("mqtt", "https"), ("tcp", "mqtt")], |(path, way)| {
        let trace = file(&format!("register-{path}-{way}"));
        let platform = Platform::start();
        let module = Module::at(&platform, &[]);
        let store = Store::new(&format!("traced-{path}-{way}"));
        let more = ["--path", path, "--register", way, "--ca", &platform.ca, "--trace", trace.path()];
        let work = ["--publish", "user/update=\"{seq}\"\r\n", "--count", "3", "--interval-ms", "20"];
        let ended = register(&module.port, &store, &[&more[..], &work].concat()).end();
        assert_eq!((ended.code, ended.done()), (Some(0), (3, 0, 0)), "{}", ended.stderr);
        let text = trace.text();
        let secrets = secrets(&store);
        assert!(!secrets.is_empty());
        for secret in secrets.iter().map(String::as_str).chain([PRODUCT_SECRET]) {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        let ended = replay(trace.path());
        assert_eq!(ended.code, Some(0), "{path} {way}: {:?} {}\n{text}", ended.lines, ended.stderr);
    });
}

/// What the platform made, as it stands in the file: texts of 32 hexadecimal digits.
fn secrets(store: &Store) -> Vec<String> {
    let bytes = store.bytes().unwrap();
    let pieces = bytes.split(|byte| !byte.is_ascii_hexdigit()).filter(|piece| piece.len() == 32);
    pieces.map(|piece| String::from_utf8(piece.to_vec()).unwrap()).collect()
}

#[test]
fn a_trace_that_was_cut_off_replays_as_far_as_it_goes() {
    let trace = file("cut");
    record(&trace, "tcp");
    let text = trace.text();
    let lines: Vec<_> = text.lines().collect();
    let cut = file("cut-off");
    for part in [lines.len() / 4, lines.len() / 2, lines.len() - 1] {
        std::fs::write(&cut.0, lines[..part].join("\n")).unwrap();
        let ended = replay(cut.path());
        assert_eq!(ended.code, Some(0), "{part} of {} lines: {:?} {}", lines.len(), ended.lines, ended.stderr);
    }
}

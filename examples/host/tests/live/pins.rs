//! A module that is off, and the port of its pins: what firmware without pins of its own has.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{Process, Signal, wanlink};

/// Longer than anything takes here, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

struct Pins(TcpStream);

impl Pins {
    fn say(&mut self, order: &str) {
        self.0.write_all(order.as_bytes()).unwrap();
    }

    fn is_on(&mut self) -> bool {
        self.say("S?");
        let mut level = [0];
        self.0.read_exact(&mut level).unwrap();
        level == *b"1"
    }

    /// Presses PWRKEY until the module is on, or off. A busy machine may hold it for longer than counts, and then it is
    /// pressed once more.
    fn turn(&mut self, on: bool) {
        let begun = Instant::now();
        while self.is_on() != on {
            assert!(begun.elapsed() < PATIENCE);
            self.say("K0");
            // Power-on wants 500 to 1,000 ms, power-off 650 to 1,500 ms (quectel-at, 1.1).
            std::thread::sleep(Duration::from_millis(750));
            self.say("K1");
            let pressed = Instant::now();
            while self.is_on() != on && pressed.elapsed() < Duration::from_secs(10) {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

/// Waits until the port has said this.
fn await_text(port: &mut TcpStream, text: &str) {
    let mut said = Vec::new();
    while !String::from_utf8_lossy(&said).contains(text) {
        let mut bytes = [0; 256];
        let count = port.read(&mut bytes).unwrap();
        assert_ne!(count, 0, "the port is gone behind {said:?}");
        said.extend(&bytes[..count]);
    }
}

#[test]
fn a_module_goes_on_and_off_by_its_key() {
    let any = "127.0.0.1:0";
    let mut process =
        Process::start(wanlink(&["emulate", "--module", "bg95", "--off", "--listen", any, "--pins", any]));
    let first: Value = serde_json::from_str(&process.line()).unwrap();
    let open = |name: &str| {
        let stream = TcpStream::connect(first[name].as_str().unwrap()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    };
    let (mut port, mut pins) = (open("listen"), Pins(open("pins")));
    assert!(!pins.is_on());
    pins.turn(true);
    await_text(&mut port, "APP RDY");
    port.write_all(b"AT\r").unwrap();
    await_text(&mut port, "OK");
    drop(pins);
    // The next one finds it as it was left.
    let mut pins = Pins(open("pins"));
    assert!(pins.is_on());
    pins.say("X1");
    pins.turn(false);
    process.signal(Signal::TERM);
    let ended = process.end();
    assert_eq!(ended.code, Some(0));
    assert!(ended.stderr.contains("module on (start 1)"), "{}", ended.stderr);
    assert!(ended.stderr.contains("warning: `X1`"), "{}", ended.stderr);
}

//! Any u-blox module that the facts allow can be worked with, by a host that keeps to the sheet.

mod bench;
mod ublox;

use bench::broker::publish;
use bench::{Bench, MS, SECOND};
use embedded_hal::digital::OutputPin;
use ublox::MODELS;
use wanlink_emulator::{MqttPhase, Options, Profile, SplitMix64};

/// A host that waits for finals, keeps gaps, and repeats what is refused or lost.
struct Host {
    bench: Bench,
    /// What came and was not looked at.
    came: String,
}

impl Host {
    fn new(profile: &'static Profile, options: Options) -> Self {
        let mut bench = Bench::of(profile, options);
        let mut key = bench.emulator.pins().pwrkey();
        key.set_low().unwrap();
        bench.wait(2_000 * MS);
        key.set_high().unwrap();
        bench.wait(25 * SECOND);
        let mut host = Self { bench, came: String::new() };
        host.until_ok("AT");
        host.until_ok("ATE0");
        host.until_ok("AT+CMEE=1");
        host
    }

    /// The final of a line, and what came with it; `None`: nothing.
    fn ask(&mut self, line: &str, seconds: u64) -> Option<String> {
        self.came += &self.bench.wait(120 * MS);
        let start = self.came.len();
        self.bench.raw(format!("{line}\r").as_bytes());
        for _ in 0..seconds * 20 {
            self.came += &self.bench.wait(50 * MS);
            let answer = &self.came[start..];
            if ["OK\r\n", "ERROR\r\n", "+CME ERROR: "].iter().any(|end| answer.contains(end)) {
                return Some(answer.to_owned());
            }
        }
        None
    }

    fn until_ok(&mut self, line: &str) -> String {
        for _ in 0..100 {
            if let Some(answer) = self.ask(line, 30).filter(|answer| answer.contains("OK\r\n")) {
                return answer;
            }
            self.bench.wait(SECOND);
        }
        panic!("`{line}` is never answered with OK");
    }

    /// Waits for a text among all that comes.
    fn wait_for(&mut self, text: &str) {
        for _ in 0..4_000 {
            if self.came.contains(text) {
                return;
            }
            self.came += &self.bench.wait(50 * MS);
        }
        panic!("`{text}` never comes");
    }

    fn attach(&mut self, profile: &Profile) {
        self.until_ok("AT+CPIN?");
        self.until_ok("AT+CGDCONT=1,\"IP\",\"cmiot\"");
        for _ in 0..200 {
            let answer = self.until_ok("AT+CEREG?");
            if answer.contains(",1\r\n") || answer.contains(",5\r\n") || answer.contains(",1,") {
                break;
            }
        }
        self.until_ok("AT+CGACT=1,1");
        match profile.name {
            "sara-r5" => {
                self.until_ok("AT+UPSD=0,0,0");
                self.until_ok("AT+UPSD=0,100,1");
                self.until_ok("AT+UPSDA=0,3");
                self.wait_for("+UUPSDA: 0,\"");
            }
            "sara-r422" => {
                self.until_ok("AT+UPSD=0,0,0");
                self.until_ok("AT+UPSD=0,100,1");
                self.until_ok("AT+CGACT=1,1");
            }
            _ => {}
        }
        // A context that is young may be of no use.
        self.came += &self.bench.wait(SECOND);
    }

    fn mqtt(&mut self) {
        for line in ["0,\"id\"", "2,\"broker\",1883", "4,\"u\",\"p\"", "10,300"] {
            self.until_ok(&format!("AT+UMQTT={line}"));
        }
        self.until_ok("AT+UMQTTC=1");
        self.wait_for("+UUMQTTC: 1,");
        assert_eq!(self.bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Connected);
        self.until_ok("AT+UMQTTC=4,1,\"down\"");
        self.wait_for("+UUMQTTC: 4,");
        self.until_ok("AT+UMQTTC=2,1,0,0,\"up\",\"hello\"");
        self.came += &self.bench.wait(SECOND);
        assert_eq!(self.bench.emulator.mqtt(0).unwrap().in_flight, []);
        let now = self.bench.now_us;
        self.bench.broker.say(now, publish(1, 7, "down", b"message"));
        self.came += &self.bench.wait(SECOND);
        self.ask("AT+UMQTTC=6", 5);
        self.came += &self.bench.wait(SECOND);
        assert!(self.came.contains("message"), "{}", self.came);
    }
}

#[test]
fn drawn_modules_work() {
    for seed in 0..60 {
        for profile in MODELS {
            let options = Options::drawn(&mut SplitMix64::new(seed));
            println!("seed {seed}, {}", profile.name);
            let mut host = Host::new(profile, options);
            host.attach(profile);
            host.mqtt();
        }
    }
}

#[test]
fn equal_seeds_give_equal_modules() {
    let drawn = |seed| format!("{:?}", Options::drawn(&mut SplitMix64::new(seed)));
    assert_eq!(drawn(7), drawn(7));
    assert_ne!(drawn(7), drawn(8));
}

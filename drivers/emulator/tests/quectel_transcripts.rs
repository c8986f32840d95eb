//! Transcripts of the fact sheet, as a BG95 says them, byte for byte. `tests/transcripts` holds them in the trace form:
//! `>` is typed at its time, `<` is all that came since the line before, `!` is what happens beside the wire.

mod bench;

use bench::web::{Web, response};
use bench::{Bench, running};
use embedded_hal::digital::OutputPin;
use wanlink_emulator::trace::{Direction, escape};
use wanlink_emulator::{OpenFailure, Options, Trace};

fn play(options: Options, transcript: &str) {
    let trace: Trace = transcript.parse().unwrap();
    let mut bench = Bench::new(options);
    let mut came = String::new();
    for entry in &trace.entries {
        came += &bench.wait(entry.at_us - bench.now_us);
        match entry.direction {
            Direction::ToHost => {
                assert_eq!(escape(came.as_bytes()), escape(&entry.bytes), "at {} us", entry.at_us);
                came.clear();
            }
            Direction::ToModule | Direction::Note => {
                assert_eq!(came, "", "before `{entry}`");
                match entry.direction {
                    Direction::ToModule => bench.raw(&entry.bytes),
                    _ => happen(&mut bench, std::str::from_utf8(&entry.bytes).unwrap()),
                }
            }
        }
    }
}

fn happen(bench: &mut Bench, what: &str) {
    let now = bench.now_us;
    match what {
        "pwrkey low" => bench.emulator.pins().pwrkey().set_low().unwrap(),
        "pwrkey high" => bench.emulator.pins().pwrkey().set_high().unwrap(),
        "lose_context" => bench.emulator.lose_context(1),
        "deny" => bench.emulator.deny(),
        "sim_out" => bench.emulator.sim_out(),
        "broker dns" => bench.broker.open = Err(OpenFailure::Dns),
        "broker refuses" => bench.broker.open = Err(OpenFailure::Refused),
        "broker tls" => bench.broker.open = Err(OpenFailure::Tls),
        "broker accepts" => (bench.broker.open, bench.broker.mute) = (Ok(()), false),
        "broker mute" => (bench.broker.open, bench.broker.mute) = (Ok(()), true),
        "broker connack 4" => bench.broker.connack = 4,
        "broker connack 0" => bench.broker.connack = 0,
        "broker raw" => bench.broker.raw = true,
        "broker says Hello" => bench.broker.say(now, b"Hello\n".to_vec()),
        "web 77" => {
            let body = "{\"code\":0,\"message\":\"success\",\"info\":{\"messageId\":892687627916247040},\"x\":\"\"}";
            bench.broker.web = Some(Web::answering(&[&response("200 OK", body)]));
        }
        "broker hangs up" => bench.broker.hang_up(now),
        _ => {
            let (topic, payload) = what.strip_prefix("broker publishes ").unwrap().split_once(' ').unwrap();
            bench.broker.say(now, bench::broker::publish(1, 9, topic, payload.as_bytes()));
        }
    }
}

#[test]
fn cold_boot_until_attached() {
    play(Options { urcs_on_usb: false, ..Options::default() }, &without_usb(include_str!("transcripts/cold-boot.at")));
}

#[test]
fn cold_boot_with_the_urc_port_on_usb() {
    // RDY is lost: until the host sets the port, only answers come.
    let text = include_str!("transcripts/cold-boot.at").replace("3.100000 < \\r\\nRDY\\r\\n\n", "");
    play(Options { urcs_on_usb: true, ..Options::default() }, &text);
}

fn without_usb(text: &str) -> String {
    text.replace("usbat", "uart1")
}

#[test]
fn mqtt_session() {
    play(running(), include_str!("transcripts/mqtt.at"));
}

#[test]
fn failures() {
    play(running(), include_str!("transcripts/failures.at"));
}

#[test]
fn tcp_socket() {
    play(running(), include_str!("transcripts/tcp.at"));
}

#[test]
fn http_requests() {
    play(running(), include_str!("transcripts/http.at"));
}

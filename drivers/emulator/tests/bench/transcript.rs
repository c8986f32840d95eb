//! Transcripts: `>` is typed at its time, `<` is all that came since the line before, `!` is what happens beside the
//! wire.

use embedded_hal::digital::OutputPin;
use wanlink_emulator::trace::{Direction, escape};
use wanlink_emulator::{OpenFailure, Options, Profile, Trace};

use super::Bench;
use super::broker::publish;
use super::web::{Web, response};

/// Plays a transcript against a module.
pub(crate) fn play(profile: &'static Profile, options: Options, transcript: &str) {
    let trace: Trace = transcript.parse().unwrap();
    let mut bench = Bench::of(profile, options);
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
        "broker says 30 bytes" => bench.broker.say(now, b"0123456789".repeat(3)),
        "web code 200" => {
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"code\":200}";
            bench.broker.web = Some(Web::answering(&[answer]));
        }
        "broker hangs up" => bench.broker.hang_up(now),
        _ => {
            let (topic, payload) = what.strip_prefix("broker publishes ").unwrap().split_once(' ').unwrap();
            bench.broker.say(now, publish(1, 9, topic, payload.as_bytes()));
        }
    }
}

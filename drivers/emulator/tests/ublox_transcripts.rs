//! Transcripts of the fact sheet, as u-blox's modules say them, byte for byte.

mod bench;

use bench::running;
use bench::transcript::play;
use wanlink_emulator::{Options, Profile, SimCard};

fn boot() -> Options {
    let sim = SimCard { imsi: "460001234567890".into(), busy_us: 1_000_000, ..SimCard::default() };
    Options { sim, ..Options::default() }
}

#[test]
fn sara_r5_from_cold_boot_to_its_profile() {
    play(Profile::sara_r5(), boot(), include_str!("transcripts/sara-r5-cold-boot.at"));
}

#[test]
fn sara_r5_mqtt() {
    play(Profile::sara_r5(), running(), include_str!("transcripts/sara-r5-mqtt.at"));
}

#[test]
fn sara_r5_http() {
    play(Profile::sara_r5(), running(), include_str!("transcripts/sara-r5-http.at"));
}

#[test]
fn sara_r5_tcp() {
    play(Profile::sara_r5(), running(), include_str!("transcripts/sara-r5-tcp.at"));
}

#[test]
fn sara_r5_failures() {
    play(Profile::sara_r5(), running(), include_str!("transcripts/sara-r5-failures.at"));
}

#[test]
fn sara_r410m_mqtt_in_the_old_syntax() {
    play(Profile::sara_r410m(), running(), include_str!("transcripts/sara-r410m-mqtt.at"));
}

#[test]
fn sara_r410m_failures() {
    play(Profile::sara_r410m(), running(), include_str!("transcripts/sara-r410m-failures.at"));
}

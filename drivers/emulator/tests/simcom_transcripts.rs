//! Transcripts of the fact sheet (simcom-at 10), as SIMCom's modules say them, byte for byte.

mod bench;

use bench::running;
use bench::transcript::play;
use wanlink_emulator::{Options, Profile};

#[test]
fn a7670_cold_boot_until_attached() {
    play(Profile::a7670(), Options::default(), include_str!("transcripts/a7670-cold-boot.at"));
}

#[test]
fn a7670_mqtt_session() {
    play(Profile::a7670(), running(), include_str!("transcripts/a7670-mqtt.at"));
}

#[test]
fn sim7600_start_and_refusals() {
    play(Profile::sim7600(), running(), include_str!("transcripts/sim7600-mqtt.at"));
}

#[test]
fn sockets_of_family_1() {
    play(Profile::a7670(), running(), include_str!("transcripts/a7670-sockets.at"));
}

#[test]
fn http_of_family_1() {
    play(Profile::a7670(), running(), include_str!("transcripts/a7670-http.at"));
}

#[test]
fn sim7080_cold_boot() {
    play(Profile::sim7080(), Options::default(), include_str!("transcripts/sim7080-cold-boot.at"));
}

#[test]
fn sim7080_mqtt_session() {
    play(Profile::sim7080(), running(), include_str!("transcripts/sim7080-mqtt.at"));
}

#[test]
fn sim7080_sockets() {
    play(Profile::sim7080(), running(), include_str!("transcripts/sim7080-sockets.at"));
}

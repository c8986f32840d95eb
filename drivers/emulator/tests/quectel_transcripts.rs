//! Transcripts of the fact sheet, as a BG95, an EC200U and an EC25 say them, byte for byte. `tests/transcripts` holds them in the trace form:
//! `>` is typed at its time, `<` is all that came since the line before, `!` is what happens beside the wire.

mod bench;

use bench::running;
use wanlink_emulator::{Options, Profile};

fn play(options: Options, transcript: &str) {
    bench::transcript::play(Profile::bg95(), options, transcript);
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

#[test]
fn an_ec200u_boots_and_attaches() {
    bench::transcript::play(Profile::ec200u(), Options::default(), include_str!("transcripts/ec200u-cold-boot.at"));
}

#[test]
fn mqtt_session_of_an_ec200u() {
    bench::transcript::play(Profile::ec200u(), running(), include_str!("transcripts/ec200u-mqtt.at"));
}

#[test]
fn http_requests_of_an_ec200u() {
    bench::transcript::play(Profile::ec200u(), running(), include_str!("transcripts/ec200u-http.at"));
}

#[test]
fn mqtt_session_of_an_ec25() {
    bench::transcript::play(Profile::ec25(), running(), include_str!("transcripts/ec25-mqtt.at"));
}

#[test]
fn sockets_of_ec25_and_ec200u() {
    // With ATE0 typed data is not echoed, whatever QISDE says.
    for profile in [Profile::ec25(), Profile::ec200u()] {
        bench::transcript::play(profile, running(), include_str!("transcripts/tcp.at"));
    }
}

//! Power: pulses, boot, what a restart forgets, the SIM.

mod bench;

use bench::{Bench, MS, SECOND, running};
use embedded_hal::digital::{InputPin, OutputPin};
use wanlink_emulator::{ContextState, MqttPhase, Options, SimCard};

fn press(bench: &mut Bench, ms: u64) -> String {
    let mut key = bench.emulator.pins().pwrkey();
    key.set_low().unwrap();
    let mut output = bench.wait(ms * MS);
    key.set_high().unwrap();
    output += &bench.wait(0);
    output
}

fn reset(bench: &mut Bench, ms: u64) {
    let mut pin = bench.emulator.pins().reset_n();
    pin.set_low().unwrap();
    bench.wait(ms * MS);
    pin.set_high().unwrap();
    bench.wait(0);
}

#[test]
fn only_a_pulse_of_the_right_length_switches_on() {
    for (ms, on) in [(499, false), (500, true), (575, true), (1000, true), (1001, false)] {
        let mut bench = Bench::new(Options::default());
        press(&mut bench, ms);
        bench.wait(3 * SECOND);
        assert_eq!(bench.emulator.is_on(), on, "{ms} ms");
    }
}

#[test]
fn status_and_first_answer_have_their_times() {
    let mut bench = Bench::new(Options::default());
    let mut status = bench.emulator.pins().status();
    assert_eq!(bench.send("AT"), "");
    press(&mut bench, 575);
    bench.wait(2_099 * MS);
    assert!(status.is_low().unwrap());
    bench.wait(MS);
    assert!(status.is_high().unwrap());
    bench.wait(399 * MS);
    bench.raw(b"AT\r");
    assert_eq!(bench.wait(0), "");
    assert_eq!(bench.wait(MS), "\r\nRDY\r\n");
    assert_eq!(bench.send("AT"), "AT\r\r\nOK\r\n");
    assert_eq!(bench.wait(10 * SECOND), "\r\nAPP RDY\r\n\r\n+CPIN: READY\r\n\r\n+QUSIM: 1\r\n\r\n+QIND: SMS DONE\r\n");
}

#[test]
fn the_key_toggles() {
    let mut bench = Bench::quiet(running());
    for (ms, off) in [(649, false), (1501, false), (650, true)] {
        let said = press(&mut bench, ms) + &bench.wait(2 * SECOND);
        assert_eq!(said, if off { "\r\nPOWERED DOWN\r\n" } else { "" }, "{ms} ms");
        assert_eq!(bench.emulator.is_on(), !off, "{ms} ms");
    }
    assert!(bench.emulator.pins().status().is_low().unwrap());
    press(&mut bench, 600);
    bench.wait(3 * SECOND);
    assert!(bench.emulator.is_on());
}

#[test]
fn reset_restarts_without_a_word_and_protects_itself_from_the_key() {
    let mut bench = Bench::quiet(running());
    reset(&mut bench, 1_999);
    assert_eq!(bench.send("AT"), "\r\nOK\r\n");
    reset(&mut bench, 2_000);
    assert_eq!(bench.wait(2_600 * MS), "\r\nRDY\r\n");
    assert_eq!(bench.emulator.boots(), 2);
    // Within five seconds of the reset a pulse that switches off is ignored.
    press(&mut bench, 700);
    bench.wait(3 * SECOND);
    assert!(bench.emulator.is_on());
    bench.wait(3 * SECOND);
    press(&mut bench, 700);
    bench.wait(3 * SECOND);
    assert!(!bench.emulator.is_on());
}

#[test]
fn a_restart_forgets_what_is_not_stored() {
    let mut bench = Bench::connected(running());
    bench.send("AT+CEREG=2");
    bench.send("AT+QMTCFG=\"keepalive\",1,60");
    assert_eq!(bench.send("AT+CFUN=1,1"), "\r\nOK\r\n\r\nPOWERED DOWN\r\n");
    bench.wait(10 * SECOND);
    assert!(bench.emulator.echo());
    assert_eq!(bench.emulator.error_form(), 0);
    assert_eq!(bench.emulator.context(1), ContextState::Inactive);
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Closed);
    assert_eq!(bench.emulator.mqtt(1).unwrap().keep_alive_s, 120);
    assert_eq!(bench.emulator.apn(1), "cmnet", "contexts are kept in NV");
    assert_eq!(bench.send("AT+CEREG?"), "AT+CEREG?\r\r\n+CEREG: 0,1\r\n\r\nOK\r\n");
    assert!(matches!(bench.broker.requests.last(), Some(wanlink_emulator::NetRequest::Close { .. })));
}

#[test]
fn stored_echo_survives() {
    let mut bench = Bench::quiet(running());
    bench.send("AT&W");
    bench.emulator.reset();
    bench.wait(10 * SECOND);
    assert_eq!(bench.send("AT"), "\r\nOK\r\n");
    assert_eq!(bench.send("AT&F"), "\r\nOK\r\n");
    assert_eq!(bench.send("AT"), "AT\r\r\nOK\r\n");
}

#[test]
fn power_down_by_command() {
    let mut bench = Bench::quiet(Options { powerdown_refused_us: 2 * SECOND, ..running() });
    assert_eq!(bench.send("AT+QPOWD=1"), "\r\nERROR\r\n");
    bench.wait(2 * SECOND);
    assert_eq!(bench.send("AT+QPOWD=1"), "\r\nOK\r\n\r\nPOWERED DOWN\r\n");
    assert_eq!(bench.send("AT"), "");
    bench.wait(2 * SECOND);
    assert!(bench.emulator.pins().status().is_low().unwrap());
}

#[test]
fn deep_sleep_wakes_by_the_key_after_a_second() {
    let mut bench = Bench::connected(running());
    assert_eq!(bench.send("AT+CPSMS=1,,,\"00100001\",\"00000101\""), "\r\nOK\r\n");
    assert_eq!(bench.send("AT+CPSMS?"), "\r\n+CPSMS: 1,,,\"00100001\",\"00000101\"\r\n\r\nOK\r\n");
    bench.emulator.enter_psm();
    assert_eq!(bench.wait(200 * MS), "\r\nPSM POWER DOWN\r\n");
    press(&mut bench, 600);
    bench.wait(5 * SECOND);
    assert!(!bench.emulator.is_on(), "too early");
    press(&mut bench, 600);
    bench.wait(5 * SECOND);
    assert!(bench.emulator.is_on());
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Closed);
}

#[test]
fn a_pin_is_asked_and_counted() {
    let card = SimCard { pin: Some("1234".into()), ..SimCard::default() };
    let mut bench = Bench::quiet(Options { sim: card, ..running() });
    assert_eq!(bench.send("AT+CPIN?"), "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n");
    assert_eq!(bench.emulator.registration(), 0);
    assert_eq!(bench.send("AT+CPIN=\"0000\""), "\r\n+CME ERROR: 16\r\n");
    assert_eq!(bench.emulator.pin_tries_left(), 2);
    assert_eq!(bench.send("AT+CPIN=\"1234\""), "\r\nOK\r\n");
    assert_eq!(bench.wait(SECOND), "\r\n+CPIN: READY\r\n");
    assert_eq!(bench.emulator.pin_tries_left(), 3);
    bench.wait(5 * SECOND);
    assert_eq!(bench.emulator.registration(), 1);
}

#[test]
fn three_wrong_pins_ask_for_the_puk() {
    let card = SimCard { pin: Some("1234".into()), ..SimCard::default() };
    let mut bench = Bench::quiet(Options { sim: card, ..running() });
    for code in ["16", "16", "12"] {
        assert_eq!(bench.send("AT+CPIN=\"9999\""), format!("\r\n+CME ERROR: {code}\r\n"));
    }
    assert_eq!(bench.send("AT+CPIN?"), "\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+CPIN=\"12345678\",\"4321\""), "\r\nOK\r\n");
    assert_eq!(bench.wait(SECOND), "\r\n+CPIN: READY\r\n");
    assert_eq!(bench.send("AT+CPIN?"), "\r\n+CPIN: READY\r\n\r\nOK\r\n");
}

#[test]
fn the_key_ends_a_data_entry_too() {
    let mut bench = Bench::connected(running());
    assert_eq!(bench.send("AT+QMTPUB=0,1,1,0,\"t\",5"), "\r\n> ");
    assert_eq!(press(&mut bench, 700) + &bench.wait(3 * SECOND), "\r\nPOWERED DOWN\r\n");
    assert!(!bench.emulator.is_on());
}

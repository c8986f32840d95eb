//! The old MQTT syntax of SARA-R410M: a flag in each answer, messages as unsolicited lines.

mod bench;
mod ublox;

use bench::broker::publish;
use bench::{Bench, MS, SECOND, running};
use ublox::{ERROR, OK, logged_in, ok, online, send, with};
use wanlink_emulator::{MqttPhase, Options, Profile, UbloxOptions};

fn r410m(ublox: UbloxOptions) -> Bench {
    logged_in(Profile::sara_r410m(), with(ublox))
}

fn flagged(name: &str, operation: u32, good: bool) -> String {
    format!("\r\n{name}: {operation},{}\r\r\n\r\nOK\r\n", u8::from(good))
}

#[test]
fn what_is_refused_is_still_ok() {
    let mut bench = r410m(UbloxOptions::default());
    // The session is up: nothing can be set, and nobody can log in again.
    assert_eq!(send(&mut bench, "AT+UMQTT=10,60"), flagged("+UMQTT", 10, false));
    assert_eq!(send(&mut bench, "AT+UMQTTC=1"), flagged("+UMQTTC", 1, false));
    assert_eq!(send(&mut bench, "AT+UMQTTC=0"), flagged("+UMQTTC", 0, true));
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Closed);
    assert_eq!(send(&mut bench, "AT+UMQTTC=0"), flagged("+UMQTTC", 0, false));
    assert_eq!(send(&mut bench, "AT+UMQTTC=2,0,0,\"t\",\"x\""), flagged("+UMQTTC", 2, false));
    assert_eq!(send(&mut bench, "AT+UMQTTNV=2"), "\r\n+UMQTTNV: 2,1\r\r\n\r\nOK\r\n");
}

#[test]
fn a_publish_is_answered_when_the_broker_has_answered() {
    let mut bench = r410m(UbloxOptions::default());
    let line = "AT+UMQTTC=2,1,0,\"t\",\"text\"";
    assert_eq!(send(&mut bench, line), flagged("+UMQTTC", 2, true));
    assert_eq!(bench.emulator.mqtt(0).unwrap().published.unwrap().payload, b"text");
    bench.broker.mute = true;
    assert_eq!(send(&mut bench, line), "", "it waits");
    assert_eq!(send(&mut bench, "AT"), "");
    assert_eq!(bench.wait(61 * SECOND), flagged("+UMQTTC", 2, false));
    assert_eq!(send(&mut bench, line), "");
    let now = bench.now_us;
    bench.broker.hang_up(now);
    let ended = format!("{}\r\n+UUMQTTC: 0,101\r\r\n", flagged("+UMQTTC", 2, false));
    assert_eq!(bench.wait(SECOND), ended);
    // A filter that is given up is answered so too.
    bench.broker.mute = false;
    ublox::log_in(&mut bench);
    assert!(send(&mut bench, "AT+UMQTTC=4,0,\"t\"").ends_with("\r\n+UUMQTTC: 4,0,0,\"t\"\r\r\n"));
    assert_eq!(send(&mut bench, "AT+UMQTTC=5,\"t\""), flagged("+UMQTTC", 5, true));
}

#[test]
fn a_refused_login_has_the_code_of_the_broker() {
    let mut bench = online(Profile::sara_r410m(), running());
    send(&mut bench, "AT+UMQTT=2,\"broker\"");
    bench.broker.connack = 5;
    let answer = send(&mut bench, "AT+UMQTTC=1");
    assert_eq!(answer, format!("{}\r\n+UUMQTTC: 1,5\r\r\n", flagged("+UMQTTC", 1, true)));
}

#[test]
fn messages_come_behind_the_answer_or_before_it() {
    let block = "\r\n+UUMQTTCM: 6,1\r\r\n\r\nTopic:t\r\r\nLen:2 QoS:0\r\r\nMsg:\r\n\r\n";
    for (before, first, second) in [(false, "", block), (true, block, "")] {
        let mut bench = r410m(UbloxOptions { messages_before_answer: before, ..UbloxOptions::default() });
        assert_eq!(send(&mut bench, "AT+UMQTTC=7,2"), flagged("+UMQTTC", 7, true));
        let now = bench.now_us;
        bench.broker.say(now, publish(0, 0, "t", b"\r\n"));
        assert_eq!(bench.wait(150 * MS), "\r\n+UUMQTTCM: 6,1\r\r\n");
        let expected = format!("{first}{}{second}", flagged("+UMQTTC", 6, true));
        assert_eq!(send(&mut bench, "AT+UMQTTC=6"), expected);
    }
    // The terse form has no length.
    let mut bench = r410m(UbloxOptions::default());
    let now = bench.now_us;
    bench.broker.say(now, publish(0, 0, "t", b"x"));
    bench.wait(150 * MS);
    let terse = "\r\n+UUMQTTCM: 6,1\r\r\n\r\nTopic:t\r\r\nMsg:x\r\r\n";
    assert_eq!(send(&mut bench, "AT+UMQTTC=6"), format!("{}{terse}", flagged("+UMQTTC", 6, true)));
}

#[test]
fn tls_stays_on_until_a_restart() {
    let mut bench = online(Profile::sara_r410m(), running());
    assert_eq!(send(&mut bench, "AT+UMQTT=11,1,2"), flagged("+UMQTT", 11, true));
    let read = format!("{}\r\n+UUMQTT11: 1,2\r\r\n", flagged("+UMQTT", 11, true));
    assert_eq!(send(&mut bench, "AT+UMQTT=11?"), read);
    assert_eq!(send(&mut bench, "AT+UMQTT=11,0"), flagged("+UMQTT", 11, false));
    ok(&mut bench, "AT+CFUN=15");
    bench.wait(20 * SECOND);
    send(&mut bench, "ATE0");
    assert_eq!(send(&mut bench, "AT+UMQTT=11?"), flagged("+UMQTT", 11, true), "nothing comes while it is off");
    assert_eq!(send(&mut bench, "AT+UMQTT=11,0"), flagged("+UMQTT", 11, true));
}

#[test]
fn a_will_and_a_line_behind_the_log_out() {
    let options = Options { ublox: UbloxOptions { late_logout_line: true, ..UbloxOptions::default() }, ..running() };
    let mut bench = online(Profile::sara_r410m(), options);
    assert_eq!(send(&mut bench, "AT+UMQTTWTOPIC=1,0,\"gone\""), "\r\n+UMQTTWTOPIC: 1\r\r\n\r\nOK\r\n");
    assert_eq!(send(&mut bench, "AT+UMQTTWMSG=\"by\""), "\r\n+UMQTTWMSG: 1\r\r\n\r\nOK\r\n");
    ublox::log_in(&mut bench);
    assert!(bench.broker.packets[0].windows(10).any(|window| window == b"\x00\x04gone\x00\x02by"));
    let ended = format!("{}\r\n+UUMQTTC: 0,0\r\r\n", flagged("+UMQTTC", 0, true));
    assert_eq!(send(&mut bench, "AT+UMQTTC=0"), ended);
}

#[test]
fn operations_of_the_new_syntax_are_unknown() {
    let mut bench = r410m(UbloxOptions::default());
    for line in ["AT+UMQTT?", "AT+UMQTT=10", "AT+UMQTT=20,1", "AT+UMQTTC=9,0,0,\"t\",1", "AT+UMQTTC=8,1"] {
        assert_eq!(send(&mut bench, line), ERROR, "{line}");
    }
    assert_eq!(send(&mut bench, "AT+UMQTTC=8,\"broker\""), flagged("+UMQTTC", 8, true));
    assert_eq!(send(&mut bench, "AT"), OK);
}

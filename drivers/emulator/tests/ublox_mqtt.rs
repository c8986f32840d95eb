//! The MQTT client of u-blox's modules in the new syntax: order, state, limits, and each doubtful form.

mod bench;
mod ublox;

use bench::broker::publish;
use bench::{Bench, MS, SECOND, running};
use ublox::{ERROR, NOT_ALLOWED, OK, enter, file, log_in, logged_in, ok, online, quiet, send, with};
use wanlink_emulator::{MqttPhase, Options, Profile, UbloxOptions};

fn r5(options: Options) -> Bench {
    logged_in(Profile::sara_r5(), options)
}

fn publish_bytes(bench: &mut Bench, qos: u8) -> String {
    enter(bench, &format!("AT+UMQTTC=9,{qos},0,\"t\",2"), ">", b"hi")
}

#[test]
fn connect_says_what_the_profile_says() {
    let mut bench = online(Profile::sara_r5(), running());
    log_in(&mut bench);
    let connect = &bench.broker.packets[0];
    // Clean session, user and password, 120 s, the id.
    assert_eq!(connect[8..], *b"\xc2\x00\x78\x00\x02id\x00\x04user\x00\x06secret");
    let view = bench.emulator.mqtt(0).unwrap();
    assert_eq!((view.phase, view.host.as_str(), view.port), (MqttPhase::Connected, "broker", 1883));
    assert_eq!((view.client_id.as_str(), view.username.as_str(), view.keep_alive_s), ("id", "user", 120));
    assert_eq!(bench.emulator.mqtt(1), None);
}

#[test]
fn the_profile_is_read_back_without_the_password() {
    let mut bench = quiet(Profile::sara_r5(), running());
    let dump = send(&mut bench, "AT+UMQTT?");
    let factory = "\r\n+UMQTT: 0,\"866349040000017\"\r\n+UMQTT: 2,\"\",1883\r\n+UMQTT: 3,\"\",1883\r\n+UMQTT: 4,\"\"\r\n\
                   +UMQTT: 6,0\r\n+UMQTT: 7,0\r\n+UMQTT: 8,\"\"\r\n+UMQTT: 9,0,\"\"\r\n+UMQTT: 10,0\r\n+UMQTT: 11,0\r\n\
                   \r\nOK\r\n";
    assert_eq!(dump, factory);
    ok(&mut bench, "AT+UMQTT=4,\"u\",\"p\"");
    assert_eq!(send(&mut bench, "AT+UMQTT=4"), "\r\n+UMQTT: 4,\"u\"\r\n\r\nOK\r\n");
    ok(&mut bench, "AT+UMQTT=11,1,3");
    assert_eq!(send(&mut bench, "AT+UMQTT=11"), "\r\n+UMQTT: 11,1,3\r\n\r\nOK\r\n");
    ok(&mut bench, "AT+UMQTTNV=2");
    ok(&mut bench, "AT+UMQTTNV=0");
    assert_eq!(send(&mut bench, "AT+UMQTT=4"), "\r\n+UMQTT: 4,\"\"\r\n\r\nOK\r\n");
    ok(&mut bench, "AT+UMQTTNV=1");
    assert_eq!(send(&mut bench, "AT+UMQTT=4"), "\r\n+UMQTT: 4,\"u\"\r\n\r\nOK\r\n");
}

#[test]
fn one_operation_at_a_time() {
    let mut bench = r5(running());
    bench.broker.mute = true;
    assert_eq!(publish_bytes(&mut bench, 1), OK);
    for line in ["2,0,0,0,\"t\",\"x\"", "4,0,\"t\"", "5,\"t\"", "6,1", "8,1", "9,0,0,\"t\",2", "0", "1"] {
        assert_eq!(send(&mut bench, &format!("AT+UMQTTC={line}")), NOT_ALLOWED, "{line}");
    }
    // No answer of the broker: the operation fails, and the next one may begin.
    assert_eq!(bench.wait(61 * SECOND), "\r\n+UUMQTTC: 9,0\r\n");
    assert_eq!(send(&mut bench, "AT+UMQTTER"), "\r\n+UMQTTER: 13,33\r\n\r\nOK\r\n");
    bench.broker.mute = false;
    assert_eq!(publish_bytes(&mut bench, 1), "\r\nOK\r\n\r\n+UUMQTTC: 9,1\r\n");
}

#[test]
fn pings_go_out_only_after_their_order() {
    let mut bench = r5(with(UbloxOptions { inactivity_closes: false, ..UbloxOptions::default() }));
    bench.broker.take_kinds();
    bench.wait(300 * SECOND);
    assert_eq!(bench.broker.take_kinds(), []);
    ok(&mut bench, "AT+UMQTTC=8,1");
    bench.wait(290 * SECOND);
    // 80 % of 120 s, and the first one is overdue.
    assert_eq!(bench.broker.take_kinds(), [0xc0; 4]);
    ok(&mut bench, "AT+UMQTTC=8,0");
    bench.wait(250 * SECOND);
    assert_eq!(bench.broker.take_kinds(), []);
    // At the end of a session they are off again.
    ok(&mut bench, "AT+UMQTTC=8,1");
    assert_eq!(send(&mut bench, "AT+UMQTTC=0"), "\r\nOK\r\n\r\n+UUMQTTC: 0,1\r\n");
    log_in(&mut bench);
    bench.broker.take_kinds();
    bench.wait(250 * SECOND);
    assert_eq!(bench.broker.take_kinds(), []);
}

#[test]
fn an_idle_session_ends_where_no_pings_were_ordered() {
    let mut bench = r5(running());
    assert_eq!(bench.wait(121 * SECOND), "\r\n+UUMQTTC: 0,100\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Closed);
    log_in(&mut bench);
    ok(&mut bench, "AT+UMQTTC=8,1");
    assert_eq!(bench.wait(1_000 * SECOND), "");
    // Each session begins without them.
    assert_eq!(send(&mut bench, "AT+UMQTTC=0"), "\r\nOK\r\n\r\n+UUMQTTC: 0,1\r\n");
    log_in(&mut bench);
    assert_eq!(bench.wait(121 * SECOND), "\r\n+UUMQTTC: 0,100\r\n");
}

#[test]
fn pings_are_refused_before_login_and_without_a_time() {
    let mut bench = online(Profile::sara_r5(), running());
    ok(&mut bench, "AT+UMQTT=10,60");
    assert_eq!(send(&mut bench, "AT+UMQTTC=8,1"), NOT_ALLOWED);
    ok(&mut bench, "AT+UMQTT=2,\"broker\"");
    ok(&mut bench, "AT+UMQTT=10,0");
    assert_eq!(send(&mut bench, "AT+UMQTTC=1"), "\r\nOK\r\n\r\n+UUMQTTC: 1,1\r\n");
    assert_eq!(send(&mut bench, "AT+UMQTTC=8,1"), NOT_ALLOWED);
}

#[test]
fn a_ping_without_an_answer_is_told_and_ends_the_session() {
    let mut bench = r5(running());
    ok(&mut bench, "AT+UMQTTC=8,1");
    bench.broker.mute = true;
    assert_eq!(bench.wait(200 * SECOND), "\r\n+UUMQTTC: 8,0\r\n\r\n+UUMQTTC: 0,100\r\n");
}

#[test]
fn publishes_of_every_kind() {
    let mut bench = r5(running());
    assert_eq!(publish_bytes(&mut bench, 0), "\r\nOK\r\n\r\n+UUMQTTC: 9,1\r\n");
    assert_eq!(send(&mut bench, "AT+UMQTTC=2,1,0,0,\"t\",\"text\""), "\r\nOK\r\n\r\n+UUMQTTC: 2,1\r\n");
    assert_eq!(send(&mut bench, "AT+UMQTTC=2,1,1,1,\"t\",\"7B7D\""), "\r\nOK\r\n\r\n+UUMQTTC: 2,1\r\n");
    let published = bench.emulator.mqtt(0).unwrap().published.unwrap();
    assert_eq!((published.payload.as_slice(), published.qos, published.retain), (&b"{}"[..], 1, true));
    file(&mut bench, "body", &[b'x'; 2_000]);
    assert_eq!(send(&mut bench, "AT+UMQTTC=3,1,0,\"t\",\"body\""), "\r\nOK\r\n\r\n+UUMQTTC: 3,1\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().published.unwrap().payload.len(), 2_000);
    // A quote in a text is the end of it.
    assert_eq!(send(&mut bench, "AT+UMQTTC=2,1,0,0,\"t\",\"{\"a\":1}\""), ERROR);
}

#[test]
fn the_result_of_a_publish_of_bytes_says_nine_or_two() {
    let mut bench = r5(with(UbloxOptions { binary_publish_says_two: true, ..UbloxOptions::default() }));
    assert_eq!(publish_bytes(&mut bench, 1), "\r\nOK\r\n\r\n+UUMQTTC: 2,1\r\n");
}

#[test]
fn messages_wait_until_they_are_read_one_by_one() {
    let mut bench = r5(running());
    let now = bench.now_us;
    bench.broker.say(now, publish(0, 0, "a", b"one"));
    bench.broker.say(now, publish(1, 7, "b/c", b"\"\r\nOK\r\n"));
    assert_eq!(bench.wait(150 * MS), "\r\n+UUMQTTC: 6,1\r\n\r\n+UUMQTTC: 6,2\r\n");
    let first = "\r\n+UMQTTC: 6,0,4,1,\"a\",3,\"one\"\r\n\r\nOK\r\n\r\n+UUMQTTC: 6,1\r\n";
    assert_eq!(send(&mut bench, "AT+UMQTTC=6,1"), first);
    let second = "\r\n+UMQTTC: 6,1,10,3,\"b/c\",7,\"\"\r\nOK\r\n\"\r\n\r\nOK\r\n";
    assert_eq!(send(&mut bench, "AT+UMQTTC=6,1"), second);
    assert_eq!(send(&mut bench, "AT+UMQTTC=6,1"), OK);
    // Without the count all come at once.
    let now = bench.now_us;
    bench.broker.say(now, [publish(0, 0, "a", b"1"), publish(0, 0, "a", b"2")].concat());
    bench.wait(150 * MS);
    let both = "\r\n+UMQTTC: 6,0,2,1,\"a\",1,\"1\"\r\n+UMQTTC: 6,0,2,1,\"a\",1,\"2\"\r\n\r\nOK\r\n";
    assert_eq!(send(&mut bench, "AT+UMQTTC=6"), both);
}

#[test]
fn an_empty_queue_is_ok_or_an_error() {
    for (profile, option, expected) in [
        (Profile::sara_r5(), None, OK),
        (Profile::lara_r6(), None, OK),
        (Profile::lena_r8(), None, NOT_ALLOWED),
        (Profile::sara_r5(), Some(true), NOT_ALLOWED),
        (Profile::lena_r8(), Some(false), OK),
    ] {
        let options = with(UbloxOptions { empty_queue_is_error: option, ..UbloxOptions::default() });
        let mut bench = logged_in(profile, options);
        assert_eq!(send(&mut bench, "AT+UMQTTC=6,1"), expected, "{} {option:?}", profile.name);
    }
}

#[test]
fn a_full_queue_loses_messages_without_a_word() {
    let mut bench = r5(with(UbloxOptions { queue_depth: 1, ..UbloxOptions::default() }));
    let now = bench.now_us;
    bench.broker.say(now, [publish(0, 0, "a", b"1"), publish(0, 0, "a", b"2")].concat());
    assert_eq!(bench.wait(SECOND), "\r\n+UUMQTTC: 6,1\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().lost, 1);
}

#[test]
fn subscriptions_and_their_ends() {
    let mut bench = r5(running());
    assert_eq!(send(&mut bench, "AT+UMQTTC=4,1,\"t/#\""), "\r\nOK\r\n\r\n+UUMQTTC: 4,1,1,\"t/#\"\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().subscriptions, [("t/#".to_owned(), 1)]);
    assert_eq!(send(&mut bench, "AT+UMQTTC=5,\"t/#\""), "\r\nOK\r\n\r\n+UUMQTTC: 5,1\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().subscriptions, []);
    let mut bench = r5(Options { subscriptions_refused: true, ..running() });
    assert_eq!(send(&mut bench, "AT+UMQTTC=4,1,\"t\""), "\r\nOK\r\n\r\n+UUMQTTC: 4,0,128,\"t\"\r\n");
    let tells = with(UbloxOptions { subscription_tells_qos: true, empty_lines: false, ..UbloxOptions::default() });
    let mut bench = logged_in(Profile::sara_r422(), tells);
    assert_eq!(send(&mut bench, "AT+UMQTTC=4,0,\"t\""), "\r\nOK\r\n\r\n+UUMQTTC: 4,0,0,\"t\"\r\n");
}

#[test]
fn what_a_lost_session_leaves() {
    for (told, first) in [(false, ""), (true, "\r\n+UUMQTTC: 9,0\r\n")] {
        let mut bench = r5(with(UbloxOptions { lost_operation_told: told, ..UbloxOptions::default() }));
        bench.broker.mute = true;
        assert_eq!(publish_bytes(&mut bench, 1), OK);
        let now = bench.now_us;
        bench.broker.hang_up(now);
        assert_eq!(bench.wait(SECOND), format!("{first}\r\n+UUMQTTC: 0,101\r\n"));
        bench.broker.mute = false;
        log_in(&mut bench);
        assert_eq!(bench.emulator.mqtt(0).unwrap().subscriptions, []);
    }
    // What no broker may say is a violation of the protocol.
    let mut bench = r5(running());
    let now = bench.now_us;
    bench.broker.say(now, vec![0x20, 2, 0, 0]);
    assert_eq!(bench.wait(SECOND), "\r\n+UUMQTTC: 0,102\r\n");
}

#[test]
fn the_reason_of_a_failed_login_may_not_be_recorded() {
    for (recorded, expected) in [(true, "13,15"), (false, "0,0")] {
        let options = with(UbloxOptions { mqtt_errors_recorded: recorded, ..UbloxOptions::default() });
        let mut bench = online(Profile::sara_r5(), options);
        bench.broker.connack = 4;
        ok(&mut bench, "AT+UMQTT=2,\"broker\"");
        assert_eq!(send(&mut bench, "AT+UMQTTC=1"), "\r\nOK\r\n\r\n+UUMQTTC: 1,0\r\n");
        assert_eq!(send(&mut bench, "AT+UMQTTER"), format!("\r\n+UMQTTER: {expected}\r\n\r\nOK\r\n"));
    }
}

#[test]
fn a_broker_that_is_silent() {
    let mut bench = online(Profile::sara_r5(), running());
    ok(&mut bench, "AT+UMQTT=2,\"broker\"");
    bench.broker.deaf = true;
    ok(&mut bench, "AT+UMQTTC=1");
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Opening);
    assert_eq!(bench.wait(120 * SECOND), "\r\n+UUMQTTC: 1,0\r\n");
    assert_eq!(send(&mut bench, "AT+UMQTTER"), "\r\n+UMQTTER: 13,33\r\n\r\nOK\r\n");
    (bench.broker.deaf, bench.broker.mute) = (false, true);
    ok(&mut bench, "AT+UMQTTC=1");
    assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Connecting);
    assert_eq!(bench.wait(120 * SECOND), "\r\n+UUMQTTC: 1,0\r\n");
}

#[test]
fn operations_differ_by_model() {
    for (profile, clean, context) in
        [(Profile::sara_r5(), ERROR, ERROR), (Profile::lara_r6(), ERROR, ERROR), (Profile::lena_r8(), OK, OK)]
    {
        let mut bench = quiet(profile, running());
        assert_eq!(send(&mut bench, "AT+UMQTT=12,0"), clean, "{}", profile.name);
        assert_eq!(send(&mut bench, "AT+UMQTT=20,1"), context, "{}", profile.name);
        let extra = if context == OK { OK } else { ERROR };
        assert_eq!(send(&mut bench, "AT+UMQTT=10,3600,60"), extra, "{}", profile.name);
    }
}

#[test]
fn a_client_id_that_was_never_set() {
    for (imei, expected) in [(true, &b"866349040000017"[..]), (false, b"")] {
        let options = with(UbloxOptions { client_id_from_imei: imei, ..UbloxOptions::default() });
        let mut bench = online(Profile::sara_r5(), options);
        ok(&mut bench, "AT+UMQTT=2,\"broker\"");
        send(&mut bench, "AT+UMQTTC=1");
        assert_eq!(&bench.broker.packets[0][13..], expected);
    }
}

#[test]
fn a_server_may_be_looked_up_when_it_is_named() {
    let options = with(UbloxOptions { server_looked_up_at_once: true, ..UbloxOptions::default() });
    let mut bench = quiet(Profile::sara_r5(), options);
    assert_eq!(send(&mut bench, "AT+UMQTT=2,\"broker\""), NOT_ALLOWED);
    ublox::online_again(&mut bench, Profile::sara_r5());
    ok(&mut bench, "AT+UMQTT=2,\"broker\"");
}

#[test]
fn a_will_goes_with_connect() {
    let mut bench = online(Profile::sara_r5(), running());
    for line in ["2,\"broker\"", "6,1", "7,1", "8,\"gone\"", "9,\"6279\",1", "0,\"id\""] {
        ok(&mut bench, &format!("AT+UMQTT={line}"));
    }
    send(&mut bench, "AT+UMQTTC=1");
    assert_eq!(bench.broker.packets[0][8..], *b"\x2e\x00\x00\x00\x02id\x00\x04gone\x00\x02by");
}

#[test]
fn a_prompt_may_be_late_while_a_ping_is_in_flight() {
    let mut bench = r5(with(UbloxOptions { late_prompt_us: 20 * SECOND, ..UbloxOptions::default() }));
    ok(&mut bench, "AT+UMQTTC=8,1");
    bench.broker.mute = true;
    bench.broker.take_kinds();
    while bench.broker.take_kinds().is_empty() {
        bench.wait(SECOND);
    }
    assert_eq!(send(&mut bench, "AT+UMQTTC=9,0,0,\"t\",2"), "");
    assert_eq!(bench.wait(20 * SECOND), "\r\n>");
}

#[test]
fn lena_has_one_code_for_a_login_that_failed() {
    let mut bench = online(Profile::lena_r8(), running());
    ok(&mut bench, "AT+UMQTT=2,\"broker\"");
    bench.broker.open = Err(wanlink_emulator::OpenFailure::Dns);
    assert_eq!(send(&mut bench, "AT+UMQTTC=1"), "\r\nOK\r\n\r\n+UUMQTTC: 1,0\r\n");
    assert_eq!(send(&mut bench, "AT+UMQTTER"), "\r\n+UMQTTER: 13,4\r\n\r\nOK\r\n");
}

#[test]
fn a_young_context_may_be_of_no_use() {
    let options = with(UbloxOptions { settling_us: 2 * SECOND, ..UbloxOptions::default() });
    let mut bench = online(Profile::sara_r5(), options);
    ok(&mut bench, "AT+UMQTT=2,\"broker\"");
    assert_eq!(send(&mut bench, "AT+UMQTTC=1"), "\r\nOK\r\n\r\n+UUMQTTC: 1,0\r\n");
    assert_eq!(send(&mut bench, "AT+UMQTTER"), "\r\n+UMQTTER: 13,50\r\n\r\nOK\r\n");
    bench.wait(SECOND);
    assert_eq!(send(&mut bench, "AT+UMQTTC=1"), "\r\nOK\r\n\r\n+UUMQTTC: 1,1\r\n");
}

#[test]
fn how_long_an_answer_is_waited_for_and_the_code_of_a_refusal_are_options() {
    let ublox = UbloxOptions { answer_us: 5 * SECOND, refused_login: 7, ..UbloxOptions::default() };
    let mut bench = r5(with(ublox));
    bench.broker.mute = true;
    assert_eq!(publish_bytes(&mut bench, 1), OK);
    assert_eq!(bench.wait(5 * SECOND), "\r\n+UUMQTTC: 9,0\r\n");
    assert_eq!(send(&mut bench, "AT+UMQTTC=0"), "\r\nOK\r\n\r\n+UUMQTTC: 0,1\r\n");
    (bench.broker.mute, bench.broker.connack) = (false, 4);
    assert_eq!(send(&mut bench, "AT+UMQTTC=1"), "\r\nOK\r\n\r\n+UUMQTTC: 1,0\r\n");
    assert_eq!(send(&mut bench, "AT+UMQTTER"), "\r\n+UMQTTER: 13,7\r\n\r\nOK\r\n");
}

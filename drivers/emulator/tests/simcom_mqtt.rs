//! The CMQTT family of A7670 and SIM7600 (simcom-at 3).

mod bench;
mod simcom;

use bench::broker::publish;
use bench::{Bench, MS, SECOND, running};
use simcom::{ERROR, OK, acquired, connect, connected, enter, entered, ok, started, with};
use wanlink_emulator::{
    FailureOrder, LeftOpen, MqttPhase, NetworkLoss, OpenFailure, Options, Profile, ResultOrder, SimcomOptions,
};

const PUB: &str = "AT+CMQTTPUB=0,1,60";

fn both() -> [&'static Profile; 2] {
    [Profile::a7670(), Profile::sim7600()]
}

#[test]
fn a_session_from_start_to_stop_on_both_models() {
    for profile in both() {
        let mut bench = connected(profile, running());
        let view = bench.emulator.mqtt(0).unwrap();
        assert_eq!((view.phase, view.host.as_str(), view.port), (MqttPhase::Connected, "broker", 1_883));
        assert_eq!((view.client_id.as_str(), view.username.as_str(), view.keep_alive_s), ("id", "u", 60));
        assert_eq!(enter(&mut bench, "AT+CMQTTSUB=0,3,1", b"a/b"), "\r\nOK\r\n\r\n+CMQTTSUB: 0,0\r\n");
        assert_eq!(bench.emulator.mqtt(0).unwrap().subscriptions, [("a/b".to_owned(), 1)]);
        entered(&mut bench);
        assert_eq!(bench.send(PUB), "\r\nOK\r\n\r\n+CMQTTPUB: 0,0\r\n");
        let published = bench.emulator.mqtt(0).unwrap().published.unwrap();
        assert_eq!((published.topic.as_str(), published.payload.as_slice(), published.qos), ("a/b", &b"hello"[..], 1));
        assert_eq!(enter(&mut bench, "AT+CMQTTUNSUB=0,3,0", b"a/b"), "\r\nOK\r\n\r\n+CMQTTUNSUB: 0,0\r\n");
        assert_eq!(bench.broker.take_kinds(), [0x10, 0x82, 0x32, 0xa2]);
        assert_eq!(bench.send("AT+CMQTTDISC=0,60"), "\r\nOK\r\n\r\n+CMQTTDISC: 0,0\r\n");
        assert_eq!(bench.broker.take_kinds(), [0xe0]);
        ok(&mut bench, "AT+CMQTTREL=0");
        assert_eq!(bench.send("AT+CMQTTSTOP"), "\r\nOK\r\n\r\n+CMQTTSTOP: 0\r\n");
        assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Closed);
    }
}

/// "Default is 3 = MQTT 3.1!": of A76XX by `CMQTTCFG`, of SIM7600 by the fourth parameter of ACCQ.
#[test]
fn the_version_is_3_1_unless_it_is_set() {
    let level = |mut bench: Bench| {
        connect(&mut bench);
        bench.broker.packets[0][1..].to_vec()
    };
    for profile in both() {
        assert!(level(acquired(profile, running())).starts_with(b"\0\x06MQIsdp\x03"));
    }
    let mut bench = acquired(Profile::a7670(), running());
    ok(&mut bench, "AT+CMQTTCFG=\"version\",0,4");
    assert!(level(bench).starts_with(b"\0\x04MQTT\x04"));
    let mut bench = started(Profile::sim7600(), running());
    ok(&mut bench, "AT+CMQTTACCQ=0,\"id\",0,4");
    assert!(level(bench).starts_with(b"\0\x04MQTT\x04"));
}

#[test]
fn ok_and_result_come_in_every_legal_order() {
    for (order, expected) in [
        (ResultOrder::OkFirst, "\r\nOK\r\n\r\n+CMQTTPUB: 0,0\r\n"),
        (ResultOrder::Burst, "\r\nOK\r\n\r\n+CMQTTPUB: 0,0\r\n"),
        (ResultOrder::ResultFirst, "\r\n+CMQTTPUB: 0,0\r\n\r\nOK\r\n"),
    ] {
        let options = with(SimcomOptions { result_order: Some(order), ..SimcomOptions::default() });
        let mut bench = connected(Profile::sim7600(), options);
        entered(&mut bench);
        bench.raw(format!("{PUB}\r").as_bytes());
        let at_once = bench.wait(10 * MS);
        assert_eq!(at_once.is_empty(), order != ResultOrder::OkFirst, "{order:?}");
        assert_eq!(at_once + &bench.wait(SECOND), expected);
        // And a bad one.
        bench.broker.mute = true;
        entered(&mut bench);
        let bad = if order == ResultOrder::ResultFirst {
            "\r\n+CMQTTPUB: 0,17\r\n\r\nERROR\r\n"
        } else {
            "\r\nOK\r\n\r\n+CMQTTPUB: 0,17\r\n"
        };
        bench.raw(format!("{PUB}\r").as_bytes());
        assert_eq!(bench.wait(61 * SECOND), bad);
    }
    for (order, expected) in [
        (FailureOrder::ResultThenError, "\r\n+CMQTTPUB: 0,18\r\n\r\nERROR\r\n"),
        (FailureOrder::ErrorThenResult, "\r\nERROR\r\n\r\n+CMQTTPUB: 0,18\r\n"),
        (FailureOrder::ErrorOnly, ERROR),
    ] {
        let options = with(SimcomOptions { failure_order: order, ..SimcomOptions::default() });
        assert_eq!(connected(Profile::a7670(), options).send(PUB), expected);
    }
}

/// "A failed PUB means both must be entered again."
#[test]
fn a_publish_uses_its_entries_up() {
    let mut bench = connected(Profile::a7670(), running());
    entered(&mut bench);
    bench.broker.mute = true;
    bench.raw(format!("{PUB}\r").as_bytes());
    assert_eq!(bench.wait(59 * SECOND), OK);
    assert_eq!(bench.emulator.mqtt(0).unwrap().in_flight.len(), 1);
    assert_eq!(bench.wait(2 * SECOND), "\r\n+CMQTTPUB: 0,17\r\n");
    assert_eq!(bench.send(PUB), "\r\n+CMQTTPUB: 0,18\r\n\r\nERROR\r\n");
    // One operation of a client at a time.
    entered(&mut bench);
    ok(&mut bench, PUB);
    assert_eq!(bench.send("AT+CMQTTSUB=0,3,1"), "\r\n+CMQTTSUB: 0,14\r\n\r\nERROR\r\n");
}

/// "(2039 = 1500 + 539)", measured.
#[test]
fn a_long_payload_comes_in_pieces_of_1500() {
    let mut bench = connected(Profile::a7670(), running());
    let now = bench.now_us;
    let mut packet = vec![0x30, 0xfa, 0x0f, 0, 1, b't'];
    packet.extend(vec![b'x'; 2_039 - 4]);
    packet.extend(b"OK\r\n");
    packet[1..3].copy_from_slice(&[(2_042 % 128) as u8 | 0x80, (2_042 / 128) as u8]);
    bench.broker.say(now, packet);
    let (first, second) = ("x".repeat(1_500), "x".repeat(535));
    assert_eq!(
        bench.wait(SECOND),
        format!(
            "\r\n+CMQTTRXSTART: 0,1,2039\r\n\r\n+CMQTTRXTOPIC: 0,1\r\nt\r\n+CMQTTRXPAYLOAD: 0,1500\r\n{first}\r\n\
             +CMQTTRXPAYLOAD: 0,539\r\n{second}OK\r\n\r\n+CMQTTRXEND: 0\r\n"
        )
    );
}

#[test]
fn parts_of_a_message_may_be_short_and_have_blank_lines() {
    let simcom = SimcomOptions { blank_lines: true, payload_piece: 2, topic_piece: 2, ..SimcomOptions::default() };
    let mut bench = connected(Profile::a7670(), with(simcom));
    let now = bench.now_us;
    bench.broker.say(now, publish(1, 9, "a/b", b"hi!"));
    bench.broker.say(now + MS, publish(0, 0, "a", b""));
    assert_eq!(
        bench.wait(SECOND),
        "\r\n+CMQTTRXSTART: 0,3,3\r\n\r\n+CMQTTRXTOPIC: 0,2\r\na/\r\n\r\n+CMQTTRXTOPIC: 0,1\r\nb\r\n\r\n\
         +CMQTTRXPAYLOAD: 0,2\r\nhi\r\n\r\n+CMQTTRXPAYLOAD: 0,1\r\n!\r\n\r\n+CMQTTRXEND: 0\r\n\
         \r\n+CMQTTRXSTART: 0,1,0\r\n\r\n+CMQTTRXTOPIC: 0,1\r\na\r\n\r\n+CMQTTRXEND: 0\r\n"
    );
    // The module acknowledged by itself.
    assert_eq!(bench.broker.take_kinds(), [0x10, 0x40]);
}

/// "Both happen after an MCU-only reset": the host forgets, the module does not.
#[test]
fn services_outlive_a_reset_of_the_host() {
    let clean_up = |bench: &mut Bench| {
        bench.send("AT+CMQTTDISC=0,120");
        bench.send("AT+CMQTTREL=0");
        assert_eq!(bench.send("AT+CMQTTSTOP"), "\r\nOK\r\n\r\n+CMQTTSTOP: 0\r\n");
        assert!(bench.until("AT+CMQTTSTART", "+CMQTTSTART").contains("+CMQTTSTART: 0"));
    };
    let mut bench = connected(Profile::a7670(), running());
    assert_eq!(bench.send("AT+CMQTTSTART"), ERROR);
    assert_eq!(bench.send("AT+CMQTTACCQ=0,\"id\",0"), "\r\n+CMQTTACCQ: 0,19\r\n\r\nERROR\r\n");
    clean_up(&mut bench);
    for left_open in [LeftOpen::Services, LeftOpen::Client] {
        let options = with(SimcomOptions { left_open, ..SimcomOptions::default() });
        let mut bench = Bench::quiet_of(Profile::sim7600(), options);
        assert_eq!(bench.send("AT+CMQTTSTART"), "\r\n+CMQTTSTART: 23\r\n\r\nERROR\r\n");
        assert_eq!(bench.emulator.mqtt(0).unwrap().phase == MqttPhase::Left, left_open == LeftOpen::Client);
        clean_up(&mut bench);
    }
}

/// "no documented time-out of the data phase": the port stays deaf until the last byte is there.
#[test]
fn the_port_is_deaf_while_an_entry_starves() {
    let mut bench = connected(Profile::sim7600(), running());
    assert_eq!(bench.send("AT+CMQTTPAYLOAD=0,12"), "\r\n>");
    bench.raw(b"hello");
    assert_eq!(bench.wait(3_600 * SECOND), "");
    bench.raw(b"AT\r");
    assert_eq!(bench.wait(SECOND), "");
    bench.raw(b"AT\r\nAT\r");
    assert_eq!(bench.wait(SECOND), "\r\nOK\r\n\r\nOK\r\n");
}

/// "the 559-character line": one character more, and nothing is executed.
#[test]
fn a_sim7600_takes_559_characters_behind_at() {
    for (profile, longest) in [(Profile::sim7600(), 559), (Profile::a7670(), 3_071)] {
        let mut bench = acquired(profile, running());
        let frame = "+CMQTTCONNECT=0,\"tcp://\",60,1,\"\",\"\"".len();
        for (length, answered) in [(559, "\r\nOK\r\n"), (560, if longest > 559 { "\r\nOK\r\n" } else { ERROR })] {
            let (url, user) = ("h".repeat(100), "u".repeat(200));
            let password = "p".repeat(length - frame - 300);
            let line = format!("AT+CMQTTCONNECT=0,\"tcp://{url}\",60,1,\"{user}\",\"{password}\"");
            assert_eq!(line.len(), length + 2);
            let answer = bench.send(&line);
            assert!(answer.starts_with(answered), "{length}: {answer}");
            bench.send("AT+CMQTTDISC=0,120");
        }
    }
}

#[test]
fn tcp_is_the_only_scheme_also_for_tls() {
    let mut bench = acquired(Profile::a7670(), running());
    for url in ["ssl://broker:8883", "mqtts://broker", "broker:1883", "tcp://", "tcp://b:0", "tcp://b/:1"] {
        assert_eq!(bench.send(&format!("AT+CMQTTCONNECT=0,\"{url}\",60,1")), ERROR, "{url}");
    }
    assert!(bench.send("AT+CMQTTCONNECT=0,\"tcp://broker\",60,1").ends_with("\r\n+CMQTTCONNECT: 0,0\r\n"));
    assert_eq!(bench.emulator.mqtt(0).unwrap().port, 1_883);
}

#[test]
fn what_a_failed_connect_says() {
    let options = || with(SimcomOptions { refused_before_ok: true, ..SimcomOptions::default() });
    let command = "AT+CMQTTCONNECT=0,\"tcp://broker\",60,1";
    for (why, code) in [(OpenFailure::Dns, 25), (OpenFailure::Refused, 3), (OpenFailure::Timeout, 3)] {
        let mut bench = acquired(Profile::a7670(), running());
        bench.broker.open = Err(why);
        assert_eq!(bench.send(command), format!("\r\nOK\r\n\r\n+CMQTTCONNECT: 0,{code}\r\n"));
        let mut bench = acquired(Profile::a7670(), options());
        bench.broker.open = Err(why);
        assert_eq!(bench.send(command), format!("\r\n+CMQTTCONNECT: 0,{code}\r\n\r\nERROR\r\n"));
    }
    let mut bench = acquired(Profile::a7670(), options());
    assert_eq!(bench.send(command), "\r\nOK\r\n\r\n+CMQTTCONNECT: 0,0\r\n");
    for (connack, code) in [(1, 27), (2, 28), (3, 29), (4, 30), (5, 31)] {
        let mut bench = acquired(Profile::a7670(), running());
        bench.broker.connack = connack;
        assert_eq!(bench.send(command), format!("\r\nOK\r\n\r\n+CMQTTCONNECT: 0,{code}\r\n"));
        assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Left);
    }
    // The broker hangs up in place of an answer.
    let mut bench = acquired(Profile::a7670(), running());
    bench.broker.mute = true;
    ok(&mut bench, command);
    let now = bench.now_us;
    bench.broker.hang_up(now);
    assert_eq!(bench.wait(MS), "\r\n+CMQTTCONNECT: 0,26\r\n");
    ok(&mut bench, command);
    assert_eq!(bench.wait(121 * SECOND), "\r\n+CMQTTCONNECT: 0,17\r\n");
}

#[test]
fn a_lost_connection_is_told_and_can_be_made_again() {
    for connect_after_loss in [true, false] {
        let options = with(SimcomOptions { connect_after_loss, ..SimcomOptions::default() });
        let mut bench = connected(Profile::a7670(), options);
        bench.emulator.kill_tcp();
        assert_eq!(bench.wait(MS), "\r\n+CMQTTCONNLOST: 0,2\r\n");
        let answer = bench.send("AT+CMQTTCONNECT=0,\"tcp://broker\",60,1");
        assert_eq!(answer.starts_with(OK), connect_after_loss, "{answer}");
    }
}

#[test]
fn the_network_takes_the_service_or_the_connection_with_it() {
    let mut bench = connected(Profile::a7670(), running());
    bench.emulator.lose_context(1);
    assert_eq!(bench.wait(MS), "\r\n+CMQTTNONET\r\n");
    assert_eq!(bench.send("AT+CMQTTACCQ=0,\"id\",0"), ERROR);
    assert!(bench.until("AT+CMQTTSTART", "+CMQTTSTART").ends_with("\r\n+CMQTTSTART: 0\r\n"));
    let options = with(SimcomOptions { network_loss: NetworkLoss::Client, ..SimcomOptions::default() });
    let mut bench = connected(Profile::a7670(), options);
    bench.emulator.lose_context(1);
    assert_eq!(bench.wait(MS), "\r\n+CMQTTCONNLOST: 0,3\r\n");
    ok(&mut bench, "AT+CMQTTREL=0");
}

/// A wrong APN of an earlier card: the service does not start.
#[test]
fn without_a_bearer_the_service_does_not_start() {
    let options = Options { accepted_apn: Some("cmiot".into()), ..running() };
    let mut bench = Bench::quiet_of(Profile::a7670(), options);
    assert_eq!(bench.until("AT+CMQTTSTART", "+CMQTTSTART"), "\r\nOK\r\n\r\n+CMQTTSTART: 1\r\n");
    ok(&mut bench, "AT+CGDCONT=1,\"IP\",\"cmiot\"");
    assert_eq!(bench.until("AT+CMQTTSTART", "+CMQTTSTART"), "\r\nOK\r\n\r\n+CMQTTSTART: 0\r\n");
}

/// The password stands before the user; read back, behind it.
#[test]
fn cgauth_wants_the_password_first() {
    let options = || Options { accepted_login: Some(("user".into(), "secret".into())), ..running() };
    for (line, code) in [("1,1,\"secret\",\"user\"", 0), ("1,1,\"user\",\"secret\"", 1)] {
        let mut bench = Bench::quiet_of(Profile::a7670(), options());
        ok(&mut bench, &format!("AT+CGAUTH={line}"));
        assert!(bench.until("AT+CMQTTSTART", "+CMQTTSTART").ends_with(&format!("+CMQTTSTART: {code}\r\n")));
    }
    let mut bench = Bench::quiet_of(Profile::a7670(), options());
    ok(&mut bench, "AT+CGAUTH=1,1,\"secret\",\"user\"");
    assert_eq!(bench.send("AT+CGAUTH?"), "\r\n+CGAUTH: 1,1,\"user\",\"secret\"\r\n\r\nOK\r\n");
}

#[test]
fn what_is_owed_when_the_connection_goes() {
    for (result_after_loss, expected) in
        [(false, "\r\n+CMQTTCONNLOST: 0,1\r\n"), (true, "\r\n+CMQTTPUB: 0,26\r\n\r\n+CMQTTCONNLOST: 0,1\r\n")]
    {
        let options = with(SimcomOptions { result_after_loss, ..SimcomOptions::default() });
        let mut bench = connected(Profile::a7670(), options);
        entered(&mut bench);
        bench.emulator.kill_before_puback();
        assert_eq!(bench.send(PUB), format!("{OK}{expected}"));
    }
}

#[test]
fn a_sim7600_tells_of_a_ping_that_nobody_answers() {
    for (profile, expected) in
        [(Profile::sim7600(), "\r\n+CMQTTPING: 0,17\r\n"), (Profile::a7670(), "\r\n+CMQTTCONNLOST: 0,2\r\n")]
    {
        let mut bench = connected(profile, running());
        assert_eq!(bench.wait(130 * SECOND), "");
        assert!(bench.broker.take_kinds().contains(&0xc0));
        bench.broker.mute = true;
        assert_eq!(bench.wait(200 * SECOND), expected);
        assert_eq!(bench.send("AT+CMQTTDISC=0,120").starts_with(OK), profile.name == "sim7600");
    }
}

#[test]
fn text_that_is_no_utf8_is_refused_unless_nobody_checks() {
    for (check, answer) in [(1, "\r\n+CMQTTPUB: 0,2\r\n\r\nERROR\r\n"), (0, "\r\nOK\r\n\r\n+CMQTTPUB: 0,0\r\n")] {
        let mut bench = acquired(Profile::a7670(), running());
        ok(&mut bench, &format!("AT+CMQTTCFG=\"checkUTF8\",0,{check}"));
        connect(&mut bench);
        assert_eq!(enter(&mut bench, "AT+CMQTTTOPIC=0,1", b"t"), OK);
        assert_eq!(enter(&mut bench, "AT+CMQTTPAYLOAD=0,2", b"\xff\xfe"), OK);
        assert_eq!(bench.send(PUB), answer);
    }
}

#[test]
fn filters_may_be_gathered_before_they_are_asked_for() {
    let mut bench = connected(Profile::sim7600(), running());
    assert_eq!(enter(&mut bench, "AT+CMQTTSUBTOPIC=0,1,1", b"a"), OK);
    assert_eq!(enter(&mut bench, "AT+CMQTTSUBTOPIC=0,1,0", b"b"), OK);
    assert_eq!(bench.send("AT+CMQTTSUB=0"), "\r\nOK\r\n\r\n+CMQTTSUB: 0,0\r\n");
    assert_eq!(bench.broker.packets.last().unwrap()[3..], *b"\0\x01a\x01\0\x01b\0");
    assert_eq!(enter(&mut bench, "AT+CMQTTUNSUBTOPIC=0,1", b"a"), OK);
    assert_eq!(bench.send("AT+CMQTTUNSUB=0,0"), "\r\nOK\r\n\r\n+CMQTTUNSUB: 0,0\r\n");
}

#[test]
fn a_restart_takes_everything_and_says_so() {
    for (profile, mark) in [(Profile::a7670(), "\r\n*ATREADY: 1\r\n"), (Profile::sim7600(), "\r\nRDY\r\n")] {
        let mut bench = connected(profile, running());
        bench.emulator.reset();
        assert!(bench.wait(20 * SECOND).starts_with(mark));
        assert_eq!(bench.emulator.mqtt(0).unwrap().phase, MqttPhase::Closed);
        assert_eq!(bench.send("AT+CMQTTACCQ=0,\"id\",0"), "AT+CMQTTACCQ=0,\"id\",0\r\r\nERROR\r\n");
        let options = with(SimcomOptions { boot_lines: false, context_line: Some(false), ..SimcomOptions::default() });
        let mut bench = Bench::quiet_of(profile, options);
        bench.emulator.reset();
        assert_eq!(bench.wait(60 * SECOND), "");
        assert_eq!(bench.send("AT"), "AT\r\r\nOK\r\n");
    }
}

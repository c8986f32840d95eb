//! The MQTT client of SIM7080 (simcom-at 5).

mod bench;
mod simcom;

use bench::broker::publish;
use bench::{Bench, MS, SECOND, running};
use simcom::{ERROR, OK, ok, online, sm_connected, sm_ready, with};
use wanlink_emulator::{MqttPhase, OpenFailure, Profile, SimcomOptions};

/// Types a publish and its payload; nothing else happens yet.
fn publishes(bench: &mut Bench, qos: u8, payload: &[u8]) {
    assert_eq!(bench.send(&format!("AT+SMPUB=\"t\",{},{qos},0", payload.len())), "\r\n> ");
    bench.raw(payload);
}

#[test]
fn a_session() {
    let mut bench = sm_connected(running());
    let view = bench.emulator.mqtt(0).unwrap();
    assert_eq!((view.phase, view.host.as_str(), view.keep_alive_s), (MqttPhase::Connected, "broker", 60));
    assert_eq!(bench.emulator.mqtt(1), None);
    assert!(bench.broker.packets[0][1..].starts_with(b"\0\x04MQTT\x04"));
    ok(&mut bench, "AT+SMSUB=\"a/b\",1");
    assert_eq!(bench.emulator.mqtt(0).unwrap().subscriptions, [("a/b".to_owned(), 1)]);
    publishes(&mut bench, 1, b"hello");
    assert_eq!(bench.wait(SECOND), OK);
    assert_eq!(bench.emulator.mqtt(0).unwrap().published.unwrap().payload, b"hello");
    ok(&mut bench, "AT+SMPUB=\"t\",0,0,0");
    ok(&mut bench, "AT+SMUNSUB=\"a/b\"");
    ok(&mut bench, "AT+SMDISC");
    assert_eq!(bench.broker.take_kinds(), [0x10, 0x82, 0x32, 0x30, 0xa2, 0xe0]);
    assert_eq!(bench.send("AT+SMSTATE?"), "\r\n+SMSTATE: 0\r\n\r\nOK\r\n");
}

/// "BLOCKING: nothing else is answered meanwhile; .. No reason code is given."
#[test]
fn smconn_blocks_and_hides_its_reason() {
    let options = with(SimcomOptions { connect_blocks_us: 26 * SECOND, ..SimcomOptions::default() });
    let mut bench = sm_ready(options);
    bench.raw(b"AT+SMCONN\r");
    assert_eq!(bench.wait(10 * SECOND), "");
    bench.raw(b"AT\r");
    assert_eq!(bench.wait(10 * SECOND), "");
    assert_eq!(bench.wait(10 * SECOND), OK);
    assert_eq!(bench.send("AT+SMCONN"), ERROR);
    for why in [OpenFailure::Dns, OpenFailure::Refused, OpenFailure::Timeout] {
        let mut bench = sm_ready(running());
        bench.broker.open = Err(why);
        assert_eq!(bench.send("AT+SMCONN"), ERROR);
    }
    let mut bench = sm_ready(running());
    bench.broker.connack = 4;
    assert_eq!(bench.send("AT+SMCONN"), ERROR);
    let mut bench = sm_ready(running());
    bench.broker.deaf = true;
    bench.raw(b"AT+SMCONN\r");
    assert_eq!(bench.wait(64 * SECOND), "");
    assert_eq!(bench.wait(2 * SECOND), ERROR);
}

/// "If the link drops in this step, `+SMSTATE: 0` arrives and the command may STILL end with `OK`."
#[test]
fn an_ok_behind_smstate_0_is_no_delivery() {
    for (ok_after_loss, end) in [(true, OK), (false, ERROR)] {
        let options = with(SimcomOptions { ok_after_loss, ..SimcomOptions::default() });
        let mut bench = sm_connected(options.clone());
        bench.emulator.kill_before_puback();
        publishes(&mut bench, 1, b"hello");
        assert_eq!(bench.wait(5 * SECOND), format!("\r\n+SMSTATE: 0\r\n{end}"));
        assert_eq!(bench.broker.take_kinds(), [0x10, 0x32]);
        // And when it goes while the host types.
        let mut bench = sm_connected(options);
        assert_eq!(bench.send("AT+SMPUB=\"t\",5,1,0"), "\r\n> ");
        bench.emulator.kill_tcp();
        bench.raw(b"hello");
        assert_eq!(bench.wait(SECOND), format!("\r\n+SMSTATE: 0\r\n{end}"));
        assert_eq!(bench.broker.take_kinds(), [0x10]);
    }
}

#[test]
fn ok_comes_with_the_puback_or_at_once() {
    for (publish_waits, expected) in [(true, ""), (false, OK)] {
        let options = with(SimcomOptions { publish_waits, ..SimcomOptions::default() });
        let mut bench = sm_connected(options);
        bench.broker.mute = true;
        publishes(&mut bench, 1, b"hello");
        assert_eq!(bench.wait(SECOND), expected);
    }
}

/// "payload not escaped", and "a payload containing CR LF cannot be framed: use SUBHEX=1".
#[test]
fn messages_come_raw_or_as_hex() {
    let mut bench = sm_connected(running());
    let now = bench.now_us;
    bench.broker.say(now, publish(1, 9, "a/b", b"{\"id\":\"1\"}\r\nOK"));
    assert_eq!(bench.wait(SECOND), "\r\n+SMSUB: \"a/b\",\"{\"id\":\"1\"}\r\nOK\"\r\n");
    ok(&mut bench, "AT+SMCONF=\"SUBHEX\",1");
    let now = bench.now_us;
    bench.broker.say(now, publish(0, 0, "a/b", b"\r\nOK\r\n"));
    assert_eq!(bench.wait(SECOND), "\r\n+SMSUB: \"a/b\",\"0D0A4F4B0D0A\"\r\n");
}

#[test]
fn the_push_of_a_registration_may_stand_without_quotes() {
    for (bare_registration, expected) in
        [(true, "\r\n+SMSUB: /ext/regnwl,{\"a\":1}\r\n"), (false, "\r\n+SMSUB: \"/ext/regnwl\",\"{\"a\":1}\"\r\n")]
    {
        let options = with(SimcomOptions { bare_registration, ..SimcomOptions::default() });
        let mut bench = sm_connected(options);
        let now = bench.now_us;
        bench.broker.say(now, publish(0, 0, "/ext/regnwl", b"{\"a\":1}"));
        assert_eq!(bench.wait(SECOND), expected);
    }
}

/// "a 7080 message above 1024 bytes is never printed, and later small ones stop too (one report)".
#[test]
fn a_big_message_is_missing_and_may_stop_the_rest() {
    for (big_message_stops, lost, shown) in [(false, 1, "\r\n+SMSUB: \"t\",\"x\"\r\n"), (true, 2, "")] {
        let options = with(SimcomOptions { big_message_stops, ..SimcomOptions::default() });
        let mut bench = sm_connected(options);
        let now = bench.now_us;
        let mut packet = vec![0x30, 0x84, 0x08, 0, 1, b't'];
        packet.extend(vec![b'x'; 1_025]);
        assert_eq!(packet.len() - 3, 4 + 8 * 128);
        bench.broker.say(now, packet);
        bench.broker.say(now + MS, publish(0, 0, "t", b"x"));
        assert_eq!(bench.wait(SECOND), shown);
        assert_eq!(bench.emulator.mqtt(0).unwrap().lost, lost);
        // "treat silence after a big one as a dead session (SMDISC, SMCONN)".
        ok(&mut bench, "AT+SMDISC");
        ok(&mut bench, "AT+SMCONN");
        let now = bench.now_us;
        bench.broker.say(now, publish(0, 0, "t", b"y"));
        assert_eq!(bench.wait(SECOND), "\r\n+SMSUB: \"t\",\"y\"\r\n");
    }
}

#[test]
fn settings_are_shown_and_limited() {
    let mut bench = Bench::quiet_of(Profile::sim7080(), running());
    assert!(bench.send("AT+SMCONF?").contains("\r\nURL: \"0.0.0.0\",1883\r\n"));
    let long = |count: usize| "x".repeat(count);
    for (key, most) in [("CLIENTID", 128), ("URL", 246), ("USERNAME", 256), ("PASSWORD", 512), ("TOPIC", 128)] {
        ok(&mut bench, &format!("AT+SMCONF=\"{key}\",\"{}\"", long(most)));
        assert_eq!(bench.send(&format!("AT+SMCONF=\"{key}\",\"{}\"", long(most + 1))), ERROR, "{key}");
    }
    ok(&mut bench, "AT+SMCONF=\"URL\",\"h\",\"8883\"");
    assert!(bench.send("AT+SMCONF?").contains("\r\nURL: \"h\",8883\r\n"));
}

/// A payload that is typed as hex.
#[test]
fn smpubhex_takes_two_digits_for_a_byte() {
    let mut bench = sm_connected(running());
    ok(&mut bench, "AT+SMPUBHEX=1");
    publishes(&mut bench, 1, b"00FF0d");
    assert_eq!(bench.wait(SECOND), OK);
    assert_eq!(bench.emulator.mqtt(0).unwrap().published.unwrap().payload, [0, 0xff, 0x0d]);
    publishes(&mut bench, 1, b"0x");
    assert_eq!(bench.wait(SECOND), ERROR);
}

#[test]
fn without_the_application_network_nothing_connects() {
    let mut bench = sm_ready(running());
    bench.emulator.lose_context(1);
    assert_eq!(bench.wait(MS), "\r\n+APP PDP: 0,DEACTIVE\r\n");
    // "CGATT/CGPADDR look fine while the app bearer is down".
    assert_eq!(bench.send("AT+CGATT?"), "\r\n+CGATT: 1\r\n\r\nOK\r\n");
    assert!(bench.send("AT+CGPADDR").contains("10."));
    assert_eq!(bench.send("AT+SMCONN"), ERROR);
    online(&mut bench);
    ok(&mut bench, "AT+SMCONN");
    bench.emulator.lose_context(1);
    assert_eq!(bench.wait(MS), "\r\n+APP PDP: 0,DEACTIVE\r\n\r\n+SMSTATE: 0\r\n");
}

/// "on 7080 do NOT use it before CNACT (LIB: breaks the app bearer)".
#[test]
fn cgact_before_cnact_breaks_the_bearer() {
    let mut bench = Bench::quiet_of(Profile::sim7080(), running());
    ok(&mut bench, "AT+CGACT=1,1");
    assert_eq!(bench.until("AT+CNACT=0,1", "+APP PDP"), "\r\nOK\r\n\r\n+APP PDP: 0,DEACTIVE\r\n");
    bench.send("AT+CFUN=0");
    bench.wait(SECOND);
    bench.send("AT+CFUN=1");
    bench.wait(10 * SECOND);
    online(&mut bench);
}

/// Publishes that are `OK` before their PUBACK put off the ping that would find the network dead: what they sent is what
/// TCP gives up (RFC 1122, 4.2.3.5).
#[test]
fn a_client_that_never_has_to_ping_learns_from_tcp() {
    let options = with(SimcomOptions { publish_waits: false, ..SimcomOptions::default() });
    let mut bench = sm_connected(options);
    bench.emulator.context_lies(1);
    let mut waited_s = 0;
    while waited_s < 900 {
        publishes(&mut bench, 1, b"hello");
        assert_eq!(bench.wait(30 * SECOND), OK);
        waited_s += 30;
    }
    assert_eq!(bench.wait(30 * SECOND), "\r\n+SMSTATE: 0\r\n");
}

/// A network that is back in time has lost nothing.
#[test]
fn what_waits_goes_out_when_the_network_is_back() {
    let options = with(SimcomOptions { publish_waits: false, ..SimcomOptions::default() });
    let mut bench = sm_connected(options);
    bench.broker.take_kinds();
    bench.emulator.lose_network();
    publishes(&mut bench, 1, b"hello");
    assert_eq!(bench.wait(30 * SECOND), OK);
    bench.emulator.restore_network();
    bench.wait(1000 * SECOND);
    assert_eq!(bench.broker.take_kinds()[0], 0x32);
    assert_eq!(bench.send("AT+SMSTATE?"), "\r\n+SMSTATE: 1\r\n\r\nOK\r\n");
}

//! Who gets in, and with which code the others do not.

use crate::bench::{Bench, DEVICE, PRODUCT, SECOND, closed, sent};
use crate::packets::{Connect, PINGREQ, PINGRESP, connack, publish0};
use wanlink_platform::{Config, ConnId, Judgement, KeepAlive, Peer, Qos, Rejection, ReturnCode};

/// The CONNECT is answered with this code; 0 stays open.
fn answers(bench: &mut Bench, peer: Peer, connect: &Connect, code: u8) {
    bench.open(1, peer);
    let actions = bench.send(1, &connect.bytes());
    let mut expected = vec![sent(1, &connack(code))];
    if code != 0 {
        expected.push(closed(1));
    }
    let reasons = bench.reasons(Judgement::Refused);
    assert_eq!(actions, expected, "{} {reasons:?}", connect.client_id);
    assert_eq!(reasons.len(), usize::from(code != 0));
}

fn over_tls(connect: &Connect, code: u8) {
    answers(&mut Bench::new(), Peer::tls(), connect, code);
}

fn closes(config: Config, peer: Peer, connect: &Connect) {
    let mut bench = Bench::with(config);
    bench.open(1, peer);
    assert_eq!(bench.send(1, &connect.bytes()), [closed(1)]);
    assert_eq!(bench.reasons(Judgement::Refused).len(), 1);
}

#[test]
fn the_three_known_devices_get_in() {
    over_tls(&Connect::example(), 0);
    over_tls(&Connect::console(), 0);
    answers(&mut Bench::new(), Peer::plain(), &Connect::live_log(), 0);
}

#[test]
fn hex_digits_of_either_case_and_items_in_any_order() {
    let mut connect = Connect::example();
    connect.password = connect.password.to_uppercase();
    connect.client_id =
        "a1X2bEnP82z.example1|securemode=2,gw=0,signmethod=hmacsha256,pid=,timestamp=2524608000000|".into();
    over_tls(&connect, 0);
}

#[test]
fn md5_is_the_method_when_none_is_named() {
    let connect = Connect::live_log().client_id(",signmethod=hmacmd5", "");
    answers(&mut Bench::new(), Peer::plain(), &connect, 0);
    over_tls(&Connect::example().client_id("signmethod=hmacsha256,", ""), 4);
}

#[test]
fn mqtt_3_1_is_served() {
    let mut connect = Connect::example();
    (connect.protocol, connect.level) = ("MQIsdp", 3);
    over_tls(&connect, 0);
}

#[test]
fn other_levels_get_code_1() {
    for (protocol, level) in [("MQTT", 5), ("MQTT", 3), ("MQTT", 0x84), ("MQIsdp", 4)] {
        let mut connect = Connect::example();
        (connect.protocol, connect.level) = (protocol, level);
        over_tls(&connect, 1);
    }
}

#[test]
fn a_malformed_client_id_gets_code_2() {
    for (from, to) in [
        ("|timestamp", "timestamp"),
        (",|", ""),
        ("a1X2bEnP82z.example1|", "|"),
        ("securemode=2,", ""),
        ("securemode=2", "securemode=7"),
        ("securemode=2", "securemode"),
        ("securemode=2", "securemode=2,securemode=2"),
        ("hmacsha256", "sha256"),
        ("hmacsha256", "HMACSHA256"),
        ("timestamp=2524608000000", "timestamp="),
        ("timestamp=2524608000000", "timestamp=now"),
        ("ext=0", "ext=x"),
        ("ext=0", "authType=register"),
    ] {
        over_tls(&Connect::example().client_id(from, to), 2);
    }
    let mut connect = Connect::example();
    connect.client_id.clear();
    over_tls(&connect, 2);
}

#[test]
fn wrong_credentials_get_code_4() {
    let with = |change: fn(&mut Connect)| {
        let mut connect = Connect::example();
        change(&mut connect);
        connect
    };
    over_tls(&with(|c| c.password.replace_range(..1, "c")), 4);
    over_tls(&with(|c| c.password.truncate(63)), 4);
    over_tls(&with(|c| c.password.clear()), 4);
    over_tls(&with(|c| c.flags = 0x82), 4);
    over_tls(&with(|c| c.flags = 0x02), 4);
    over_tls(&with(|c| c.username = "example2&a1X2bEnP82z".into()), 4);
    over_tls(&with(|c| c.username = "example1&a1X2bEnP82y".into()), 4);
    over_tls(&with(|c| c.username = "example1".into()), 4);
    over_tls(&with(|c| c.username = "a&b&c".into()), 4);
    over_tls(&with(|c| c.username = "&a1X2bEnP82z".into()), 4);
    // The signed part differs from what was signed: another name, another time, no time.
    over_tls(&Connect::example().client_id("z.example1|", "z.example2|"), 4);
    over_tls(&Connect::example().client_id("2524608000000", "2524608000001"), 4);
    over_tls(&Connect::example().client_id("timestamp=2524608000000,", ""), 4);
    over_tls(&Connect::example().client_id("hmacsha256", "hmacsha1"), 4);
}

#[test]
fn codes_of_unknown_and_disabled_devices_are_configurable() {
    let mut stranger = Connect::example();
    stranger.username = "example2&a1X2bEnP82z".into();
    let mut config = Config { unknown_device: Rejection::Code(ReturnCode::NotAuthorized), ..Config::default() };
    answers(&mut Bench::with(config.clone()), Peer::tls(), &stranger, 5);

    let mut bench = Bench::with(config.clone());
    assert!(bench.platform.set_enabled(0, PRODUCT, DEVICE, false));
    assert!(!bench.platform.set_enabled(0, PRODUCT, "nobody", false));
    answers(&mut bench, Peer::tls(), &Connect::example(), 5);

    config.disabled_device = Rejection::Code(ReturnCode::ServerUnavailable);
    let mut bench = Bench::with(config);
    bench.platform.set_enabled(0, PRODUCT, DEVICE, false);
    answers(&mut bench, Peer::tls(), &Connect::example(), 3);
}

#[test]
fn a_device_that_is_disabled_while_online_is_disconnected() {
    let mut bench = Bench::connected();
    bench.platform.set_enabled(1, PRODUCT, DEVICE, false);
    assert_eq!(bench.platform.take_actions(), [closed(1)]);
    bench.platform.set_enabled(2, PRODUCT, DEVICE, true);
    bench.expect_connect(1, &Connect::example());
}

#[test]
fn securemode_goes_with_the_transport() {
    answers(&mut Bench::new(), Peer::plain(), &Connect::example(), 2);
    over_tls(&Connect::live_log(), 2);
    let lenient = Config { check_securemode: false, ..Config::default() };
    let mut bench = Bench::with(lenient);
    answers(&mut bench, Peer::plain(), &Connect::example(), 0);
}

#[test]
fn plain_tcp_can_be_switched_off() {
    let mut config = Config { plain_tcp: Some(Rejection::Close), ..Config::default() };
    closes(config.clone(), Peer::plain(), &Connect::live_log());
    config.plain_tcp = Some(Rejection::Code(ReturnCode::NotAuthorized));
    let mut bench = Bench::with(config.clone());
    answers(&mut bench, Peer::plain(), &Connect::live_log(), 5);
    answers(&mut Bench::with(config), Peer::tls(), &Connect::example(), 0);
}

#[test]
fn the_host_has_to_serve_the_product() {
    let mut config = Config { instances: vec!["iot-06z00abc".into()], ..Config::default() };
    for (host, port) in [
        ("a1X2bEnP82z.iot-as-mqtt.cn-shanghai.aliyuncs.com", 8883),
        ("A1x2benp82z.iot-as-mqtt.eu-central-1.aliyuncs.com", 1883),
        ("iot-06z00abc.mqtt.iothub.aliyuncs.com", 443),
    ] {
        let mut bench = Bench::with(config.clone());
        let peer = Peer::tls().at(host, port);
        answers(&mut bench, peer, &Connect::example(), 0);
    }
    let foreign = [
        "a1ABCDEFGHI.iot-as-mqtt.cn-shanghai.aliyuncs.com",
        "a1X2bEnP82z.iot-as-mqtt.cn-nowhere.aliyuncs.com",
        "iot-06z00abd.mqtt.iothub.aliyuncs.com",
        "iot-as-mqtt.cn-shanghai.aliyuncs.com",
    ];
    for host in foreign {
        let peer = Peer::tls().at(host, 8883);
        closes(config.clone(), peer, &Connect::example());
    }
    config.wrong_endpoint = Rejection::Code(ReturnCode::NotAuthorized);
    let mut bench = Bench::with(config.clone());
    let peer = Peer::tls().at(foreign[0], 8883);
    answers(&mut bench, peer.clone(), &Connect::example(), 5);
    config.check_endpoint = false;
    answers(&mut Bench::with(config), peer, &Connect::example(), 0);
}

#[test]
fn port_8883_is_tls_only() {
    let host = "k1hipglLdjU.iot-as-mqtt.cn-shanghai.aliyuncs.com";
    let peer = Peer::plain().at(host, 8883);
    closes(Config::default(), peer, &Connect::live_log());
    let peer = Peer::plain().at(host, 1883);
    answers(&mut Bench::new(), peer, &Connect::live_log(), 0);
}

#[test]
fn keep_alive_outside_its_range_is_refused() {
    for (seconds, code) in [(0, 3), (29, 3), (30, 0), (1200, 0), (1201, 3)] {
        over_tls(&Connect::example().keep_alive(seconds), code);
    }
}

/// The connection lives as long as `server_s` says, and not a microsecond longer.
fn lives(config: Config, keep_alive: u16, server_s: u64) {
    let mut bench = Bench::with(config);
    bench.expect_connect(1, &Connect::example().keep_alive(keep_alive));
    let silence = server_s * 3 * SECOND / 2;
    for _ in 0..3 {
        assert_eq!(bench.wait(silence - 1), []);
        assert_eq!(bench.send(1, &PINGREQ), [sent(1, &PINGRESP)]);
        assert_eq!(bench.platform.next(), Some(bench.now + silence));
    }
    // A packet that has not ended is none.
    bench.send(1, &publish0("/a", b"x")[..3]);
    assert_eq!(bench.wait(silence - 1), []);
    assert_eq!(bench.wait(1), [closed(1)]);
    assert_eq!(bench.platform.next(), None);
    assert!(bench.reasons(Judgement::Closed)[0].starts_with("[MQTT-3.1.2-24]"));
}

#[test]
fn silence_of_one_and_a_half_keep_alives_closes() {
    lives(Config::default(), 30, 30);
    lives(Config::default(), 1200, 1200);
}

#[test]
fn keep_alive_can_be_clamped_or_left_alone() {
    let with = |keep_alive| Config { keep_alive, ..Config::default() };
    lives(with(KeepAlive::Clamp), 1, 30);
    lives(with(KeepAlive::Clamp), 2000, 1200);
    lives(with(KeepAlive::Clamp), 0, 1200);
    lives(with(KeepAlive::Unchecked), 10, 10);
    let mut bench = Bench::with(with(KeepAlive::Unchecked));
    bench.expect_connect(1, &Connect::example().keep_alive(0));
    assert_eq!(bench.platform.next(), None);
}

#[test]
fn a_late_packet_does_not_save_a_dead_connection() {
    let mut bench = Bench::new();
    bench.expect_connect(1, &Connect::example().keep_alive(30));
    bench.now += 45 * SECOND;
    assert_eq!(bench.send(1, &PINGREQ), [closed(1)]);
}

#[test]
fn silence_before_the_connect_closes() {
    let mut bench = Bench::new();
    bench.open(1, Peer::tls());
    let connect = Connect::example().bytes();
    bench.send(1, &connect[..connect.len() - 1]);
    assert_eq!(bench.platform.next(), Some(5 * SECOND));
    assert_eq!(bench.wait(5 * SECOND - 1), []);
    assert_eq!(bench.wait(1), [closed(1)]);
}

#[test]
fn the_new_connection_of_an_identity_wins() {
    let mut bench = Bench::connected();
    let actions = bench.connect(2, &Connect::example());
    assert_eq!(actions, [closed(1), sent(2, &connack(0))]);
    assert_eq!(bench.send(1, &PINGREQ), []);
    assert_eq!(bench.send(2, &PINGREQ), [sent(2, &PINGRESP)]);
    assert!(bench.platform.is_online(PRODUCT, DEVICE));
    bench.platform.closed(bench.now, ConnId(1));
    assert!(bench.platform.is_online(PRODUCT, DEVICE));
    bench.platform.closed(bench.now, ConnId(2));
    assert!(!bench.platform.is_online(PRODUCT, DEVICE));
}

#[test]
fn a_refused_stranger_does_not_kick_the_owner() {
    let mut bench = Bench::connected();
    let mut thief = Connect::example();
    thief.password = "00".repeat(32);
    let actions = bench.connect(2, &thief);
    assert_eq!(actions, [sent(2, &connack(4)), closed(2)]);
    assert_eq!(bench.send(1, &PINGREQ), [sent(1, &PINGRESP)]);
}

#[test]
fn nothing_behind_a_refused_connect_is_read() {
    let mut bench = Bench::new();
    bench.open(1, Peer::tls());
    let mut connect = Connect::example();
    connect.password.clear();
    let bytes = [connect.bytes(), PINGREQ.to_vec()].concat();
    assert_eq!(bench.send(1, &bytes), [sent(1, &connack(4)), closed(1)]);
    assert_eq!(bench.platform.record().entries().len(), 2);
}

#[test]
fn packets_right_behind_the_connect_are_served() {
    let mut bench = Bench::new();
    bench.open(1, Peer::tls());
    let bytes = [Connect::example().bytes(), PINGREQ.to_vec()].concat();
    let actions = bench.send(1, &bytes);
    assert_eq!(actions, [sent(1, &connack(0)), sent(1, &PINGRESP)]);
}

#[test]
fn a_name_that_is_opened_again_ends_the_old_connection() {
    let mut bench = Bench::connected();
    bench.open(1, Peer::tls());
    assert!(!bench.platform.is_online(PRODUCT, DEVICE));
    let actions = bench.send(1, &Connect::example().bytes());
    assert_eq!(actions, [sent(1, &connack(0))]);
}

#[test]
fn every_call_does_first_what_was_due() {
    let late = 10 * SECOND;
    let silent = || {
        let mut bench = Bench::new();
        bench.open(1, Peer::tls());
        bench.platform
    };
    let mut platform = silent();
    platform.open(late, ConnId(2), Peer::tls());
    assert_eq!(platform.take_actions(), [closed(1)]);
    let mut platform = silent();
    platform.closed(late, ConnId(1));
    assert_eq!(platform.take_actions(), [closed(1)]);
    let mut platform = silent();
    platform.input(late, ConnId(2), &[]);
    assert_eq!(platform.take_actions(), [closed(1)]);
    let mut platform = silent();
    let _ = platform.push(late, PRODUCT, DEVICE, "/x", b"", Qos::AtMostOnce);
    assert_eq!(platform.take_actions(), [closed(1)]);
    let mut platform = silent();
    assert!(!platform.kill_connection(late, PRODUCT, DEVICE));
    assert_eq!(platform.take_actions(), [closed(1)]);
}

//! Dynamic registration over MQTT, and logins with what it gave. The signatures are those of vectors G5 and G6: nothing
//! of the client id is signed.

use crate::bench::{Bench, SECOND, closed, sent};
use crate::device_tokens::{token, token_login};
use crate::packets::*;
use crate::registering::{KEY, NAME};
use crate::requests::{Request, member};
use wanlink_platform::{Action, Config, ConnId, Judgement, Peer, Qos, Registration};

pub(crate) fn registration(mode: &str, securemode: &str) -> Connect {
    let mut connect = Connect::example().client_id(
        "a1X2bEnP82z.example1|timestamp=2524608000000,_v=sdk-c-4.2.0,securemode=2,signmethod=hmacsha256,ext=0,|",
        &format!("{NAME}.{KEY}|random=7y4Jg5xdKCy9W2i,authType={mode},securemode={securemode},signmethod=hmacsha256|"),
    );
    connect.username = format!("{NAME}&{KEY}");
    connect.password = "d3b560d5be0c9c19749470e85d912b65685fa4b20edcbd179ccfe98fcca23d5e".into();
    connect.keep_alive(0)
}

/// The payload that is pushed behind the CONNACK, on this topic with QoS 0; the connection stays.
pub(crate) fn pushed(bench: &mut Bench, peer: Peer, connect: &Connect, topic: &str) -> String {
    bench.open(1, peer);
    let actions = bench.send(1, &connect.bytes());
    let [first, Action::Send { conn: ConnId(1), bytes }] = &actions[..] else {
        panic!("{actions:?} {:?}", bench.platform.record().findings())
    };
    assert_eq!(*first, sent(1, &connack(0)));
    let payload = json(bytes);
    assert_eq!(*bytes, publish0(topic, payload.as_bytes()));
    payload
}

fn json(packet: &[u8]) -> String {
    let start = packet.iter().position(|&byte| byte == b'{').expect("JSON");
    String::from_utf8(packet[start..].to_vec()).expect("text")
}

pub(crate) fn refused(config: Config, registration: Registration, peer: Peer, connect: &Connect, code: u8) {
    let mut bench = Bench::unregistered_with(config, registration);
    bench.open(1, peer);
    let actions = bench.send(1, &connect.bytes());
    let reasons = bench.reasons(Judgement::Refused);
    assert_eq!(actions, [sent(1, &connack(code)), closed(1)], "{} {reasons:?}", connect.client_id);
    assert_eq!((reasons.len(), bench.platform.record().statistics().registrations), (1, 0));
}

fn by_the_rules(connect: &Connect, code: u8) {
    refused(Config::default(), Registration::Preregistered, Peer::tls(), connect, code);
}

pub(crate) fn open_bench() -> Bench {
    Bench::unregistered_with(Config::default(), Registration::Open)
}

#[test]
fn register_pushes_the_secret() {
    for securemode in ["2", "-2"] {
        let mut bench = Bench::unregistered();
        let payload = pushed(&mut bench, Peer::tls(), &registration("register", securemode), "/ext/register");
        let secret = member(&payload, "deviceSecret");
        let expected = format!(r#"{{"productKey":"{KEY}","deviceName":"{NAME}","deviceSecret":"{secret}"}}"#);
        assert_eq!(payload, expected);
        assert!(bench.platform.is_secret(KEY, NAME, secret) && !bench.platform.is_active(KEY, NAME));
        assert!(!bench.platform.is_online(KEY, NAME));
        let statistics = bench.platform.record().statistics();
        assert_eq!((statistics.registrations, statistics.logins), (1, 0));
        assert_eq!(bench.send(1, &DISCONNECT), [closed(1)]);
        assert_eq!(bench.platform.record().judged(Judgement::Violation).count(), 0);
    }
}

#[test]
fn the_live_log_s_device_by_md5() {
    let mut connect = registration("register", "2").client_id("7y4Jg5xdKCy9W2i", "123456");
    connect = connect.client_id("hmacsha256", "hmacmd5");
    connect.username = "868488076506128&k1hipglLdjU".into();
    connect.password = "20558baadb2a0b04847767980f0ee67b".into();
    pushed(&mut Bench::unregistered(), Peer::tls(), &connect, "/ext/register");
}

#[test]
fn malformed_registrations_get_code_2() {
    let good = registration("register", "2");
    for (from, to) in [
        ("authType=register", "authType=connect"),
        ("authType=register", "authType="),
        ("random=7y4Jg5xdKCy9W2i,", ""),
        ("random=7y4Jg5xdKCy9W2i", "random="),
        ("securemode=2,", ""),
        ("securemode=2", "securemode=3"),
        ("hmacsha256", "sha256"),
        ("securemode=2", "securemode=2,instanceId=iot-06z00abc"),
    ] {
        by_the_rules(&good.clone().client_id(from, to), 2);
    }
    refused(Config::default(), Registration::Preregistered, Peer::plain(), &good, 2);
}

#[test]
fn refused_registrations_get_code_4_whatever_the_cause() {
    let good = registration("register", "2");
    let with = |change: fn(&mut Connect)| {
        let mut connect = registration("register", "2");
        change(&mut connect);
        connect
    };
    by_the_rules(&with(|c| c.password.replace_range(..1, "e")), 4);
    by_the_rules(&with(|c| c.password.clear()), 4);
    by_the_rules(&with(|c| c.username = "Example_dyn2&a1ExpAkj9Hi".into()), 4);
    by_the_rules(&with(|c| c.username = "Example_dyn1&a1ExpAkj9Hj".into()), 4);
    by_the_rules(&with(|c| c.username = "Example_dyn1".into()), 4);
    by_the_rules(&good.clone().client_id("7y4Jg5xdKCy9W2i", "1"), 4);
    by_the_rules(&registration("regnwl", "2"), 4);
    refused(Config::default(), Registration::Off, Peer::tls(), &good, 4);
    let mut bench = open_bench();
    let (client_id, token) = token(&mut bench);
    bench.expect_connect(2, &token_login(&client_id, &token));
    for mode in ["register", "regnwl"] {
        assert_eq!(bench.connect(3, &registration(mode, "2")), [sent(3, &connack(4)), closed(3)]);
        let reason = bench.reasons(Judgement::Refused).pop().map(str::to_owned);
        assert_eq!(reason.as_deref(), Some("code 4: registration: device is already active"));
    }
    assert!(bench.platform.is_online(KEY, NAME), "it keeps its session");
}

#[test]
fn an_instance_is_named_at_its_host() {
    let config = Config { instances: vec!["iot-06z00abc".into(), "iot-other".into()], ..Config::default() };
    let peer = || Peer::tls().at("iot-06z00abc.mqtt.iothub.aliyuncs.com", 8883);
    let named = |id: &str| registration("register", "-2").client_id("|random", &format!("|instanceId={id},random"));
    let mut bench = Bench::unregistered_with(config.clone(), Registration::Preregistered);
    pushed(&mut bench, peer(), &named("iot-06z00abc"), "/ext/register");
    for connect in [registration("register", "-2"), named("iot-other"), named("iot-nobody")] {
        refused(config.clone(), Registration::Preregistered, peer(), &connect, 2);
    }
    let mut bench = Bench::unregistered_with(config.clone(), Registration::Preregistered);
    let regional = format!("{KEY}.iot-as-mqtt.cn-shanghai.aliyuncs.com");
    pushed(&mut bench, Peer::tls().at(&regional, 8883), &named("iot-06z00abc"), "/ext/register");
    let unchecked = Config { check_endpoint: false, ..config };
    let mut bench = Bench::unregistered_with(unchecked, Registration::Preregistered);
    pushed(&mut bench, peer(), &registration("register", "-2"), "/ext/register");
}

#[test]
fn regnwl_is_served_in_shanghai_alone() {
    let at = |region: &str| Peer::tls().at(&format!("{KEY}.iot-as-mqtt.{region}.aliyuncs.com"), 8883);
    let connect = registration("regnwl", "-2");
    pushed(&mut open_bench(), at("cn-shanghai"), &connect, "/ext/regnwl");
    let mut bench = open_bench();
    bench.open(1, at("eu-central-1"));
    assert_eq!(bench.send(1, &connect.bytes()), [closed(1)]);
    assert_eq!(bench.reasons(Judgement::Refused), ["no regnwl in eu-central-1"]);
    pushed(&mut open_bench(), at("eu-central-1"), &registration("register", "2"), "/ext/register");
}

#[test]
fn a_device_that_stays_is_closed_after_fifteen_seconds() {
    let mut bench = Bench::unregistered();
    pushed(&mut bench, Peer::tls(), &registration("register", "2"), "/ext/register");
    bench.now = 10 * SECOND;
    assert_eq!(bench.send(1, &PINGREQ), [sent(1, &PINGRESP)]);
    assert_eq!(bench.wait(5 * SECOND - 1), []);
    assert_eq!(bench.wait(1), [closed(1)]);
    assert_eq!(bench.reasons(Judgement::Closed), ["still open behind a registration"]);
}

#[test]
fn a_registration_is_no_session() {
    for packet in [publish0("/a", b""), publish1(1, "/a", b""), subscribe(1, &["/ext/register"]), unsubscribe(1, "/a")]
    {
        let mut bench = Bench::unregistered();
        pushed(&mut bench, Peer::tls(), &registration("register", "2"), "/ext/register");
        assert_eq!(bench.send(1, &packet), [closed(1)]);
        assert_eq!(bench.reasons(Judgement::Violation), ["[platform] only a DISCONNECT follows a registration"]);
    }
    let mut bench = Bench::unregistered();
    pushed(&mut bench, Peer::tls(), &registration("register", "2"), "/ext/register");
    assert_eq!(bench.send(1, &registration("register", "2").bytes()), [closed(1)]);
}

#[test]
fn the_message_can_be_of_qos_1_and_on_the_older_topic() {
    let mut config = Config::default();
    config.registration.qos = Qos::AtLeastOnce;
    config.registration.regnwl_topic = "/ext/register".into();
    let mut bench = Bench::unregistered_with(config, Registration::Open);
    bench.open(1, Peer::tls());
    let actions = bench.send(1, &registration("regnwl", "2").bytes());
    let [_, Action::Send { bytes, .. }] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!(*bytes, publish1(1, "/ext/register", json(bytes).as_bytes()));
    assert_eq!(bench.send(1, &puback(1)), []);
}

#[test]
fn five_registrations_a_minute() {
    let mut bench = Bench::unregistered();
    for _ in 0..5 {
        pushed(&mut bench, Peer::tls(), &registration("register", "2"), "/ext/register");
        bench.send(1, &DISCONNECT);
    }
    bench.open(1, Peer::tls());
    assert_eq!(bench.send(1, &registration("register", "2").bytes()), [closed(1)]);
}

#[test]
fn no_secret_shows_in_what_is_printed() {
    let mut bench = open_bench();
    let mut told = String::new();
    let payload = pushed(&mut bench, Peer::tls(), &registration("register", "2"), "/ext/register");
    bench.open(2, Peer::https());
    told += &format!("{:?}", bench.send(2, &Request::register().bytes()));
    bench.open(3, Peer::tls());
    told += &format!("{:?}", bench.send(3, &registration("regnwl", "2").bytes()));
    told += &format!("{:?}", bench.platform.record());
    let entries = bench.platform.record().entries();
    let bytes = entries.iter().map(|entry| String::from_utf8_lossy(&entry.raw).into_owned()).collect::<String>();
    let mut secrets = vec![member(&payload, "deviceSecret"), "d3b560d5be0c", "ffFnFlKQW3HYjjPR"];
    for name in ["deviceSecret", "clientId", "deviceToken"] {
        let (_, rest) = bytes.rsplit_once(&format!("\"{name}\":\"")).expect(name);
        secrets.push(&rest[..32]);
    }
    for secret in secrets {
        let as_numbers = format!("{:?}", secret.as_bytes());
        let as_numbers = as_numbers.trim_matches(['[', ']']);
        assert!(!told.contains(secret) && !told.contains(as_numbers), "{secret}");
    }
}

#[test]
fn secrets_that_are_throttled_lost_or_doubled() {
    let mut bench = Bench::unregistered();
    let connect = registration("register", "2");
    bench.platform.throttle_registrations(1);
    assert_eq!(bench.connect(1, &connect), [sent(1, &connack(3)), closed(1)]);
    bench.platform.lose_secrets(1);
    assert_eq!(bench.connect(1, &connect), [sent(1, &connack(0))]);
    assert_eq!(bench.send(1, &DISCONNECT), [closed(1)]);
    bench.platform.lose_secrets(0);
    bench.platform.duplicate_secrets(1);
    let actions = bench.connect(1, &connect);
    assert_eq!((actions.len(), &actions[1]), (3, &actions[2]));
    assert_eq!(bench.platform.record().statistics().registrations, 2);
    assert_eq!(bench.reasons(Judgement::Fault), ["secret not sent", "secret sent twice"]);
}

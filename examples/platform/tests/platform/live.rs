//! The platform behind real sockets.

use crate::bench::{DEVICE, GET, PRODUCT, UPDATE};
use crate::live_bench::{ANY_PORT, Live, PATIENCE, connect, patient};
use crate::packets::*;
use std::net::TcpListener;
use std::time::Instant;
use wanlink_platform::live::{BindError, Listen};
use wanlink_platform::{Config, Direction, Platform, Product, Pushed, Qos, TlsFault};

fn plain_listen() -> Listen {
    Listen { mqtt: Some(ANY_PORT), ..Listen::default() }
}

#[test]
fn plain_and_tls_at_the_same_time() {
    let live = Live::new(patient());
    let mut plain = live.plain();
    let mut tls = live.tls();
    plain.exchange(&Connect::live_log().bytes(), &connack(0));
    tls.exchange(&Connect::example().bytes(), &connack(0));
    plain.exchange(&PINGREQ, &PINGRESP);
    tls.exchange(&publish1(1, UPDATE, b"x"), &puback(1));
    live.handle.with(|platform, _| {
        assert!(platform.is_online(PRODUCT, DEVICE) && platform.is_online("k1hipglLdjU", "868488076506128"));
        assert_eq!(platform.record().published(PRODUCT, DEVICE).count(), 1);
        assert_eq!(platform.record().handshakes().len(), 1);
    });
}

#[test]
fn this_machine_by_name_and_by_address() {
    let live = Live::new(patient());
    for host in ["localhost", "127.0.0.1"] {
        live.tls_at(host).exchange(&Connect::example().bytes(), &connack(0));
    }
}

#[test]
fn this_machine_by_further_names() {
    let mut platform = Platform::new(patient());
    platform.add_product(Product::new(PRODUCT, "").device(DEVICE, "ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe"));
    let names = vec!["broker.example".into(), "192.0.2.7".into()];
    let listen = Listen { mqtts: Some(ANY_PORT), names, ..Listen::default() };
    let live = Live::bind(platform, listen).expect("a server");
    for host in ["broker.example", "192.0.2.7"] {
        live.tls_at(host).exchange(&Connect::example().bytes(), &connack(0));
    }
}

#[test]
fn messages_down_go_out_at_once() {
    let live = Live::new(patient());
    let mut device = live.tls();
    device.exchange(&Connect::example().bytes(), &connack(0));
    device.exchange(&subscribe(1, &[GET]), &suback(1, &[1]));
    let pushed = live.handle.with(|platform, now| platform.push(now, PRODUCT, DEVICE, GET, b"down", Qos::AtLeastOnce));
    assert_eq!(pushed, Pushed::Sent);
    device.expect(&publish1(1, GET, b"down"));
    device.send(&puback(1));
    device.exchange(&PINGREQ, &PINGRESP);
}

#[test]
fn a_second_login_of_the_same_identity_kicks_the_first() {
    let live = Live::new(patient());
    let mut first = live.tls();
    first.exchange(&Connect::example().bytes(), &connack(0));
    let mut second = live.tls();
    second.exchange(&Connect::example().bytes(), &connack(0));
    first.expect_end();
    second.exchange(&PINGREQ, &PINGRESP);
}

#[test]
fn a_refusal_arrives_although_more_was_sent() {
    let live = Live::new(patient());
    let mut device = live.plain();
    let mut connect = Connect::live_log();
    connect.password.clear();
    device.exchange(&[connect.bytes(), vec![0; 20_000]].concat(), &connack(4));
    device.expect_end();
}

#[test]
fn answers_reach_a_device_that_will_send_no_more() {
    let live = Live::new(patient());
    let mut device = live.plain();
    device.send(&[Connect::live_log().bytes(), PINGREQ.to_vec()].concat());
    device.0.shutdown(std::net::Shutdown::Write).expect("an open connection");
    device.expect(&connack(0));
    device.expect(&PINGRESP);
    device.expect_end();
}

#[test]
fn faults_by_name_while_it_runs() {
    let live = Live::new(patient());
    let order = |fault: &str| live.handle.with(|platform, now| platform.order(now, fault.parse().expect(fault)));
    order("refuse=5");
    let mut device = live.tls();
    device.exchange(&Connect::example().bytes(), &connack(5));
    device.expect_end();
    order("no-close-notify");
    let mut device = live.tls();
    device.exchange(&Connect::example().bytes(), &connack(0));
    order("kick");
    let end = std::io::Read::read(&mut device.0, &mut [0]).expect_err("no goodbye");
    assert_eq!(end.kind(), std::io::ErrorKind::UnexpectedEof);
}

#[test]
fn the_record_is_complete_after_a_killed_connection() {
    let live = Live::new(patient());
    live.handle.with(|platform, _| platform.kill_before_puback(3));
    let mut device = live.plain();
    let update = "/k1hipglLdjU/868488076506128/user/update";
    let connect = Connect::live_log().bytes();
    let publishes: Vec<_> = (1..=3).map(|id| publish1(id, update, b"x")).collect();
    device.exchange(&connect, &connack(0));
    device.exchange(&publishes[0], &puback(1));
    device.exchange(&publishes[1], &puback(2));
    device.send(&publishes[2]);
    device.expect_end();
    let up: Vec<_> = live.handle.with(|platform, _| {
        let entries = platform.record().entries().iter().filter(|entry| entry.direction == Direction::Up);
        entries.map(|entry| entry.raw.clone()).collect()
    });
    assert_eq!(up, [&[connect][..], &publishes].concat());
}

#[test]
fn time_passes_by_itself() {
    let hasty = Live::new(Config { connect_deadline_us: 50_000, ..Config::default() });
    hasty.plain().expect_end();
    let live = Live::new(patient());
    live.handle.with(|platform, _| platform.delay_puback(50_000));
    let mut device = live.tls();
    device.exchange(&Connect::example().bytes(), &connack(0));
    let at = || live.handle.with(|_, now| now);
    let start = at();
    device.exchange(&publish1(1, UPDATE, b"x"), &puback(1));
    assert!(at() - start >= 50_000);
}

#[test]
fn a_fault_of_tls_that_is_set_while_it_runs() {
    let live = Live::new(patient());
    let mut before = live.tls();
    before.exchange(&Connect::example().bytes(), &connack(0));
    live.handle.with(|platform, _| platform.break_tls(Some(TlsFault::WrongCertificate)));
    let mut after = live.tls();
    let error = std::io::Write::write_all(&mut after.0, &PINGREQ).expect_err("a refusal").to_string();
    assert!(error.contains("UnknownIssuer"), "{error}");
    before.exchange(&PINGREQ, &PINGRESP);
    live.handle.with(|platform, _| platform.break_tls(None));
    live.tls().exchange(&Connect::example().bytes(), &connack(0));
    before.expect_end();
}

#[test]
fn the_end_closes_connections_and_frees_the_ports() {
    let mut live = Live::new(patient());
    let (plain, tls) = (live.addresses.mqtt.expect("a port"), live.addresses.mqtts.expect("a port"));
    let root = live.addresses.root.clone().expect("a file");
    let mut device = live.tls();
    device.exchange(&Connect::example().bytes(), &connack(0));
    let mut forgotten = live.plain();
    forgotten.exchange(&Connect::live_log().bytes(), &connack(0));
    let (key, name) = ("k1hipglLdjU", "868488076506128");
    assert!(live.handle.with(|platform, now| platform.close_silently(now, key, name)));
    let reader = std::thread::spawn(move || (device.expect_end(), forgotten.expect_end()));
    live.stop();
    let asked = Instant::now();
    reader.join().expect("two ends");
    assert!(!root.exists());
    for address in [plain, tls] {
        // For a moment, another test may have it.
        while TcpListener::bind(address).is_err() {
            assert!(asked.elapsed() < PATIENCE, "{address} is still in use");
            std::thread::yield_now();
        }
    }
    assert!(!live.handle.with(|platform, _| platform.is_online(PRODUCT, DEVICE)));
}

#[test]
fn a_device_that_does_not_read_is_given_up() {
    let live = Live::new(Config { unsolicited: true, ..patient() });
    let mut device = live.plain();
    device.exchange(&Connect::live_log().bytes(), &connack(0));
    let (key, name) = ("k1hipglLdjU", "868488076506128");
    let payload = vec![0; 200_000];
    let online = || {
        live.handle.with(|platform, now| {
            let _ = platform.push(now, key, name, "/k1hipglLdjU/868488076506128/user/get", &payload, Qos::AtMostOnce);
        });
        live.handle.with(|platform, _| platform.is_online(key, name))
    };
    assert!((0..1000).any(|_| !online()), "the memory of this machine is not for one device");
    let reason = live.handle.with(|platform, _| platform.record().findings().last().map(|f| f.reason.clone()));
    assert_eq!(reason.as_deref(), Some("the device does not read"));
}

#[test]
fn a_root_file_at_a_path_stays() {
    let path = std::env::temp_dir().join(format!("wanlink-platform-test-{}.pem", std::process::id()));
    let listen = Listen { mqtts: Some(ANY_PORT), root: Some(path.clone()), ..Listen::default() };
    let mut live = Live::bind(Platform::new(Config::default()), listen).expect("a server");
    assert_eq!((live.addresses.mqtt, live.addresses.root.as_ref()), (None, Some(&path)));
    live.stop();
    let pem = std::fs::read_to_string(&path).expect("the root");
    std::fs::remove_file(&path).expect("a file of this test");
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
}

#[test]
fn without_tls_there_is_no_root_file() {
    let live = Live::bind(Platform::new(Config::default()), plain_listen()).expect("a server");
    assert_eq!((live.addresses.mqtts, &live.addresses.root), (None, &None));
    connect(live.addresses.mqtt.expect("a port"));
}

#[test]
fn what_cannot_begin_says_why() {
    let held = TcpListener::bind(ANY_PORT).expect("a port");
    let address = held.local_addr().expect("an address");
    let fails = |listen| match Live::bind(Platform::new(Config::default()), listen) {
        Err(error) => (error.to_string(), error),
        Ok(_) => panic!("it listens"),
    };
    let (text, error) = fails(Listen { mqtt: Some(address), ..Listen::default() });
    assert!(text.starts_with(&format!("cannot listen on {address}: ")), "{text}");
    assert!(matches!(error, BindError::Listen { .. }));
    let root = Some("/nowhere/at/all.pem".into());
    let (text, _) = fails(Listen { mqtts: Some(ANY_PORT), root, ..Listen::default() });
    assert!(text.starts_with("cannot write the root certificate to /nowhere/at/all.pem: "), "{text}");
    let names = vec!["schön".into()];
    let (text, _) = fails(Listen { names, ..plain_listen() });
    assert!(text.starts_with("certificate cannot be made: "), "{text}");
}

//! TLS in memory: sessions, and devices that do it wrong.

use crate::bench::{DEVICE, GET, PRODUCT, SECOND, UPDATE};
use crate::packets::*;
use crate::requests::{DATA_HOST, Request, answer};
use crate::tls_bench::{HOST, START_S, TlsBench, Trust, certificates};
use rustls::version::TLS13;
use rustls::{AlertDescription, Error};
use wanlink_platform::tls::{Certificates, KeyType};
use wanlink_platform::{Away, Config, ConnId, Judgement, Pushed, Qos, TlsVersion};

#[test]
fn a_session_inside_tls() {
    let mut bench = TlsBench::good();
    assert_eq!(bench.error, None);
    assert_eq!(bench.send(&Connect::example().bytes()), connack(0));
    assert_eq!(bench.send(&publish1(1, UPDATE, b"x")), puback(1));
    let handshake = bench.handshake();
    assert_eq!(handshake.server_name, Some(HOST.to_ascii_lowercase()));
    assert_eq!((handshake.version, &handshake.failure), (Some(TlsVersion::V1_2), &None));
    assert_eq!(bench.front.platform().record().published(PRODUCT, DEVICE).count(), 1);
    bench.send(&DISCONNECT);
    assert!(bench.closed && bench.saw_goodbye());
}

#[test]
fn https_is_told_by_the_name_in_the_hello() {
    let certificates = certificates();
    let trust = Trust { host: DATA_HOST, ..Trust::in_root(certificates.root_pem()) };
    let mut bench = TlsBench::shaken(&certificates, &trust, |_| {});
    assert_eq!(answer(&bench.send(&Request::login().bytes())).0, 200);
    // A connection without a session has the patience of HTTP.
    bench.wait(60 * SECOND - 1);
    assert!(!bench.closed);
    bench.wait(1);
    assert!(bench.closed && bench.saw_goodbye());
}

#[test]
fn a_region_without_the_service_has_no_certificate_for_it() {
    let certificates = certificates();
    let host = "iot-as-http.eu-central-1.aliyuncs.com";
    let bench = TlsBench::shaken(&certificates, &Trust { host, ..Trust::in_root(certificates.root_pem()) }, |_| {});
    assert!(matches!(bench.error, Some(Error::InvalidCertificate(_))), "{:?}", bench.error);
}

#[test]
fn a_session_byte_by_byte() {
    let certificates = certificates();
    let mut bench = TlsBench::new(&certificates, &Trust::in_root(certificates.root_pem()), |_| {});
    bench.piece = 1;
    bench.pump();
    assert_eq!(bench.send(&Connect::example().bytes()), connack(0));
    assert_eq!(bench.send(&publish1(1, UPDATE, b"x")), puback(1));
}

#[test]
fn ecdsa_keys_serve_as_well() {
    let certificates = Certificates::new(&Config::default(), &[], START_S, KeyType::EcdsaP256).expect("certificates");
    let mut bench = TlsBench::shaken(&certificates, &Trust::in_root(certificates.root_pem()), |_| {});
    assert_eq!(bench.send(&Connect::example().bytes()), connack(0));
}

#[test]
fn the_largest_message_comes_whole() {
    let mut bench = TlsBench::good();
    bench.send(&Connect::example().bytes());
    bench.send(&subscribe(1, &[GET]));
    let payload = vec![7; 256 * 1024];
    let platform = bench.front.platform_mut();
    assert_eq!(platform.push(0, PRODUCT, DEVICE, GET, &payload, Qos::AtMostOnce), Pushed::Sent);
    bench.obey();
    assert_eq!(bench.received, publish0(GET, &payload));
}

#[test]
fn any_start_makes_certificates() {
    for utc_s in [0, 1, 4_102_444_800, u64::MAX] {
        assert!(Certificates::new(&Config::default(), &[], utc_s, KeyType::Ed25519).is_ok(), "{utc_s}");
    }
}

#[test]
fn a_name_that_fits_no_certificate_is_an_error() {
    let error = Certificates::new(&Config::default(), &["schön"], START_S, KeyType::Ed25519).err();
    let text = error.expect("an error").to_string();
    assert!(text.starts_with("certificate cannot be made: "), "{text}");
}

#[test]
fn tls_13_is_not_served_otherwise() {
    let certificates = certificates();
    let trust = Trust { versions: vec![&TLS13], ..Trust::in_root(certificates.root_pem()) };
    let bench = TlsBench::shaken(&certificates, &trust, |_| {});
    assert_eq!(bench.error, Some(Error::AlertReceived(AlertDescription::ProtocolVersion)));
}

#[test]
fn plain_mqtt_to_the_tls_port() {
    let certificates = certificates();
    let mut bench = TlsBench::new(&certificates, &Trust::in_root(certificates.root_pem()), |_| {});
    bench.send_raw(&Connect::live_log().bytes());
    assert!(bench.closed);
    assert!(bench.handshake().failure.is_some());
    assert!(bench.front.platform().record().entries().is_empty());
}

#[test]
fn the_device_says_goodbye() {
    let mut bench = TlsBench::good();
    bench.send(&Connect::example().bytes());
    bench.client.send_close_notify();
    bench.pump();
    assert!(bench.closed && bench.saw_goodbye());
    assert!(!bench.front.platform().is_online(PRODUCT, DEVICE));
    assert!(bench.front.platform().record().findings().is_empty());
}

#[test]
fn a_record_that_was_changed_ends_the_connection() {
    let mut bench = TlsBench::good();
    bench.send(&Connect::example().bytes());
    std::io::Write::write_all(&mut bench.client.writer(), &PINGREQ).expect("a short message");
    let mut bytes = Vec::new();
    bench.client.write_tls(&mut bytes).expect("a vector takes all");
    *bytes.last_mut().expect("a record") ^= 1;
    bench.send_raw(&bytes);
    assert_eq!(bench.error, Some(Error::AlertReceived(AlertDescription::BadRecordMac)));
    assert!(bench.closed && !bench.front.platform().is_online(PRODUCT, DEVICE));
    assert_eq!(bench.front.platform().record().entries().len(), 2, "CONNECT and CONNACK");
    assert_eq!(bench.handshake().failure, None);
}

#[test]
fn what_came_before_a_broken_record_counts() {
    let mut bench = TlsBench::good();
    bench.send(&Connect::example().bytes());
    std::io::Write::write_all(&mut bench.client.writer(), &publish0(UPDATE, b"x")).expect("a short message");
    let mut bytes = Vec::new();
    bench.client.write_tls(&mut bytes).expect("a vector takes all");
    bench.send_raw(&[&bytes[..], b"no record at all"].concat());
    assert!(bench.closed);
    assert_eq!(bench.front.platform().record().published(PRODUCT, DEVICE).count(), 1);
}

#[test]
fn a_hello_with_any_byte_changed_ends_in_order() {
    let certificates = certificates();
    let trust = Trust::in_root(certificates.root_pem());
    let mut hello = Vec::new();
    TlsBench::new(&certificates, &trust, |_| {}).client.write_tls(&mut hello).expect("a vector takes all");
    for at in 0..hello.len() {
        let mut bench = TlsBench::new(&certificates, &trust, |_| {});
        let mut changed = hello.clone();
        changed[at] = !changed[at];
        bench.front.input(0, ConnId(1), &changed);
        bench.front.closed(1, ConnId(1));
        assert!(bench.handshake().failure.is_some(), "byte {at}");
    }
}

#[test]
fn a_device_that_leaves_in_the_handshake() {
    let certificates = certificates();
    let mut bench = TlsBench::new(&certificates, &Trust::in_root(certificates.root_pem()), |_| {});
    bench.front.closed(5, ConnId(1));
    assert_eq!((bench.handshake().at, bench.handshake().version), (5, None));
    assert!(bench.handshake().failure.is_some());
    bench.send_raw(b"more");
    assert!(!bench.closed);
}

#[test]
fn the_time_for_the_connect_begins_after_the_handshake() {
    let certificates = certificates();
    let mut bench = TlsBench::new(&certificates, &Trust::in_root(certificates.root_pem()), |_| {});
    bench.wait(4 * SECOND);
    bench.pump();
    assert_eq!(bench.front.next(), Some(9 * SECOND));
    bench.wait(5 * SECOND - 1);
    assert!(!bench.closed);
    bench.wait(1);
    assert!(bench.closed && bench.saw_goodbye());
}

#[test]
fn silence_in_the_handshake_closes() {
    let certificates = certificates();
    let mut bench = TlsBench::new(&certificates, &Trust::in_root(certificates.root_pem()), |_| {});
    bench.wait(5 * SECOND - 1);
    assert!(!bench.closed);
    bench.wait(1);
    assert!(bench.closed && bench.sizes.is_empty());
    assert!(bench.handshake().failure.is_some());
}

#[test]
fn a_platform_that_is_away_shakes_no_hands() {
    let certificates = certificates();
    let trust = Trust::in_root(certificates.root_pem());
    let bench = TlsBench::shaken(&certificates, &trust, |p| p.away(0, 10 * SECOND, Away::Closes));
    assert!(bench.closed && bench.sizes.is_empty());
    let mut bench = TlsBench::shaken(&certificates, &trust, |p| p.away(0, 10 * SECOND, Away::Silent));
    assert!(!bench.closed && bench.sizes.is_empty());
    bench.wait(10 * SECOND);
    assert!(bench.closed && bench.sizes.is_empty());
}

#[test]
fn the_name_in_the_hello_has_to_serve_the_product() {
    let certificates = certificates();
    let host = "a1ABCDEFGHI.iot-as-mqtt.cn-shanghai.aliyuncs.com";
    let trust = Trust { host, ..Trust::in_root(certificates.root_pem()) };
    let mut bench = TlsBench::shaken(&certificates, &trust, |_| {});
    assert_eq!(bench.error, None);
    bench.send(&Connect::example().bytes());
    assert!(bench.closed);
    assert_eq!(bench.front.platform().record().judged(Judgement::Refused).count(), 1);
}

#[test]
fn an_address_has_no_name_in_the_hello() {
    let certificates = certificates();
    let trust = Trust { host: "127.0.0.1", ..Trust::in_root(certificates.root_pem()) };
    let mut bench = TlsBench::shaken(&certificates, &trust, |_| {});
    assert_eq!(bench.handshake().server_name, None);
    assert_eq!(bench.send(&Connect::example().bytes()), connack(0));
}

#[test]
fn further_hosts_have_a_certificate_and_serve_every_product() {
    let config = Config { hosts: vec!["Broker.example".into()], ..Config::default() };
    let certificates = Certificates::new(&config, &[], START_S, KeyType::Ed25519).expect("certificates");
    let trust = Trust { host: "broker.example", ..Trust::in_root(certificates.root_pem()) };
    let mut bench = TlsBench::shaken(&certificates, &trust, |p| *p.config_mut() = config);
    assert_eq!(bench.send(&Connect::example().bytes()), connack(0));
}

#[test]
fn no_session_is_resumed() {
    let certificates = certificates();
    let trust = Trust::in_root(certificates.root_pem());
    let config = std::sync::Arc::new(trust.config());
    for _ in 0..2 {
        let mut bench = TlsBench::new(&certificates, &trust, |_| {});
        let name = rustls::pki_types::ServerName::try_from(HOST).expect("a name");
        bench.client = rustls::ClientConnection::new(config.clone(), name).expect("a client");
        bench.pump();
        assert_eq!(bench.client.handshake_kind(), Some(rustls::HandshakeKind::Full));
    }
}

#[test]
fn equal_runs_have_equal_sizes() {
    let sizes = || {
        let mut bench = TlsBench::good();
        bench.send(&Connect::example().bytes());
        bench.sizes
    };
    let first = sizes();
    assert_eq!(first.len(), 3);
    for _ in 0..20 {
        assert_eq!(sizes(), first);
    }
}

//! TLS in memory: good handshakes, and each fault as the device sees it and as the record tells it.

use crate::bench::{DEVICE, GET, PRODUCT, SECOND, UPDATE};
use crate::packets::*;
use crate::tls_bench::{HOST, START_S, TlsBench, Trust, certificates};
use rustls::version::{TLS12, TLS13};
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};
use wanlink_platform::tls::{Authority, Certificates, KeyType};
use wanlink_platform::{Away, Config, ConnId, Judgement, Peer, Pushed, Qos, TlsFault, TlsVersion};

const YEAR_S: u64 = 365 * 86_400;

fn good() -> TlsBench {
    let certificates = certificates();
    TlsBench::shaken(&certificates, &Trust::in_root(certificates.root_pem()), |_| {})
}

fn under(fault: TlsFault) -> TlsBench {
    let certificates = certificates();
    TlsBench::shaken(&certificates, &Trust::in_root(certificates.root_pem()), |p| p.break_tls(Some(fault)))
}

#[test]
fn a_session_inside_tls() {
    let mut bench = good();
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
    let mut bench = good();
    bench.send(&Connect::example().bytes());
    bench.send(&subscribe(1, &[GET]));
    let payload = vec![7; 256 * 1024];
    let platform = bench.front.platform_mut();
    assert_eq!(platform.push(0, PRODUCT, DEVICE, GET, &payload, Qos::AtMostOnce), Pushed::Sent);
    bench.obey();
    assert_eq!(bench.received, publish0(GET, &payload));
}

/// The device refuses and says why; the platform records the alert.
fn refuses(bench: &TlsBench, error: &CertificateError, alert: AlertDescription) {
    let Some(Error::InvalidCertificate(seen)) = &bench.error else {
        panic!("{:?}", bench.error);
    };
    assert_eq!(std::mem::discriminant(seen), std::mem::discriminant(error), "{seen:?}");
    let failure = bench.handshake().failure.as_deref().expect("a failure");
    assert_eq!(failure, Error::AlertReceived(alert).to_string());
    assert!(bench.closed);
    assert!(bench.front.platform().record().entries().is_empty());
}

/// As [`refuses`] wants it: fields do not matter.
fn not_valid_for_name() -> CertificateError {
    CertificateError::NotValidForNameContext {
        expected: rustls::pki_types::ServerName::try_from("x").expect("a name"),
        presented: Vec::new(),
    }
}

fn expired() -> CertificateError {
    let time = rustls::pki_types::UnixTime::since_unix_epoch(Default::default());
    CertificateError::ExpiredContext { time, not_after: time }
}

fn not_yet_valid() -> CertificateError {
    let time = rustls::pki_types::UnixTime::since_unix_epoch(Default::default());
    CertificateError::NotValidYetContext { time, not_before: time }
}

#[test]
fn wrong_certificates_are_refused_by_the_device() {
    let unknown = CertificateError::UnknownIssuer;
    refuses(&under(TlsFault::WrongCertificate), &unknown, AlertDescription::UnknownCA);
    refuses(&under(TlsFault::WrongName), &not_valid_for_name(), AlertDescription::BadCertificate);
    refuses(&under(TlsFault::ExpiredCertificate), &expired(), AlertDescription::CertificateExpired);
    refuses(&under(TlsFault::NotYetValidCertificate), &not_yet_valid(), AlertDescription::CertificateExpired);
}

#[test]
fn a_wrong_certificate_is_wrong_in_one_thing_only() {
    let certificates = certificates();
    let root = certificates.root_pem();
    for (fault, trust) in [
        (TlsFault::WrongName, Trust { host: "elsewhere.example", ..Trust::in_root(root) }),
        (TlsFault::ExpiredCertificate, Trust { utc_s: START_S - YEAR_S / 2, ..Trust::in_root(root) }),
        (TlsFault::NotYetValidCertificate, Trust { utc_s: START_S + YEAR_S * 3 / 2, ..Trust::in_root(root) }),
    ] {
        let bench = TlsBench::shaken(&certificates, &trust, |p| p.break_tls(Some(fault)));
        assert_eq!((&bench.error, &bench.handshake().failure), (&None, &None), "{fault}");
    }
}

#[test]
fn another_root_does_not_do() {
    let certificates = certificates();
    let other = Authority::new("wanlink platform root", START_S, KeyType::Ed25519).expect("a root").root_pem();
    let bench = TlsBench::shaken(&certificates, &Trust::in_root(&other), |_| {});
    assert!(matches!(bench.error, Some(Error::InvalidCertificate(_))), "{:?}", bench.error);
    assert!(bench.handshake().failure.is_some());
}

#[test]
fn the_dates_go_with_the_start() {
    let certificates = certificates();
    let at = |utc_s| {
        let trust = Trust { utc_s, ..Trust::in_root(certificates.root_pem()) };
        TlsBench::shaken(&certificates, &trust, |_| {})
    };
    assert_eq!(at(START_S - 3600).error, None);
    assert_eq!(at(START_S + 9 * YEAR_S).error, None);
    refuses(&at(START_S + 11 * YEAR_S), &expired(), AlertDescription::CertificateExpired);
    // A clock that was never set.
    refuses(&at(315_964_800), &not_yet_valid(), AlertDescription::CertificateExpired);
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
fn tls_13_only() {
    let certificates = certificates();
    let root = certificates.root_pem();
    let speak = |versions| {
        let trust = Trust { versions, ..Trust::in_root(root) };
        TlsBench::shaken(&certificates, &trust, |p| p.break_tls(Some(TlsFault::Tls13Only)))
    };
    let bench = speak(vec![&TLS12]);
    assert_eq!(bench.error, Some(Error::AlertReceived(AlertDescription::ProtocolVersion)));
    assert!(bench.handshake().failure.is_some() && bench.closed);
    let mut bench = speak(vec![&TLS13]);
    assert_eq!(bench.handshake().version, Some(TlsVersion::V1_3));
    assert_eq!(bench.send(&Connect::example().bytes()), connack(0));
}

#[test]
fn tls_13_is_not_served_otherwise() {
    let certificates = certificates();
    let trust = Trust { versions: vec![&TLS13], ..Trust::in_root(certificates.root_pem()) };
    let bench = TlsBench::shaken(&certificates, &trust, |_| {});
    assert_eq!(bench.error, Some(Error::AlertReceived(AlertDescription::ProtocolVersion)));
}

#[test]
fn plain_text_from_the_tls_port() {
    let bench = under(TlsFault::PlainText);
    assert_eq!(bench.error, Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)));
    assert!(bench.handshake().failure.is_some() && bench.closed);
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
fn a_handshake_that_is_cut() {
    let bench = under(TlsFault::CutHandshake);
    assert_eq!((bench.sizes.len(), bench.closed), (1, true));
    assert!(bench.sizes[0] > 100 && bench.client.is_handshaking());
    assert!(bench.handshake().failure.is_some());
}

#[test]
fn a_close_without_goodbye() {
    let mut bench = under(TlsFault::NoCloseNotify);
    bench.send(&Connect::example().bytes());
    bench.front.platform_mut().kill_connection(0, PRODUCT, DEVICE);
    bench.obey();
    assert!(bench.closed && !bench.saw_goodbye());
    let mut bench = good();
    bench.send(&Connect::example().bytes());
    bench.front.platform_mut().kill_connection(0, PRODUCT, DEVICE);
    bench.obey();
    assert!(bench.closed && bench.saw_goodbye());
}

#[test]
fn every_fault_leaves_a_finding_and_ends_when_told() {
    for fault in TlsFault::ALL {
        let mut bench = under(fault);
        let record = bench.front.platform().record();
        let found = record.judged(Judgement::Fault).filter(|finding| finding.reason == fault.name()).count();
        assert_eq!(found, usize::from(fault != TlsFault::NoCloseNotify), "{fault}");
        bench.front.platform_mut().break_tls(None);
        bench.front.open(0, ConnId(2), Peer::tls());
        assert_eq!(bench.front.platform().record().judged(Judgement::Fault).count(), found);
    }
}

#[test]
fn the_device_says_goodbye() {
    let mut bench = good();
    bench.send(&Connect::example().bytes());
    bench.client.send_close_notify();
    bench.pump();
    assert!(bench.closed && bench.saw_goodbye());
    assert!(!bench.front.platform().is_online(PRODUCT, DEVICE));
    assert!(bench.front.platform().record().findings().is_empty());
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
        let mut bench = good();
        bench.send(&Connect::example().bytes());
        bench.sizes
    };
    let first = sizes();
    assert_eq!(first.len(), 3);
    for _ in 0..20 {
        assert_eq!(sizes(), first);
    }
}

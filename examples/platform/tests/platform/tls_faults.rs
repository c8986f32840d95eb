//! Each fault of TLS, as the device sees it and as the record tells it.

use crate::bench::{DEVICE, PRODUCT};
use crate::packets::*;
use crate::tls_bench::{START_S, TlsBench, Trust, certificates};
use rustls::version::{TLS12, TLS13};
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};
use wanlink_platform::tls::{Authority, KeyType};
use wanlink_platform::{ConnId, Judgement, Peer, TlsFault, TlsVersion};

const YEAR_S: u64 = 365 * 86_400;

fn under(fault: TlsFault) -> TlsBench {
    let certificates = certificates();
    TlsBench::shaken(&certificates, &Trust::in_root(certificates.root_pem()), |p| p.break_tls(Some(fault)))
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
    let other = Authority::new("wanlink platform root", START_S, KeyType::Ed25519).expect("a root");
    let bench = TlsBench::shaken(&certificates, &Trust::in_root(other.root_pem()), |_| {});
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
fn plain_text_from_the_tls_port() {
    let bench = under(TlsFault::PlainText);
    assert_eq!(bench.error, Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)));
    assert!(bench.handshake().failure.is_some() && bench.closed);
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
    let mut bench = TlsBench::good();
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

//! Certificates that are not trusted: the module says only `+QMTOPEN: 0,-1`, and the connection is never made.

use wanlink_core::{Error as _, ErrorKind, MqttAt, Refusal, Root, Server, Tls};
use wanlink_emulator::TlsFailure;
use wanlink_platform::TlsFault;

use super::{LOGIN, connect};
use crate::bench::{Bench, Driver, Error, FILE, HOST, Shared, attach, count, other_root, root, running};
use crate::model::CHECKS_NAME;

/// Connects with this root, and checks the refusal and its reason, which only the emulator knows.
async fn refused(modem: &mut Driver<'_>, scene: &Shared, root: Root<'_>, why: TlsFailure) {
    let begun = embassy_time::Instant::now();
    let server = Server::new(HOST, 8883, Tls::verified(root));
    let error = modem.connect(&server, &LOGIN).await.unwrap_err();
    assert_eq!((error, error.kind()), (Error::Certificate, ErrorKind::Refused(Refusal::Certificate)), "{why:?}");
    assert_eq!(scene.borrow().module.tls_failure(), Some(&why));
    assert!(begun.elapsed().as_secs() < 10, "{why:?}");
    assert_eq!(scene.borrow().platform.record().connects("pk", "device").len(), 0, "{why:?}");
}

#[test]
fn another_authority_s_root() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        // Both roots have one name, and only one of them signed.
        refused(modem, scene, other_root(), TlsFailure::BadCertificate("BadSignature".to_owned())).await;
        assert_eq!(count(scene, "AT+QFUPL"), 1, "what was uploaded just now is not uploaded again");
        assert_eq!(count(scene, "AT+QMTOPEN"), 2, "the same again");
        modem.connect(&super::verified(), &LOGIN).await.unwrap();
    });
}

#[test]
fn each_certificate_that_is_wrong() {
    for (fault, why) in [
        (TlsFault::WrongCertificate, TlsFailure::UnknownIssuer),
        (TlsFault::WrongName, TlsFailure::WrongName),
        (TlsFault::ExpiredCertificate, TlsFailure::Expired),
        (TlsFault::NotYetValidCertificate, TlsFailure::NotYetValid),
    ]
    .into_iter()
    .filter(|(fault, _)| CHECKS_NAME || *fault != TlsFault::WrongName)
    {
        Bench::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            scene.borrow_mut().platform.break_tls(Some(fault));
            refused(modem, scene, root(), why.clone()).await;
            // Now the file is there: it may be at fault, and is uploaded once more.
            refused(modem, scene, root(), why).await;
            assert_eq!(count(scene, "AT+QFUPL"), 2);
            scene.borrow_mut().platform.break_tls(None);
            modem.connect(&super::verified(), &LOGIN).await.unwrap();
            assert_eq!(count(scene, "AT+QFUPL"), 2);
        });
    }
}

#[test]
fn a_server_without_the_version_or_without_tls() {
    for fault in [TlsFault::Tls13Only, TlsFault::PlainText, TlsFault::CutHandshake] {
        Bench::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            scene.borrow_mut().platform.break_tls(Some(fault));
            let error = modem.connect(&super::verified(), &LOGIN).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Certificate), "{fault}");
        });
    }
}

/// A file that is not what its name says is deleted, uploaded and tried once.
#[test]
fn a_file_of_another_content_is_replaced() {
    let blank = vec![b' '; root().pem().len()];
    let other = other_root().pem().to_vec();
    let half = root().pem()[..300].to_vec();
    for (content, opens) in [(blank, 2), (other, 2), (half, 1)] {
        Bench::new(running()).run(async |modem, scene| {
            assert!(scene.borrow_mut().module.put_file(FILE, &content));
            connect(modem).await.unwrap();
            assert_eq!(scene.borrow().module.file(FILE), Some(root().pem()));
            assert_eq!((count(scene, "AT+QFUPL"), count(scene, "AT+QMTOPEN")), (1, opens));
        });
    }
}

#[test]
fn what_is_no_certificate_is_refused() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        refused(modem, scene, Root::new("wl-1.pem", b"no certificate"), TlsFailure::BadRoots).await;
        let half = &root().pem()[..300];
        refused(modem, scene, Root::new("wl-2.pem", half), TlsFailure::BadRoots).await;
    });
}

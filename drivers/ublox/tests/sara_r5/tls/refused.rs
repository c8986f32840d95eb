//! Certificates that are not trusted: the module says only that the login came to nothing, with a code that may mean it,
//! and the connection is never made.

use wanlink_core::{Error as _, ErrorKind, HasMqtt, MqttAt, Refusal, Root, Server, Tls};
use wanlink_emulator::TlsFailure;
use wanlink_platform::TlsFault;
use wanlink_ublox::{Error, LenaR8, SaraR5};

use super::{LOGIN, connect, has_root, stored, uploads, verified};
use crate::bench::{Bench, Driver, HOST, Played, Shared, attach, on_each_client, other_root, root, running};

/// Connects with this root, and checks the refusal and its reason, which only the emulator knows.
async fn refused<M: Played + HasMqtt>(modem: &mut Driver<'_, M>, scene: &Shared, root: Root<'_>, why: TlsFailure) {
    let begun = embassy_time::Instant::now();
    let server = Server::new(HOST, 8883, Tls::verified(root));
    let error = modem.connect(&server, &LOGIN).await.unwrap_err();
    // LENA-R8 has one code for all that can be wrong with a login (ublox-at 3).
    let expected = if M::NAME == LenaR8::NAME { Error::LoginFailed(4) } else { Error::Certificate };
    assert_eq!(error, expected, "{why:?}");
    let refusal = if M::NAME == LenaR8::NAME { Refusal::Unexplained } else { Refusal::Certificate };
    assert_eq!(error.kind(), ErrorKind::Refused(refusal));
    assert_eq!(scene.borrow().module.tls_failure(), Some(&why), "{}", M::NAME);
    assert!(begun.elapsed().as_secs() < 10, "{why:?}");
    assert_eq!(scene.borrow().platform.record().connects("pk", "device").len(), 0, "{why:?}");
}

use wanlink_core::Model as _;

fn other_authority<M: Played + HasMqtt>() {
    let mut bench = Bench::<M>::new(running());
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        // Both roots have one name, and only one of them signed.
        refused(modem, scene, other_root(), TlsFailure::BadCertificate("BadSignature".to_owned())).await;
    });
    let sent = bench.sent();
    assert_eq!(uploads(&sent), 1, "what was uploaded just now is not uploaded again");
    let logins = sent.iter().filter(|line| *line == "AT+UMQTTC=1").count();
    assert_eq!(
        logins,
        if M::NAME == LenaR8::NAME { 1 } else { 2 },
        "the same again where no login can have reached anybody"
    );
    bench.run(async |modem, _| connect(modem).await.unwrap());
}

#[test]
fn another_authority_s_root() {
    on_each_client!(other_authority);
}

fn wrong_certificates<M: Played + HasMqtt>() {
    for (fault, why) in [
        (TlsFault::WrongCertificate, TlsFailure::UnknownIssuer),
        (TlsFault::WrongName, TlsFailure::WrongName),
        (TlsFault::ExpiredCertificate, TlsFailure::Expired),
        (TlsFault::NotYetValidCertificate, TlsFailure::NotYetValid),
    ] {
        let mut bench = Bench::<M>::new(running());
        bench.run(async |modem, scene| {
            attach(modem).await.unwrap();
            scene.borrow_mut().platform.break_tls(Some(fault));
            refused(modem, scene, root(), why.clone()).await;
            // Now the root is there: it may be at fault, and is uploaded once more.
            refused(modem, scene, root(), why).await;
            scene.borrow_mut().platform.break_tls(None);
            modem.connect(&verified(), &LOGIN).await.unwrap();
        });
        assert_eq!(uploads(&bench.sent()), 2);
    }
}

#[test]
fn each_certificate_that_is_wrong() {
    on_each_client!(wrong_certificates);
}

#[test]
fn a_server_without_tls() {
    for fault in [TlsFault::PlainText, TlsFault::CutHandshake] {
        Bench::<SaraR5>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            scene.borrow_mut().platform.break_tls(Some(fault));
            let error = modem.connect(&verified(), &LOGIN).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Certificate), "{fault}");
        });
    }
}

/// One that is not what its name says is deleted, uploaded and tried once.
#[test]
fn a_root_of_another_content_is_replaced() {
    let mut bench = Bench::<SaraR5>::new(running());
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        modem.connect(&Server::new(HOST, 8883, Tls::verified(other_root())), &LOGIN).await.unwrap_err();
        let other = scene.borrow().module.file("CERT:0:wl-ffffffff.pem").unwrap().to_vec();
        assert!(scene.borrow_mut().module.put_file(&stored(), &other));
        modem.connect(&verified(), &LOGIN).await.unwrap();
        assert_ne!(scene.borrow().module.file(&stored()), Some(&other[..]));
    });
    assert_eq!(uploads(&bench.sent()), 2);
}

/// The module looks at it before it keeps it (ublox-at 6: 1913).
#[test]
fn what_is_no_certificate_is_refused() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        for pem in [&b"no certificate"[..], &root().pem()[..300]] {
            let server = Server::new(HOST, 8883, Tls::verified(Root::new("wl-1.pem", pem)));
            let error = modem.connect(&server, &LOGIN).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Upload, ErrorKind::Retry));
        }
        assert!(!has_root(scene));
        modem.connect(&verified(), &LOGIN).await.unwrap();
    });
}

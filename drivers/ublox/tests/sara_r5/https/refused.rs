//! What keeps a request from its server: certificates, names, silence, the module's own errors.

use wanlink_core::{Body, Error as _, ErrorKind, HttpsAt, Module, Refusal, Root, Server, Tls};
use wanlink_emulator::OpenFailure;
use wanlink_platform::TlsFault;
use wanlink_ublox::{Error, SaraR5};

use super::{AUTH, HOST, LOGIN, messages, token};
use crate::bench::{Bench, Driver, attach, module, other_root, root, running};

async fn post(modem: &mut Driver<'_>, root: Root<'_>) -> Result<u16, Error> {
    let server = Server::new(HOST, 443, Tls::verified(root));
    let mut reply = [0; 256];
    modem.post(&server, &AUTH, Body::Bytes(LOGIN.as_bytes()), &mut reply).await.map(|reply| reply.status)
}

#[test]
fn each_certificate_that_is_wrong() {
    for fault in [
        TlsFault::WrongCertificate,
        TlsFault::WrongName,
        TlsFault::ExpiredCertificate,
        TlsFault::NotYetValidCertificate,
    ] {
        let mut bench = Bench::<SaraR5>::new(running());
        bench.run(async |modem, scene| {
            attach(modem).await.unwrap();
            scene.borrow_mut().platform.break_tls(Some(fault));
            let error = post(modem, root()).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Certificate, ErrorKind::Refused(Refusal::Certificate)));
            // Now the root is there: it may be at fault, and is uploaded once more.
            assert_eq!(post(modem, root()).await, Err(Error::Certificate), "{fault}");
            scene.borrow_mut().platform.break_tls(None);
            assert_eq!(post(modem, root()).await, Ok(200));
            assert_eq!(post(modem, other_root()).await, Err(Error::Certificate));
        });
        let uploads = bench.sent().iter().filter(|line| line.starts_with("AT+USECMNG=0")).count();
        assert_eq!(uploads, 3);
    }
}

#[test]
fn a_name_that_is_not_known_and_a_server_that_is_not_there() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        for why in [OpenFailure::Dns, OpenFailure::Refused, OpenFailure::Timeout] {
            module(scene).fail_opens(why, Some(3));
            let error = post(modem, root()).await.unwrap_err();
            assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
            assert_eq!(error.kind(), ErrorKind::Reconnect);
            module(scene).fail_opens(why, Some(0));
        }
        assert_eq!(post(modem, root()).await, Ok(200));
    });
}

#[test]
fn a_server_that_does_not_answer() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.delay_answers(300_000_000);
        let begun = embassy_time::Instant::now();
        let error = post(modem, root()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Retry, "{error}");
        assert!((59..100).contains(&begun.elapsed().as_secs()));
        scene.borrow_mut().platform.delay_answers(0);
        assert_eq!(post(modem, root()).await, Ok(200));
    });
}

#[test]
fn a_server_that_hangs_up_in_place_of_its_answer() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.close_before_answer(1);
        assert_eq!(post(modem, root()).await, Err(Error::Http(44)));
        assert_eq!(post(modem, root()).await, Ok(200));
    });
}

#[test]
fn the_context_is_lost_and_the_module_restarts() {
    for seconds in [0, 1] {
        Bench::<SaraR5>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            token(modem).await;
            scene.borrow_mut().platform.delay_answers(5_000_000);
            let at = |scene: &crate::bench::Shared, reset: bool| {
                let scene = scene.clone();
                async move {
                    embassy_time::Timer::after_secs(1 + seconds).await;
                    if reset { module(&scene).reset() } else { module(&scene).lose_context(1) }
                }
            };
            let (error, ()) = embassy_futures::join::join(post(modem, root()), at(scene, false)).await;
            assert_eq!(error.unwrap_err().kind(), ErrorKind::Reattach);
            attach(modem).await.unwrap();
            let (error, ()) = embassy_futures::join::join(post(modem, root()), at(scene, true)).await;
            assert_eq!(error, Err(Error::Restarted));
            assert_eq!(post(modem, root()).await, Err(Error::Restarted));
            scene.borrow_mut().platform.delay_answers(0);
            modem.start().await.unwrap();
            attach(modem).await.unwrap();
            token(modem).await;
            assert_eq!(messages(scene).len(), 0);
        });
    }
}

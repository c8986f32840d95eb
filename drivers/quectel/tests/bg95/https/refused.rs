//! What keeps a request from its server: certificates, names, silence, the module's own errors.

use wanlink_core::{Body, Error as _, ErrorKind, HttpsAt, Module, Refusal, Root, Server, Tls};
use wanlink_emulator::{HttpFailure, HttpOptions, OpenFailure, Options};
use wanlink_platform::TlsFault;

use super::{AUTH, HOST, LOGIN, messages, token};
use crate::bench::{Bench, Driver, Error, FILE, attach, count, module, other_root, root, running};
use crate::model::CHECKS_NAME;

const FORMS: [HttpFailure; 3] = [HttpFailure::Final, HttpFailure::Result, HttpFailure::AfterData];

fn options(failure: HttpFailure) -> Options {
    Options { http: HttpOptions { failure, ..HttpOptions::default() }, ..running() }
}

async fn post(modem: &mut Driver<'_>, root: Root<'_>) -> Result<u16, Error> {
    let server = Server::new(HOST, 443, Tls::verified(root));
    let mut reply = [0; 256];
    modem.post(&server, &AUTH, Body::Bytes(LOGIN.as_bytes()), &mut reply).await.map(|reply| reply.status)
}

#[test]
fn each_certificate_that_is_wrong() {
    for form in FORMS {
        for fault in [
            TlsFault::WrongCertificate,
            TlsFault::WrongName,
            TlsFault::ExpiredCertificate,
            TlsFault::NotYetValidCertificate,
            TlsFault::Tls13Only,
        ]
        .into_iter()
        .filter(|fault| CHECKS_NAME || *fault != TlsFault::WrongName)
        {
            Bench::new(options(form)).run(async |modem, scene| {
                attach(modem).await.unwrap();
                scene.borrow_mut().platform.break_tls(Some(fault));
                let error = post(modem, root()).await.unwrap_err();
                assert_eq!((error, error.kind()), (Error::Certificate, ErrorKind::Refused(Refusal::Certificate)));
                // Now the file is there: it may be at fault, and is uploaded once more.
                assert_eq!(post(modem, root()).await, Err(Error::Certificate), "{fault} {form:?}");
                assert_eq!(count(scene, "AT+QFUPL"), 2);
                scene.borrow_mut().platform.break_tls(None);
                assert_eq!(post(modem, root()).await, Ok(200));
            });
        }
    }
}

/// The reason as text: a root that the module has under its name, and that holds something else, is found by it, too.
#[test]
fn a_root_that_is_damaged_and_a_reason_in_words() {
    for cme_text_always in [false, true] {
        Bench::new(Options { cme_text_always, ..options(HttpFailure::Final) }).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let damaged = vec![b'\r'; root().pem().len()];
            assert!(module(scene).put_file(FILE, &damaged));
            assert_eq!(post(modem, root()).await, Ok(200), "text: {cme_text_always}");
            assert_eq!(count(scene, "AT+QFUPL"), 1);
            assert_eq!(post(modem, other_root()).await, Err(Error::Certificate), "text: {cme_text_always}");
        });
    }
}

#[test]
fn another_authority_s_root() {
    for form in FORMS {
        Bench::new(options(form)).run(async |modem, _| {
            attach(modem).await.unwrap();
            assert_eq!(post(modem, other_root()).await, Err(Error::Certificate));
            assert_eq!(post(modem, root()).await, Ok(200));
        });
    }
}

#[test]
fn a_name_that_is_not_known_and_a_server_that_is_not_there() {
    for form in FORMS {
        for hides_dns in [false, true] {
            let mut options = options(form);
            options.http.hides_dns = hides_dns;
            Bench::new(options).run(async |modem, scene| {
                attach(modem).await.unwrap();
                for (why, expected) in
                    [(OpenFailure::Dns, Error::Unreachable(714)), (OpenFailure::Refused, Error::Unreachable(716))]
                {
                    module(scene).fail_opens(why, Some(3));
                    let error = post(modem, root()).await.unwrap_err();
                    assert_eq!((error, error.kind()), (expected, ErrorKind::Reconnect), "{form:?}");
                    module(scene).fail_opens(why, Some(0));
                }
                assert_eq!(post(modem, root()).await, Ok(200));
            });
        }
    }
}

#[test]
fn a_server_that_does_not_answer() {
    Bench::new(running()).run(async |modem, scene| {
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
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.close_before_answer(1);
        assert_eq!(post(modem, root()).await, Err(Error::Http(719)));
        assert_eq!(post(modem, root()).await, Ok(200));
    });
}

#[test]
fn the_context_is_lost_and_the_module_restarts() {
    for seconds in [0, 1] {
        Bench::new(running()).run(async |modem, scene| {
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

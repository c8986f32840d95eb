//! What keeps a request from its server: certificates, names, silence, the module's own errors.

use wanlink_core::{Body, Error as _, ErrorKind, HttpsAt, Module, Refusal, Root, Server, Tls};
use wanlink_emulator::OpenFailure;
use wanlink_platform::TlsFault;
use wanlink_simcom::{Error, Sim7000, Sim7080};

use super::{AUTH, HOST, LOGIN, messages, token};
use crate::bench::{Bench, Driver, ErrorOf, FILE, Tested, attach, both, count, module, other_root, root, running};

async fn post<M: Tested>(modem: &mut Driver<'_, M>, root: Root<'_>) -> Result<u16, ErrorOf<M>> {
    let server = Server::new(HOST, 443, Tls::verified(root));
    let mut reply = [0; 256];
    modem.post(&server, &AUTH, Body::Bytes(LOGIN.as_bytes()), &mut reply).await.map(|reply| reply.status)
}

both! {
    fn each_certificate_that_is_wrong<M>() {
        {
            for fault in [
                TlsFault::WrongCertificate,
                TlsFault::WrongName,
                TlsFault::ExpiredCertificate,
                TlsFault::NotYetValidCertificate,
                TlsFault::Tls13Only,
            ] {
                Bench::<M>::new(running()).run(async |modem, scene| {
                    attach(modem).await.unwrap();
                    scene.borrow_mut().platform.break_tls(Some(fault));
                    let error = post(modem, root()).await.unwrap_err();
                    assert_eq!((error, error.kind()), (Error::Certificate, ErrorKind::Refused(Refusal::Certificate)));
                    // Now the file is there: it may be at fault, and is uploaded once more.
                    assert_eq!(post(modem, root()).await, Err(Error::Certificate), "{fault}");
                    let is_told = matches!(
                        fault,
                        TlsFault::WrongName | TlsFault::ExpiredCertificate | TlsFault::NotYetValidCertificate
                    );
                    assert_eq!(count(scene, "AT+CFSWFILE"), if is_told { 1 } else { 2 });
                    scene.borrow_mut().platform.break_tls(None);
                    assert_eq!(post(modem, root()).await, Ok(200));
                });
            }
        }
    }
}

both! {
    /// The reason as text: a root that the module has under its name, and that holds something else, is found by it, too.
    fn a_root_that_is_damaged_and_a_reason_in_words<M>() {
        {
            Bench::<M>::new(running()).run(async |modem, scene| {
                attach(modem).await.unwrap();
                let damaged = vec![b'\r'; root().pem().len()];
                assert!(module(scene).put_file(FILE, &damaged));
                assert_eq!(post(modem, root()).await, Ok(200));
                assert_eq!(count(scene, "AT+CFSWFILE"), 1);
                assert_eq!(post(modem, other_root()).await, Err(Error::Certificate));
            });
        }
    }
}

both! {
    fn another_authority_s_root<M>() {
        {
            Bench::<M>::new(running()).run(async |modem, _| {
                attach(modem).await.unwrap();
                assert_eq!(post(modem, other_root()).await, Err(Error::Certificate));
                assert_eq!(post(modem, root()).await, Ok(200));
            });
        }
    }
}

both! {
    fn a_name_that_is_not_known_and_a_server_that_is_not_there<M>() {
        {
            {
                Bench::<M>::new(running()).run(async |modem, scene| {
                    attach(modem).await.unwrap();
                    for (why, expected) in
                        [(OpenFailure::Dns, Error::Unreachable(20)), (OpenFailure::Refused, Error::Unreachable(27))]
                    {
                        module(scene).fail_opens(why, None);
                        let error = post(modem, root()).await.unwrap_err();
                        assert_eq!((error, error.kind()), (expected, ErrorKind::Reconnect));
                        module(scene).fail_opens(why, Some(0));
                    }
                    assert_eq!(post(modem, root()).await, Ok(200));
                });
            }
        }
    }
}

both! {
    fn a_server_that_does_not_answer<M>() {
        Bench::<M>::new(running()).run(async |modem, scene| {
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
}

both! {
    fn a_server_that_hangs_up_in_place_of_its_answer<M>() {
        Bench::<M>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            scene.borrow_mut().platform.close_before_answer(1);
            assert_eq!(post(modem, root()).await, Err(Error::Http(0)));
            assert_eq!(post(modem, root()).await, Ok(200));
        });
    }
}

both! {
    fn the_context_is_lost_and_the_module_restarts<M>() {
        for seconds in [0, 1] {
            Bench::<M>::new(running()).run(async |modem, scene| {
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
}

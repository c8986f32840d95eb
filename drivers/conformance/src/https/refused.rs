//! What keeps a request from its server, certificates aside: names, silence, the module's own errors.

use embassy_futures::join::join;
use embassy_time::Instant;
use wanlink_at::driver::Error;
use wanlink_core::{Error as _, ErrorKind, HttpsAt, Refusal, Server};
use wanlink_scene::bench::{module, pass_ms, running};

use super::{AUTH, log_in, messages, token, verified};
use crate::bench::{ErrorOf, HttpsBench};
use crate::rig::{Rig, attach};

/// Each has its code, however the module words it.
pub fn a_name_that_is_not_known_and_a_server_that_is_not_there<B: HttpsBench>() {
    for options in B::unreachable_options() {
        Rig::<B>::new(options).run(async |modem, scene| {
            attach(modem).await.unwrap();
            for (why, code) in B::https_failures() {
                module(scene).fail_opens(why, None);
                let error = log_in(modem).await.unwrap_err();
                assert_eq!((error, error.kind()), (Error::Unreachable(code), ErrorKind::Reconnect));
                module(scene).fail_opens(why, Some(0));
            }
            assert_eq!(log_in(modem).await, Ok(200));
        });
    }
}

/// What answers there is no server for this.
pub fn another_port<B: HttpsBench>() {
    Rig::<B>::new(running()).run(async |modem, _| {
        attach(modem).await.unwrap();
        let server = Server { port: 8443, ..verified() };
        let error: ErrorOf<B> = modem.post(&server, &AUTH, wanlink_core::Body::Bytes(b"x"), &mut []).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::Certificate, ErrorKind::Refused(Refusal::Certificate)));
        assert_eq!(log_in(modem).await, Ok(200));
    });
}

/// It is waited for as long as a request may take, and no longer.
pub fn a_server_that_does_not_answer<B: HttpsBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.delay_answers(300_000_000);
        let begun = Instant::now();
        let error = log_in(modem).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Retry, "{error}");
        assert!((59..100).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
        scene.borrow_mut().platform.delay_answers(0);
        assert_eq!(log_in(modem).await, Ok(200));
    });
}

/// Told as the module tells it.
pub fn a_server_that_hangs_up_in_place_of_its_answer<B: HttpsBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.close_before_answer(1);
        assert_eq!(log_in(modem).await, Err(Error::Http(B::HUNG_UP)));
        assert_eq!(log_in(modem).await, Ok(200));
    });
}

/// Each with its kind; a restart ends every call until start.
pub fn the_context_is_lost_and_the_module_restarts<B: HttpsBench>() {
    for ms in [1_000, 2_000] {
        Rig::<B>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            token(modem).await;
            scene.borrow_mut().platform.delay_answers(5_000_000);
            let lose = async {
                pass_ms(ms).await;
                module(scene).lose_context(1);
            };
            let (result, ()) = join(log_in(modem), lose).await;
            assert_eq!(result.unwrap_err().kind(), ErrorKind::Reattach);
            attach(modem).await.unwrap();
            let reset = async {
                pass_ms(ms).await;
                module(scene).reset();
            };
            let (result, ()) = join(log_in(modem), reset).await;
            assert_eq!(result.unwrap_err().kind(), ErrorKind::Restart);
            assert_eq!(log_in(modem).await.unwrap_err().kind(), ErrorKind::Restart);
            scene.borrow_mut().platform.delay_answers(0);
            attach(modem).await.unwrap();
            token(modem).await;
            assert!(messages(scene).is_empty());
        });
    }
}

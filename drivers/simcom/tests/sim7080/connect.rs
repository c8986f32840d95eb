//! Connect, disconnect, and what is found behind an ERROR without a reason.

use wanlink_core::{Argument, Error as _, ErrorKind, Login, Module, MqttAt, Qos, Refusal, Server};
use wanlink_emulator::{MqttPhase, OpenFailure, Options, SimcomOptions};
use wanlink_platform::{Away, Rejection, ReturnCode};
use wanlink_simcom::{Error, Sim7080};

use crate::bench::{
    Bench, HOST, KEY, LOGIN, NAME, UP, attach, broker, connect, count, module, pass_ms, published, running, within_ms,
};

fn bench() -> Bench {
    Bench::<Sim7080>::new(running())
}

#[test]
fn what_is_behind_a_connection_that_failed() {
    for (failure, error) in [
        (OpenFailure::Dns, Error::Open(4)),
        (OpenFailure::Refused, Error::Open(5)),
        (OpenFailure::Timeout, Error::Open(5)),
    ] {
        bench().run(async |modem, scene| {
            attach(modem).await.unwrap();
            module(scene).fail_opens(failure, None);
            let begun = embassy_time::Instant::now();
            assert_eq!(modem.connect(&broker(), &LOGIN).await, Err(error));
            assert_eq!(error.kind(), ErrorKind::Reconnect);
            assert!(begun.elapsed().as_secs() < 10);
            assert_eq!(module(scene).socket(12), None, "closed again");
            module(scene).fail_opens(failure, Some(0));
            modem.connect(&broker(), &LOGIN).await.unwrap();
        });
    }
}

#[test]
fn without_a_context_the_next_step_is_attach() {
    bench().run(async |modem, _| {
        modem.start().await.unwrap();
        let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoContext, ErrorKind::Reattach));
        connect(modem).await.unwrap();
    });
}

#[test]
fn a_refused_login_is_unexplained_whatever_its_code() {
    for code in [ReturnCode::IdentifierRejected, ReturnCode::BadUserNameOrPassword, ReturnCode::NotAuthorized] {
        bench().run(async |modem, scene| {
            attach(modem).await.unwrap();
            scene.borrow_mut().platform.refuse_connects(code, 1);
            let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::LoginFailed(0), ErrorKind::Refused(Refusal::Unexplained)));
            modem.connect(&broker(), &LOGIN).await.unwrap();
        });
    }
}

#[test]
fn an_address_is_no_name() {
    bench().run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).fail_opens(OpenFailure::Refused, None);
        let server = Server { host: "192.0.2.1", ..broker() };
        assert_eq!(modem.connect(&server, &LOGIN).await, Err(Error::Open(5)));
        assert_eq!(count(scene, "AT+CDNSGIP"), 0);
    });
}

#[test]
fn a_broker_that_closes_or_is_silent_in_place_of_its_answer() {
    bench().run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.config_mut().plain_tcp = Some(Rejection::Close);
        assert_eq!(modem.connect(&broker(), &LOGIN).await, Err(Error::LoginFailed(0)));
        scene.borrow_mut().platform.config_mut().plain_tcp = None;
        let now = scene.borrow().now_us;
        scene.borrow_mut().platform.away(now, now + 70_000_000, Away::Silent);
        assert!(modem.connect(&broker(), &LOGIN).await.is_err());
        pass_ms(20_000).await;
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

/// `AT+SMCONN` blocks the port for minutes: a call that is dropped meanwhile leaves a deaf port, and the next one waits.
#[test]
fn a_connect_that_blocks_for_long() {
    let simcom = SimcomOptions { connect_blocks_us: 55_000_000, ..SimcomOptions::default() };
    Bench::<Sim7080>::new(Options { simcom, ..running() }).run(async |modem, scene| {
        scene.borrow_mut().platform.config_mut().connect_deadline_us = 100_000_000;
        attach(modem).await.unwrap();
        assert!(within_ms(5_000, modem.connect(&broker(), &LOGIN)).await.is_none());
        let begun = embassy_time::Instant::now();
        modem.signal().await.unwrap();
        assert!((45..60).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.publish(UP, b"own", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene), [b"own"]);
    });
}

#[test]
fn a_session_that_the_driver_does_not_know_of_is_closed_first() {
    let mut bench = bench();
    bench.run(async |modem, _| connect(modem).await.unwrap());
    bench.run(async |modem, scene| {
        // Not started, so that nothing was cleaned; another value knows nothing of the session.
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert_eq!(scene.borrow().platform.record().connects(KEY, NAME).len(), 2);
    });
}

#[test]
fn keep_alive_and_clean_session_are_really_set() {
    for (keep_alive_s, clean_session) in [(30, true), (1200, false)] {
        bench().run(async |modem, scene| {
            attach(modem).await.unwrap();
            modem.connect(&broker(), &Login { keep_alive_s, clean_session, ..LOGIN }).await.unwrap();
            let client = scene.borrow().module.mqtt(0).unwrap();
            assert_eq!((client.keep_alive_s, client.clean), (keep_alive_s, clean_session));
            assert_eq!((client.host.as_str(), client.port, client.tls), (HOST, 1883, false));
            assert_eq!((client.client_id.as_str(), client.username.as_str()), (LOGIN.client_id, LOGIN.user));
            assert_eq!(client.phase, MqttPhase::Connected);
        });
    }
}

#[test]
fn what_is_too_long_or_cannot_be_quoted_is_refused_before_a_byte() {
    let mut bench = bench();
    bench.run(async |modem, _| {
        let long = "h".repeat(600);
        for (host, client_id, user, password, what, limit) in [
            (247, 1, 1, 1, Argument::HostName, 246),
            (1, 129, 1, 1, Argument::ClientId, 128),
            (1, 1, 257, 1, Argument::UserName, 256),
            (1, 1, 1, 513, Argument::Password, 512),
        ] {
            let login =
                Login { client_id: &long[..client_id], user: &long[..user], password: &long[..password], ..LOGIN };
            let server = Server { host: &long[..host], ..broker() };
            let Err(Error::TooLong(too_long)) = modem.connect(&server, &login).await else { panic!("{what}") };
            assert_eq!((too_long.what, too_long.limit(), too_long.length()), (what, limit, limit + 1));
        }
        for (login, what) in [
            (Login { client_id: "", ..LOGIN }, Argument::ClientId),
            (Login { client_id: "a\"", ..LOGIN }, Argument::ClientId),
            (Login { user: "\"", ..LOGIN }, Argument::UserName),
            (Login { password: "\r", ..LOGIN }, Argument::Password),
        ] {
            let error = modem.connect(&broker(), &login).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Malformed(what), ErrorKind::Misuse));
        }
    });
    assert_eq!(bench.sent(), [""; 0]);
}

#[test]
fn disconnect_ends_the_session_and_is_harmless_without_one() {
    bench().run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.disconnect().await.unwrap();
        assert!(!scene.borrow().platform.is_online(KEY, NAME));
        modem.disconnect().await.unwrap();
        let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NotConnected, ErrorKind::Reconnect));
        modem.connect(&broker(), &LOGIN).await.unwrap();
        module(scene).kill_tcp();
        modem.disconnect().await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
        pass_ms(20_000).await;
        module(scene).reset();
        pass_ms(5000).await;
        assert_eq!(modem.disconnect().await, Err(Error::Restarted));
    });
}

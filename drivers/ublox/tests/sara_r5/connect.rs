//! Connect, disconnect.

use wanlink_core::{Argument, Error as _, ErrorKind, HasMqtt, Login, MqttAt, Qos, Refusal, Server};
use wanlink_emulator::{MqttPhase, OpenFailure};
use wanlink_platform::{Away, ReturnCode};
use wanlink_ublox::{Error, SaraR5};

use crate::bench::{
    Bench, HOST, KEY, LOGIN, NAME, Played, UP, attach, broker, connect, module, on_each_client, pass_ms, published,
    running,
};

fn fails_to_open<M: Played + HasMqtt>() {
    for (failure, results) in
        [(OpenFailure::Dns, [4, 5]), (OpenFailure::Refused, [5, 5]), (OpenFailure::Timeout, [5, 5])]
    {
        Bench::<M>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            module(scene).fail_opens(failure, None);
            let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
            assert!(results.iter().any(|&result| error == Error::Open(result)), "{failure:?} {error:?}");
            assert_eq!(error.kind(), ErrorKind::Reconnect);
            module(scene).fail_opens(failure, Some(0));
            modem.connect(&broker(), &LOGIN).await.unwrap();
        });
    }
}

#[test]
fn each_failure_to_open_has_its_kind_and_the_next_call_connects() {
    on_each_client!(fails_to_open);
}

fn without_a_context<M: Played + HasMqtt>() {
    Bench::<M>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).lose_context(1);
        let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoContext, ErrorKind::Reattach), "{}", M::NAME);
        connect(modem).await.unwrap();
    });
}

/// Code 50 (ublox-at 3).
#[test]
fn without_a_context_the_next_step_is_attach() {
    on_each_client!(without_a_context);
}

fn refused<M: Played + HasMqtt>() {
    for recorded in [true, false] {
        let mut options = running();
        options.ublox.mqtt_errors_recorded = recorded;
        Bench::<M>::new(options).run(async |modem, scene| {
            attach(modem).await.unwrap();
            scene.borrow_mut().platform.refuse_connects(ReturnCode::BadUserNameOrPassword, 1);
            let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
            assert!(matches!(error, Error::LoginFailed(0 | 4 | 15)), "{error:?}");
            assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Unexplained));
            modem.connect(&broker(), &LOGIN).await.unwrap();
        });
    }
}

/// A class and a code, which are not those of the broker, or nothing at all; context, name and TCP are found good.
#[test]
fn a_refusal_of_the_broker_is_told_without_its_reason() {
    on_each_client!(refused);
}

/// It is a time-out of the module's own.
#[test]
fn a_broker_that_does_not_answer() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let now = scene.borrow().now_us;
        scene.borrow_mut().platform.away(now, now + 65_000_000, Away::Silent);
        let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoConnack, ErrorKind::Reconnect));
        pass_ms(20_000).await;
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

#[test]
fn a_session_that_the_driver_does_not_know_of_is_closed_first() {
    let mut bench = Bench::<SaraR5>::new(running());
    bench.run(async |modem, _| connect(modem).await.unwrap());
    bench.run(async |modem, scene| {
        // Not started, so that nothing was cleaned; another value knows nothing of the session.
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert_eq!(scene.borrow().platform.record().connects(KEY, NAME).len(), 2);
    });
}

/// A client that is logged in refuses its settings.
#[test]
fn an_occupied_client_is_freed_once() {
    Bench::<SaraR5>::new(running()).run(async |modem, _| {
        connect(modem).await.unwrap();
        modem.disconnect().await.unwrap();
        // Somebody else uses the client meanwhile.
        modem.send(&Foreign("AT+UMQTTC=1\r".to_owned())).await.unwrap();
        pass_ms(1000).await;
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
    });
}

struct Foreign(String);

struct Nothing;

impl atat::AtatResp for Nothing {}

impl atat::AtatCmd for Foreign {
    type Response = Nothing;

    fn write(&self, buffer: &mut [u8]) -> usize {
        buffer[..self.0.len()].copy_from_slice(self.0.as_bytes());
        self.0.len()
    }

    fn parse(&self, answer: Result<&[u8], atat::InternalError>) -> Result<Nothing, atat::Error> {
        answer.map(|_| Nothing).map_err(|_| atat::Error::Parse)
    }
}

fn settings<M: Played + HasMqtt>() {
    for keep_alive_s in [30, 1200] {
        Bench::<M>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            modem.connect(&broker(), &Login { keep_alive_s, ..LOGIN }).await.unwrap();
            let client = scene.borrow().module.mqtt(0).unwrap();
            assert_eq!((client.keep_alive_s, client.clean), (keep_alive_s, true));
            assert_eq!((client.host.as_str(), client.port, client.tls), (HOST, 1883, false));
            assert_eq!((client.client_id.as_str(), client.username.as_str()), (LOGIN.client_id, LOGIN.user));
            assert_eq!(client.phase, MqttPhase::Connected);
        });
    }
}

#[test]
fn the_settings_are_really_set() {
    on_each_client!(settings);
}

/// No model's sheet knows a session that is kept (ublox-at 3).
#[test]
fn a_session_that_is_kept_is_refused_before_a_byte() {
    let mut bench = Bench::<SaraR5>::new(running());
    bench.run(async |modem, _| {
        let error = modem.connect(&broker(), &Login { clean_session: false, ..LOGIN }).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::CleanOnly, ErrorKind::Misuse));
    });
    assert_eq!(bench.sent(), [""; 0]);
}

#[test]
fn what_is_too_long_or_cannot_be_quoted_is_refused_before_a_byte() {
    let mut bench = Bench::<SaraR5>::new(running());
    bench.run(async |modem, _| {
        let long = "h".repeat(129);
        let Err(Error::TooLong(too_long)) = modem.connect(&Server { host: &long, ..broker() }, &LOGIN).await else {
            panic!("taken");
        };
        assert_eq!((too_long.what, too_long.limit(), too_long.length()), (Argument::HostName, 128, 129));
        for host in ["", "a\"b", "a\n"] {
            let result = modem.connect(&Server { host, ..broker() }, &LOGIN).await;
            assert_eq!(result, Err(Error::Malformed(Argument::HostName)));
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
fn connecting_twice_connects_anew() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert_eq!(scene.borrow().platform.record().connects(KEY, NAME).len(), 2);
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene), [b"x"]);
    });
}

#[test]
fn disconnect_ends_the_session_and_is_harmless_without_one() {
    {
        Bench::<SaraR5>::new(running()).run(async |modem, scene| {
            connect(modem).await.unwrap();
            modem.disconnect().await.unwrap();
            assert_eq!(scene.borrow().module.mqtt(0).unwrap().phase, MqttPhase::Closed);
            assert!(!scene.borrow().platform.is_online(KEY, NAME));
            modem.disconnect().await.unwrap();
            let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::NotConnected, ErrorKind::Reconnect));
            modem.connect(&broker(), &LOGIN).await.unwrap();
        });
    }
}

#[test]
fn disconnect_swallows_all_but_a_restart() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).kill_tcp();
        modem.disconnect().await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
        pass_ms(20_000).await;
        module(scene).reset();
        pass_ms(5000).await;
        assert_eq!(modem.disconnect().await, Err(Error::Restarted));
    });
}

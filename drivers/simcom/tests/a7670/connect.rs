//! Connect, disconnect.

use embassy_time::Instant;
use wanlink_core::{Argument, Error as _, ErrorKind, HasMqtt, Login, MqttAt, Qos, Server};
use wanlink_emulator::{FailureOrder, LeftOpen, OpenFailure, SimcomOptions};
use wanlink_platform::Away;
use wanlink_simcom::cmqtt::Error;

use crate::Model;
use crate::bench::{Bench, Foreign, KEY, LOGIN, NAME, UP, attach, broker, connect, module, pass_ms, running, special};

/// With a bare `ERROR` nothing is known but that, with the code behind it the call is over before it comes: the reason is
/// looked for, by name and TCP.
#[test]
fn a_failure_without_its_code_is_looked_into() {
    for failure_order in [FailureOrder::ResultThenError, FailureOrder::ErrorThenResult, FailureOrder::ErrorOnly] {
        for (failure, expected) in [(OpenFailure::Dns, Error::Open(4)), (OpenFailure::Refused, Error::Open(5))] {
            let set = |it: &mut SimcomOptions| (it.failure_order, it.refused_before_ok) = (failure_order, true);
            Bench::new(special(set)).run(async |modem, scene| {
                attach(modem).await.unwrap();
                module(scene).fail_opens(failure, Some(9));
                let begun = Instant::now();
                let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
                assert_eq!((error, error.kind()), (expected, ErrorKind::Reconnect), "{failure_order:?}");
                assert!(begun.elapsed().as_secs() < 120);
                module(scene).fail_opens(failure, Some(0));
                modem.connect(&broker(), &LOGIN).await.unwrap();
                modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
            });
        }
    }
}

#[test]
fn a_broker_that_does_not_answer() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let begun = Instant::now();
        let now = begun.as_micros();
        scene.borrow_mut().platform.away(now, now + 90_000_000, Away::Silent);
        let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::Open(17), ErrorKind::Reconnect), "time-out");
        assert!((60..65).contains(&begun.elapsed().as_secs()), "not the 120 s of the factory");
        pass_ms(35_000).await;
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

#[test]
fn a_session_that_the_driver_does_not_know_of_is_closed_first() {
    for failure_order in [FailureOrder::ResultThenError, FailureOrder::ErrorThenResult, FailureOrder::ErrorOnly] {
        for stop_releases in [false, true] {
            let set = |it: &mut SimcomOptions| (it.failure_order, it.stop_releases) = (failure_order, stop_releases);
            let mut bench = Bench::new(special(set));
            bench.run(async |modem, _| connect(modem).await.unwrap());
            bench.run(async |modem, scene| {
                // Not started, so that nothing was cleaned; another value knows nothing of the session.
                modem.connect(&broker(), &LOGIN).await.unwrap();
                assert_eq!(scene.borrow().platform.record().connects(KEY, NAME).len(), 2);
                modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
            });
        }
    }
}

/// Services that outlive a restart of the microcontroller, however far an earlier life came with them (simcom-at 3, 11.1).
#[test]
fn what_an_earlier_life_left_of_the_service() {
    for left_open in [LeftOpen::Nothing, LeftOpen::Services, LeftOpen::Client] {
        for failure_order in [FailureOrder::ResultThenError, FailureOrder::ErrorThenResult, FailureOrder::ErrorOnly] {
            let set = |it: &mut SimcomOptions| (it.left_open, it.failure_order) = (left_open, failure_order);
            for is_started in [true, false] {
                Bench::new(special(set)).run(async |modem, _| {
                    if is_started {
                        attach(modem).await.unwrap();
                    }
                    modem.connect(&broker(), &LOGIN).await.unwrap();
                    modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
                });
            }
        }
    }
}

/// Somebody else acquired the client behind the driver's back.
#[test]
fn an_occupied_client_is_freed_once() {
    for failure_order in [FailureOrder::ResultThenError, FailureOrder::ErrorThenResult, FailureOrder::ErrorOnly] {
        Bench::new(special(|it| it.failure_order = failure_order)).run(async |modem, _| {
            connect(modem).await.unwrap();
            modem.disconnect().await.unwrap();
            pass_ms(1000).await;
            for command in ["AT+CMQTTSTART\r", "AT+CMQTTACCQ=0,\"other\",0\r"] {
                // With some firmware the answer takes longer than a foreign command waits.
                let _ = modem.send(&Foreign(command.to_owned())).await;
                pass_ms(3000).await;
            }
            modem.connect(&broker(), &LOGIN).await.unwrap();
            modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
        });
    }
}

#[test]
fn what_is_too_long_or_cannot_be_quoted_is_refused_before_a_byte() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, _| {
        let limit = usize::from(Model::MQTT.host);
        let long = "h".repeat(limit + 1);
        let Err(Error::TooLong(too_long)) = modem.connect(&Server { host: &long, ..broker() }, &LOGIN).await else {
            panic!("taken");
        };
        assert_eq!((too_long.what, too_long.limit(), too_long.length()), (Argument::HostName, limit, limit + 1));
        for host in ["", "a\"b", "a\n"] {
            let result = modem.connect(&Server { host, ..broker() }, &LOGIN).await;
            assert_eq!(result, Err(Error::Malformed(Argument::HostName)));
        }
        for (login, what) in [
            (Login { client_id: "", ..LOGIN }, Argument::ClientId),
            (Login { client_id: "a\"", ..LOGIN }, Argument::ClientId),
            (Login { user: "\"", ..LOGIN }, Argument::UserName),
            (Login { user: "", ..LOGIN }, Argument::UserName),
            (Login { password: "", ..LOGIN }, Argument::Password),
            (Login { password: "\r", ..LOGIN }, Argument::Password),
        ] {
            let error = modem.connect(&broker(), &login).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Malformed(what), ErrorKind::Misuse));
        }
    });
    assert_eq!(bench.sent(), [""; 0]);
}

//! Connect, disconnect.

use wanlink_core::{Argument, Error as _, ErrorKind, Login, Module, MqttAt, Qos, Refusal, Server};
use wanlink_emulator::{ConnackTimeout, Emulator, MqttPhase, Options, ResultOrder};
use wanlink_platform::{Away, Rejection, ReturnCode};

use crate::bench::{
    Bench, Error, HOST, KEY, LOGIN, NAME, UP, attach, broker, connect, module, pass_ms, published, running,
};
use crate::model::BOOT_MS;

#[test]
fn each_failure_to_open_has_its_kind_and_the_next_call_connects() {
    type Fault = fn(&mut Emulator);
    for (fail, result, kind) in [
        (Emulator::dns_failure as Fault, 4, ErrorKind::Reconnect),
        (Emulator::refuse, 5, ErrorKind::Reconnect),
        (Emulator::wrong_certificate, -1, ErrorKind::Reconnect),
    ] {
        for result_order in [ResultOrder::OkFirst, ResultOrder::Burst, ResultOrder::ResultFirst] {
            Bench::new(Options { result_order, ..running() }).run(async |modem, scene| {
                attach(modem).await.unwrap();
                fail(&mut module(scene));
                let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
                assert_eq!((error, error.kind()), (Error::Open(result), kind), "{result_order:?}");
                modem.connect(&broker(), &LOGIN).await.unwrap();
            });
        }
    }
}

#[test]
fn without_a_context_the_next_step_is_attach() {
    Bench::new(running()).run(async |modem, _| {
        modem.start().await.unwrap();
        let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::Open(3), ErrorKind::Reattach));
        connect(modem).await.unwrap();
    });
}

/// Result 1 is for parameters that the module finds wrong; the emulator takes them all.
#[test]
fn every_result_of_an_open_has_a_kind_that_can_heal() {
    for result in i8::MIN..=i8::MAX {
        assert!(Error::Open(result).kind().can_heal());
    }
    assert_eq!(Error::Open(1).kind(), ErrorKind::Reconnect);
}

#[test]
fn each_refusal_of_the_broker_keeps_its_code_and_the_next_login_is_a_new_one() {
    for code in [
        ReturnCode::BadProtocolVersion,
        ReturnCode::IdentifierRejected,
        ReturnCode::ServerUnavailable,
        ReturnCode::BadUserNameOrPassword,
        ReturnCode::NotAuthorized,
    ] {
        for result_order in [ResultOrder::OkFirst, ResultOrder::Burst, ResultOrder::ResultFirst] {
            Bench::new(Options { result_order, ..running() }).run(async |modem, scene| {
                attach(modem).await.unwrap();
                scene.borrow_mut().platform.refuse_connects(code, 1);
                let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
                let number = code as u8;
                assert_eq!(error, Error::Connack(number));
                assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Connack(number)));
                modem.connect(&broker(), &LOGIN).await.unwrap();
            });
        }
    }
}

#[test]
fn a_wrong_password_is_connack_4() {
    Bench::new(running()).run(async |modem, _| {
        attach(modem).await.unwrap();
        let wrong = Login { password: "0123456789", ..LOGIN };
        assert_eq!(modem.connect(&broker(), &wrong).await, Err(Error::Connack(4)));
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

#[test]
fn a_broker_that_closes_in_place_of_its_answer() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.config_mut().plain_tcp = Some(Rejection::Close);
        let begun = embassy_time::Instant::now();
        let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoConnack, ErrorKind::Reconnect));
        assert!(begun.elapsed().as_secs() < 2, "+QMTSTAT tells it, no need to wait for the result");
        scene.borrow_mut().platform.config_mut().plain_tcp = None;
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

#[test]
fn a_broker_that_does_not_answer() {
    for connack_timeout in [ConnackTimeout::Result, ConnackTimeout::Stat] {
        for retransmission_lines in [false, true] {
            let options = Options { connack_timeout, retransmission_lines, ..running() };
            Bench::new(options).run(async |modem, scene| {
                attach(modem).await.unwrap();
                let now = scene.borrow().now_us;
                scene.borrow_mut().platform.away(now, now + 50_000_000, Away::Silent);
                let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
                assert_eq!((error, error.kind()), (Error::NoConnack, ErrorKind::Reconnect), "{connack_timeout:?}");
                pass_ms(20_000).await;
                modem.connect(&broker(), &LOGIN).await.unwrap();
            });
        }
    }
}

/// `+QMTCONN: 0,1` says only that the module sends again (MQTT 3.3.4).
#[test]
fn a_slow_broker_is_waited_for_through_retransmissions() {
    Bench::new(Options { retransmission_lines: true, ..running() }).run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.config_mut().connect_deadline_us = 60_000_000;
        // The open answers after 12 s, the login after 12 more.
        module(scene).slow(12_000_000);
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

#[test]
fn a_session_that_the_driver_does_not_know_of_is_closed_first() {
    for disconnect_closes in [false, true] {
        let mut bench = Bench::new(Options { disconnect_closes, ..running() });
        bench.run(async |modem, _| connect(modem).await.unwrap());
        bench.run(async |modem, scene| {
            // Not started, so that nothing was cleaned; another value knows nothing of the session.
            modem.connect(&broker(), &LOGIN).await.unwrap();
            assert_eq!(scene.borrow().platform.record().connects(KEY, NAME).len(), 2);
        });
    }
}

/// An open of a client that the module calls occupied although the driver closed it: `+QMTOPEN: 0,2`.
#[test]
fn an_occupied_client_is_freed_once() {
    Bench::new(running()).run(async |modem, _| {
        connect(modem).await.unwrap();
        modem.disconnect().await.unwrap();
        // Somebody else uses the client meanwhile.
        let open = Foreign(format!("AT+QMTOPEN=0,\"{HOST}\",1883\r"));
        modem.send(&open).await.unwrap();
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

#[test]
fn keep_alive_and_clean_session_are_really_set() {
    for (keep_alive_s, clean_session) in [(30, true), (1200, false)] {
        Bench::new(running()).run(async |modem, scene| {
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
fn a_keep_alive_above_what_the_module_takes_is_cut() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.config_mut().keep_alive = wanlink_platform::KeepAlive::Unchecked;
        modem.connect(&broker(), &Login { keep_alive_s: u16::MAX, ..LOGIN }).await.unwrap();
        assert_eq!(scene.borrow().module.mqtt(0).unwrap().keep_alive_s, 3600);
    });
}

#[test]
fn what_is_too_long_or_cannot_be_quoted_is_refused_before_a_byte() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, _| {
        let long = "h".repeat(101);
        let Err(Error::TooLong(too_long)) = modem.connect(&Server { host: &long, ..broker() }, &LOGIN).await else {
            panic!("taken");
        };
        assert_eq!((too_long.what, too_long.limit(), too_long.length()), (Argument::HostName, 100, 101));
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
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert_eq!(scene.borrow().platform.record().connects(KEY, NAME).len(), 2);
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene), [b"x"]);
    });
}

#[test]
fn disconnect_ends_the_session_and_is_harmless_without_one() {
    for disconnect_closes in [false, true] {
        Bench::new(Options { disconnect_closes, ..running() }).run(async |modem, scene| {
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
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).kill_tcp();
        modem.disconnect().await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
        pass_ms(20_000).await;
        module(scene).reset();
        pass_ms(BOOT_MS).await;
        assert_eq!(modem.disconnect().await, Err(Error::Restarted));
    });
}

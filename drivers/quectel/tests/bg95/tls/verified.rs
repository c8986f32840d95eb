//! Connections that are made, and what they are made with.

use wanlink_core::{Error as _, ErrorKind, Inbound, Message, MqttAt, Plain, Qos, Server, Tls, Trust, Validity};
use wanlink_emulator::Options;
use wanlink_platform::TlsFault;

use super::{LOGIN, connect, verified};
use crate::bench::{Bench, DOWN, Error, FILE, HOST, UP, attach, count, module, other_root, root, running};
use crate::model::{CHECKS_NAME, HAS_TIME_SERVER};

#[test]
fn messages_both_ways_inside_a_verified_session() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        modem.publish(UP, b"21.5", Qos::AtLeastOnce).await.unwrap();
        {
            let mut scene = scene.borrow_mut();
            let now_us = embassy_time::Instant::now().as_micros();
            let platform = &mut scene.platform;
            let pushed = platform.push(now_us, "pk", "device", DOWN, b"on", wanlink_platform::Qos::AtLeastOnce);
            assert_eq!(pushed, wanlink_platform::Pushed::Sent);
            assert_eq!(platform.record().published("pk", "device").count(), 1);
            let handshake = &platform.record().handshakes()[0];
            assert_eq!(handshake.server_name.as_deref(), Some(HOST), "SNI");
        }
        assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(DOWN.as_bytes(), b"on"))));
        assert_eq!(scene.borrow().module.file(FILE), Some(root().pem()));
        let scene = scene.borrow();
        let tls = scene.module.tls_context(2).unwrap();
        assert_eq!((tls.version, tls.level, tls.root_file.as_str()), (3, 1, FILE));
        assert_eq!((tls.sni, tls.check_host, tls.ignore_dates), (true, CHECKS_NAME, false));
        assert!(scene.module.mqtt(0).unwrap().tls);
    });
}

/// The name carries a hash of the content.
#[test]
fn a_root_that_is_there_is_not_uploaded_again() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.connect(&verified(), &LOGIN).await.unwrap();
        assert_eq!((count(scene, "AT+QFUPL"), count(scene, "AT+QFLST")), (1, 2));
    });
    bench.run(async |modem, scene| {
        connect(modem).await.unwrap();
        assert_eq!(count(scene, "AT+QFUPL"), 1, "another life of the microcontroller");
    });
}

#[test]
fn a_plain_session_after_one_inside_tls_and_back() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        let plain = wanlink_core::Login { client_id: "12345|securemode=3,signmethod=hmacsha256|", ..LOGIN };
        modem.connect(&Server::new(HOST, 1883, Plain), &plain).await.unwrap();
        assert!(!scene.borrow().module.mqtt(0).unwrap().tls);
        modem.publish(UP, b"plain", Qos::AtLeastOnce).await.unwrap();
        modem.connect(&verified(), &LOGIN).await.unwrap();
        assert!(scene.borrow().module.mqtt(0).unwrap().tls);
    });
}

#[test]
fn anyone_is_anyone() {
    for fault in [TlsFault::WrongCertificate, TlsFault::WrongName, TlsFault::ExpiredCertificate] {
        Bench::new(Options { checkhost_known: false, ..running() }).run(async |modem, scene| {
            attach(modem).await.unwrap();
            scene.borrow_mut().platform.break_tls(Some(fault));
            let tls = Tls { trust: Trust::Anyone, validity: Validity::Ignored };
            modem.connect(&Server::new(HOST, 8883, tls), &LOGIN).await.unwrap();
            assert_eq!((count(scene, "AT+QFUPL"), count(scene, "AT+QFLST")), (0, 0));
            assert_eq!(scene.borrow().module.tls_context(2).unwrap().level, 0);
        });
    }
}

/// Anybody's certificates once are not anybody's for ever.
#[test]
fn verified_after_anyone_is_verified() {
    Bench::new(running()).run(async |modem, _| {
        attach(modem).await.unwrap();
        let tls = Tls { trust: Trust::Anyone, validity: Validity::Ignored };
        modem.connect(&Server::new(HOST, 8883, tls), &LOGIN).await.unwrap();
        let wrong = Server::new(HOST, 8883, Tls::verified(other_root()));
        assert_eq!(modem.connect(&wrong, &LOGIN).await, Err(Error::Certificate));
    });
}

#[test]
fn dates_are_looked_at_as_asked() {
    for (validity, nitz, expected) in [
        (Validity::IfClockKnown, true, Err(Error::Certificate)),
        (Validity::IfClockKnown, false, if HAS_TIME_SERVER { Err(Error::Certificate) } else { Ok(()) }),
        (Validity::Required, true, Err(Error::Certificate)),
        (Validity::Required, false, Err(if HAS_TIME_SERVER { Error::Certificate } else { Error::NoClock })),
        (Validity::Ignored, true, Ok(())),
    ] {
        Bench::new(Options { nitz, ..running() }).run(async |modem, scene| {
            attach(modem).await.unwrap();
            scene.borrow_mut().platform.break_tls(Some(TlsFault::ExpiredCertificate));
            let server = Server::new(HOST, 8883, Tls { trust: Trust::Root(root()), validity });
            assert_eq!(modem.connect(&server, &LOGIN).await, expected, "{validity:?}, clock: {nitz}");
            scene.borrow_mut().platform.break_tls(None);
            let again = modem.connect(&server, &LOGIN).await;
            assert_eq!(again, if expected == Err(Error::NoClock) { expected } else { Ok(()) });
        });
    }
}

#[test]
fn without_a_clock_nothing_is_opened_where_dates_are_required() {
    Bench::new(Options { nitz: false, ..running() }).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).time_server_fails(569);
        let tls = Tls { trust: Trust::Root(root()), validity: Validity::Required };
        let error = modem.connect(&Server::new(HOST, 8883, tls), &LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoClock, ErrorKind::Retry));
        assert_eq!(count(scene, "AT+QMTOPEN"), 0);
    });
}

#[test]
fn a_firmware_without_sni_goes_without() {
    Bench::new(Options { sni_known: false, ..running() }).run(async |modem, scene| {
        connect(modem).await.unwrap();
        assert_eq!(scene.borrow().platform.record().handshakes()[0].server_name, None);
    });
}

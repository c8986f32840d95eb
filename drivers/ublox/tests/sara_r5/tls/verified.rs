//! Connections that are made, and what they are made with.

use wanlink_core::{
    Error as _, ErrorKind, HasMqtt, Inbound, Message, MqttAt, Plain, Qos, Server, Tls, Trust, Validity,
};
use wanlink_emulator::Options;
use wanlink_platform::TlsFault;
use wanlink_ublox::{Error, LaraR6, SaraR5, SaraR422};

use super::{LOGIN, connect, has_root, uploads, verified};
use crate::bench::{
    Bench, DOWN, FILE, HOST, Played, UP, attach, count, on_each_client, other_root, push, root, running,
};

fn both_ways<M: Played + HasMqtt>() {
    Bench::<M>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        modem.publish(UP, b"21.5", Qos::AtLeastOnce).await.unwrap();
        push(scene, b"on");
        assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(DOWN.as_bytes(), b"on"))));
        assert!(has_root(scene));
        let scene = scene.borrow();
        let handshake = &scene.platform.record().handshakes()[0];
        assert_eq!(handshake.server_name.as_deref(), Some(HOST), "SNI");
        let tls = scene.module.tls_context(0).unwrap();
        assert_eq!((tls.version, tls.level, tls.root_file.as_str()), (3, 1, FILE), "{}", M::NAME);
        assert!(tls.check_host && !tls.ignore_dates && scene.module.mqtt(0).unwrap().tls);
    });
}

#[test]
fn messages_both_ways_inside_a_verified_session() {
    on_each_client!(both_ways);
}

/// The name carries a hash of the content.
#[test]
fn a_root_that_is_there_is_not_uploaded_again() {
    let mut bench = Bench::<SaraR5>::new(running());
    bench.run(async |modem, _| {
        connect(modem).await.unwrap();
        modem.connect(&verified(), &LOGIN).await.unwrap();
    });
    assert_eq!(uploads(&bench.sent()), 1);
    bench.run(async |modem, _| connect(modem).await.unwrap());
    assert_eq!(uploads(&bench.sent()), 1, "another life of the microcontroller");
}

#[test]
fn a_plain_session_after_one_inside_tls_and_back() {
    Bench::<SaraR422>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.connect(&Server::new(HOST, 1883, Plain), &crate::bench::LOGIN).await.unwrap();
        assert!(!scene.borrow().module.mqtt(0).unwrap().tls);
        modem.publish(UP, b"plain", Qos::AtLeastOnce).await.unwrap();
        modem.connect(&verified(), &LOGIN).await.unwrap();
        assert!(scene.borrow().module.mqtt(0).unwrap().tls);
    });
}

#[test]
fn anyone_is_anyone() {
    for fault in [TlsFault::WrongCertificate, TlsFault::WrongName, TlsFault::ExpiredCertificate] {
        // Every value is set: what the factory set differs.
        for security_level in 0..4 {
            let mut options = running();
            options.ublox.security_level = security_level;
            Bench::<LaraR6>::new(options).run(async |modem, scene| {
                attach(modem).await.unwrap();
                scene.borrow_mut().platform.break_tls(Some(fault));
                let tls = Tls { trust: Trust::Anyone, validity: Validity::Ignored };
                modem.connect(&Server::new(HOST, 8883, tls), &LOGIN).await.unwrap();
                assert_eq!(count(scene, "AT+USECMNG"), 0);
                assert_eq!(scene.borrow().module.tls_context(0).unwrap().level, 0);
            });
        }
    }
}

/// Anybody's certificates once are not anybody's for ever.
#[test]
fn verified_after_anyone_is_verified() {
    Bench::<SaraR5>::new(running()).run(async |modem, _| {
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
        (Validity::IfClockKnown, false, Ok(())),
        (Validity::Required, true, Err(Error::Certificate)),
        (Validity::Required, false, Err(Error::NoClock)),
        (Validity::Ignored, true, Ok(())),
    ] {
        Bench::<SaraR5>::new(Options { nitz, ..running() }).run(async |modem, scene| {
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
    let mut bench = Bench::<SaraR5>::new(Options { nitz: false, ..running() });
    bench.run(async |modem, _| {
        attach(modem).await.unwrap();
        let tls = Tls { trust: Trust::Root(root()), validity: Validity::Required };
        let error = modem.connect(&Server::new(HOST, 8883, tls), &LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoClock, ErrorKind::Retry));
    });
    assert!(!bench.sent().iter().any(|line| line == "AT+UMQTTC=1"));
}

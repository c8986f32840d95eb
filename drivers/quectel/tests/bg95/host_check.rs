//! Firmware that cannot check that a certificate is for the server's name: nothing verified is opened.

use wanlink_core::{Error as _, ErrorKind, MqttAt, Server, Tls, TlsSocket, Trust, Validity};
use wanlink_emulator::{MqttPhase, Options};
use wanlink_platform::TlsFault;

use crate::bench::{Bench, Error, HOST, LOGIN, attach, count, module, root, running};

#[test]
fn a_session_is_refused() {
    Bench::new(Options { checkhost_known: false, ..running() }).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let error = modem.connect(&Server::new(HOST, 8883, Tls::verified(root())), &LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoHostCheck, ErrorKind::Unsupported));
        assert_eq!(count(scene, "AT+QMTOPEN"), 0);
        assert_eq!(module(scene).mqtt(0).unwrap().phase, MqttPhase::Closed);
    });
}

#[test]
fn a_socket_is_refused_and_nothing_weaker_is_opened() {
    Bench::new(Options { checkhost_known: false, ..running() }).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let error = modem.open_tls(HOST, 8883, &Tls::verified(root())).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoHostCheck, ErrorKind::Unsupported));
        assert_eq!(count(scene, "AT+QSSLOPEN"), 0);
        let anyone = Tls { trust: Trust::Anyone, validity: Validity::Ignored };
        scene.borrow_mut().platform.break_tls(Some(TlsFault::WrongName));
        modem.open_tls(HOST, 8883, &anyone).await.unwrap();
        assert_eq!(scene.borrow().module.tls_context(2).unwrap().level, 0);
    });
}

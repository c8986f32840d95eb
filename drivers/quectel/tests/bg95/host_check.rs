//! Firmware that cannot check that a certificate is for the server's name: nothing verified is opened.

use wanlink_conformance::{BROKER, SECURE_LOGIN};
use wanlink_core::{Error as _, ErrorKind, MqttAt, Server, Tls, TlsSocket, Trust, Validity};
use wanlink_emulator::{MqttPhase, Options};
use wanlink_platform::TlsFault;

use crate::bench::{Bench, Error, attach, count, module, root, running};

#[test]
fn a_session_is_refused() {
    Bench::new(Options { checkhost_known: false, ..running() }).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let error = modem.connect(&Server::new(BROKER, 8883, Tls::verified(root())), &SECURE_LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoHostCheck, ErrorKind::Unsupported));
        assert_eq!(count(scene, "AT+QMTOPEN"), 0);
        assert_eq!(module(scene).mqtt(0).unwrap().phase, MqttPhase::Closed);
        let anyone = Tls { trust: Trust::Anyone, validity: Validity::Ignored };
        modem.connect(&Server::new(BROKER, 8883, anyone), &SECURE_LOGIN).await.unwrap();
    });
}

/// "First BG96 firmware lists no sni" (quectel-at 5): the server is not told its name, and proves it all the same.
#[test]
fn a_firmware_without_sni_goes_without() {
    Bench::new(Options { sni_known: false, ..running() }).run(async |modem, scene| {
        attach(modem).await.unwrap();
        modem.connect(&Server::new(BROKER, 8883, Tls::verified(root())), &SECURE_LOGIN).await.unwrap();
        assert_eq!(scene.borrow().platform.record().handshakes()[0].server_name, None);
    });
}

#[test]
fn a_socket_is_refused_and_nothing_weaker_is_opened() {
    Bench::new(Options { checkhost_known: false, ..running() }).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let error = modem.open_tls(BROKER, 8883, &Tls::verified(root())).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoHostCheck, ErrorKind::Unsupported));
        assert_eq!(count(scene, "AT+QSSLOPEN"), 0);
        let anyone = Tls { trust: Trust::Anyone, validity: Validity::Ignored };
        scene.borrow_mut().platform.break_tls(Some(TlsFault::WrongName));
        modem.open_tls(BROKER, 8883, &anyone).await.unwrap();
        assert_eq!(scene.borrow().module.tls_context(2).unwrap().level, 0);
    });
}

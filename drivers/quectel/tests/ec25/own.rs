//! What EC25 and its like have of their own, each with its section of the facts (`quectel-at`).

use wanlink_core::{Delivery, MqttAt, Qos, Server, Tls, TlsSocket};
use wanlink_emulator::{Options, QuectelOptions};
use wanlink_platform::TlsFault;

use crate::bench::{Bench, HOST, LOGIN, UP, attach, connect, count, published, root, running};

fn with(quectel: QuectelOptions) -> Options {
    Options { quectel, ..running() }
}

/// 2.2: `QMTPUBEX` with a length; some firmware calls its result as the old command was called.
#[test]
fn a_publish_whatever_its_result_is_called() {
    for short_publish_result in [false, true] {
        Bench::new(with(QuectelOptions { short_publish_result, ..QuectelOptions::default() })).run(
            async |modem, scene| {
                connect(modem).await.unwrap();
                for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
                    modem.publish(UP, b"once", qos).await.unwrap();
                }
                assert_eq!(published(scene), [b"once", b"once"]);
                assert_eq!((count(scene, "AT+QMTPUBEX"), count(scene, "AT+QMTPUB")), (2, 0));
            },
        );
    }
}

/// 2.2: "older firmware only QMTPUB". What it refuses it has not published.
#[test]
fn old_firmware_gets_the_old_command() {
    Bench::new(with(QuectelOptions { old_publish: true, ..QuectelOptions::default() })).run(async |modem, scene| {
        connect(modem).await.unwrap();
        let delivery = modem.publish(UP, b"old", Qos::AtLeastOnce).await.unwrap();
        assert_eq!((delivery, published(scene)), (Delivery::Acknowledged, vec![b"old".to_vec()]));
        assert_eq!((count(scene, "AT+QMTPUBEX"), count(scene, "AT+QMTPUB")), (1, 1));
    });
}

/// 5: "on EC2x/EG25 nobody has shown it -> do not promise host checking". That it is so is said in README and docs.
#[test]
fn a_certificate_for_another_name_is_taken() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.break_tls(Some(TlsFault::WrongName));
        let login = wanlink_core::Login { client_id: "12345|securemode=2,signmethod=hmacsha256|", ..LOGIN };
        modem.connect(&Server::new(HOST, 8883, Tls::verified(root())), &login).await.unwrap();
        modem.open_tls(HOST, 8883, &Tls::verified(root())).await.unwrap();
        assert_eq!(scene.borrow().module.tls_context(2).unwrap().level, 1, "the chain is checked all the same");
    });
}

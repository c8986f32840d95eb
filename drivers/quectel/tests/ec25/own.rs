//! What EC25 and its like have of their own, each with its section of the facts (`quectel-at`).

use wanlink_conformance::BROKER;
use wanlink_core::{Body, ContentType, Delivery, HttpsAt, Module, MqttAt, Post, Qos, Rung, Server, Tls, TlsSocket};
use wanlink_emulator::{Options, QuectelOptions};
use wanlink_platform::TlsFault;

use crate::bench::{Bench, LOGIN, UP, attach, connect, count, published, root, running};

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
        modem.connect(&Server::new(BROKER, 8883, Tls::verified(root())), &login).await.unwrap();
        modem.open_tls(BROKER, 8883, &Tls::verified(root())).await.unwrap();
        assert_eq!(scene.borrow().module.tls_context(2).unwrap().level, 1, "the chain is checked all the same");
    });
}

/// 3.1: "all others -> requestheader=1 with hand-built request": nothing of a header is left in the module.
#[test]
fn headers_are_typed_with_the_request() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        let server = Server::new("iot-as-http.cn-shanghai.aliyuncs.com", 443, Tls::verified(root()));
        for headers in [&[("password", "token"), ("X-One", "a\"b")][..], &[]] {
            let post = Post { path: "/auth", content: ContentType::Json, headers };
            let reply = modem.post(&server, &post, Body::Bytes(b"{}"), &mut [0; 64]).await.map(|reply| reply.status);
            assert_eq!(reply, Ok(200));
        }
        assert_eq!(count(scene, "AT+QHTTPPOST"), 2);
    });
    let sent = bench.sent();
    let settings = sent.iter().filter(|line| line.starts_with("AT+QHTTPCFG")).count();
    assert_eq!((settings, sent.iter().filter(|line| line.contains("X-One: a\"b")).count()), (10, 1));
    assert!(sent.iter().all(|line| !line.contains("reqheader")));
}

/// 0: only of EC200U and its like "<= 30 power/CFUN/SIM-switch operations a day" are documented.
#[test]
fn the_radio_has_no_budget() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let before = count(scene, "AT+CFUN");
        for _ in 0..20 {
            modem.recover(Rung::Radio).await.unwrap();
        }
        assert_eq!(count(scene, "AT+CFUN") - before, 40);
    });
}

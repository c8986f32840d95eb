//! What EC200U and its like have of their own, each with its section of the facts (`quectel-at`).

use embassy_time::Instant;
use wanlink_core::{
    Argument, Body, ContentType, Delivery, Error as _, ErrorKind, HttpsAt, Inbound, Message, Module, MqttAt, Post, Qos,
    Rung, Server, Tls,
};
use wanlink_emulator::{HttpOptions, Options, QuectelOptions};

use crate::bench::{
    Bench, DOWN, Driver, Error, Shared, UP, attach, connect, count, module, pass_ms, published, push, root, running,
    within_ms,
};

fn with(quectel: QuectelOptions) -> Options {
    Options { quectel, ..running() }
}

/// 2.2: "some EC200U firmware gives no URC at all for QoS0 -> after OK wait <=3 s, then count as sent".
#[test]
fn a_publish_of_quality_0_without_a_result_counts_as_sent() {
    Bench::new(with(QuectelOptions { silent_qos0: true, ..QuectelOptions::default() })).run(async |modem, scene| {
        connect(modem).await.unwrap();
        let begun = Instant::now();
        assert_eq!(modem.publish(UP, b"zero", Qos::AtMostOnce).await, Ok(Delivery::Sent));
        assert!((3..4).contains(&begun.elapsed().as_secs()));
        assert_eq!(modem.publish(UP, b"once", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
        assert_eq!(published(scene), [b"zero", b"once"]);
        assert_eq!((count(scene, "AT+QMTPUBEX"), count(scene, "AT+QMTPUB")), (2, 0));
    });
}

/// 2.2: "ret may be missing on old EC200U firmware = accepted".
#[test]
fn a_login_without_its_code_is_accepted() {
    let options = with(QuectelOptions { connack_code_omitted: true, ..QuectelOptions::default() });
    Bench::new(options).run(async |modem, _| connect(modem).await.unwrap());
}

/// 2.3, form 5: "header and payload on separate lines (seen on some EC200U)".
#[test]
fn a_payload_on_a_line_of_its_own() {
    Bench::new(with(QuectelOptions { payload_on_own_line: true, ..QuectelOptions::default() })).run(
        async |modem, scene| {
            connect(modem).await.unwrap();
            modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
            for payload in [&b"on"[..], b"\r\nOK\r\n", b"\"", b"+QMTSTAT: 0,1\r\n", b"a>\0"] {
                push(scene, payload);
                let message = Message::new(DOWN.as_bytes(), payload);
                assert_eq!(modem.receive().await, Ok(Inbound::Message(message)));
            }
        },
    );
}

/// The same, where the line loses a payload behind its header: the next line is not taken for it.
#[test]
fn a_lost_payload_on_a_line_of_its_own_is_no_other_line() {
    for length in 1..40 {
        let options = with(QuectelOptions { payload_on_own_line: true, ..QuectelOptions::default() });
        Bench::new(options).run(async |modem, scene| {
            connect(modem).await.unwrap();
            modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
            module(scene).starve_block();
            push(scene, &[b'x'; 64][..length]);
            push(scene, b"second");
            pass_ms(3_000).await;
            push(scene, b"third");
            loop {
                match modem.receive().await {
                    Ok(Inbound::Message(message)) if message.payload == b"third" => break,
                    Ok(Inbound::Message(message)) => assert_eq!(message.payload, b"second", "{length}"),
                    Ok(Inbound::Lost { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        });
    }
}

/// 0: "UA documents <= 30 power/CFUN/SIM-switch operations a day".
#[test]
fn what_wears_the_flash_has_a_budget() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let mut rounds = 0;
        while modem.recover(Rung::Radio).await.is_ok() {
            rounds += 1;
            assert!(rounds <= 15);
        }
        // A new APN has cost two.
        assert_eq!(rounds, 14);
        let radio = count(scene, "AT+CFUN");
        for rung in [Rung::Radio, Rung::Restart, Rung::Reset] {
            let error = modem.recover(rung).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::CyclesSpent, ErrorKind::Retry), "{rung:?}");
        }
        assert_eq!((count(scene, "AT+CFUN"), scene.borrow().module.boots()), (radio, 1));
        // The context is none of it, nor is a start.
        connect(modem).await.unwrap();
        modem.recover(Rung::Context).await.unwrap();
        pass_ms(24 * 3_600_000).await;
        modem.recover(Rung::Restart).await.unwrap();
        connect(modem).await.unwrap();
    });
}

fn https() -> Server<'static, Tls<'static>> {
    Server::new("iot-as-http.cn-shanghai.aliyuncs.com", 443, Tls::verified(root()))
}

async fn post(modem: &mut Driver<'_>, headers: &[(&str, &str)], body: &[u8]) -> Result<u16, Error> {
    let post = Post { path: "/auth", content: ContentType::Json, headers };
    let mut reply = [0; 64];
    modem.post(&https(), &post, Body::Bytes(body), &mut reply).await.map(|reply| reply.status)
}

/// What every post sets: form and content type first, then the client.
const SETTINGS: u64 = 7;

/// Posts, and tells how many settings of the client that took.
async fn settings(modem: &mut Driver<'_>, scene: &Shared, headers: &[(&str, &str)]) -> u64 {
    let before = count(scene, "AT+QHTTPCFG") as u64;
    assert_eq!(post(modem, headers, b"{}").await, Ok(200));
    count(scene, "AT+QHTTPCFG") as u64 - before
}

/// 3.1: `reqheader/add` and `requestheader` 0; a header stays until it is removed, also that of a dropped post.
#[test]
fn headers_are_told_and_taken_away() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        assert_eq!(settings(modem, scene, &[("password", "token"), ("X-One", "1")]).await, SETTINGS + 2);
        assert_eq!(settings(modem, scene, &[("password", "token")]).await, SETTINGS + 2 + 1, "two go, one comes");
        assert_eq!(settings(modem, scene, &[]).await, SETTINGS + 1);
        assert_eq!(settings(modem, scene, &[]).await, SETTINGS, "none is left");
        let mut left = 0;
        for ms in (0..100).step_by(5) {
            assert!(within_ms(ms, post(modem, &[("X-Two", "2")], b"{}")).await.is_none(), "dropped");
            left += settings(modem, scene, &[]).await - SETTINGS;
            assert_eq!(settings(modem, scene, &[]).await, SETTINGS, "none is left");
        }
        assert!(left > 0, "some were dropped behind their header");
    });
}

/// 3.1: "contenttype .. 4 application/json .. (4-5 newer)": then the head is typed, which works on every group.
#[test]
fn firmware_without_json_gets_the_whole_request() {
    let http = HttpOptions { new_content_types: false, ..HttpOptions::default() };
    Bench::new(Options { http, ..running() }).run(async |modem, scene| {
        attach(modem).await.unwrap();
        // The content type is tried three times, and no header is told.
        assert_eq!(settings(modem, scene, &[("X-One", "1")]).await, SETTINGS + 2);
    });
}

#[test]
fn what_cannot_be_told_is_refused_before_a_byte() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let bytes = scene.borrow().module.port_bytes();
        assert_eq!(post(modem, &[("X", "a\"b")], b"{}").await, Err(Error::Malformed(Argument::Header)));
        assert_eq!(post(modem, &[("X", "1")], b"").await, Err(Error::Malformed(Argument::Body)));
        let name = "n".repeat(64);
        let error = post(modem, &[(name.as_str(), "1")], b"{}").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse);
        assert_eq!(scene.borrow().module.port_bytes(), bytes);
    });
}

//! Requests as the platform gets them.

use wanlink_core::{Argument, Body, ContentType, Error as _, ErrorKind, HasHttps, HttpsAt, Post, Refusal, Server, Tls};
use wanlink_emulator::{PortOptions, Split};
use wanlink_simcom::Buffers;
use wanlink_simcom::cmqtt::Error;

use super::{AUTH, HOST, message, messages, token, verified};
use crate::Model;
use crate::bench::{Bench, attach, count, root, running, special};

/// Bytes with all that could be taken for something else.
fn noise(length: usize) -> Vec<u8> {
    b"\r\nOK\r\n> \0\x1a\x1b+HTTPACTION: 1,715,0\r\nERROR\r\n{\"a\":1}".iter().copied().cycle().take(length).collect()
}

#[test]
fn a_token_then_messages_of_every_size() {
    for port in [PortOptions::default(), PortOptions { split: Split::Random, gap_us: 100, ..PortOptions::default() }] {
        Bench::with_port(running(), port, 1).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let token = token(modem).await;
            let mut sent = Vec::new();
            for length in [1, 2, 100, 1000, 1279, 1280, 5000] {
                let payload = noise(length);
                let mut reply = [0; 128];
                let reply = message(modem, &token, Body::Bytes(&payload), &mut reply).await.unwrap();
                assert_eq!((reply.status, reply.cut), (200, 0));
                assert!(reply.body.starts_with(b"{\"code\":0,"), "{:?}", std::str::from_utf8(reply.body));
                sent.push(payload);
            }
            assert_eq!(messages(scene), sent);
            assert_eq!(count(scene, "AT+CCERTDOWN"), 1, "the root is there");
        });
    }
}

/// The platform's longest body, made while it is sent, through a transmit buffer that holds little more than a command.
#[test]
fn the_longest_body_in_pieces() {
    let payload = noise(131_072);
    Bench::new(running()).run_with(&mut Buffers::<256, 384, 1160>::new(), async |modem, scene| {
        attach(modem).await.unwrap();
        let token = token(modem).await;
        let mut at = 0;
        let mut fill = |room: &mut [u8]| {
            // Sometimes less than there is room for.
            let count = room.len().min(1 + at % 300).min(payload.len() - at);
            room[..count].copy_from_slice(&payload[at..at + count]);
            at += count;
            count
        };
        let body = Body::Stream { length: payload.len(), fill: &mut fill };
        let mut reply = [0; 128];
        assert_eq!(message(modem, &token, body, &mut reply).await.unwrap().status, 200);
        assert!(messages(scene) == [payload.clone()]);
    });
}

#[test]
fn a_stream_that_gives_up_fails_and_leaves_the_module_in_step() {
    for until in [0, 1, 50] {
        Bench::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let token = token(modem).await;
            let mut given = 0;
            let mut fill = |room: &mut [u8]| {
                let count = room.len().min(until - given).min(10);
                room[..count].fill(b'x');
                given += count;
                count
            };
            let body = Body::Stream { length: 3000, fill: &mut fill };
            let error = message(modem, &token, body, &mut [0; 128]).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Malformed(Argument::Body), ErrorKind::Misuse));
            assert_eq!(message(modem, &token, Body::Bytes(b"next"), &mut [0; 128]).await.unwrap().status, 200);
            assert_eq!(messages(scene), [b"next"], "the server saw nothing of it");
        });
    }
}

#[test]
fn nothing_is_sent_of_what_cannot_be_sent() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        for (host, path, header) in [
            ("a b", "/auth", ("a", "b")),
            (HOST, "auth", ("a", "b")),
            (HOST, "/a b", ("a", "b")),
            (HOST, "/a\r\nb", ("a", "b")),
            (HOST, "/auth", ("a:", "b")),
            (HOST, "/auth", ("", "b")),
            (HOST, "/auth", ("a", "b\r\nc: d")),
            (HOST, "/auth", ("a", "b\\r\\nc: d")),
            (HOST, "/auth", ("a", "\"")),
            (HOST, "/\"", ("a", "b")),
        ] {
            let server = Server::new(host, 443, Tls::verified(root()));
            let headers = [header];
            let post = Post { path, content: ContentType::Json, headers: &headers };
            let error = modem.post(&server, &post, Body::Bytes(b"x"), &mut []).await.unwrap_err();
            assert!(matches!(error, Error::Malformed(_)), "{error}");
        }
        let long = "/".repeat(3000);
        for (path, length) in [(long.as_str(), 1), ("/", 153_601)] {
            let post = Post { path, ..AUTH };
            let body = Body::Stream { length, fill: &mut |_| panic!("nothing is asked for") };
            assert!(matches!(modem.post(&verified(), &post, body, &mut []).await, Err(Error::TooLong(_))));
        }
        assert_eq!((count(scene, "AT+HTTPPARA"), count(scene, "AT+CSSLCFG")), (0, 0));
    });
}

/// A second setting would replace the first with most firmware: all go in one.
#[test]
fn four_headers_and_no_more() {
    for http_headers_add in [false, true] {
        Bench::new(special(|it| it.http_headers_add = http_headers_add)).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let token = token(modem).await;
            let headers = [("a", "1"), ("b", "2"), ("password", &*token), ("c", "3"), ("d", "4")];
            let post = |headers| Post {
                path: "/topic/a1X2bEnP82z/example1/user/update",
                content: ContentType::Octets,
                headers,
            };
            for headers in [&headers[2..3], &headers[1..3], &headers[..3], &headers[..4]] {
                let reply = modem.post(&verified(), &post(headers), Body::Bytes(b"x"), &mut []).await.unwrap();
                assert_eq!(reply.status, 200, "{} headers", headers.len());
            }
            assert_eq!(messages(scene).len(), 4);
            let error = modem.post(&verified(), &post(&headers), Body::Bytes(b"x"), &mut []).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Malformed(Argument::Header), ErrorKind::Misuse));
            let half = "v".repeat(Model::HTTPS.header as usize / 2);
            let long = [("a", half.as_str()), ("b", half.as_str())];
            let error = modem.post(&verified(), &post(&long), Body::Bytes(b"x"), &mut []).await.unwrap_err();
            assert!(matches!(error, Error::TooLong(long) if long.what == Argument::Header), "{error}");
        });
    }
}

/// A port that is not the usual one stands in the address.
#[test]
fn an_empty_body_and_another_port() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        assert_eq!(modem.post(&verified(), &AUTH, Body::Bytes(b""), &mut []).await.unwrap().status, 200);
        assert_eq!(scene.borrow().module.http().url.as_deref(), None, "the client is given up");
        let server = Server { port: 8443, ..verified() };
        // Nothing there speaks TLS.
        let error = modem.post(&server, &AUTH, Body::Bytes(b"x"), &mut []).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Certificate), "{error}");
        assert_eq!(
            scene.borrow().module.http().url.as_deref(),
            Some("https://iot-as-http.cn-shanghai.aliyuncs.com:8443/auth")
        );
    });
}

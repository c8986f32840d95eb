//! Requests as the platform gets them.

use wanlink_core::{Argument, Body, ContentType, Error as _, ErrorKind, HttpsAt, Post, Server, Tls};
use wanlink_emulator::{HttpOptions, Options, PortOptions, Split};
use wanlink_quectel::Buffers;

use super::{AUTH, HOST, message, messages, token, verified};
use crate::bench::{Bench, Error, attach, count, root, running};

/// Bytes with all that could be taken for something else.
fn noise(length: usize) -> Vec<u8> {
    b"\r\nOK\r\n> \0\x1a\x1b+QHTTPPOST: 716\r\nERROR\r\n{\"a\":1}".iter().copied().cycle().take(length).collect()
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
            assert_eq!(count(scene, "AT+QFUPL"), 1, "the root is there");
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
            let blanks = vec![b' '; 3000 - until];
            assert_eq!(messages(scene), [[vec![b'x'; until], blanks].concat(), b"next".to_vec()]);
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
        ] {
            let server = Server::new(host, 443, Tls::verified(root()));
            let headers = [header];
            let post = Post { path, content: ContentType::Json, headers: &headers };
            let error = modem.post(&server, &post, Body::Bytes(b"x"), &mut []).await.unwrap_err();
            assert!(matches!(error, Error::Malformed(_)), "{error}");
        }
        let long = "/".repeat(700);
        for (path, length) in [(long.as_str(), 1), ("/", 1_024_000)] {
            let post = Post { path, ..AUTH };
            let body = Body::Stream { length, fill: &mut |_| panic!("nothing is asked for") };
            assert!(matches!(modem.post(&verified(), &post, body, &mut []).await, Err(Error::TooLong(_))));
        }
        assert_eq!((count(scene, "AT+QHTTPCFG"), count(scene, "AT+QSSLCFG")), (0, 0));
    });
}

/// What one firmware does and another does not.
#[test]
fn doubtful_facts_either_way() {
    for result_at_headers in [false, true] {
        for keeps_connection in [false, true] {
            let http = HttpOptions { result_at_headers, keeps_connection, ..HttpOptions::default() };
            Bench::new(Options { http, ..running() }).run(async |modem, scene| {
                attach(modem).await.unwrap();
                let token = token(modem).await;
                for payload in [&b"one"[..], b"two"] {
                    assert_eq!(message(modem, &token, Body::Bytes(payload), &mut [0; 128]).await.unwrap().status, 200);
                }
                assert_eq!(messages(scene), [b"one", b"two"]);
            });
        }
    }
}

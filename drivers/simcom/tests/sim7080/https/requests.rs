//! Requests as the platform gets them.

use wanlink_core::{Argument, Body, ContentType, Error as _, ErrorKind, HttpsAt, Post, Server, Tls};
use wanlink_emulator::{Options, PortOptions, SimcomOptions, Split};
use wanlink_simcom::{Buffers, Error, Sim7000, Sim7080};

use super::{AUTH, HOST, message, messages, token, verified};
use crate::bench::{Bench, Tested, attach, both, count, root, running};

/// Bytes with all that could be taken for something else.
fn noise(length: usize) -> Vec<u8> {
    b"\r\nOK\r\n> \0\x1a\x1b+SHREQ: \"POST\",200,1\r\nERROR\r\n{\"a\":1}".iter().copied().cycle().take(length).collect()
}

both! {
    fn a_token_then_messages_of_every_size<M>() {
        for port in [PortOptions::default(), PortOptions { split: Split::Random, gap_us: 100, ..PortOptions::default() }] {
            Bench::<M>::with_port(running(), port, 1).run(async |modem, scene| {
                attach(modem).await.unwrap();
                let token = token(modem).await;
                let mut sent = Vec::new();
                for length in [1, 2, 100, 511, 1000, 1024] {
                    let payload = noise(length);
                    let mut reply = [0; 128];
                    let reply = message(modem, &token, Body::Bytes(&payload), &mut reply).await.unwrap();
                    assert_eq!((reply.status, reply.cut), (200, 0));
                    assert!(reply.body.starts_with(b"{\"code\":0,"), "{:?}", std::str::from_utf8(reply.body));
                    sent.push(payload);
                }
                assert_eq!(messages(scene), sent);
                assert_eq!(count(scene, "AT+CFSWFILE"), 1, "the root is there");
            });
        }
    }
}

both! {
    /// The longest body of both models, made while it is sent, through a transmit buffer that holds little more than a command.
    fn the_longest_body_in_pieces<M>() {
        let payload = noise(1024);
        Bench::<M>::new(running()).run_with(&mut Buffers::<256, 384, 1160>::new(), async |modem, scene| {
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
}

both! {
    fn a_stream_that_gives_up_fails_and_leaves_the_module_in_step<M>() {
        for until in [0, 1, 50] {
            Bench::<M>::new(running()).run(async |modem, scene| {
                attach(modem).await.unwrap();
                let token = token(modem).await;
                let mut given = 0;
                let mut fill = |room: &mut [u8]| {
                    let count = room.len().min(until - given).min(10);
                    room[..count].fill(b'x');
                    given += count;
                    count
                };
                let body = Body::Stream { length: 1000, fill: &mut fill };
                let error = message(modem, &token, body, &mut [0; 128]).await.unwrap_err();
                assert_eq!((error, error.kind()), (Error::Malformed(Argument::Body), ErrorKind::Misuse));
                assert_eq!(message(modem, &token, Body::Bytes(b"next"), &mut [0; 128]).await.unwrap().status, 200);
                assert_eq!(messages(scene), [b"next"], "what is not whole is not posted");
            });
        }
    }
}

both! {
    fn nothing_is_sent_of_what_cannot_be_sent<M>() {
        Bench::<M>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            for (host, path, header) in [
                ("a b", "/auth", ("a", "b")),
                (HOST, "auth", ("a", "b")),
                (HOST, "/a b", ("a", "b")),
                (HOST, "/a\r\nb", ("a", "b")),
                (HOST, "/auth", ("a:", "b")),
                (HOST, "/auth", ("", "b")),
                (HOST, "/auth", ("a", "b\r\nc: d")),
                (HOST, "/a\"b", ("a", "b")),
                (HOST, "/auth", ("a", "\"")),
            ] {
                let server = Server::new(host, 443, Tls::verified(root()));
                let headers = [header];
                let post = Post { path, content: ContentType::Json, headers: &headers };
                let error = modem.post(&server, &post, Body::Bytes(b"x"), &mut []).await.unwrap_err();
                assert!(matches!(error, Error::Malformed(_)), "{error}");
            }
            let long = "/".repeat(513);
            for (path, length) in [(long.as_str(), 1), ("/", 4097)] {
                let post = Post { path, ..AUTH };
                let body = Body::Stream { length, fill: &mut |_| panic!("nothing is asked for") };
                assert!(matches!(modem.post(&verified(), &post, body, &mut []).await, Err(Error::TooLong(_))));
            }
            assert_eq!((count(scene, "AT+SHCONF"), count(scene, "AT+CSSLCFG")), (0, 0));
        });
    }
}

both! {
    fn a_connection_that_is_refused_at_first<M>() {
        for http_connect_failures in [1, 2] {
            let simcom = SimcomOptions { http_connect_failures, ..SimcomOptions::default() };
            Bench::<M>::new(Options { simcom, ..running() }).run(async |modem, _| {
                attach(modem).await.unwrap();
                token(modem).await;
            });
        }
    }
}

both! {
    fn headers_that_have_no_room_together_are_refused_before_a_byte<M>() {
        Bench::<M>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let bytes = scene.borrow().module.port_bytes();
            let (one, two) = ("a".repeat(170), "b".repeat(170));
            let headers = [("one", one.as_str()), ("two", two.as_str())];
            let post = Post { headers: &headers, ..AUTH };
            let error = modem.post(&verified(), &post, Body::Bytes(b"x"), &mut []).await.unwrap_err();
            let Error::TooLong(too_long) = error else { panic!("{error}") };
            assert_eq!((too_long.what, too_long.limit()), (Argument::Header, 350));
            assert_eq!(scene.borrow().module.port_bytes(), bytes);
        });
    }
}

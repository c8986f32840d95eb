//! Requests as the platform gets them.

use wanlink_core::{Argument, Body, ContentType, Error as _, ErrorKind, HasHttps, HttpsAt, Post, Server, Tls};
use wanlink_emulator::{PortOptions, Split};
use wanlink_ublox::{Buffers, Error, LaraR6, SaraR5, SaraR422};

use super::{AUTH, HOST, message, messages, token, verified};
use crate::bench::{Bench, Played, attach, count, root, running};

/// Bytes with all that could be taken for something else.
fn noise(length: usize) -> Vec<u8> {
    b"\r\nOK\r\n> \0\x1a\x1b+UUHTTPCR: 0,4,0\r\nERROR\r\n{\"a\":1}".iter().copied().cycle().take(length).collect()
}

fn every_size<M: Played + HasHttps>() {
    for port in [PortOptions::default(), PortOptions { split: Split::Random, gap_us: 100, ..PortOptions::default() }] {
        let mut bench = Bench::<M>::with_port(running(), port, 1);
        bench.run(async |modem, scene| {
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
            let files = scene.borrow().module.file_names();
            assert!(!files.iter().any(|name| name.starts_with("wl-")), "nothing of it stays: {files:?}");
        });
        let uploads = bench.sent().iter().filter(|line| line.starts_with("AT+USECMNG=0")).count();
        assert_eq!(uploads, 1, "the root is there");
    }
}

#[test]
fn a_token_then_messages_of_every_size() {
    every_size::<SaraR5>();
    every_size::<SaraR422>();
    every_size::<LaraR6>();
}

/// The platform's longest body, made while it is sent, through a transmit buffer that holds little more than a command.
#[test]
fn the_longest_body_in_pieces() {
    let payload = noise(131_072);
    Bench::<SaraR5>::new(running()).run_with(&mut Buffers::<256, 384, 1160>::new(), async |modem, scene| {
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
        Bench::<SaraR5>::new(running()).run(async |modem, scene| {
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
            assert_eq!(messages(scene), [b"next"], "it never reached the server");
        });
    }
}

#[test]
fn nothing_is_sent_of_what_cannot_be_sent() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        for (host, path, header) in [
            ("a b", "/auth", ("a", "b")),
            (HOST, "auth", ("a", "b")),
            (HOST, "/a b", ("a", "b")),
            (HOST, "/a\r\nb", ("a", "b")),
            (HOST, "/auth", ("a:", "b")),
            (HOST, "/auth", ("", "b")),
            (HOST, "/auth", ("a", "b\r\nc")),
            (HOST, "/auth", ("a", "b:c")),
            (HOST, "/auth", ("a", "b\"c")),
            (HOST, "/a\"b", ("a", "b")),
        ] {
            let server = Server::new(host, 443, Tls::verified(root()));
            let headers = [header];
            let post = Post { path, content: ContentType::Json, headers: &headers };
            let error = modem.post(&server, &post, Body::Bytes(b"x"), &mut []).await.unwrap_err();
            assert!(matches!(error, Error::Malformed(_)), "{error}");
        }
        let long = "/".repeat(256);
        for (path, length) in [(long.as_str(), 1), ("/", 131_073)] {
            let post = Post { path, ..AUTH };
            let body = Body::Stream { length, fill: &mut |_| panic!("nothing is asked for") };
            assert!(matches!(modem.post(&verified(), &post, body, &mut []).await, Err(Error::TooLong(_))));
        }
        let value = "v".repeat(57);
        let headers = [("password", value.as_str())];
        let post = Post { headers: &headers, ..AUTH };
        let error = modem.post(&verified(), &post, Body::Bytes(b"x"), &mut []).await.unwrap_err();
        let Error::TooLong(too_long) = error else { panic!("{error}") };
        assert_eq!((too_long.what, too_long.limit(), too_long.length()), (Argument::Header, 64, 65));
        assert!(matches!(modem.post(&verified(), &AUTH, Body::Bytes(b""), &mut []).await, Err(Error::Malformed(_))));
        assert_eq!((count(scene, "AT+UHTTP"), count(scene, "AT+USECPRF")), (0, 0));
    });
}

//! Requests as the platform gets them.

use wanlink_at::driver::{Buffers, Error};
use wanlink_core::{Argument, Body, ContentType, Error as _, ErrorKind, HasHttps, HttpsAt, Post, Server, Tls};
use wanlink_emulator::{PortOptions, Split};
use wanlink_scene::bench::running;

use super::{AUTH, HOST, message, messages, token, verified};
use crate::bench::{ErrorOf, HttpsBench};
use crate::opening::uploads;
use crate::rig::{Rig, attach, root};

/// The platform's longest body.
const LONGEST: usize = 131_072;

/// The longest body that module and platform take.
fn longest<B: HttpsBench>() -> usize {
    LONGEST.min(B::Model::HTTPS.body as usize)
}

/// Bytes with all that could be taken for something else.
fn noise<B: HttpsBench>(length: usize) -> Vec<u8> {
    let line = format!("\r\nOK\r\n> \0\x1a\x1b{}\r\nERROR\r\n{{\"a\":1}}", B::FORGED_RESULT);
    line.bytes().cycle().take(length).collect()
}

/// The root is uploaded for the first of them.
pub fn a_token_then_messages_of_every_size<B: HttpsBench>() {
    for port in [PortOptions::default(), PortOptions { split: Split::Random, gap_us: 100, ..PortOptions::default() }] {
        let mut rig = Rig::<B>::with_port(running(), port, 1);
        rig.run(async |modem, scene| {
            attach(modem).await.unwrap();
            let token = token(modem).await;
            let files = scene.borrow().module.file_names();
            let mut sent = Vec::new();
            for length in [1, 2, 100, 511, 1000, 1024, 1279, 1280, 5000] {
                if length > longest::<B>() {
                    continue;
                }
                let payload = noise::<B>(length);
                let mut reply = [0; 128];
                let reply = message(modem, &token, Body::Bytes(&payload), &mut reply).await.unwrap();
                assert_eq!((reply.status, reply.cut), (200, 0));
                assert!(reply.body.starts_with(b"{\"code\":0,"), "{:?}", std::str::from_utf8(reply.body));
                sent.push(payload);
            }
            assert_eq!(messages(scene), sent);
            assert_eq!(scene.borrow().module.file_names(), files, "nothing of it stays");
        });
        assert_eq!(uploads(&rig), 1);
    }
}

/// Made while it is sent, through a transmit buffer that holds little more than a command.
pub fn the_longest_body_in_pieces<B: HttpsBench>() {
    let payload = noise::<B>(longest::<B>());
    Rig::<B>::new(running()).run_with(&mut Buffers::<256, 384, 1160>::new(), async |modem, scene| {
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
        assert_eq!(message(modem, &token, body, &mut [0; 128]).await.unwrap().status, 200);
        assert!(messages(scene) == [payload.clone()]);
    });
}

/// What the module has already is filled up with blanks, or never posted.
pub fn a_stream_that_gives_up_fails_and_leaves_the_module_in_step<B: HttpsBench>() {
    let length = 3000.min(longest::<B>());
    for until in [0, 1, 50] {
        Rig::<B>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let token = token(modem).await;
            let mut given = 0;
            let mut fill = |room: &mut [u8]| {
                let count = room.len().min(until - given).min(10);
                room[..count].fill(b'x');
                given += count;
                count
            };
            let body = Body::Stream { length, fill: &mut fill };
            let error = message(modem, &token, body, &mut [0; 128]).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Malformed(Argument::Body), ErrorKind::Misuse));
            assert_eq!(message(modem, &token, Body::Bytes(b"next"), &mut [0; 128]).await.unwrap().status, 200);
            let filled = [vec![b'x'; until], vec![b' '; length - until]].concat();
            let expected = if B::FILLED_IS_POSTED { vec![filled, b"next".to_vec()] } else { vec![b"next".to_vec()] };
            assert_eq!(messages(scene), expected);
        });
    }
}

/// An error of the caller's costs no byte.
pub fn what_cannot_be_told_is_refused_before_a_byte<B: HttpsBench>() {
    let all = [
        ("a b", "/auth", "a", "b"),
        (HOST, "auth", "a", "b"),
        (HOST, "/a b", "a", "b"),
        (HOST, "/a\r\nb", "a", "b"),
        (HOST, "/auth", "a:", "b"),
        (HOST, "/auth", "", "b"),
        (HOST, "/auth", "a", "b\r\nc: d"),
    ];
    let own = B::UNTELLABLE.iter().map(|&(path, name, value)| (HOST, path, name, value));
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let before = scene.borrow().module.port_bytes();
        for (host, path, name, value) in all.into_iter().chain(own) {
            let server = Server::new(host, 443, Tls::verified(root()));
            let headers = [(name, value)];
            let post = Post { path, content: ContentType::Json, headers: &headers };
            let error: ErrorOf<B> = modem.post(&server, &post, Body::Bytes(b"x"), &mut []).await.unwrap_err();
            assert!(matches!(error, Error::Malformed(_)), "{error}: {host} {post:?}");
        }
        assert_eq!(scene.borrow().module.port_bytes(), before);
    });
}

/// Address, header and body, by the limits of the model.
pub fn what_is_too_long_is_refused_before_a_byte<B: HttpsBench>() {
    let limits = B::Model::HTTPS;
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let before = scene.borrow().module.port_bytes();
        let path = "/".repeat(usize::from(limits.url));
        let value = "v".repeat(usize::from(limits.header.min(u16::MAX - 1)));
        let headers = [("a", &*value)];
        let header = Post { headers: &headers, ..AUTH };
        let mut posts = vec![(Post { path: &path, ..AUTH }, 1, Argument::Url), (AUTH, B::TOO_LONG, Argument::Body)];
        if limits.header < u16::MAX {
            posts.push((header, 1, Argument::Header));
        }
        for (post, length, what) in posts {
            let body = Body::Stream { length, fill: &mut |_| panic!("nothing is asked for") };
            let error: ErrorOf<B> = modem.post(&verified(), &post, body, &mut []).await.unwrap_err();
            let Error::TooLong(error) = error else { panic!("{what}: {error:?}") };
            assert!(error.what == what && error.length() >= error.limit(), "{error:?}");
            let header = (usize::from(limits.header), usize::from(limits.header) + 1);
            assert!(what != Argument::Header || (error.limit(), error.length()) == header, "{error:?}");
        }
        assert_eq!(scene.borrow().module.port_bytes(), before);
    });
}

/// It is posted as it is, or refused before a byte.
pub fn a_body_of_no_bytes<B: HttpsBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let before = scene.borrow().module.port_bytes();
        let result = modem.post(&verified(), &AUTH, Body::Bytes(b""), &mut []).await.map(|reply| reply.status);
        if B::TAKES_NO_BODY {
            assert_eq!(result, Ok(200));
        } else {
            assert_eq!(result, Err(Error::Malformed(Argument::Body)));
            assert_eq!(scene.borrow().module.port_bytes(), before);
        }
    });
}

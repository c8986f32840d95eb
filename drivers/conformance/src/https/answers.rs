//! Answers: cut to the room of the caller, of unknown length, of every status.

use wanlink_core::{Body, HttpsAt};
use wanlink_emulator::{PortOptions, Split};
use wanlink_platform::{BodyEnd, Config, HttpRules};
use wanlink_scene::bench::running;

use super::{AUTH, HTTPS_LOGIN, message, messages, token, verified};
use crate::bench::HttpsBench;
use crate::rig::{Rig, attach};

fn ports() -> [PortOptions; 3] {
    let split = |split| PortOptions { split, ..PortOptions::default() };
    [PortOptions::default(), split(Split::At(1)), PortOptions { gap_us: 200, ..split(Split::Random) }]
}

/// And how much was cut is told.
pub fn an_answer_is_cut_to_the_callers_room<B: HttpsBench>() {
    for port in ports() {
        Rig::<B>::with_port(running(), port, 1).run(async |modem, _| {
            attach(modem).await.unwrap();
            let body = || Body::Bytes(HTTPS_LOGIN.as_bytes());
            let mut whole = [0; 256];
            let length = modem.post(&verified(), &AUTH, body(), &mut whole).await.unwrap().body.len();
            for room in [0, 1, 20, length - 1, length] {
                let mut short = vec![0; room];
                let reply = modem.post(&verified(), &AUTH, body(), &mut short).await.unwrap();
                assert_eq!((reply.status, reply.body.len(), reply.cut), (200, room, length - room));
                // What comes before the token.
                assert_eq!(reply.body[..room.min(20)], whole[..room.min(20)]);
            }
        });
    }
}

/// In chunks, or up to the end of the connection.
pub fn an_answer_whose_length_the_server_does_not_tell<B: HttpsBench>() {
    for body_end in [BodyEnd::Chunked, BodyEnd::Close] {
        for port in ports() {
            let http = HttpRules { body_end, ..HttpRules::default() };
            let config = Config { http, ..Config::default() };
            Rig::<B>::with_platform(running(), port, 1, config).run(async |modem, scene| {
                attach(modem).await.unwrap();
                let token = token(modem).await;
                for room in [128, 5] {
                    let mut reply = vec![0; room];
                    let reply = message(modem, &token, Body::Bytes(b"hello"), &mut reply).await.unwrap();
                    let text = "{\"code\":0,\"message\":\"success\",\"info\":{\"messageId\":892687627916247040}}";
                    assert_eq!(reply.body.len() + reply.cut, text.len());
                    assert_eq!(reply.body, &text.as_bytes()[..reply.body.len()]);
                    assert!(reply.cut == 0 || room == 5);
                }
                assert_eq!(messages(scene).len(), 2);
            });
        }
    }
}

/// Whether it is a success is the caller's business.
pub fn whatever_the_server_answers_is_an_answer<B: HttpsBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        for status in [400, 404, 429, 500, 503] {
            scene.borrow_mut().platform.fail_requests(status, 1);
            let reply = modem.post(&verified(), &AUTH, Body::Bytes(b"{}"), &mut []).await.unwrap();
            assert_eq!(reply.status, status);
        }
        token(modem).await;
    });
}

/// What one firmware does and another does not.
pub fn every_form_of_an_answer<B: HttpsBench>() {
    for options in B::answer_options() {
        Rig::<B>::new(options).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let token = token(modem).await;
            for payload in [&b"one"[..], b"two"] {
                assert_eq!(message(modem, &token, Body::Bytes(payload), &mut [0; 128]).await.unwrap().status, 200);
            }
            assert_eq!(messages(scene), [b"one", b"two"]);
        });
    }
}

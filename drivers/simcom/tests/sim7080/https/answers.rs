//! Answers: cut to the room of the caller, of unknown length, of every status.

use wanlink_core::{Body, HttpsAt};
use wanlink_emulator::{PortOptions, Split};
use wanlink_platform::{BodyEnd, Config, HttpRules};

use super::{AUTH, LOGIN, message, messages, token, verified};
use crate::bench::{Bench, Tested, attach, both, running};
use wanlink_simcom::{Sim7000, Sim7080};

fn ports() -> [PortOptions; 3] {
    let split = |split| PortOptions { split, ..PortOptions::default() };
    [PortOptions::default(), split(Split::At(1)), PortOptions { gap_us: 200, ..split(Split::Random) }]
}

both! {
    fn an_answer_is_cut_to_the_callers_room<M>() {
        for port in ports() {
            Bench::<M>::with_port(running(), port, 1).run(async |modem, _| {
                attach(modem).await.unwrap();
                let mut whole = [0; 256];
                let length = {
                    let body = Body::Bytes(LOGIN.as_bytes());
                    modem.post(&verified(), &AUTH, body, &mut whole).await.unwrap().body.len()
                };
                for room in [0, 1, 20, length - 1, length] {
                    let mut short = vec![0; room];
                    let body = Body::Bytes(LOGIN.as_bytes());
                    let reply = modem.post(&verified(), &AUTH, body, &mut short).await.unwrap();
                    assert_eq!((reply.status, reply.body.len(), reply.cut), (200, room, length - room));
                    // What comes before the token.
                    assert_eq!(reply.body[..room.min(20)], whole[..room.min(20)]);
                }
            });
        }
    }
}

both! {
    /// The platform's answers in chunks, and up to the end of the connection: the module tells no length.
    fn an_answer_of_unknown_length_ends_with_the_module_s_lines<M>() {
        for body_end in [BodyEnd::Chunked, BodyEnd::Close] {
            for port in ports() {
                let http = HttpRules { body_end, ..HttpRules::default() };
                let config = Config { http, ..Config::default() };
                Bench::<M>::with_platform(running(), port, 1, config).run(async |modem, scene| {
                    attach(modem).await.unwrap();
                    let token = token(modem).await;
                    for room in [128, 5] {
                        let mut reply = vec![0; room];
                        let reply = message(modem, &token, Body::Bytes(b"hello"), &mut reply).await.unwrap();
                        let text = "{\"code\":0,\"message\":\"success\",\"info\":{\"messageId\":892687627916247040}}";
                        assert_eq!(reply.body.len() + reply.cut, text.len());
                        assert_eq!(reply.body[..5], text.as_bytes()[..5]);
                    }
                    assert_eq!(messages(scene).len(), 2);
                });
            }
        }
    }
}

both! {
    fn whatever_the_server_answers_is_an_answer<M>() {
        Bench::<M>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            for status in [400, 404, 429, 500, 503] {
                scene.borrow_mut().platform.fail_requests(status, 1);
                let reply = modem.post(&verified(), &AUTH, Body::Bytes(b"{}"), &mut []).await.unwrap();
                assert_eq!(reply.status, status);
            }
            token(modem).await;
        });
    }
}

//! A post that is dropped at each of its polls: the next one has its own answer, and the platform sees nothing wrong.

use wanlink_core::Body;
use wanlink_emulator::{PortOptions, Split, polled};
use wanlink_platform::{BodyEnd, Config, HttpRules};
use wanlink_ublox::SaraR5;

use super::{message, messages, token};
use crate::bench::{Bench, attach, running};

fn crumbs() -> PortOptions {
    PortOptions { split: Split::At(31), gap_us: 50, transmit_buffer: Some(64), ..PortOptions::default() }
}

fn dropped(port: &PortOptions, body_end: BodyEnd) -> usize {
    let payload: Vec<u8> = (0..=255).cycle().take(600).collect();
    for polls in 0.. {
        let http = HttpRules { body_end, ..HttpRules::default() };
        let config = Config { http, ..Config::default() };
        let ended = Bench::<SaraR5>::with_platform(running(), port.clone(), 1, config).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let token = token(modem).await;
            let ended = {
                let mut reply = [0; 128];
                let post = message(modem, &token, Body::Bytes(&payload), &mut reply);
                polled(post, polls).await.map(|reply| reply.unwrap().status)
            };
            let mut reply = [0; 128];
            let reply = message(modem, &token, Body::Bytes(b"own"), &mut reply).await.unwrap();
            assert_eq!((reply.status, &reply.body[..10]), (200, &b"{\"code\":0,"[..]), "{polls}");
            let seen = messages(scene);
            assert_eq!(seen.last().unwrap(), b"own", "{polls}");
            // The whole, or nothing of it.
            assert!(seen.len() == 1 || (seen.len() == 2 && seen[0] == payload), "{polls}");
            ended
        });
        if let Some(status) = ended {
            assert_eq!(status, 200);
            return polls;
        }
    }
    unreachable!("a call ends")
}

#[test]
fn at_every_poll() {
    for body_end in [BodyEnd::Length, BodyEnd::Chunked] {
        let whole = dropped(&PortOptions::default(), body_end);
        let crumbs = dropped(&crumbs(), body_end);
        println!("post {body_end:?}: dropped at {whole} polls of whole reads, at {crumbs} of crumbs");
        assert!(whole > 20 && crumbs > whole);
    }
}

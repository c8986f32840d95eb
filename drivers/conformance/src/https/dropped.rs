//! A post that is dropped at each of its polls: the next one has its own answer, and the platform sees nothing wrong.

use wanlink_core::Body;
use wanlink_emulator::{PortOptions, Split, polled};
use wanlink_platform::{BodyEnd, Config, HttpRules};
use wanlink_scene::bench::running;

use super::{message, messages, token};
use crate::bench::HttpsBench;
use crate::rig::{Rig, attach};

fn crumbs() -> PortOptions {
    PortOptions { split: Split::At(31), gap_us: 50, transmit_buffer: Some(64), ..PortOptions::default() }
}

/// Whole, filled up with blanks, or nothing of it: as the module has it.
fn assert_kept<B: HttpsBench>(seen: &[u8], payload: &[u8]) {
    let kept = seen.iter().zip(payload).take_while(|(one, two)| one == two).count();
    assert_eq!(seen.len(), payload.len());
    assert!(kept == payload.len() || (B::FILLED_IS_POSTED && seen[kept..].iter().all(|&byte| byte == b' ')));
}

fn drops<B: HttpsBench>(port: &PortOptions, body_end: BodyEnd) -> usize {
    let payload: Vec<u8> = (0..=255).cycle().take(600).collect();
    let ended = |polls: &usize| {
        let http = HttpRules { body_end, ..HttpRules::default() };
        let config = Config { http, ..Config::default() };
        Rig::<B>::with_platform(running(), port.clone(), 1, config).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let token = token(modem).await;
            let ended = {
                let mut reply = [0; 128];
                let post = message(modem, &token, Body::Bytes(&payload), &mut reply);
                polled(post, *polls).await.map(|reply| reply.unwrap().status)
            };
            let mut reply = [0; 128];
            let reply = message(modem, &token, Body::Bytes(b"own"), &mut reply).await.unwrap();
            assert_eq!((reply.status, &reply.body[..10]), (200, &b"{\"code\":0,"[..]), "{polls}");
            let seen = messages(scene);
            assert_eq!(seen.last().unwrap(), b"own", "{polls}");
            assert!(seen.len() <= 2, "{polls}");
            if seen.len() == 2 {
                assert_kept::<B>(&seen[0], &payload);
            }
            ended.map(|status| assert_eq!(status, 200)).is_some()
        })
    };
    (0..).step_by(B::STRIDE).find(ended).unwrap()
}

/// Whole reads and crumbs.
pub fn at_every_poll<B: HttpsBench>() {
    let whole = drops::<B>(&PortOptions::default(), BodyEnd::Length);
    let crumbs = drops::<B>(&crumbs(), BodyEnd::Length);
    println!("post: dropped at {whole} polls of whole reads, at {crumbs} of crumbs");
    assert!(whole > 20 && crumbs > whole);
}

/// A server that does not tell the length of its answer.
pub fn at_every_poll_of_an_answer_in_chunks<B: HttpsBench>() {
    let polls = drops::<B>(&PortOptions::default(), BodyEnd::Chunked);
    println!("post, answered in chunks: dropped at {polls} polls");
    assert!(polls > 20);
}

//! A post that is dropped at each of its polls: the next one has its own answer, and the platform sees nothing wrong.

use wanlink_core::Body;
use wanlink_emulator::{PortOptions, Split, polled};
use wanlink_platform::{BodyEnd, Config, HttpRules};

use super::{message, messages, token};
use crate::bench::{Bench, Tested, attach, both, running};
use wanlink_simcom::{Sim7000, Sim7080};

fn crumbs() -> PortOptions {
    PortOptions { split: Split::At(31), gap_us: 50, transmit_buffer: Some(64), ..PortOptions::default() }
}

fn dropped<M: Tested>(port: &PortOptions, body_end: BodyEnd) -> usize {
    let payload: Vec<u8> = (0..=255).cycle().take(600).collect();
    for polls in 0.. {
        let http = HttpRules { body_end, ..HttpRules::default() };
        let config = Config { http, ..Config::default() };
        let ended = Bench::<M>::with_platform(running(), port.clone(), 1, config).run(async |modem, scene| {
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
            if seen.len() > 1 {
                // Whole, or filled up with blanks.
                let kept = seen[0].iter().zip(&payload).take_while(|(one, two)| one == two).count();
                assert!(
                    seen.len() == 2 && seen[0].len() == 600 && kept == 600,
                    "a body that is not whole is not posted"
                );
            }
            ended
        });
        if let Some(status) = ended {
            assert_eq!(status, 200);
            return polls;
        }
    }
    unreachable!("a call ends")
}

both! {
    fn at_every_poll<M>() {
        {
            let body_end = BodyEnd::Length;
            let whole = dropped::<M>(&PortOptions::default(), body_end);
            let crumbs = dropped::<M>(&crumbs(), body_end);
            println!("post {body_end:?}: dropped at {whole} polls of whole reads, at {crumbs} of crumbs");
            assert!(whole > 20 && crumbs > whole);
        }
    }
}

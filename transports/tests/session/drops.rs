//! Futures dropped at every place where they can be.

use std::pin::pin;

use wanlink_core::Qos;
use wanlink_core::fake::{Script, poll_times};
use wanlink_transports::{Downlink, Uplink, topic};

use crate::bench::{GET, Path, over_all, session};

over_all! {
    a_receive_dropped_anywhere_loses_nothing
    a_subscribe_dropped_anywhere_is_kept
    a_publish_dropped_anywhere_leaves_the_session_whole
}

/// From power to the last piece of a message: as many polls as it takes, dropped after each number of them.
async fn a_receive_dropped_anywhere_loses_nothing<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    session.subscribe(topic::user("get")).await.unwrap();
    let losses = [Script::lose_session as fn(&Script), Script::lose_context];
    for polls in 0..40u8 {
        script.queue(GET, &[polls, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        losses[usize::from(polls) % 2](&script);
        script.queue(GET, &[polls, 99]);
        // Until both are there: dropped after so many polls each time, but for the last time.
        for expected in [&[polls, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10][..], &[polls, 99]] {
            if poll_times(pin!(session.ready()), polls.into()).is_none() {
                session.ready().await.unwrap();
            }
            let message = session.receive_front();
            assert_eq!(message, expected, "dropped after {polls} polls");
        }
        assert!(poll_times(pin!(session.ready()), 20).is_none(), "each came once");
    }
}

async fn a_subscribe_dropped_anywhere_is_kept<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    for (polls, name) in names.iter().enumerate() {
        poll_times(pin!(session.subscribe(topic::user(name))), polls);
    }
    session.online().await.unwrap();
    // The first was never polled at all, and so never asked for.
    let expected: Vec<_> = names[1..].iter().map(|name| format!("/pk/dn/user/{name}")).collect();
    assert_eq!(script.subscriptions(), expected);
}

async fn a_publish_dropped_anywhere_leaves_the_session_whole<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    for polls in 0..12 {
        script.restart();
        poll_times(pin!(session.publish(topic::user("update"), b"dropped", Qos::AtLeastOnce)), polls);
        session.publish(topic::user("update"), &[polls as u8], Qos::AtLeastOnce).await.unwrap();
        assert_eq!(script.published().last().map(|p| p.payload.clone()), Some(vec![polls as u8]));
    }
    let dropped = script.published().iter().filter(|p| p.payload == b"dropped").count();
    assert!(dropped <= 12);
}

trait ReceiveFront {
    fn receive_front(&mut self) -> Vec<u8>;
}

impl<L: Downlink> ReceiveFront for L {
    fn receive_front(&mut self) -> Vec<u8> {
        match self.front() {
            Some(wanlink_core::Inbound::Message(message)) => message.payload.to_vec(),
            other => panic!("{other:?}"),
        }
    }
}

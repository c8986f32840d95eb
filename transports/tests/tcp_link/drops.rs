//! Futures dropped at every place where they can be. The scripted broker takes no half packet and no wrong one.

use std::pin::pin;

use wanlink_core::fake::{Call, poll_times};
use wanlink_core::{Delivery, Qos};
use wanlink_transports::{Downlink, Uplink, topic};

use crate::bench::{GET, UPDATE, connected, front, in_world, link, opens};

/// More polls than any call here needs.
const MANY: usize = 24;

#[test]
fn a_dropped_ready_neither_loses_nor_cuts() {
    in_world(async {
        let (mut link, script) = connected().await;
        script.set_piece(7);
        for polls in 0..MANY {
            script.queue(GET, &[polls as u8; 30]);
            while poll_times(pin!(link.ready()), polls).is_none() {
                if polls < 4 {
                    // Too few for any progress.
                    link.ready().await.unwrap();
                    break;
                }
            }
            assert_eq!(front(&mut link), [polls as u8; 30], "dropped after {polls} polls each time");
        }
        assert_eq!(opens(&script), 1);
        assert_eq!(script.acknowledged().len(), MANY - 1, "all but the last, which is lent");
    });
}

#[test]
fn a_dropped_connect_is_cleaned_up() {
    in_world(async {
        let (mut link, script) = link().await;
        for polls in 0..MANY {
            poll_times(pin!(link.connect()), polls);
            link.connect().await.unwrap();
            let sent = link.publish(UPDATE, b"x", Qos::AtLeastOnce).await;
            assert_eq!(sent, Ok(Delivery::Acknowledged), "dropped after {polls} polls");
        }
        let closed = script.count(|call| *call == Call::Close);
        assert!(closed + 3 >= opens(&script), "{closed} closed of {} opened", opens(&script));
    });
}

#[test]
fn a_dropped_publish_is_one_packet_whoever_finishes_it() {
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
        for polls in 0..MANY {
            in_world(async {
                let (mut link, script) = connected().await;
                let early = poll_times(pin!(link.publish(UPDATE, b"first", qos)), polls).is_some();
                // Another call in between; it has to finish the packet before its own.
                link.subscribe(topic::user("get")).await.unwrap();
                link.publish(UPDATE, b"second", Qos::AtLeastOnce).await.unwrap();
                let payloads: Vec<_> = script.published().into_iter().map(|publish| publish.payload).collect();
                let expected: &[&[u8]] = if polls == 0 { &[b"second"] } else { &[b"first", b"second"] };
                assert_eq!(payloads, expected, "dropped after {polls} polls, done: {early}");
                assert!(script.published().iter().all(|publish| !publish.dup));
                assert_eq!(opens(&script), 1);
            });
        }
    }
}

/// As a session does it, or a caller who was told to try again.
#[test]
fn a_dropped_publish_that_is_called_again_is_one_message() {
    for polls in 1..MANY {
        in_world(async {
            let (mut link, script) = connected().await;
            if poll_times(pin!(link.publish(UPDATE, b"once", Qos::AtLeastOnce)), polls).is_none() {
                link.publish(UPDATE, b"once", Qos::AtLeastOnce).await.unwrap();
            }
            assert_eq!(script.published().len(), 1, "dropped after {polls} polls");
            link.publish(UPDATE, b"once", Qos::AtLeastOnce).await.unwrap();
            assert_eq!(script.published().len(), 2, "the same text, another message");
        });
    }
}

#[test]
fn a_dropped_subscribe_and_disconnect_leave_a_usable_link() {
    for polls in 0..MANY {
        in_world(async {
            let (mut link, script) = connected().await;
            poll_times(pin!(link.subscribe(topic::user("a"))), polls);
            poll_times(pin!(link.unsubscribe(topic::user("a"))), polls);
            link.subscribe(topic::user("b")).await.unwrap();
            assert!(script.subscriptions().contains(&"/pk/dn/user/b".to_owned()));
            assert_eq!(opens(&script), 1);
            poll_times(pin!(link.disconnect()), polls);
            link.connect().await.unwrap();
            link.publish(UPDATE, b"x", Qos::AtLeastOnce).await.unwrap();
        });
    }
}

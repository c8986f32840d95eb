//! What goes over the socket.

use embassy_futures::join::join;
use wanlink_core::fake::Call;
use wanlink_core::{Argument, Delivery, Qos, TooLong};
use wanlink_transports::topic::TopicError;
use wanlink_transports::{Downlink, LinkError, Uplink, topic};

use crate::bench::{GET, UPDATE, after_s, connected, in_world, link, opens};

/// Each write that the module gets is one packet: over AT every write costs an exchange, and over the air a segment.
#[test]
fn one_write_a_packet() {
    in_world(async {
        let (mut link, script) = connected().await;
        link.subscribe(topic::user("get")).await.unwrap();
        link.publish(UPDATE, b"21.5", Qos::AtLeastOnce).await.unwrap();
        link.publish(UPDATE, &[b'x'; 200], Qos::AtMostOnce).await.unwrap();
        script.queue(GET, b"on");
        link.ready().await.unwrap();
        link.front().unwrap();
        link.unsubscribe(topic::user("get")).await.unwrap();
        let (lost, ()) = join(link.ready(), async {
            after_s(270).await;
            script.lose_session();
        })
        .await;
        assert!(lost.is_err());
        link.connect().await.unwrap();
        link.disconnect().await.unwrap();
        let firsts: Vec<_> = script.written().iter().map(|packet| packet[0]).collect();
        assert_eq!(firsts, [0x10, 0x82, 0x32, 0x30, 0xA2, 0x40, 0xC0, 0x10, 0xE0]);
        for packet in script.written() {
            let (length, head) = remaining_length(&packet);
            assert_eq!(packet.len(), head + length, "{packet:x?}");
        }
    });
}

fn remaining_length(packet: &[u8]) -> (usize, usize) {
    let mut head = 1;
    let mut length = 0;
    loop {
        let byte = packet[head];
        length |= usize::from(byte & 0x7F) << (7 * (head - 1));
        head += 1;
        if byte & 0x80 == 0 {
            return (length, head);
        }
    }
}

#[test]
fn reads_of_every_size() {
    for piece in 1..=64 {
        in_world(async {
            let (mut link, script) = link().await;
            script.set_piece(piece);
            link.connect().await.unwrap();
            link.subscribe(topic::user("get")).await.unwrap();
            for n in 0..3 {
                script.queue(GET, &[n; 50]);
            }
            assert_eq!(link.publish(UPDATE, b"21.5", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
            for n in 0..3 {
                let message = link.receive().await.unwrap();
                assert_eq!((message.topic(), message.payload), (GET, &[n; 50][..]));
            }
            link.unsubscribe(topic::user("get")).await.unwrap();
            assert_eq!((script.subscriptions().len(), opens(&script)), (0, 1));
        });
    }
}

#[test]
fn a_message_is_acknowledged_by_the_call_after_its_use() {
    in_world(async {
        let (mut link, script) = connected().await;
        script.queue(GET, b"1");
        script.queue(GET, b"2");
        assert_eq!(link.receive().await.unwrap().payload, b"1");
        assert!(script.acknowledged().is_empty());
        assert_eq!(link.receive().await.unwrap().payload, b"2");
        assert_eq!(script.acknowledged(), [b"1"]);
        link.publish(UPDATE, b"x", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(script.acknowledged(), [b"1", b"2"]);
    });
}

/// Power is lost over a message: a session that is not clean brings it again.
#[test]
fn a_message_that_was_not_used_comes_again() {
    in_world(async {
        let (link, script) = link().await;
        let mut link = link.clean_session(false);
        link.connect().await.unwrap();
        script.queue(GET, b"1");
        assert_eq!(link.receive().await.unwrap().payload, b"1");
        script.lose_session();
        assert!(link.ready().await.is_err());
        link.connect().await.unwrap();
        assert_eq!(link.receive().await.unwrap().payload, b"1");
        link.publish(UPDATE, b"x", Qos::AtMostOnce).await.unwrap();
        assert_eq!(script.acknowledged(), [b"1"]);
    });
}

#[test]
fn what_has_no_room_is_refused_before_a_byte() {
    in_world(async {
        let (mut link, script) = connected().await;
        let before = script.written().len();
        // Topic 19, its length 2, the header 3, and for QoS 1 an identifier of 2 with 4 free behind.
        for (qos, overhead) in [(Qos::AtMostOnce, 23), (Qos::AtLeastOnce, 29)] {
            let most = 288 - overhead;
            let expected = TooLong::new(Argument::Packet, 288, 289);
            assert_eq!(link.publish(UPDATE, &vec![0; most + 1], qos).await, Err(LinkError::TooLong(expected)));
            assert_eq!(script.written().len(), before);
        }
        for (qos, overhead) in [(Qos::AtMostOnce, 23), (Qos::AtLeastOnce, 29)] {
            link.publish(UPDATE, &vec![0; 288 - overhead], qos).await.unwrap();
        }
        for filter in ["a#", "+b", "\0"] {
            assert_eq!(link.subscribe(topic::user(filter)).await, Err(LinkError::Topic(TopicError::Text)));
        }
        assert_eq!((script.count(|call| matches!(call, Call::Subscribe(_))), opens(&script)), (0, 1));
    });
}

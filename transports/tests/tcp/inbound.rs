//! Messages from the server: lent, acknowledged after use, lost only with notice.

use wanlink_core::{Inbound, Qos};
use wanlink_transports::tcp::{Event, Reason, Want};

use crate::rig::*;

fn message(topic: &str, payload: &[u8]) -> Option<(String, Vec<u8>)> {
    Some((topic.into(), payload.to_vec()))
}

#[test]
fn qos_1_is_acknowledged_after_use_and_not_before() {
    let mut client = online();
    assert_eq!(hear(&mut client, &publish(2, b"/d", 5, b"on"), 0), [Event::Message]);
    for _ in 0..2 {
        let Some(Inbound::Message(message)) = client.front() else { panic!("asking again lends the same") };
        assert_eq!((message.topic(), message.payload), ("/d", &b"on"[..]));
    }
    assert_eq!(client.advance(0), Want::Read(Some(52_500)), "lent is not used");
    client.release();
    assert!(client.front().is_none());
    assert_eq!(written(&mut client, 0), puback(5));
    client.release();
    assert_eq!(written(&mut client, 0), b"", "once");
}

#[test]
fn what_was_never_lent_is_not_released() {
    let mut client = online();
    hear(&mut client, &publish(2, b"/d", 5, b"on"), 0);
    client.release();
    assert_eq!(written(&mut client, 0), b"");
    assert_eq!(take(&mut client), message("/d", b"on"));
}

#[test]
fn messages_are_acknowledged_in_their_order() {
    let mut client = online();
    let stream = [publish(2, b"/d", 9, b"1"), publish(0, b"/d", 0, b"2"), publish(2, b"/d", 3, b"3")].concat();
    assert_eq!(hear(&mut client, &stream, 0), [Event::Message; 3]);
    let mut order = vec![];
    for payload in [b"1", b"2", b"3"] {
        assert_eq!(take(&mut client), message("/d", payload));
        order.extend(packets(&mut client, 0));
    }
    assert_eq!(order, [puback(9), puback(3)]);
}

#[test]
fn a_duplicate_is_a_message_like_any_other() {
    let mut client = online();
    for flags in [2, 10, 2] {
        hear(&mut client, &publish(flags, b"/d", 5, b"on"), 0);
        assert_eq!(take(&mut client), message("/d", b"on"));
        assert_eq!(written(&mut client, 0), puback(5));
    }
}

#[test]
fn a_topic_that_was_never_subscribed_is_delivered_and_acknowledged() {
    let mut client = online();
    let topic = "/sys/a1X2bEnP82z/example1/thing/service/property/set";
    hear(&mut client, &publish(3, topic.as_bytes(), 1, b"\0OK\r\n>"), 0);
    assert_eq!(take(&mut client), message(topic, b"\0OK\r\n>"));
    assert_eq!(written(&mut client, 0), puback(1));
}

#[test]
fn a_byte_order_mark_stays_in_the_topic() {
    let mut client = online();
    hear(&mut client, &publish(0, "\u{feff}/ä".as_bytes(), 0, b""), 0);
    assert_eq!(take(&mut client), message("\u{feff}/ä", b""));
}

#[test]
fn a_message_up_to_the_last_byte_of_room_is_kept_and_a_larger_one_is_skipped_and_told() {
    for (length, kept) in [(36, true), (37, false), (200, false), (100_000, false)] {
        let mut client = online_with(&LOGIN, 64, 64);
        let packet = publish(2, b"/large", 7, &vec![b'x'; length]);
        let needed = packet.len() + 16;
        let mut events = vec![];
        let mut sent = vec![];
        for piece in packet.chunks(23) {
            let (more, acknowledgement) = talk(&mut client, piece, 0);
            events.extend(more);
            sent.extend(acknowledgement);
        }
        assert_eq!(events, [Event::Message]);
        if kept {
            assert_eq!(needed, 64);
            assert_eq!(take(&mut client), message("/large", &vec![b'x'; length]));
            sent.extend(written(&mut client, 0));
        } else {
            assert_eq!(take(&mut client), message(&format!("lost 1, {needed}"), b""));
        }
        assert_eq!(sent, puback(7), "one that can never be had is acknowledged at once");
        assert_eq!(hear(&mut client, &publish(0, b"/d", 0, b"next"), 0), [Event::Message]);
        assert_eq!(take(&mut client), message("/d", b"next"));
        assert_eq!(take(&mut client), None);
    }
}

#[test]
fn an_oversize_topic_is_skipped_too() {
    let mut client = online_with(&LOGIN, 64, 64);
    let packet = publish(2, &[b't'; 3000], 7, b"x");
    assert_eq!(hear(&mut client, &packet, 0), [Event::Message]);
    assert_eq!(take(&mut client), message(&format!("lost 1, {}", packet.len() + 16), b""));
    assert_eq!(written(&mut client, 0), b"", "its identifier was not seen");
    assert_eq!(hear(&mut client, PINGRESP, 0), []);
}

#[test]
fn a_full_inbox_stops_reading_until_a_message_is_taken() {
    let mut client = online_with(&LOGIN, 64, 64);
    let packet = publish(0, b"/d", 0, &[b'x'; 24]);
    client.room()[..60].copy_from_slice(&[&packet[..], &packet].concat());
    client.filled(60, 0);
    assert_eq!(client.advance(0), Want::Event(Event::Message));
    assert_eq!(client.advance(0), Want::Event(Event::Message), "the second has no room");
    assert_eq!(client.advance(0), Want::Event(Event::Message));
    assert!(take(&mut client).is_some());
    assert_eq!(client.advance(0), Want::Event(Event::Message));
    assert_eq!(client.advance(0), Want::Read(Some(52_500)));
    assert!(take(&mut client).is_some());
    assert_eq!(take(&mut client), None, "none lost");
}

#[test]
fn a_full_inbox_does_not_keep_an_answer_away() {
    let mut client = online_with(&LOGIN, 64, 64);
    hear(&mut client, &publish(0, b"/d", 0, &[b'x'; 24]), 0);
    client.publish("/t", b"1", Qos::AtLeastOnce).unwrap();
    written(&mut client, 0);
    let stream = [publish(2, b"/d", 4, &[b'y'; 24]), publish(0, b"/d", 0, &[b'z'; 500]), puback(1)].concat();
    assert_eq!(hear(&mut client, &stream, 0), [Event::Message, Event::Message, Event::Acknowledged]);
    assert_eq!(take(&mut client), message("lost 2, 523", b""));
    assert_eq!(take(&mut client), message("/d", &[b'x'; 24]));
    assert_eq!(written(&mut client, 0), b"", "what had no room was not received: the server sends it again");
}

#[test]
fn messages_outlive_the_connection_and_are_not_acknowledged_in_the_next() {
    let mut client = online_with(&PERSISTENT, 256, 256);
    let stream = [publish(2, b"/d", 5, b"on"), publish(2, b"/d", 6, b"off"), b"\x32\x09\0\x02/".to_vec()].concat();
    hear(&mut client, &stream, 0);
    client.closed();
    assert_eq!(take(&mut client), message("/d", b"on"));
    log_in(&mut client, &PERSISTENT, 0);
    assert_eq!(hear(&mut client, &publish(10, b"/d", 6, b"off"), 0), [Event::Message]);
    assert_eq!(take(&mut client), message("/d", b"off"));
    assert_eq!(written(&mut client, 0), b"", "6 may be the identifier of another message by now");
    assert_eq!(take(&mut client), message("/d", b"off"));
    assert_eq!(written(&mut client, 0), puback(6));
}

#[test]
fn an_acknowledgement_that_is_owed_dies_with_its_connection() {
    let mut client = online_with(&PERSISTENT, 256, 256);
    hear(&mut client, &publish(2, b"/d", 5, b"on"), 0);
    take(&mut client).unwrap();
    client.closed();
    assert_eq!(client.advance(0), Want::Event(Event::Closed(Reason::Offline)));
    log_in(&mut client, &PERSISTENT, 0);
    assert_eq!(written(&mut client, 0), b"");
}

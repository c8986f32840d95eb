//! QoS 1 to the server: identifiers, and what is sent again.

use wanlink_core::Qos;
use wanlink_transports::tcp::{Client, Error, Event, Want};

use crate::rig::*;

const FIRST: &[u8] = b"\x32\x0A\0\x02/t\0\x0121.5";
const AGAIN: &[u8] = b"\x3A\x0A\0\x02/t\0\x0121.5";

/// A client whose publish was not acknowledged when the connection broke.
fn broken(persistent: bool) -> Client<'static> {
    let mut client = online_with(if persistent { &PERSISTENT } else { &LOGIN }, 256, 256);
    client.publish("/t", b"21.5", Qos::AtLeastOnce).unwrap();
    assert_eq!(written(&mut client, 0), FIRST);
    client.closed();
    client
}

#[test]
fn a_publish_is_in_flight_until_its_own_puback() {
    let mut client = online();
    client.publish("/t", b"21.5", Qos::AtLeastOnce).unwrap();
    assert_eq!(client.publish("/t", b"22", Qos::AtLeastOnce), Err(Error::Busy), "not written");
    written(&mut client, 0);
    assert_eq!(hear(&mut client, &puback(2), 0), []);
    assert_eq!(client.publish("/t", b"22", Qos::AtLeastOnce), Err(Error::Busy), "not acknowledged");
    assert_eq!(client.publish("/u", b"21.5", Qos::AtLeastOnce), Err(Error::Busy));
    assert!(client.is_in_flight());
    assert_eq!(hear(&mut client, &puback(1), 0), [Event::Acknowledged]);
    assert!(!client.is_in_flight());
    assert_eq!(hear(&mut client, &puback(1), 0), [], "a second one is passed over");
    client.publish("/t", b"22", Qos::AtLeastOnce).unwrap();
    assert_eq!(written(&mut client, 0), b"\x32\x08\0\x02/t\0\x0222");
}

#[test]
fn a_publish_of_a_session_that_is_not_clean_is_sent_again_with_dup_and_its_identifier() {
    for session_present in [0, 1] {
        let mut client = broken(true);
        client.connect(&PERSISTENT).unwrap();
        assert_eq!(written(&mut client, 0)[0], 0x10);
        let connected = Event::Connected { session_present: session_present == 1 };
        let connack = [0x20, 2, session_present, 0];
        client.room()[..4].copy_from_slice(&connack);
        client.filled(4, 0);
        assert_eq!(client.advance(0), Want::Event(connected));
        assert_eq!(packets(&mut client, 0), [AGAIN]);
        client.closed();
        client.connect(&PERSISTENT).unwrap();
        written(&mut client, 0);
        client.room()[..4].copy_from_slice(&connack);
        client.filled(4, 0);
        assert_eq!(client.advance(0), Want::Event(connected));
        assert_eq!(packets(&mut client, 0), [AGAIN], "as often as it takes");
        assert_eq!(hear(&mut client, &puback(1), 0), [Event::Acknowledged]);
    }
}

/// A caller lost sight of its publish and calls again, as a session does after a failure.
#[test]
fn the_same_message_is_not_published_twice() {
    let mut client = online();
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
        client.publish("/t", b"21.5", qos).unwrap();
        client.publish("/t", b"21.5", qos).unwrap();
        let other = if qos == Qos::AtMostOnce { Qos::AtLeastOnce } else { Qos::AtMostOnce };
        assert_eq!(client.publish("/t", b"21.5", other), Err(Error::Busy), "of the other quality");
        assert_eq!(packets(&mut client, 0).len(), 1);
    }
    client.publish("/t", b"21.5", Qos::AtLeastOnce).unwrap();
    assert!(client.unsent().is_empty(), "it waits for its acknowledgement");
    client.subscribe("/s", Qos::AtLeastOnce).unwrap();
    client.publish("/t", b"21.5", Qos::AtLeastOnce).unwrap();
    assert_eq!(packets(&mut client, 0), [b"\x82\x07\0\x02\0\x02/s\x01"], "also behind another packet");
    assert_eq!(hear(&mut client, &puback(1), 0), [Event::Acknowledged]);
    client.publish("/t", b"21.5", Qos::AtLeastOnce).unwrap();
    assert_eq!(written(&mut client, 0), b"\x32\x0A\0\x02/t\0\x0321.5", "another message of the same text");
}

#[test]
fn a_clean_session_owes_no_publish_but_sends_the_same_again() {
    let mut client = broken(false);
    log_in(&mut client, &LOGIN, 0);
    assert_eq!(packets(&mut client, 0), [[0; 0]; 0], "nobody asked for it");
    assert_eq!(hear(&mut client, &puback(1), 0), [], "of no session that there is");
    client.publish("/t", b"21.5", Qos::AtLeastOnce).unwrap();
    assert_eq!(written(&mut client, 0), AGAIN);
    assert_eq!(hear(&mut client, &puback(1), 0), [Event::Acknowledged]);

    let mut client = broken(false);
    log_in(&mut client, &LOGIN, 0);
    client.publish("/t", b"0", Qos::AtMostOnce).unwrap();
    written(&mut client, 0);
    client.publish("/t", b"22", Qos::AtLeastOnce).unwrap();
    assert_eq!(written(&mut client, 0), b"\x32\x08\0\x02/t\0\x0222", "another one takes its place");
}

#[test]
fn a_login_that_needs_the_room_of_a_publish_gets_it_in_a_clean_session_only() {
    let connect = 2 + 10 + 3 * 3;
    let mut client = client(64, connect + 14);
    log_in(&mut client, &LOGIN, 0);
    client.publish("/t", &[b'x'; 10], Qos::AtLeastOnce).unwrap();
    assert_eq!(written(&mut client, 0).len(), 18);
    log_in(&mut client, &LOGIN, 0);
    assert!(!client.is_in_flight());

    log_in(&mut client, &PERSISTENT, 0);
    let refused = client.publish("/t", &[b'x'; 7], Qos::AtLeastOnce);
    assert_eq!(refused, Err(Error::NoRoom { needed: connect + 15 }), "it would be in the way of the next login");
    client.publish("/t", &[b'x'; 6], Qos::AtLeastOnce).unwrap();
    written(&mut client, 0);
    client.connect(&PERSISTENT).unwrap();
}

#[test]
fn the_publish_is_kept_through_logins_that_fail() {
    let mut client = broken(true);
    client.connect(&PERSISTENT).unwrap();
    client.sent(4, 0);
    client.closed();
    client.connect(&PERSISTENT).unwrap();
    written(&mut client, 0);
    assert_eq!(hear(&mut client, &[0x20, 2, 0, 3], 0), [Event::Refused(3)]);
    assert!(client.is_in_flight());
}

#[test]
fn other_packets_pass_a_publish_that_is_in_flight() {
    let mut client = online();
    client.publish("/t", b"21.5", Qos::AtLeastOnce).unwrap();
    written(&mut client, 0);
    client.subscribe("/s", Qos::AtLeastOnce).unwrap();
    assert_eq!(written(&mut client, 0), b"\x82\x07\0\x02\0\x02/s\x01");
    client.publish("/t", b"0", Qos::AtMostOnce).unwrap();
    assert_eq!(written(&mut client, 0), b"\x30\x05\0\x02/t0");
    hear(&mut client, &publish(2, b"/d", 5, b""), 0);
    take(&mut client).unwrap();
    assert_eq!(written(&mut client, 0), puback(5));
    assert!(client.is_in_flight());
    assert_eq!(
        hear(&mut client, &[answer(0x90, 2, &[1]), puback(1)].concat(), 0),
        [Event::Subscribed, Event::Acknowledged]
    );
}

#[test]
fn identifiers_are_never_0_and_never_one_in_use() {
    let mut client = online();
    client.publish("/t", b"", Qos::AtLeastOnce).unwrap();
    assert_eq!(written(&mut client, 0)[6..8], [0, 1]);
    for round in 2..=70_000_u32 {
        client.subscribe("/s", Qos::AtLeastOnce).unwrap();
        let id = u16::from_be_bytes([client.unsent()[2], client.unsent()[3]]);
        // 1 is in use, and 0 is none.
        let wanted = if round < 65_536 { round } else { round - 65_536 + 2 };
        assert_eq!(u32::from(id), wanted);
        client.sent(client.unsent().len(), 0);
        assert_eq!(hear(&mut client, &answer(0x90, id, &[1]), 0), [Event::Subscribed]);
    }
}

#[test]
fn a_packet_that_is_written_in_pieces_stays_one_packet() {
    let mut client = online();
    hear(&mut client, &publish(2, b"/d", 5, b""), 0);
    client.publish("/t", b"21.5", Qos::AtLeastOnce).unwrap();
    take(&mut client).unwrap();
    let mut sent = vec![];
    while client.advance(0) == Want::Write {
        sent.push(client.unsent()[0]);
        client.sent(1, 0);
    }
    assert_eq!(sent, [FIRST, &puback(5)].concat(), "the PUBACK waits for the end of the packet");
}

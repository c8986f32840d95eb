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
    assert!(client.is_in_flight() && client.holds("/t", b"21.5"));
    assert!(!client.holds("/t", b"21") && !client.holds("/u", b"21.5"));
    assert_eq!(hear(&mut client, &puback(1), 0), [Event::Acknowledged]);
    assert!(!client.is_in_flight() && !client.holds("/t", b"21.5"));
    assert_eq!(hear(&mut client, &puback(1), 0), [], "a second one is passed over");
    client.publish("/t", b"22", Qos::AtLeastOnce).unwrap();
    assert_eq!(written(&mut client, 0), b"\x32\x08\0\x02/t\0\x0222");
}

#[test]
fn a_publish_of_a_session_that_is_not_clean_is_sent_again_with_dup_and_its_identifier() {
    for session_present in [0, 1] {
        let mut client = broken(true);
        client.connect(&PERSISTENT, false).unwrap();
        assert_eq!(written(&mut client, 0)[0], 0x10);
        let connected = Event::Connected { session_present: session_present == 1 };
        let connack = [0x20, 2, session_present, 0];
        client.room()[..4].copy_from_slice(&connack);
        client.filled(4, 0);
        assert_eq!(client.advance(0), Want::Event(connected));
        assert_eq!(packets(&mut client, 0), [AGAIN]);
        client.closed();
        client.connect(&PERSISTENT, false).unwrap();
        written(&mut client, 0);
        client.room()[..4].copy_from_slice(&connack);
        client.filled(4, 0);
        assert_eq!(client.advance(0), Want::Event(connected));
        assert_eq!(packets(&mut client, 0), [AGAIN], "as often as it takes");
        assert_eq!(hear(&mut client, &puback(1), 0), [Event::Acknowledged]);
    }
}

#[test]
fn a_clean_session_forgets_the_publish_unless_it_is_asked_to_resend() {
    let mut client = broken(false);
    log_in(&mut client, &LOGIN, 0);
    assert!(!client.is_in_flight());
    assert_eq!(hear(&mut client, &puback(1), 0), []);

    let mut client = broken(false);
    client.connect(&LOGIN, true).unwrap();
    written(&mut client, 0);
    client.room()[..4].copy_from_slice(CONNACK);
    client.filled(4, 0);
    assert_eq!(client.advance(0), Want::Event(ONLINE));
    assert_eq!(written(&mut client, 0), AGAIN);
    assert_eq!(hear(&mut client, &puback(1), 0), [Event::Acknowledged]);
}

#[test]
fn the_publish_is_kept_through_logins_that_fail() {
    let mut client = broken(true);
    client.connect(&PERSISTENT, false).unwrap();
    client.sent(4, 0);
    client.closed();
    client.connect(&PERSISTENT, false).unwrap();
    written(&mut client, 0);
    assert_eq!(hear(&mut client, &[0x20, 2, 0, 3], 0), [Event::Refused(3)]);
    assert!(client.holds("/t", b"21.5"));
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
    assert!(client.holds("/t", b"21.5"));
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

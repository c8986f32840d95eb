//! The exact bytes of each packet that a client sends (3.1.1, chapter 3).

use wanlink_core::{Login, Qos};
use wanlink_transports::tcp::{Error, Event};

use crate::rig::*;

#[test]
fn connect_is_first_and_its_bytes_are_exact() {
    let mut client = client(64, 64);
    client.connect(&LOGIN).unwrap();
    let wanted = b"\x10\x13\0\x04MQTT\x04\xC2\0\x3C\0\x01c\0\x01u\0\x01p";
    assert_eq!(packets(&mut client, 0), [wanted.to_vec()], "one packet, one write");

    client.connect(&Login { keep_alive_s: 1200, ..PERSISTENT }).unwrap();
    assert_eq!(written(&mut client, 0), b"\x10\x13\0\x04MQTT\x04\xC0\x04\xB0\0\x01c\0\x01u\0\x01p");
}

#[test]
fn connect_carries_a_client_identifier_of_the_platform() {
    let id =
        "a1X2bEnP82z.example1|timestamp=2524608000000,_ss=1,_v=sdk-c-4.2.0,securemode=2,signmethod=hmacsha256,ext=3,|";
    let login = Login { client_id: id, user: "example1&a1X2bEnP82z", password: &"0123456789abcdef".repeat(4), ..LOGIN };
    let mut client = client(64, 300);
    client.connect(&login).unwrap();
    let bytes = written(&mut client, 0);
    let length = 10 + 2 + id.len() + 2 + 20 + 2 + 64;
    assert!((128..256).contains(&length));
    assert_eq!(bytes[..3], [0x10, length as u8, 1]);
    assert_eq!(bytes.len(), 3 + length);
    let login =
        [b"\0\x6C", id.as_bytes(), b"\0\x14example1&a1X2bEnP82z\0\x40", &b"0123456789abcdef".repeat(4)].concat();
    assert_eq!(bytes[13..], login);
}

#[test]
fn publish_of_qos_0_has_no_identifier_and_no_dup() {
    let mut client = online();
    client.publish("/t", b"21.5", Qos::AtMostOnce).unwrap();
    assert_eq!(packets(&mut client, 0), [b"\x30\x08\0\x02/t21.5"]);
    client.publish("/t", b"", Qos::AtMostOnce).unwrap();
    assert_eq!(written(&mut client, 0), b"\x30\x04\0\x02/t");
}

#[test]
fn publish_of_qos_1_has_an_identifier_and_no_dup() {
    let mut client = online();
    client.publish("/t", b"21.5", Qos::AtLeastOnce).unwrap();
    assert_eq!(packets(&mut client, 0), [b"\x32\x0A\0\x02/t\0\x0121.5"]);
}

#[test]
fn subscribe_and_unsubscribe_have_their_reserved_bits_and_one_filter() {
    let mut client = online();
    client.subscribe("/a/+", Qos::AtLeastOnce).unwrap();
    assert_eq!(packets(&mut client, 0), [b"\x82\x09\0\x01\0\x04/a/+\x01"]);
    client.subscribe("#", Qos::AtMostOnce).unwrap();
    assert_eq!(written(&mut client, 0), b"\x82\x06\0\x02\0\x01#\0");
    client.unsubscribe("/a/+").unwrap();
    assert_eq!(packets(&mut client, 0), [b"\xA2\x08\0\x03\0\x04/a/+"]);
}

#[test]
fn puback_pingreq_and_disconnect_are_exact() {
    let mut client = online();
    assert_eq!(hear(&mut client, &publish(2, b"/t", 0x1234, b"x"), 0), [Event::Message]);
    take(&mut client).unwrap();
    assert_eq!(packets(&mut client, 0), [[0x40, 2, 0x12, 0x34]]);
    assert_eq!(packets(&mut client, 52_500), [PINGREQ]);
    client.disconnect();
    assert_eq!(client.advance(52_500), wanlink_transports::tcp::Want::Write);
    assert_eq!(client.unsent(), DISCONNECT);
}

#[test]
fn remaining_lengths_of_one_to_three_bytes() {
    let mut client = online_with(&LOGIN, 64, 40_000);
    for length in [1, 123, 124, 16_379, 16_380, 30_000] {
        let payload = vec![b'x'; length];
        client.publish("/t", &payload, Qos::AtMostOnce).unwrap();
        assert_eq!(written(&mut client, 0), publish(0, b"/t", 0, &payload));
    }
}

#[test]
fn a_packet_that_does_not_fit_is_told_with_what_it_needs() {
    let mut client = online_with(&LOGIN, 64, 30);
    assert_eq!(client.publish("/t", &[0; 25], Qos::AtMostOnce), Err(Error::NoRoom { needed: 31 }));
    client.publish("/t", &[0; 24], Qos::AtMostOnce).unwrap();
    assert_eq!(written(&mut client, 0).len(), 30);
    assert_eq!(client.publish("/t", &[0; 19], Qos::AtLeastOnce), Err(Error::NoRoom { needed: 31 }), "4 stay free");
    assert!(client.unsent().is_empty() && !client.is_in_flight());
    client.publish("/t", &[0; 18], Qos::AtLeastOnce).unwrap();
    assert_eq!(written(&mut client, 0).len(), 26);
    assert_eq!(client.subscribe("/", Qos::AtMostOnce), Err(Error::Busy), "it goes behind the publish");
    assert_eq!(hear(&mut client, &puback(2), 0), [Event::Acknowledged]);
    client.subscribe("/", Qos::AtMostOnce).unwrap();
    assert_eq!(crate::rig::client(15, 64).connect(&LOGIN), Err(Error::NoRoom { needed: 16 }));
    assert_eq!(crate::rig::client(16, 20).connect(&LOGIN), Err(Error::NoRoom { needed: 21 }));
}

#[test]
fn texts_that_mqtt_cannot_carry_are_refused_before_a_byte_is_sent() {
    let mut client = online_with(&LOGIN, 64, 70_000);
    for topic in ["", "a\0", "a/+", "#"] {
        assert_eq!(client.publish(topic, b"", Qos::AtMostOnce), Err(Error::Text), "{topic:?}");
    }
    for filter in ["", "a\0", "a#", "#/a", "a+", "+a/b"] {
        assert_eq!(client.subscribe(filter, Qos::AtMostOnce), Err(Error::Text), "{filter:?}");
        assert_eq!(client.unsubscribe(filter), Err(Error::Text), "{filter:?}");
    }
    assert_eq!(client.publish(&"t".repeat(65_536), b"", Qos::AtMostOnce), Err(Error::Text));
    assert!(client.unsent().is_empty());
    client.publish(&"t".repeat(65_535), b"", Qos::AtMostOnce).unwrap();
    for login in [
        Login { client_id: "", ..PERSISTENT },
        Login { client_id: "a\0", ..LOGIN },
        Login { user: "a\0", ..LOGIN },
        Login { password: &"p".repeat(65_536), ..LOGIN },
    ] {
        assert_eq!(client.connect(&login), Err(Error::Text));
        assert!(client.unsent().is_empty());
    }
    client.connect(&Login { client_id: "", ..LOGIN }).unwrap();
}

#[test]
fn the_password_is_wiped_once_it_is_sent_or_the_connection_is_over() {
    for finished in [true, false] {
        let mut transmit = [0; 64];
        let mut receive = [0; 64];
        let mut client = wanlink_transports::tcp::Client::new(&mut receive, &mut transmit);
        client.connect(&Login { password: "hunter2", ..LOGIN }).unwrap();
        assert!(!format!("{client:?}").contains("hunter2"));
        if finished {
            written(&mut client, 0);
        } else {
            client.sent(5, 0);
            client.closed();
        }
        assert_eq!(transmit, [0; 64]);
    }
}

//! What a server must not send ends the connection, with the reason, as soon as it is known.

use wanlink_transports::tcp::{Event, Malformed, Reason};

use crate::rig::*;

fn refused(bytes: &[u8], reason: Malformed) {
    let mut client = online();
    let events = hear(&mut client, bytes, 0);
    assert_eq!(events.last(), Some(&Event::Closed(Reason::Malformed(reason))), "{bytes:x?}");
    assert_eq!(events.len(), 1);
    assert!(take(&mut client).is_none(), "nothing of it is delivered");
}

#[test]
fn packets_of_clients_and_of_qos_2_and_reserved_types() {
    for kind in [0x00, 0x10, 0x50, 0x60, 0x70, 0x80, 0xA0, 0xC0, 0xE0, 0xF0] {
        for flags in 0..16 {
            refused(&[kind | flags], Malformed::Type);
        }
    }
}

#[test]
fn reserved_flags() {
    for kind in [0x20, 0x40, 0x90, 0xB0, 0xD0] {
        for flags in 1..16 {
            refused(&[kind | flags], Malformed::Flags);
        }
    }
    refused(&[0x38], Malformed::Flags);
    refused(&[0x39], Malformed::Flags);
    for code in 0..=255 {
        let mut client = client(64, 64);
        client.connect(&LOGIN).unwrap();
        written(&mut client, 0);
        assert_eq!(hear(&mut client, &[0x20, 2, 2, code], 0), [Event::Closed(Reason::Malformed(Malformed::Flags))]);
    }
}

#[test]
fn qos_2_and_3() {
    for flags in [4, 5, 6, 7, 12, 13, 14, 15] {
        refused(&[0x30 | flags], Malformed::Qos);
    }
}

#[test]
fn lengths_that_do_not_fit_the_packet() {
    for first in [0x40, 0x90, 0xB0, 0xD0] {
        let right = match first {
            0x90 => 3,
            0xD0 => 0,
            _ => 2,
        };
        for length in (0..=127).filter(|&length| length != right) {
            refused(&[first, length], Malformed::Length);
        }
    }
    refused(&[0x30, 0xFF, 0xFF, 0xFF, 0xFF], Malformed::Length);
    refused(&[0x30, 0], Malformed::Length);
    refused(&[0x30, 1, 0], Malformed::Length);
    refused(&[0x30, 4, 0, 3, b'/', b't'], Malformed::Length);
    refused(&[0x32, 5, 0, 2, b'/', b't', 1], Malformed::Length);
}

#[test]
fn identifier_0() {
    refused(&[0x32, 6, 0, 2, b'/', b't', 0, 0], Malformed::Identifier);
    refused(&puback(0), Malformed::Identifier);
    refused(&answer(0x90, 0, &[0]), Malformed::Identifier);
    refused(&answer(0xB0, 0, &[]), Malformed::Identifier);
}

#[test]
fn topics_that_are_none() {
    for topic in
        [&b""[..], b"a/+", b"#", b"a\0b", b"\xFF", b"\xC0\x80", b"\xED\xA0\x80", b"\xF4\x90\x80\x80", b"\xE2\x82"]
    {
        refused(&publish(0, topic, 0, b"x"), Malformed::Topic);
        refused(&publish(2, topic, 1, b"x"), Malformed::Topic);
    }
}

#[test]
fn reserved_return_codes_of_a_suback() {
    for code in (3..=255).filter(|&code| code != 0x80) {
        refused(&answer(0x90, 1, &[code]), Malformed::ReturnCode);
    }
}

#[test]
fn anything_before_the_connack_and_a_second_connack() {
    refused(CONNACK, Malformed::Order);
    for packet in [publish(0, b"/t", 0, b""), puback(1), answer(0x90, 1, &[0]), answer(0xB0, 1, &[]), PINGRESP.to_vec()]
    {
        let mut client = client(64, 64);
        client.connect(&LOGIN).unwrap();
        written(&mut client, 0);
        assert_eq!(hear(&mut client, &packet, 0), [Event::Closed(Reason::Malformed(Malformed::Order))]);
        assert!(client.front().is_none());
    }
}

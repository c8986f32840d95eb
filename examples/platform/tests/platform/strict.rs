//! Every lenience of the common codecs, and the rules of a session: each closes the connection and names its
//! statement.

use crate::bench::{Bench, GET, UPDATE, closed, sent};
use crate::packets::*;
use wanlink_platform::{Judgement, Peer};

/// The packet closes the connection without any answer, and the finding begins with the statement.
fn refuses(mut bench: Bench, bytes: &[u8], statement: &str) {
    let actions = bench.send(1, bytes);
    assert_eq!(actions, [closed(1)], "{statement} {bytes:02x?}");
    let reasons = bench.reasons(Judgement::Violation);
    assert_eq!(reasons.len(), 1, "{statement} {bytes:02x?}");
    let prefix = format!("[{statement}] ");
    assert!(reasons[0].starts_with(&prefix), "{prefix} {reasons:?}");
    let entry = bench.platform.record().entries().last().expect("an entry");
    assert!(!entry.accepted && bytes.starts_with(&entry.raw));
    assert_eq!(bench.send(1, &PINGREQ), [], "the connection is forgotten");
}

/// Before the CONNECT.
fn at_first(bytes: &[u8], statement: &str) {
    let mut bench = Bench::new();
    bench.open(1, Peer::tls());
    refuses(bench, bytes, statement);
}

/// In a session.
fn later(bytes: &[u8], statement: &str) {
    refuses(Bench::connected(), bytes, statement);
}

#[test]
fn reserved_header_flags() {
    let mut connect = Connect::example().bytes();
    connect[0] = 0x11;
    at_first(&connect, "MQTT-2.2.2-2");
    for (first, good, statement) in [
        (0x80, subscribe(1, &[GET]), "MQTT-3.8.1-1"),
        (0x8a, subscribe(1, &[GET]), "MQTT-3.8.1-1"),
        (0xa0, unsubscribe(1, GET), "MQTT-3.10.1-1"),
        (0x42, puback(1), "MQTT-2.2.2-2"),
        (0x60, puback(1), "MQTT-3.6.1-1"),
        (0xc1, PINGREQ.to_vec(), "MQTT-2.2.2-2"),
        (0xe8, DISCONNECT.to_vec(), "MQTT-3.14.1-1"),
    ] {
        later(&[&[first], &good[1..]].concat(), statement);
    }
}

#[test]
fn types_that_no_device_sends() {
    for first in [0x00, 0xf0, 0x20, 0x90, 0xb0, 0xd0] {
        later(&[first, 0], "MQTT-4.8.0-1");
    }
}

#[test]
fn remaining_length_of_a_wrong_form() {
    later(&[0xc0, 0x80, 0x00], "MQTT-4.8.0-1");
    later(&[0x40, 0x82, 0x00, 0x00, 0x01], "MQTT-4.8.0-1");
    later(&[0x30, 0xff, 0xff, 0xff, 0xff], "MQTT-4.8.0-1");
    later(&[0x30, 0xff, 0xff, 0xff, 0x7f], "platform");
}

#[test]
fn bytes_after_the_last_field() {
    let connect = Connect::example().bytes();
    let longer = packet(0x10, &[&connect[3..], &b"x"[..]].concat());
    at_first(&longer, "MQTT-3.1.4-1");
    later(&packet(0x40, &[0, 1, 0]), "MQTT-4.8.0-1");
    later(&packet(0xc0, &[0]), "MQTT-4.8.0-1");
    later(&packet(0xe0, &[0]), "MQTT-4.8.0-1");
}

#[test]
fn packets_that_end_within_a_field() {
    let connect = Connect::example().bytes();
    let body = &connect[3..];
    for length in 0..body.len() {
        at_first(&packet(0x10, &body[..length]), "MQTT-3.1.4-1");
    }
    later(&packet(0x40, &[1]), "MQTT-4.8.0-1");
    later(&packet(0x30, &[0, 9, b'/']), "MQTT-4.8.0-1");
    later(&packet(0x82, &[0, 1, 0, 2, b'/', b'a']), "MQTT-4.8.0-1");
}

#[test]
fn connect_flags() {
    for (flags, statement) in [
        (0xc3, "MQTT-3.1.2-3"),
        (0xca, "MQTT-3.1.2-13"),
        (0xe2, "MQTT-3.1.2-15"),
        (0xde, "MQTT-3.1.2-14"),
        (0x42, "MQTT-3.1.2-22"),
    ] {
        let mut connect = Connect::example();
        connect.flags = flags;
        at_first(&connect.bytes(), statement);
    }
}

#[test]
fn unknown_protocol_name() {
    for (protocol, level) in [("MQTX", 4), ("MQIsd", 3), ("mqtt", 4), ("", 4)] {
        let mut connect = Connect::example();
        (connect.protocol, connect.level) = (protocol, level);
        at_first(&connect.bytes(), "MQTT-3.1.2-1");
    }
}

#[test]
fn first_packet_is_connect_and_only_the_first() {
    for bytes in [PINGREQ.to_vec(), DISCONNECT.to_vec(), publish0(UPDATE, b""), subscribe(1, &[GET])] {
        at_first(&bytes, "MQTT-3.1.0-1");
    }
    later(&Connect::example().bytes(), "MQTT-3.1.0-2");
    let mut other = Connect::example();
    other.level = 5;
    later(&other.bytes(), "MQTT-3.1.0-2");
}

#[test]
fn text_is_utf8_without_nul() {
    for (text, statement) in [
        (&b"/a1X2bEnP82z/example1/user/\xff"[..], "MQTT-1.5.3-1"),
        (b"/a1X2bEnP82z/example1/user/\xed\xa0\x80", "MQTT-1.5.3-1"),
        (b"/a1X2bEnP82z/example1/user/\0", "MQTT-1.5.3-2"),
    ] {
        later(&packet(0x30, &field(text)), statement);
        let filter = [&[0, 1], &field(text)[..], &[0]].concat();
        later(&packet(0x82, &filter), statement);
    }
    let connect = Connect::example().client_id("_v=", "\0=");
    at_first(&connect.bytes(), "MQTT-1.5.3-2");
}

#[test]
fn topics_of_a_publish() {
    later(&publish0("", b""), "MQTT-4.7.3-1");
    later(&publish0("/a1X2bEnP82z/example1/user/+", b""), "MQTT-3.3.2-2");
    later(&publish0("/a1X2bEnP82z/example1/user/#", b""), "MQTT-3.3.2-2");
}

#[test]
fn filters_of_a_wrong_form() {
    for (filter, statement) in [
        ("", "MQTT-4.7.3-1"),
        ("/a1X2bEnP82z/example1/user/a#", "MQTT-4.7.1-2"),
        ("/a1X2bEnP82z/example1/#/user", "MQTT-4.7.1-2"),
        ("/a1X2bEnP82z/example1/user/a+", "MQTT-4.7.1-3"),
    ] {
        later(&subscribe(1, &[filter]), statement);
        later(&unsubscribe(1, filter), statement);
    }
    later(&packet(0x82, &[0, 1]), "MQTT-3.8.3-3");
    later(&packet(0xa2, &[0, 1]), "MQTT-3.10.3-2");
}

#[test]
fn quality_of_service() {
    let mut bytes = publish1(1, UPDATE, b"");
    bytes[0] = 0x36;
    later(&bytes, "MQTT-3.3.1-4");
    let mut bytes = publish0(UPDATE, b"");
    bytes[0] = 0x38;
    later(&bytes, "MQTT-3.3.1-2");
    for qos in [3, 4, 0x81] {
        let filter = [&[0, 1], &field(GET.as_bytes())[..], &[qos]].concat();
        later(&packet(0x82, &filter), "MQTT-3-8.3-4");
    }
}

#[test]
fn packet_identifier_zero() {
    later(&publish1(0, UPDATE, b""), "MQTT-2.3.1-1");
    later(&subscribe(0, &[GET]), "MQTT-2.3.1-1");
    later(&unsubscribe(0, GET), "MQTT-2.3.1-1");
    later(&puback(0), "MQTT-2.3.1-6");
}

#[test]
fn packet_identifier_in_use() {
    for second in [
        publish1(7, UPDATE, b"a"),
        publish1(7, UPDATE, b"b"),
        publish1_dup(7, UPDATE, b"b"),
        publish1_dup(7, GET, b"a"),
        subscribe(7, &[GET]),
        unsubscribe(7, GET),
    ] {
        let mut bench = Bench::connected();
        bench.platform.delay_puback(1_000);
        assert_eq!(bench.send(1, &publish1(7, UPDATE, b"a")), []);
        refuses(bench, &second, "MQTT-2.3.1-2");
    }
}

#[test]
fn packet_identifier_is_free_after_the_puback() {
    let mut bench = Bench::connected();
    for payload in [b"a", b"b"] {
        let actions = bench.send(1, &publish1(7, UPDATE, payload));
        assert_eq!(actions, [sent(1, &puback(7))]);
    }
}

#[test]
fn a_repeated_packet_with_dup_is_taken_again() {
    let mut bench = Bench::connected();
    bench.platform.drop_puback(2);
    bench.send(1, &publish1(6, UPDATE, b"a"));
    assert_eq!(bench.send(1, &publish1(7, UPDATE, b"b")), []);
    let again = bench.send(1, &publish1_dup(7, UPDATE, b"b"));
    assert_eq!(again, [sent(1, &puback(7))]);
    assert_eq!(bench.published(), [b"a", b"b", b"b"]);
    let entries = bench.platform.record().published("a1X2bEnP82z", "example1");
    let seen: Vec<_> = entries.map(|e| (e.packet_id(), e.is_dup())).collect();
    assert_eq!(seen, [(Some(6), false), (Some(7), false), (Some(7), true)]);
}

#[test]
fn what_the_platform_does_not_have() {
    let mut bytes = publish1(1, UPDATE, b"");
    bytes[0] = 0x34;
    later(&bytes, "platform");
    let mut bytes = publish0(UPDATE, b"");
    bytes[0] = 0x31;
    later(&bytes, "platform");
    for first in [0x50, 0x62, 0x70] {
        later(&packet(first, &[0, 1]), "platform");
    }
    for flags in [0xc6, 0xce, 0xd6, 0xe6] {
        let mut connect = Connect::example();
        connect.flags = flags;
        at_first(&connect.bytes(), "platform");
    }
}

#[test]
fn another_protocol_is_closed_at_its_first_byte() {
    for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0x16, 3, 1, 0, 5]] {
        at_first(bytes, "MQTT-2.2.2-2");
    }
}

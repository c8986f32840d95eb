//! The record as a test reads it.

use crate::bench::{Bench, DEVICE, GET, PRODUCT, SECOND, UPDATE};
use crate::packets::*;
use wanlink_platform::{
    Config, ConnId, DeviceId, Direction, ForeignPublish, Limits, PacketType, Pushed, Qos, Statistics,
};

#[test]
fn every_packet_is_there_in_order() {
    let mut bench = Bench::connected();
    bench.now = 5;
    bench.send(1, &publish1(7, UPDATE, b"x"));
    bench.send(1, &[0xf0, 0]);
    let entries = bench.platform.record().entries();
    let device = DeviceId::new(PRODUCT, DEVICE);
    assert!(entries.iter().all(|e| e.device.as_ref() == Some(&device)));
    assert!(entries.iter().all(|e| e.conn == ConnId(1)));
    let seen: Vec<_> = entries.iter().map(|e| (e.at, e.direction, e.packet_type(), e.accepted)).collect();
    let expected = [
        (0, Direction::Up, Some(PacketType::Connect), true),
        (0, Direction::Down, Some(PacketType::Connack), true),
        (5, Direction::Up, Some(PacketType::Publish), true),
        (5, Direction::Down, Some(PacketType::Puback), true),
        (5, Direction::Up, None, false),
    ];
    assert_eq!(seen, expected);
    assert!(entries.iter().all(|e| !e.is_dup()));
    let publish = &entries[2];
    assert_eq!(publish.raw, publish1(7, UPDATE, b"x"));
    assert_eq!(publish.topic(), Some(UPDATE));
    assert_eq!((publish.packet_id(), publish.is_dup()), (Some(7), false));
    assert_eq!(publish.payload(), b"x");
    let finding = &bench.platform.record().findings()[0];
    assert_eq!((finding.at, finding.conn), (5, ConnId(1)));
    assert_eq!(finding.device, Some(device));
    assert_eq!(device_text(&bench), "example1&a1X2bEnP82z");
}

fn device_text(bench: &Bench) -> String {
    let finding = &bench.platform.record().findings()[0];
    finding.device.as_ref().expect("a device").to_string()
}

#[test]
fn what_was_acted_on_is_marked() {
    for (bytes, accepted) in [
        (publish0(UPDATE, b"x"), true),
        (publish0("/foreign", b"x"), false),
        (subscribe(1, &[GET]), true),
        (subscribe(1, &[GET, "/foreign"]), true),
        (subscribe(1, &["/foreign"]), false),
        (unsubscribe(1, GET), true),
        (puback(1), true),
        (PINGREQ.to_vec(), true),
        (DISCONNECT.to_vec(), true),
        (Connect::example().bytes(), false),
    ] {
        let mut bench = Bench::connected();
        bench.send(1, &bytes);
        let mut entries = bench.platform.record().entries().iter().rev();
        let entry = entries.find(|e| e.direction == Direction::Up).expect("an entry");
        assert_eq!((&entry.raw, entry.accepted), (&bytes, accepted));
    }
}

#[test]
fn messages_down_are_listed_as_often_as_they_went() {
    let mut bench = Bench::new();
    let connect = Connect::example().persistent();
    bench.expect_connect(1, &connect);
    bench.send(1, &subscribe(1, &[GET]));
    assert_eq!(bench.push(GET, b"x", Qos::AtLeastOnce), Pushed::Sent);
    bench.platform.closed(0, ConnId(1));
    bench.connect(2, &connect);
    let down = bench.platform.record().delivered(PRODUCT, DEVICE);
    let down: Vec<_> = down.map(|e| (e.conn, e.payload(), e.is_dup())).collect();
    assert_eq!(down, [(ConnId(1), &b"x"[..], false), (ConnId(2), b"x", true)]);
}

#[test]
fn connects_are_counted_per_device_refused_ones_too() {
    let mut bench = Bench::with(Config { limits: Limits::none(), ..Config::default() });
    let mut wrong = Connect::example();
    wrong.password.clear();
    for (conn, at_s) in [(1, 0), (2, 30), (3, 59), (4, 60), (5, 89), (6, 90)] {
        bench.now = at_s * SECOND;
        let connect = if conn == 3 { &wrong } else { &Connect::example() };
        bench.connect(conn, connect);
        bench.connect(conn + 100, &Connect::console());
    }
    let record = bench.platform.record();
    let times = record.connects(PRODUCT, DEVICE);
    assert_eq!(times, [0, 30, 59, 60, 89, 90].map(|s| s * SECOND));
    assert_eq!(record.most_connects_in_a_minute(PRODUCT, DEVICE), 4);
    assert_eq!(record.most_connects_in_a_minute(PRODUCT, "nobody"), 0);
}

#[test]
fn a_record_can_be_cleared() {
    let mut bench = Bench::connected();
    bench.send(1, &puback(1));
    bench.platform.record_mut().clear();
    assert!(bench.platform.record().entries().is_empty());
    assert!(bench.platform.record().findings().is_empty());
    bench.send(1, &publish0(UPDATE, b"x"));
    assert_eq!(bench.published(), [b"x"]);
}

#[test]
fn statistics() {
    let mut bench = Bench::with(Config { foreign_publish: ForeignPublish::Drop, ..Config::default() });
    bench.expect_connect(1, &Connect::example());
    bench.send(1, &subscribe(1, &[GET, "/foreign"]));
    bench.send(1, &publish1(1, UPDATE, b"abc"));
    bench.send(1, &publish0(UPDATE, b"de"));
    bench.send(1, &publish0("/foreign", b"f"));
    assert_eq!(bench.push(GET, b"x", Qos::AtLeastOnce), Pushed::Sent);
    bench.platform.drop_puback(1);
    bench.send(1, &publish1(2, UPDATE, b"g"));
    bench.connect(2, &Connect::example());
    bench.platform.record_mut().clear();
    let mut wrong = Connect::console();
    wrong.password.clear();
    bench.connect(3, &wrong);
    bench.send(2, &[0xf0, 0]);
    let expected = Statistics {
        connections: 3,
        logins: 2,
        refused: 2,
        kicked: 1,
        published: 3,
        published_bytes: 6,
        acknowledged: 1,
        delivered: 1,
        dropped: 1,
        violations: 1,
        faults: 1,
        ..Statistics::default()
    };
    assert_eq!(bench.platform.record().statistics(), expected);
}

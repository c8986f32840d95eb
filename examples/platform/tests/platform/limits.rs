//! Each limit at its edge, and switched off.

use crate::bench::{Bench, GET, PRODUCT, SECOND, UPDATE, closed, sent};
use crate::packets::*;
use wanlink_platform::{Config, Judgement, Limits, Pushed, Qos, Rejection, ReturnCode};

fn unlimited() -> Config {
    Config { limits: Limits::none(), ..Config::default() }
}

#[test]
fn five_connects_a_minute() {
    let mut bench = Bench::new();
    for conn in 1..=5 {
        bench.connect(conn, &Connect::example());
        bench.now += 12 * SECOND - 1;
    }
    assert_eq!(bench.connect(6, &Connect::example()), [closed(6)]);
    assert!(bench.reasons(Judgement::Refused)[0].starts_with("6 CONNECTs"));
    bench.expect_connect(7, &Connect::console());
    // The first three are older than a minute now; the refused one counts.
    bench.now += 12 * SECOND + 13 * SECOND;
    let actions = bench.connect(8, &Connect::example());
    assert_eq!(actions, [closed(5), sent(8, &connack(0))]);
}

#[test]
fn refused_connects_count_too() {
    let mut bench = Bench::new();
    let mut wrong = Connect::example();
    wrong.password.clear();
    for conn in 1..=5 {
        let actions = bench.connect(conn, &wrong);
        assert_eq!(actions, [sent(conn, &connack(4)), closed(conn)]);
    }
    assert_eq!(bench.connect(6, &Connect::example()), [closed(6)]);
    bench.now += 60 * SECOND;
    bench.expect_connect(7, &Connect::example());
}

#[test]
fn too_many_connects_can_get_a_code_or_go_unnoticed() {
    let mut config = Config { too_many_connects: Rejection::Code(ReturnCode::ServerUnavailable), ..Config::default() };
    config.limits.connects_per_minute = Some(1);
    let mut bench = Bench::connected_with(config);
    let actions = bench.connect(2, &Connect::example());
    assert_eq!(actions, [sent(2, &connack(3)), closed(2)]);

    let mut bench = Bench::with(unlimited());
    for conn in 1..=50 {
        bench.expect_connect(conn, &Connect::example());
        bench.send(conn, &DISCONNECT);
    }
}

#[test]
fn ten_qos_1_and_thirty_qos_0_messages_a_second() {
    let mut bench = Bench::connected();
    for id in 1..=12 {
        let actions = bench.send(1, &publish1(id, UPDATE, b"1"));
        let expected = if id <= 10 { vec![sent(1, &puback(id))] } else { vec![] };
        assert_eq!(actions, expected);
    }
    for _ in 1..=32 {
        assert_eq!(bench.send(1, &publish0(UPDATE, b"0")), []);
    }
    assert_eq!(bench.published().len(), 10 + 30);
    assert_eq!(bench.reasons(Judgement::Dropped).len(), 2 + 2);
    // A dropped one comes again with DUP, as after any lost PUBACK.
    bench.now += SECOND;
    let actions = bench.send(1, &publish1_dup(11, UPDATE, b"1"));
    assert_eq!(actions, [sent(1, &puback(11))]);
    assert_eq!(bench.published().len(), 41);
}

#[test]
fn the_identifier_of_a_dropped_message_stays_in_use() {
    let mut config = Config::default();
    config.limits.qos1_per_second = Some(1);
    let mut bench = Bench::connected_with(config);
    bench.send(1, &publish1(1, UPDATE, b"a"));
    assert_eq!(bench.send(1, &publish1(2, UPDATE, b"b")), []);
    assert_eq!(bench.send(1, &publish1(2, UPDATE, b"c")), [closed(1)]);
    assert!(bench.reasons(Judgement::Violation)[0].starts_with("[MQTT-2.3.1-2]"));
}

#[test]
fn a_dropped_message_can_get_its_puback() {
    let mut config = Config { puback_dropped: true, ..Config::default() };
    config.limits.qos1_per_second = Some(1);
    let mut bench = Bench::connected_with(config);
    for id in [1, 2] {
        let actions = bench.send(1, &publish1(id, UPDATE, b"x"));
        assert_eq!(actions, [sent(1, &puback(id))]);
    }
    assert_eq!(bench.published().len(), 1);
}

#[test]
fn throttling_can_be_switched_off() {
    let mut bench = Bench::connected_with(unlimited());
    for id in 1..=500 {
        bench.send(1, &publish1(id, UPDATE, b"1"));
        bench.send(1, &publish0(UPDATE, b"0"));
    }
    assert_eq!(bench.published().len(), 1000);
}

#[test]
fn a_payload_of_256_kib() {
    let payload = vec![b'x'; 256 * 1024 + 1];
    let mut bench = Bench::connected();
    let actions = bench.send(1, &publish1(1, UPDATE, &payload[1..]));
    assert_eq!(actions, [sent(1, &puback(1))]);
    assert_eq!(bench.send(1, &publish1(2, UPDATE, &payload)), []);
    assert_eq!(bench.published().len(), 1);
    let mut bench = Bench::connected_with(unlimited());
    bench.send(1, &publish0(UPDATE, &payload));
    assert_eq!(bench.published(), [&payload[..]]);
}

#[test]
fn a_topic_of_128_bytes_and_seven_slashes() {
    let own = "/a1X2bEnP82z/example1/user/";
    let long = |bytes: usize| format!("{own}{}", "x".repeat(bytes - own.len()));
    let deep = |tail: &str| format!("{own}{tail}");
    let good = [long(128), deep("a/b/c/d")];
    let bad = [long(129), deep("a/b/c/d/e")];
    for topic in &good {
        let mut bench = Bench::connected();
        bench.send(1, &publish0(topic, b"x"));
        assert_eq!(bench.published().len(), 1);
        let actions = bench.send(1, &subscribe(1, &[topic]));
        assert_eq!(actions, [sent(1, &suback(1, &[1]))]);
    }
    for topic in &bad {
        let mut bench = Bench::connected();
        let actions = bench.send(1, &subscribe(1, &[topic]));
        assert_eq!(actions, [sent(1, &suback(1, &[0x80]))]);
        assert_eq!(bench.push(topic, b"", Qos::AtMostOnce), Pushed::TooLarge);
        assert_eq!(bench.send(1, &publish0(topic, b"x")), [closed(1)]);
        let mut bench = Bench::connected_with(unlimited());
        bench.send(1, &publish0(topic, b"x"));
        assert_eq!(bench.published().len(), 1);
    }
}

#[test]
fn eight_filters_in_one_subscribe() {
    let own = |n: usize| format!("/{PRODUCT}/example1/user/t{n}");
    let filters: Vec<_> = (0..9).map(own).collect();
    let filters: Vec<_> = filters.iter().map(String::as_str).collect();
    let mut bench = Bench::connected();
    let actions = bench.send(1, &subscribe(1, &filters));
    assert_eq!(actions, [sent(1, &suback(1, &[0x80; 9]))]);
    let refused = bench.push(filters[0], b"", Qos::AtMostOnce);
    assert_eq!(refused, Pushed::NotSubscribed);
    let actions = bench.send(1, &subscribe(2, &filters[..8]));
    assert_eq!(actions, [sent(1, &suback(2, &[1; 8]))]);
    let mut bench = Bench::connected_with(unlimited());
    let actions = bench.send(1, &subscribe(1, &filters));
    assert_eq!(actions, [sent(1, &suback(1, &[1; 9]))]);
}

#[test]
fn a_hundred_subscriptions() {
    for (config, code) in [(Config::default(), 0x80), (unlimited(), 1)] {
        let mut bench = Bench::connected_with(config);
        let own = |n: u16| format!("/{PRODUCT}/example1/user/t{n}");
        for n in 1..=100 {
            let actions = bench.send(1, &subscribe(n, &[&own(n)]));
            assert_eq!(actions, [sent(1, &suback(n, &[1]))]);
        }
        let actions = bench.send(1, &subscribe(101, &[&own(101), &own(1)]));
        assert_eq!(actions, [sent(1, &suback(101, &[code, 1]))]);
        bench.send(1, &unsubscribe(102, &own(1)));
        let actions = bench.send(1, &subscribe(103, &[&own(101)]));
        assert_eq!(actions, [sent(1, &suback(103, &[1]))]);
    }
}

#[test]
fn a_hundred_unacknowledged_messages_up() {
    let mut config = Config::default();
    config.limits.qos1_per_second = None;
    let mut bench = Bench::connected_with(config);
    bench.platform.delay_puback(SECOND);
    for id in 1..=101 {
        assert_eq!(bench.send(1, &publish1(id, UPDATE, b"x")), []);
    }
    bench.send(1, &publish1_dup(101, UPDATE, b"x"));
    assert_eq!(bench.published().len(), 100);
    assert_eq!(bench.wait(SECOND).len(), 100);
    bench.send(1, &publish1_dup(101, UPDATE, b"x"));
    assert_eq!(bench.published().len(), 101);
}

#[test]
fn a_hundred_unacknowledged_messages_down() {
    let mut bench = Bench::connected();
    bench.send(1, &subscribe(1, &[GET]));
    for n in 1..=102 {
        let pushed = bench.push(GET, b"x", Qos::AtLeastOnce);
        let expected = if n <= 100 { Pushed::Sent } else { Pushed::Queued };
        assert_eq!(pushed, expected);
    }
    assert_eq!(bench.platform.take_actions().len(), 100);
    let actions = bench.send(1, &puback(50));
    assert_eq!(actions, [sent(1, &publish1(101, GET, b"x"))]);
}

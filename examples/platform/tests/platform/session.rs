//! What is kept between packets and between connections.

use crate::bench::{Bench, DEVICE, GET, PRODUCT, SECOND, UPDATE, closed, sent};
use crate::packets::*;
use wanlink_platform::{Config, ConnId, Judgement, Pushed, Qos};

/// The example device, connected with clean session 0 and subscribed to `GET`.
fn subscribed() -> Bench {
    let mut bench = Bench::new();
    bench.expect_connect(1, &Connect::example().persistent());
    assert_eq!(bench.send(1, &subscribe(1, &[GET])), [sent(1, &suback(1, &[1]))]);
    bench
}

fn reconnect(bench: &mut Bench, conn: u64) -> Vec<wanlink_platform::Action> {
    bench.connect(conn, &Connect::example().persistent())
}

#[test]
fn disconnect_closes_and_ends_the_session() {
    let mut bench = Bench::connected();
    assert_eq!(bench.send(1, &DISCONNECT), [closed(1)]);
    assert!(!bench.platform.is_online(PRODUCT, DEVICE));
    assert!(bench.platform.record().findings().is_empty());
}

#[test]
fn a_message_goes_out_with_its_publishers_qos() {
    let mut bench = subscribed();
    assert_eq!(bench.push(GET, b"zero", Qos::AtMostOnce), Pushed::Sent);
    let actions = bench.platform.take_actions();
    assert_eq!(actions, [sent(1, &publish0(GET, b"zero"))]);

    let filter = [&[0, 2], &field(UPDATE.as_bytes())[..], &[0]].concat();
    let granted = bench.send(1, &packet(0x82, &filter));
    assert_eq!(granted, [sent(1, &suback(2, &[0]))]);
    assert_eq!(bench.push(UPDATE, b"one", Qos::AtLeastOnce), Pushed::Sent);
    let actions = bench.platform.take_actions();
    assert_eq!(actions, [sent(1, &publish1(1, UPDATE, b"one"))]);
}

#[test]
fn qos_2_of_a_subscription_is_granted_as_1() {
    let mut bench = Bench::connected();
    let filter = [&[0, 2], &field(GET.as_bytes())[..], &[2]].concat();
    let actions = bench.send(1, &packet(0x82, &filter));
    assert_eq!(actions, [sent(1, &suback(2, &[1]))]);
}

#[test]
fn only_what_was_subscribed_arrives() {
    let mut bench = Bench::connected();
    assert_eq!(bench.push(GET, b"", Qos::AtMostOnce), Pushed::NotSubscribed);
    bench.send(1, &subscribe(1, &[GET]));
    assert_eq!(bench.push(GET, b"", Qos::AtMostOnce), Pushed::Sent);
    bench.platform.take_actions();
    let actions = bench.send(1, &unsubscribe(2, GET));
    assert_eq!(actions, [sent(1, &packet(0xb0, &[0, 2]))]);
    assert_eq!(bench.push(GET, b"", Qos::AtLeastOnce), Pushed::NotSubscribed);
    assert_eq!(bench.platform.take_actions(), []);
}

#[test]
fn unsolicited_messages_are_an_option() {
    let mut bench = Bench::connected_with(Config { unsolicited: true, ..Config::default() });
    assert_eq!(bench.push("/ext/x", b"y", Qos::AtMostOnce), Pushed::Sent);
    let actions = bench.platform.take_actions();
    assert_eq!(actions, [sent(1, &publish0("/ext/x", b"y"))]);
}

#[test]
fn system_topics_come_unasked_with_ss() {
    let topic = "/sys/a1X2bEnP82z/example1/thing/service/property/set";
    let mut bench = Bench::connected();
    assert_eq!(bench.push(topic, b"", Qos::AtMostOnce), Pushed::NotSubscribed);
    let mut bench = Bench::new();
    bench.expect_connect(1, &Connect::example().client_id("_v=", "_ss=1,_v="));
    assert_eq!(bench.push(topic, b"", Qos::AtMostOnce), Pushed::Sent);
    assert_eq!(bench.push(GET, b"", Qos::AtMostOnce), Pushed::NotSubscribed);
}

#[test]
fn error_notices_come_with_bit_1_of_ext() {
    let topic = "/ext/error/a1X2bEnP82z/example1";
    for (ext, pushed) in [("ext=1", Pushed::NotSubscribed), ("ext=2", Pushed::Sent), ("ext=3", Pushed::Sent)] {
        let mut bench = Bench::new();
        bench.expect_connect(1, &Connect::example().client_id("ext=0", ext));
        assert_eq!(bench.push(topic, b"", Qos::AtMostOnce), pushed, "{ext}");
    }
}

#[test]
fn pushes_that_cannot_arrive_say_why() {
    let mut bench = Bench::new();
    assert_eq!(bench.push(GET, b"", Qos::AtLeastOnce), Pushed::Offline);
    let stranger = bench.platform.push(0, PRODUCT, "nobody", GET, b"", Qos::AtMostOnce);
    assert_eq!(stranger, Pushed::UnknownDevice);
    let large = vec![0; 256 * 1024 + 1];
    assert_eq!(bench.push(GET, &large, Qos::AtMostOnce), Pushed::TooLarge);
    assert_eq!(bench.push(GET, &large[1..], Qos::AtMostOnce), Pushed::Offline);
    let long = "/".repeat(70_000);
    bench.platform.config_mut().limits = wanlink_platform::Limits::none();
    assert_eq!(bench.push(&long, b"", Qos::AtMostOnce), Pushed::TooLarge);
}

#[test]
fn a_persistent_session_keeps_subscriptions_and_messages() {
    let mut bench = subscribed();
    bench.platform.closed(bench.now, ConnId(1));
    assert_eq!(bench.push(GET, b"first", Qos::AtLeastOnce), Pushed::Queued);
    assert_eq!(bench.push(GET, b"lost", Qos::AtMostOnce), Pushed::Offline);
    assert_eq!(bench.push(GET, b"second", Qos::AtLeastOnce), Pushed::Queued);
    assert_eq!(bench.push(UPDATE, b"", Qos::AtLeastOnce), Pushed::NotSubscribed);
    let expected = [sent(2, &RESUMED), sent(2, &publish1(1, GET, b"first")), sent(2, &publish1(2, GET, b"second"))];
    assert_eq!(reconnect(&mut bench, 2), expected);
}

#[test]
fn what_was_not_acknowledged_goes_again_with_dup() {
    let mut bench = subscribed();
    for payload in [b"a", b"b", b"c"] {
        assert_eq!(bench.push(GET, payload, Qos::AtLeastOnce), Pushed::Sent);
    }
    bench.platform.take_actions();
    assert_eq!(bench.send(1, &puback(2)), []);
    bench.platform.closed(bench.now, ConnId(1));
    assert_eq!(bench.push(GET, b"d", Qos::AtLeastOnce), Pushed::Queued);
    let expected = [
        sent(2, &RESUMED),
        sent(2, &publish1_dup(1, GET, b"a")),
        sent(2, &publish1_dup(3, GET, b"c")),
        sent(2, &publish1(4, GET, b"d")),
    ];
    assert_eq!(reconnect(&mut bench, 2), expected);
    for id in [1, 3, 4] {
        bench.send(2, &puback(id));
    }
    assert_eq!(bench.reasons(Judgement::Noted), [""; 0]);
    bench.platform.closed(bench.now, ConnId(2));
    assert_eq!(reconnect(&mut bench, 3), [sent(3, &RESUMED)]);
}

#[test]
fn a_clean_session_discards_what_was_kept() {
    let mut bench = subscribed();
    assert_eq!(bench.push(GET, b"inflight", Qos::AtLeastOnce), Pushed::Sent);
    bench.platform.take_actions();
    bench.platform.closed(bench.now, ConnId(1));
    assert_eq!(bench.push(GET, b"queued", Qos::AtLeastOnce), Pushed::Queued);
    bench.expect_connect(2, &Connect::example());
    assert_eq!(bench.push(GET, b"", Qos::AtLeastOnce), Pushed::NotSubscribed);
    bench.platform.closed(bench.now, ConnId(2));
    assert_eq!(bench.push(GET, b"", Qos::AtLeastOnce), Pushed::Offline);
    assert_eq!(reconnect(&mut bench, 3), [sent(3, &connack(0))]);
}

#[test]
fn level_3_has_no_session_present_flag() {
    let mut bench = subscribed();
    bench.platform.closed(bench.now, ConnId(1));
    let mut old = Connect::example().persistent();
    (old.protocol, old.level) = ("MQIsdp", 3);
    bench.expect_connect(2, &old);
    assert_eq!(bench.push(GET, b"", Qos::AtMostOnce), Pushed::Sent);
}

#[test]
fn an_open_identifier_outlives_the_connection_of_a_persistent_session() {
    let mut bench = subscribed();
    bench.platform.kill_before_puback(1);
    assert_eq!(bench.send(1, &publish1(9, UPDATE, b"x")), [closed(1)]);
    assert_eq!(reconnect(&mut bench, 2), [sent(2, &RESUMED)]);
    let again = bench.send(2, &publish1_dup(9, UPDATE, b"x"));
    assert_eq!(again, [sent(2, &puback(9))]);

    bench.platform.kill_before_puback(1);
    bench.send(2, &publish1(9, UPDATE, b"y"));
    reconnect(&mut bench, 3);
    assert_eq!(bench.send(3, &publish1(9, UPDATE, b"y")), [closed(3)]);
    assert!(bench.reasons(Judgement::Violation)[0].starts_with("[MQTT-2.3.1-2]"));
}

#[test]
fn a_queued_message_expires() {
    let mut bench = subscribed();
    bench.platform.closed(bench.now, ConnId(1));
    let week = 7 * 24 * 3600 * SECOND;
    assert_eq!(bench.push(GET, b"old", Qos::AtLeastOnce), Pushed::Queued);
    bench.wait(1);
    assert_eq!(bench.push(GET, b"new", Qos::AtLeastOnce), Pushed::Queued);
    bench.wait(week);
    let expected = [sent(2, &RESUMED), sent(2, &publish1(1, GET, b"new"))];
    assert_eq!(reconnect(&mut bench, 2), expected);
}

#[test]
fn a_puback_for_nothing_is_noted() {
    let mut bench = Bench::connected();
    assert_eq!(bench.send(1, &puback(5)), []);
    assert_eq!(bench.reasons(Judgement::Noted), ["PUBACK 5 for nothing in flight"]);
}

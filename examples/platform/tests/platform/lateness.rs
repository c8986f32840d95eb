//! A platform that is slow to look, and second devices that come later.

use crate::bench::{Bench, DEVICE, PRODUCT, SECOND, UPDATE, closed, sent};
use crate::packets::*;
use wanlink_platform::{Away, ConnId, Judgement, Peer};

#[test]
fn a_slow_platform_answers_each_packet_later() {
    let mut bench = Bench::connected();
    bench.platform.slow(2 * SECOND);
    assert_eq!(bench.send(1, &publish1(1, UPDATE, b"a")), []);
    assert_eq!(bench.wait(SECOND), []);
    bench.platform.slow(0);
    // What comes later is not looked at before.
    assert_eq!(bench.send(1, &publish1(2, UPDATE, b"b")), []);
    assert_eq!(bench.platform.next(), Some(2 * SECOND));
    assert_eq!(bench.wait(SECOND), [sent(1, &puback(1)), sent(1, &puback(2))]);
    assert_eq!(bench.send(1, &PINGREQ), [sent(1, &PINGRESP)]);
    let times: Vec<_> = bench.platform.record().published(PRODUCT, DEVICE).map(|entry| entry.at).collect();
    assert_eq!(times, [2 * SECOND; 2]);
}

#[test]
fn a_slow_platform_does_not_hang_up_on_what_it_has_not_looked_at() {
    let mut bench = Bench::new();
    bench.platform.slow(20 * SECOND);
    let connect = Connect::example().keep_alive(30);
    assert_eq!(bench.connect(1, &connect), []);
    assert_eq!(bench.wait(20 * SECOND), [sent(1, &connack(0))]);
    bench.platform.slow(60 * SECOND);
    assert_eq!(bench.send(1, &PINGREQ), []);
    assert_eq!(bench.wait(60 * SECOND - 1), []);
    assert_eq!(bench.wait(1), [sent(1, &PINGRESP)]);
    assert_eq!(bench.wait(45 * SECOND), [closed(1)]);
}

#[test]
fn what_was_sent_before_the_end_counts() {
    let mut bench = Bench::connected();
    bench.platform.slow(SECOND);
    bench.send(1, &publish0(UPDATE, b"last words"));
    bench.send(1, &DISCONNECT);
    bench.platform.closed(bench.now, ConnId(1));
    assert_eq!(bench.platform.take_actions(), []);
    assert_eq!(bench.published(), [b"last words"]);
    assert!(!bench.platform.is_online(PRODUCT, DEVICE));
    assert_eq!(bench.platform.next(), None);
}

#[test]
fn what_waits_dies_with_a_kill_and_with_silence() {
    let mut bench = Bench::connected();
    bench.platform.slow(SECOND);
    bench.send(1, &publish0(UPDATE, b"x"));
    assert!(bench.platform.kill_connection(0, PRODUCT, DEVICE));
    assert_eq!(bench.wait(2 * SECOND), [closed(1)]);
    bench.platform.slow(0);
    bench.expect_connect(2, &Connect::example());
    bench.platform.slow(SECOND);
    bench.send(2, &publish0(UPDATE, b"x"));
    bench.platform.away(bench.now, bench.now + 1, Away::Silent);
    assert_eq!(bench.wait(2 * SECOND), []);
    assert!(bench.published().is_empty());
}

#[test]
fn a_second_device_comes_after_each_login() {
    let mut bench = Bench::connected();
    bench.platform.kick(0, 2 * SECOND, 2);
    for conn in [1, 2] {
        assert_eq!(bench.wait(2 * SECOND - 1), []);
        assert_eq!(bench.send(conn, &PINGREQ), [sent(conn, &PINGRESP)]);
        assert_eq!(bench.wait(1), [closed(conn)]);
        bench.expect_connect(conn + 1, &Connect::example());
    }
    assert_eq!(bench.wait(10 * SECOND), []);
    assert_eq!(bench.platform.record().statistics().kicked, 2);
    assert_eq!(bench.reasons(Judgement::Fault).len(), 2);
}

#[test]
fn a_second_device_that_comes_at_once() {
    let mut bench = Bench::connected();
    bench.platform.kick(0, 0, 1);
    assert_eq!(bench.platform.take_actions(), [closed(1)]);
    bench.expect_connect(2, &Connect::example());
    assert_eq!(bench.wait(SECOND), []);
    bench.platform.kick(bench.now, SECOND, 1);
    bench.platform.kick(bench.now, SECOND, 0);
    assert_eq!(bench.wait(2 * SECOND), []);
}

#[test]
fn what_is_polled_late_is_decided_by_its_own_time() {
    let mut bench = Bench::new();
    bench.expect_connect(1, &Connect::example().keep_alive(30));
    bench.platform.delay_puback(50 * SECOND);
    bench.send(1, &publish1(1, UPDATE, b"x"));
    // The keep-alive ends at 45 s, before the PUBACK.
    assert_eq!(bench.wait(60 * SECOND), [closed(1)]);
    bench.open(2, Peer::tls());
    bench.platform.slow(SECOND);
    bench.send(2, &Connect::example().bytes());
    bench.platform.kick(bench.now, SECOND, 1);
    // Looked at after one second, kicked after two.
    assert_eq!(bench.wait(60 * SECOND), [sent(2, &connack(0)), closed(2)]);
}

//! Each fault verb does what its name says, once or as often as asked, and leaves a finding.

use crate::bench::{Bench, DEVICE, GET, PRODUCT, SECOND, UPDATE, closed, sent};
use crate::packets::*;
use wanlink_platform::{Away, ConnId, Judgement, PacketType, Peer, Pushed, Qos, ReturnCode};

fn faults(bench: &Bench) -> usize {
    bench.reasons(Judgement::Fault).len()
}

#[test]
fn kill_connection() {
    let mut bench = Bench::connected();
    assert!(bench.platform.kill_connection(1, PRODUCT, DEVICE));
    assert_eq!(bench.platform.take_actions(), [closed(1)]);
    assert!(!bench.platform.kill_connection(2, PRODUCT, DEVICE));
    assert_eq!(faults(&bench), 1);
}

#[test]
fn close_silently() {
    let mut bench = Bench::connected();
    assert!(bench.platform.close_silently(1, PRODUCT, DEVICE));
    assert_eq!(bench.platform.take_actions(), []);
    assert!(!bench.platform.is_online(PRODUCT, DEVICE));
    assert_eq!(bench.send(1, &PINGREQ), []);
    assert_eq!(bench.wait(3600 * SECOND), []);
    assert_eq!(faults(&bench), 1);
    bench.expect_connect(2, &Connect::example());
    assert!(!bench.platform.close_silently(bench.now, PRODUCT, "nobody"));
}

#[test]
fn kill_before_puback() {
    let mut bench = Bench::connected();
    bench.platform.kill_before_puback(2);
    let actions = bench.send(1, &publish1(1, UPDATE, b"a"));
    assert_eq!(actions, [sent(1, &puback(1))]);
    assert_eq!(bench.send(1, &publish1(2, UPDATE, b"b")), [closed(1)]);
    bench.expect_connect(2, &Connect::example());
    let actions = bench.send(2, &publish1(2, UPDATE, b"b"));
    assert_eq!(actions, [sent(2, &puback(2))]);
    assert_eq!(bench.published(), [b"a", b"b", b"b"]);
    assert_eq!(faults(&bench), 1);
}

#[test]
fn drop_puback() {
    let mut bench = Bench::connected();
    bench.platform.drop_puback(3);
    let answered: Vec<_> = (1..=7).filter(|&id| !bench.send(1, &publish1(id, UPDATE, b"x")).is_empty()).collect();
    assert_eq!(answered, [1, 2, 4, 5, 7]);
    assert_eq!(bench.published().len(), 7);
    assert_eq!(faults(&bench), 2);
    bench.platform.drop_puback(0);
    let actions = bench.send(1, &publish1(8, UPDATE, b"x"));
    assert_eq!(actions, [sent(1, &puback(8))]);
}

#[test]
fn duplicate_puback() {
    let mut bench = Bench::connected();
    bench.platform.duplicate_puback(2);
    for (id, times) in [(1, 1), (2, 2), (3, 1), (4, 2)] {
        let actions = bench.send(1, &publish1(id, UPDATE, b"x"));
        assert_eq!(actions, vec![sent(1, &puback(id)); times]);
    }
    assert_eq!(bench.published().len(), 4);
    assert_eq!(faults(&bench), 2);
}

#[test]
fn delay_puback() {
    let mut bench = Bench::connected();
    bench.platform.delay_puback(2 * SECOND);
    assert_eq!(bench.send(1, &publish1(1, UPDATE, b"a")), []);
    assert_eq!(bench.wait(SECOND), []);
    bench.platform.delay_puback(0);
    // A later PUBACK does not overtake an earlier one.
    assert_eq!(bench.send(1, &publish1(2, UPDATE, b"b")), []);
    assert_eq!(bench.platform.next(), Some(2 * SECOND));
    assert_eq!(bench.wait(SECOND - 1), []);
    assert_eq!(bench.wait(1), [sent(1, &puback(1)), sent(1, &puback(2))]);
    let actions = bench.send(1, &publish1(3, UPDATE, b"c"));
    assert_eq!(actions, [sent(1, &puback(3))]);
}

#[test]
fn delayed_pubacks_go_each_at_its_time() {
    let mut bench = Bench::connected();
    bench.platform.delay_puback(SECOND);
    bench.send(1, &publish1(1, UPDATE, b"a"));
    bench.now = SECOND / 2;
    bench.send(1, &publish1(2, UPDATE, b"b"));
    assert_eq!(bench.wait(SECOND / 2), [sent(1, &puback(1))]);
    assert_eq!(bench.platform.next(), Some(SECOND * 3 / 2));
    assert_eq!(bench.wait(SECOND / 2), [sent(1, &puback(2))]);
}

#[test]
fn a_delayed_puback_dies_with_its_connection() {
    let mut bench = Bench::connected();
    bench.platform.delay_puback(SECOND);
    bench.send(1, &publish1(1, UPDATE, b"a"));
    bench.platform.closed(bench.now, ConnId(1));
    assert_eq!(bench.platform.next(), None);
    bench.expect_connect(1, &Connect::example());
    assert_eq!(bench.wait(2 * SECOND), []);
}

#[test]
fn refuse_connects() {
    let mut bench = Bench::new();
    let code = ReturnCode::ServerUnavailable;
    bench.platform.refuse_connects(code, 2);
    for conn in [1, 2] {
        let actions = bench.connect(conn, &Connect::example());
        assert_eq!(actions, [sent(conn, &connack(3)), closed(conn)]);
    }
    bench.expect_connect(3, &Connect::example());
}

#[test]
fn away_and_closing() {
    let mut bench = Bench::connected();
    let platform = &mut bench.platform;
    platform.away(SECOND, 10 * SECOND, Away::Closes);
    assert_eq!(platform.take_actions(), [closed(1)]);
    platform.open(10 * SECOND - 1, ConnId(2), Peer::tls());
    assert_eq!(platform.take_actions(), [closed(2)]);
    bench.now = 10 * SECOND;
    assert_eq!(bench.send(2, &Connect::example().bytes()), []);
    bench.expect_connect(3, &Connect::example());
}

#[test]
fn away_and_silent() {
    let mut bench = Bench::connected();
    bench.platform.away(0, 10 * SECOND, Away::Silent);
    assert_eq!(faults(&bench), 1);
    assert_eq!(bench.send(1, &PINGREQ), []);
    bench.send(1, &publish1(1, UPDATE, b"x"));
    assert_eq!(bench.connect(2, &Connect::console()), []);
    let junk = bench.platform.send_raw(0, PRODUCT, DEVICE, b"x");
    assert!(!junk);
    assert!(bench.published().is_empty());
    // Not even the deadline of the connect acts before the platform is back.
    assert_eq!(bench.wait(10 * SECOND - 1), []);
    assert_eq!(bench.platform.next(), Some(10 * SECOND));
    assert_eq!(bench.wait(1), [closed(2)]);
    assert_eq!(bench.send(1, &PINGREQ), [], "a mute connection stays mute");
    let actions = bench.connect(3, &Connect::example());
    assert_eq!(actions, [closed(1), sent(3, &connack(0))]);
}

#[test]
fn a_mute_connection_ends_with_its_keep_alive() {
    let mut bench = Bench::new();
    bench.expect_connect(1, &Connect::example().keep_alive(30));
    bench.platform.away(0, SECOND, Away::Silent);
    assert_eq!(bench.wait(45 * SECOND - 1), []);
    assert_eq!(bench.wait(1), [closed(1)]);
}

#[test]
fn away_moves_the_times_of_open_connections() {
    let mut bench = Bench::new();
    bench.open(1, Peer::tls());
    bench.platform.away(0, 10 * SECOND, Away::Silent);
    assert_eq!(bench.platform.next(), Some(10 * SECOND));
    // What was due before comes first: the connection is closed, not muted.
    bench.platform.away(10 * SECOND, 20 * SECOND, Away::Silent);
    assert_eq!(bench.platform.take_actions(), [closed(1)]);
}

#[test]
fn away_that_is_over_changes_nothing() {
    let mut bench = Bench::connected();
    bench.now = SECOND;
    bench.platform.away(SECOND, SECOND, Away::Silent);
    assert_eq!(bench.send(1, &PINGREQ), [sent(1, &PINGRESP)]);
}

#[test]
fn cut() {
    let mut bench = Bench::new();
    bench.platform.cut(PacketType::Puback, 3);
    bench.expect_connect(1, &Connect::example());
    let actions = bench.send(1, &publish1(0x0102, UPDATE, b"x"));
    assert_eq!(actions, [sent(1, &[0x40, 2, 1]), closed(1)]);
    bench.platform.cut(PacketType::Connack, 1);
    let actions = bench.connect(2, &Connect::example());
    assert_eq!(actions, [sent(2, &[0x20]), closed(2)]);
    bench.expect_connect(3, &Connect::example());
}

#[test]
fn a_cut_message_comes_again_and_those_behind_it_wait() {
    let mut bench = Bench::new();
    bench.expect_connect(1, &Connect::example().persistent());
    bench.send(1, &subscribe(1, &[GET]));
    bench.platform.closed(0, ConnId(1));
    for payload in [b"a", b"b"] {
        assert_eq!(bench.push(GET, payload, Qos::AtLeastOnce), Pushed::Queued);
    }
    bench.platform.cut(PacketType::Publish, 4);
    let connect = Connect::example().persistent();
    let whole = publish1(1, GET, b"a");
    let expected = [sent(2, &RESUMED), sent(2, &whole[..4]), closed(2)];
    assert_eq!(bench.connect(2, &connect), expected);
    let expected = [sent(3, &RESUMED), sent(3, &publish1_dup(1, GET, b"a")), sent(3, &publish1(2, GET, b"b"))];
    assert_eq!(bench.connect(3, &connect), expected);
}

#[test]
fn send_raw() {
    let mut bench = Bench::connected();
    assert!(bench.platform.send_raw(1, PRODUCT, DEVICE, &[0xf0, 0]));
    assert_eq!(bench.platform.take_actions(), [sent(1, &[0xf0, 0])]);
    assert!(!bench.platform.send_raw(1, PRODUCT, "nobody", &[]));
    let entry = bench.platform.record().entries().last().expect("an entry");
    assert_eq!((entry.packet_type(), &entry.raw[..]), (None, &[0xf0, 0][..]));
}

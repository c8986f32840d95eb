//! Counts worked out by hand, packet by packet.

use super::{LayerBytes, Meter, Traffic, TrafficModel};
use crate::engine::internet::{LinkId, NetEvent, NetRequest, OpenFailure};

const LINK: LinkId = 1;

fn meter() -> Meter {
    Meter::default()
}

fn open(meter: &mut Meter, at_us: u64, host: &str) {
    meter.asked(at_us, &NetRequest::Open { link: LINK, host: host.to_owned(), port: 1883 });
}

/// A connection whose opening is not counted.
fn opened() -> Meter {
    let mut meter = meter();
    open(&mut meter, 0, "192.0.2.1");
    meter.came(0, &NetEvent::Opened { link: LINK });
    meter.begin(TrafficModel::default());
    meter
}

/// The module sends without TLS.
fn sends(meter: &mut Meter, at_us: u64, bytes: usize) {
    meter.said(bytes);
    meter.asked(at_us, &NetRequest::Send { link: LINK, bytes: vec![0; bytes] });
}

/// The other end does.
fn comes(meter: &mut Meter, at_us: u64, bytes: usize) {
    meter.came(at_us, &NetEvent::Data { link: LINK, bytes: vec![0; bytes] });
    meter.heard(LINK, bytes);
}

fn headers(meter: &Meter) -> (u64, u64) {
    let Traffic { up, down, .. } = meter.read();
    (up.headers, down.headers)
}

#[test]
fn a_connection_by_name_has_a_question_and_three_packets() {
    let mut meter = meter();
    open(&mut meter, 0, "a.example");
    meter.came(100_000, &NetEvent::Opened { link: LINK });
    let Traffic { up, down, .. } = meter.read();
    // UDP and IP 28, header 12, name 9 with two bytes of lengths, type and class 4; an address has 16.
    assert_eq!(up, LayerBytes { names: 55, headers: 60 + 40, ..LayerBytes::default() });
    assert_eq!(down, LayerBytes { names: 71, headers: 60, ..LayerBytes::default() });
    assert_eq!((up.total(), down.total()), (155, 131));
}

#[test]
fn an_address_is_not_asked_for() {
    let mut meter = meter();
    open(&mut meter, 0, "2001:db8::1");
    meter.came(0, &NetEvent::Opened { link: LINK });
    let Traffic { up, down, .. } = meter.read();
    assert_eq!((up.names, down.names), (0, 0));
}

#[test]
fn a_name_by_itself_costs_its_question_and_what_comes_of_it() {
    let mut meter = meter();
    let ask = |meter: &mut Meter, link| {
        meter.asked(0, &NetRequest::Resolve { link, host: "a.example".to_owned() });
    };
    ask(&mut meter, 1);
    let addresses = vec!["192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap()];
    meter.came(0, &NetEvent::Resolved { link: 1, addresses });
    ask(&mut meter, 2);
    meter.came(0, &NetEvent::OpenFailed { link: 2, why: OpenFailure::Dns });
    let Traffic { up, down, .. } = meter.read();
    assert_eq!((up.names, down.names), (55 + 55, 55 + 2 * 16 + 55));
    assert_eq!((up.headers, down.headers), (0, 0));
}

#[test]
fn data_that_are_answered_in_time_are_acknowledged_by_the_answer() {
    let mut meter = opened();
    sends(&mut meter, 1_000_000, 100);
    comes(&mut meter, 1_200_000, 4);
    let Traffic { up, down, .. } = meter.read();
    // Nobody answers the answer: a packet acknowledges it.
    assert_eq!(up, LayerBytes { application: 100, headers: 40 + 40, ..LayerBytes::default() });
    assert_eq!(down, LayerBytes { application: 4, headers: 40, ..LayerBytes::default() });
}

#[test]
fn what_is_answered_late_or_goes_on_is_acknowledged_by_itself() {
    let mut meter = opened();
    sends(&mut meter, 0, 100);
    comes(&mut meter, 200_001, 4);
    assert_eq!(headers(&meter), (40 + 40, 40 + 40));
    comes(&mut meter, 200_001, 4);
    assert_eq!(headers(&meter), (40 + 40 + 40, 40 + 40 + 40));
    sends(&mut meter, 200_001, 1);
    assert_eq!(headers(&meter), (40 + 40 + 40, 40 + 40 + 40 + 40), "the second one is acknowledged by these data");
}

#[test]
fn more_than_a_segment_is_acknowledged_segment_by_segment() {
    for (bytes, segments) in [(1_360, 1), (1_361, 2), (2_720, 2), (3_000, 3)] {
        let mut meter = opened();
        sends(&mut meter, 0, bytes);
        assert_eq!(headers(&meter), (40 * segments, 40 * segments), "{bytes}");
        comes(&mut meter, 0, 1);
        assert_eq!(headers(&meter), (40 * segments + 40, 40 * (segments - 1) + 40), "{bytes}: the last one rides");
    }
    let mut meter = opened();
    meter.begin(TrafficModel { mss: 100, ..TrafficModel::default() });
    comes(&mut meter, 0, 250);
    assert_eq!(headers(&meter), (3 * 40, 3 * 40));
}

#[test]
fn tls_is_what_is_carried_and_not_said() {
    let mut meter = opened();
    meter.said(10);
    meter.asked(0, &NetRequest::Send { link: LINK, bytes: vec![0; 39] });
    meter.came(0, &NetEvent::Data { link: LINK, bytes: vec![0; 33] });
    meter.heard(LINK, 4);
    let Traffic { up, down, .. } = meter.read();
    assert_eq!((up.application, up.tls, down.application, down.tls), (10, 29, 4, 29));
}

#[test]
fn an_end_is_two_packets_each_way_whoever_begins() {
    let ends = [
        |meter: &mut Meter| meter.asked(0, &NetRequest::Close { link: LINK }),
        |meter: &mut Meter| meter.came(0, &NetEvent::Closed { link: LINK }),
    ];
    for end in ends {
        let mut meter = opened();
        ends.iter().for_each(|_| end(&mut meter));
        assert_eq!(headers(&meter), (80, 80), "once");
    }
    let mut meter = opened();
    sends(&mut meter, 0, 1);
    ends[0](&mut meter);
    assert_eq!(headers(&meter), (40 + 80, 40 + 80), "what was under way is acknowledged");
}

#[test]
fn what_comes_behind_the_end_is_reset() {
    let mut meter = opened();
    meter.asked(0, &NetRequest::Close { link: LINK });
    comes(&mut meter, 0, 31);
    let Traffic { up, down, .. } = meter.read();
    assert_eq!((up.headers, down.headers), (80 + 40, 80 + 40));
    assert_eq!((down.application, down.tls), (0, 31), "nobody heard it");
}

#[test]
fn a_module_without_power_says_nothing() {
    let mut meter = opened();
    meter.forget(LINK);
    meter.asked(0, &NetRequest::Close { link: LINK });
    assert_eq!(meter.read(), Traffic::default());
}

#[test]
fn the_radio_stays_on_behind_the_last_packet() {
    let mut meter = opened();
    sends(&mut meter, 5_000_000, 1);
    assert_eq!((meter.read().bursts, meter.read().radio_us), (1, 10_000_000));
    comes(&mut meter, 14_999_999, 1);
    assert_eq!((meter.read().bursts, meter.read().radio_us), (1, 19_999_999));
    comes(&mut meter, 24_999_999, 1);
    assert_eq!((meter.read().bursts, meter.read().radio_us), (2, 29_999_999), "one tail ends as the next use begins");
    comes(&mut meter, 100_000_000, 1);
    assert_eq!((meter.read().bursts, meter.read().radio_us), (3, 39_999_999));
}

#[test]
fn a_look_tells_what_came_since_another() {
    let mut meter = opened();
    sends(&mut meter, 0, 10);
    let earlier = meter.read();
    sends(&mut meter, 60_000_000, 7);
    let Traffic { up, down, bursts, radio_us } = meter.read().since(&earlier);
    assert_eq!((up.application, up.headers, down.headers), (7, 40, 40));
    assert_eq!((bursts, radio_us), (1, 10_000_000));
    meter.begin(TrafficModel::default());
    assert_eq!(meter.read(), Traffic::default());
    comes(&mut meter, 120_000_000, 5);
    assert_eq!(meter.read().down.application, 5, "the connection goes on");
}

//! Login, subscriptions, keep-alive and the end of a session.

use wanlink_core::{Login, Qos};
use wanlink_transports::tcp::{ANSWER_MS, Error, Event, Reason, Want};

use crate::rig::*;

#[test]
fn nothing_is_sent_before_the_login_is_accepted() {
    let mut client = client(64, 64);
    assert_eq!(client.advance(0), Want::Event(Event::Closed(Reason::Offline)));
    assert_eq!(client.publish("/t", b"", Qos::AtMostOnce), Err(Error::Offline));
    client.connect(&LOGIN).unwrap();
    assert_eq!(written(&mut client, 0)[0], 0x10);
    assert_eq!(client.publish("/t", b"", Qos::AtLeastOnce), Err(Error::Offline));
    assert_eq!(client.subscribe("/t", Qos::AtMostOnce), Err(Error::Offline));
    assert!(client.unsent().is_empty());
}

#[test]
fn a_refused_login_tells_its_code() {
    for code in [1, 2, 3, 4, 5, 6, 255] {
        let mut client = client(64, 64);
        client.connect(&LOGIN).unwrap();
        written(&mut client, 0);
        assert_eq!(hear(&mut client, &[0x20, 2, 0, code], 0), [Event::Refused(code)]);
        assert_eq!(client.advance(0), Want::Event(Event::Closed(Reason::Offline)));
    }
}

#[test]
fn a_session_that_is_present_is_told() {
    let mut client = client(64, 64);
    client.connect(&PERSISTENT).unwrap();
    written(&mut client, 0);
    assert_eq!(hear(&mut client, &[0x20, 2, 1, 0], 0), [Event::Connected { session_present: true }]);
}

#[test]
fn silence_after_each_request_ends_the_connection() {
    for request in 0..5 {
        let mut client = client(64, 128);
        if request > 0 {
            log_in(&mut client, &LOGIN, 0);
        }
        match request {
            0 => client.connect(&LOGIN),
            1 => client.publish("/t", b"", Qos::AtLeastOnce),
            2 => client.subscribe("/t", Qos::AtLeastOnce),
            3 => client.unsubscribe("/t"),
            // Its time comes.
            _ => Ok(()),
        }
        .unwrap();
        let start = if request == 4 { 52_500 } else { 1000 };
        assert!(!written(&mut client, start).is_empty());
        let until = start + ANSWER_MS;
        // The ping is due before the answer, since the keep-alive is short.
        let mut now = client.next_deadline().unwrap();
        if now != until {
            client.filled(0, now);
            assert_eq!(written(&mut client, now), PINGREQ);
            assert_eq!(client.next_deadline(), Some(now + ANSWER_MS), "the one of the last request");
            now += ANSWER_MS;
        }
        assert_eq!(client.advance(now - 1), Want::Read(Some(now)));
        assert_eq!(client.advance(now), Want::Read(Some(now)), "what waits in the port is read first");
        client.filled(0, now);
        assert_eq!(client.advance(now), Want::Event(Event::Closed(Reason::Silent)), "request {request}");
    }
}

#[test]
fn an_answer_that_waited_in_the_port_while_nobody_read_is_in_time() {
    let mut client = online();
    assert_eq!(written(&mut client, 52_500), PINGREQ);
    let late = 52_500 + 3_600_000;
    assert_eq!(client.advance(late), Want::Read(Some(82_500)));
    client.room()[0] = 0xD0;
    client.filled(1, late);
    assert_eq!(client.advance(late), Want::Read(Some(82_500)));
    client.room()[0] = 0;
    client.filled(1, late);
    assert_eq!(written(&mut client, late), PINGREQ, "answered, and due again");
}

#[test]
fn an_endless_stream_that_is_no_answer_ends_too() {
    let mut client = online_with(&LOGIN, 64, 64);
    client.subscribe("/t", Qos::AtLeastOnce).unwrap();
    written(&mut client, 0);
    let mut reads = 0;
    let event = loop {
        match client.advance(40_000) {
            Want::Read(_) => {
                client.room()[..2].copy_from_slice(PINGRESP);
                client.filled(2, 40_000);
                reads += 1;
            }
            want => break want,
        }
    };
    assert_eq!((event, reads), (Want::Event(Event::Closed(Reason::Silent)), 255));
}

#[test]
fn pings_keep_the_interval_between_packets_within_the_keep_alive() {
    for keep_alive_s in [1, 30, 300, 1200, 65_535] {
        let limit = u32::from(keep_alive_s) * 1000;
        let mut client = client(64, 64);
        // The clock wraps around on the way.
        let mut now = u32::MAX - 100;
        log_in(&mut client, &Login { keep_alive_s, ..LOGIN }, now);
        for _ in 0..4 {
            let due = client.next_deadline().unwrap();
            assert!(due.wrapping_sub(now) <= limit && due.wrapping_sub(now) > limit / 2);
            assert_eq!(client.advance(due.wrapping_sub(1)), Want::Read(Some(due)));
            now = due;
            assert_eq!(written(&mut client, now), PINGREQ);
            assert_eq!(hear(&mut client, PINGRESP, now), []);
        }
    }
}

#[test]
fn a_keep_alive_of_0_is_none() {
    let mut client = online_with(&Login { keep_alive_s: 0, ..LOGIN }, 64, 64);
    assert_eq!(client.next_deadline(), None);
    assert_eq!(client.advance(2_000_000_000), Want::Read(None));
}

#[test]
fn packets_in_one_direction_alone_do_not_put_the_ping_off() {
    for ours in [true, false] {
        let mut client = online();
        for now in [20_000, 40_000] {
            if ours {
                client.publish("/t", b"", Qos::AtMostOnce).unwrap();
                written(&mut client, now);
            } else {
                hear(&mut client, &publish(0, b"/t", 0, b""), now);
                take(&mut client).unwrap();
            }
        }
        assert_eq!(client.next_deadline(), Some(52_500));
    }
    let mut client = online();
    client.publish("/t", b"", Qos::AtMostOnce).unwrap();
    written(&mut client, 20_000);
    hear(&mut client, &publish(0, b"/t", 0, b""), 30_000);
    assert_eq!(client.next_deadline(), Some(72_500), "both: from the older one");
}

#[test]
fn an_answer_for_a_request_of_the_past_is_passed_over() {
    let mut client = online();
    client.subscribe("/a", Qos::AtLeastOnce).unwrap();
    written(&mut client, 0);
    client.subscribe("/b", Qos::AtLeastOnce).unwrap();
    written(&mut client, 0);
    assert_eq!(hear(&mut client, &answer(0x90, 1, &[0x80]), 0), []);
    assert_eq!(hear(&mut client, &answer(0xB0, 2, &[]), 0), [], "of the other kind");
    assert_eq!(hear(&mut client, &answer(0x90, 2, &[0]), 0), [Event::Subscribed]);
    assert_eq!(hear(&mut client, &answer(0x90, 2, &[0]), 0), [], "twice");
    assert_eq!(hear(&mut client, &[puback(1), PINGRESP.to_vec()].concat(), 0), [], "of nothing");
}

#[test]
fn each_granted_or_refused_subscription_is_told() {
    for (code, event) in
        [(0, Event::Subscribed), (1, Event::Subscribed), (2, Event::Subscribed), (0x80, Event::NotSubscribed)]
    {
        let mut client = online();
        client.subscribe("/a", Qos::AtLeastOnce).unwrap();
        written(&mut client, 0);
        assert_eq!(hear(&mut client, &answer(0x90, 1, &[code]), 0), [event]);
    }
}

#[test]
fn after_disconnect_nothing_is_sent_and_the_socket_is_to_be_closed() {
    let mut client = online();
    client.publish("/t", b"1", Qos::AtMostOnce).unwrap();
    client.sent(2, 0);
    client.disconnect();
    assert_eq!(packets(&mut client, 100_000), [b"\0\x02/t1".to_vec(), DISCONNECT.to_vec()], "behind the half packet");
    assert_eq!(client.advance(100_000), Want::Event(Event::Closed(Reason::Offline)), "told once by `packets`");
    assert_eq!(client.publish("/t", b"", Qos::AtMostOnce), Err(Error::Offline));
    assert!(client.unsent().is_empty());

    let mut client = online();
    client.disconnect();
    assert_eq!(client.publish("/t", b"", Qos::AtMostOnce), Err(Error::Offline));
    assert_eq!(client.advance(0), Want::Write);
    client.sent(2, 0);
    assert_eq!(client.advance(0), Want::Event(Event::Closed(Reason::Asked)));
}

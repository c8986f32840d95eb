//! What breaks, and what is told of it.

use wanlink_core::fake::{Call, FakeError, Script};
use wanlink_core::{Delivery, Error as _, ErrorKind, Qos, Refusal, SocketState, TcpSocket};
use wanlink_transports::{Downlink, LinkError, Malformed, Reason, Uplink, topic};

use crate::bench::{Error, GET, UPDATE, connected, in_world, link, opens, start};

const REMOTE: Error = LinkError::Closed(Reason::Remote);

#[test]
fn each_loss_tells_its_own_step_and_closes_the_socket() {
    for (lose, expected) in [
        (Script::lose_session as fn(&Script), REMOTE),
        (Script::lose_context, LinkError::Module(FakeError::Kind(ErrorKind::Reattach))),
        (Script::restart, LinkError::Module(FakeError::Kind(ErrorKind::Restart))),
    ] {
        for call in 0..3 {
            in_world(async {
                let (mut link, script) = connected().await;
                lose(&script);
                let result = match call {
                    0 => link.ready().await,
                    1 => link.subscribe(topic::user("get")).await,
                    _ => link.publish(UPDATE, b"x", Qos::AtLeastOnce).await.map(|_| ()),
                };
                assert_eq!(result, Err(expected), "call {call}");
                assert_eq!(link.ready().await, Err(LinkError::Closed(Reason::Offline)), "and then at once");
                start(&mut link).await;
                link.connect().await.unwrap();
                link.publish(UPDATE, b"x", Qos::AtLeastOnce).await.unwrap();
                assert_eq!(opens(&script), 2);
                let left = (0..3).filter(|&n| link.module().state(socket(n)) != SocketState::Closed).count();
                assert_eq!(left, 1, "the old socket is closed");
            });
        }
    }
}

/// Any of the module's sockets, in its first or second life.
fn socket(n: u8) -> wanlink_core::Socket {
    wanlink_core::Socket::new(n % 2, n / 2 + 1)
}

#[test]
fn refusals_tell_their_code_and_close_the_socket() {
    in_world(async {
        let (mut link, script) = link().await;
        for code in [1, 2, 3, 4, 5] {
            let refusal = Refusal::Connack(code);
            script.refuse_logins(Some(refusal));
            let error = link.connect().await.unwrap_err();
            assert_eq!((error, error.kind()), (LinkError::Refused(refusal), ErrorKind::Refused(refusal)));
            assert_eq!(script.count(|call| *call == Call::Close), usize::from(code));
        }
        script.refuse_logins(Some(Refusal::Certificate));
        assert_eq!(link.connect().await.unwrap_err().kind(), ErrorKind::Refused(Refusal::Certificate));
        script.refuse_logins(None);
        link.connect().await.unwrap();
        script.refuse_filter(GET);
        assert_eq!(link.subscribe(topic::user("get")).await, Err(LinkError::Refused(Refusal::Subscription)));
        link.publish(UPDATE, b"x", Qos::AtLeastOnce).await.unwrap();
    });
}

#[test]
fn a_server_that_breaks_the_protocol_is_left() {
    for (bytes, how) in [
        (&[0xC0, 0][..], Malformed::Type),
        (&[0x34, 5, 0, 1, b't', 0, 1], Malformed::Qos),
        (&[0x20, 2, 0, 0], Malformed::Order),
        (&[0x40, 2, 0, 0], Malformed::Identifier),
    ] {
        in_world(async {
            let (mut link, script) = connected().await;
            script.send(bytes);
            let error = link.ready().await.unwrap_err();
            assert_eq!(error, LinkError::Closed(Reason::Malformed(how)));
            assert_eq!(error.kind(), ErrorKind::Reconnect);
            assert_eq!(script.count(|call| *call == Call::Close), 1);
        });
    }
}

#[test]
fn what_came_before_the_server_hung_up_is_had_first() {
    in_world(async {
        let (mut link, script) = connected().await;
        script.queue(GET, b"1");
        script.queue(GET, b"2");
        script.lose_session();
        assert_eq!(link.publish(UPDATE, b"x", Qos::AtLeastOnce).await, Err(REMOTE));
        assert_eq!(link.receive().await.unwrap().payload, b"1");
        assert_eq!(link.receive().await.unwrap().payload, b"2");
        assert_eq!(link.receive().await, Err(LinkError::Closed(Reason::Offline)));
    });
}

/// The buffer is full of messages that nobody took, and more of them wait in front of the end.
#[test]
fn what_has_no_room_before_the_end_does_not_keep_it() {
    in_world(async {
        let (mut link, script) = connected().await;
        for n in 0..8 {
            script.queue(GET, &[n; 50]);
        }
        script.lose_session();
        let gone = link.publish(UPDATE, b"x", Qos::AtMostOnce).await;
        assert_eq!(gone.unwrap_err().kind(), ErrorKind::Reconnect);
        for n in 0..3 {
            assert_eq!(link.receive().await.unwrap().payload, [n; 50]);
        }
        link.connect().await.unwrap();
    });
}

/// A full module is no broken connection, and what it refused is not sent twice.
#[test]
fn a_module_that_stays_full_keeps_the_connection() {
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
        in_world(async {
            let (mut link, script) = connected().await;
            script.fail_publish(ErrorKind::Retry);
            assert_eq!(link.publish(UPDATE, b"x", qos).await.unwrap_err().kind(), ErrorKind::Retry);
            link.publish(UPDATE, b"x", qos).await.unwrap();
            link.subscribe(topic::user("get")).await.unwrap();
            let published = script.published();
            assert_eq!((published.len(), published[0].dup, opens(&script)), (1, false, 1));
        });
    }
}

/// What a caller does who is told to reconnect.
async fn again(clean: bool, subscribes: bool) -> (Vec<bool>, usize) {
    let (link, script) = link().await;
    let mut link = link.clean_session(clean);
    link.connect().await.unwrap();
    script.lose_acknowledgement(ErrorKind::Reconnect);
    assert_eq!(link.publish(UPDATE, b"21.5", Qos::AtLeastOnce).await, Err(REMOTE));
    link.connect().await.unwrap();
    if subscribes {
        link.subscribe(topic::user("get")).await.unwrap();
    }
    let sent = link.publish(UPDATE, b"21.5", Qos::AtLeastOnce).await;
    assert_eq!(sent, Ok(Delivery::Acknowledged));
    let marks = script.published().iter().map(|publish| publish.dup).collect();
    link.publish(UPDATE, b"21.5", Qos::AtLeastOnce).await.unwrap();
    (marks, script.published().len())
}

/// Twice, since nobody knows whether the first came, and the second one marked; never a third time.
#[test]
fn a_publish_without_its_acknowledgement_is_sent_once_more_and_marked() {
    for clean in [true, false] {
        for subscribes in [true, false] {
            let (marks, then) = in_world(again(clean, subscribes));
            assert_eq!((marks, then), (vec![false, true], 3), "clean {clean}, subscribes {subscribes}");
        }
    }
}

/// A caller who gives a publish up: a clean session forgets it, another one owes it.
#[test]
fn a_publish_that_is_given_up() {
    for clean in [true, false] {
        in_world(async {
            let (link, script) = link().await;
            let mut link = link.clean_session(clean);
            link.connect().await.unwrap();
            script.lose_acknowledgement(ErrorKind::Reconnect);
            assert_eq!(link.publish(UPDATE, b"old", Qos::AtLeastOnce).await, Err(REMOTE));
            link.connect().await.unwrap();
            link.publish(UPDATE, b"new", Qos::AtLeastOnce).await.unwrap();
            let payloads: Vec<_> = script.published().into_iter().map(|publish| publish.payload).collect();
            let expected: &[&[u8]] = if clean { &[b"old", b"new"] } else { &[b"old", b"old", b"new"] };
            assert_eq!(payloads, expected);
        });
    }
}

#[test]
fn a_module_that_was_started_anew_behind_the_links_back() {
    in_world(async {
        let (mut link, script) = connected().await;
        script.restart();
        start(&mut link).await;
        assert_eq!(link.publish(UPDATE, b"x", Qos::AtLeastOnce).await, Err(REMOTE));
        link.connect().await.unwrap();
    });
}

#[test]
fn a_goodbye_ends_whatever_happens() {
    in_world(async {
        let (mut link, script) = connected().await;
        link.disconnect().await.unwrap();
        link.disconnect().await.unwrap();
        assert_eq!(script.count(|call| *call == Call::Disconnect), 1);
        link.connect().await.unwrap();
        script.lose_context();
        link.disconnect().await.unwrap();
        start(&mut link).await;
        link.connect().await.unwrap();
        script.restart();
        assert_eq!(link.disconnect().await.unwrap_err().kind(), ErrorKind::Restart);
    });
}

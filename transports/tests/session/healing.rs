//! What breaks comes up again, from the step where it broke.

use std::cell::RefCell;

use embassy_futures::join::join;
use embassy_time::{Duration, Instant, Timer};
use wanlink_core::fake::Script;
use wanlink_core::{Delivery, Error as _, ErrorKind, Progress, Qos};
use wanlink_transports::{Downlink, Event, Session, Uplink, topic};

use crate::bench::{GET, NETWORK, Over, Path, for_s, in_world, over_all, pushing, session, steps};

over_all! {
    the_first_call_brings_everything_up
    each_loss_is_healed_from_its_own_step
    a_publish_goes_through_a_restart_in_its_middle
    a_lost_acknowledgement_publishes_twice
    qos_0_is_not_repeated
    misuse_is_reported_at_once
    a_broker_away_for_ten_minutes_costs_time_only
    unsubscribed_filters_do_not_come_back
    a_disconnected_session_comes_up_again
    events_tell_each_step
}

const UPDATE: topic::Topic<'_> = topic::user("update");

async fn the_first_call_brings_everything_up<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    assert_eq!(session.publish(UPDATE, b"1", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
    assert_eq!(steps(&script), ["start", "attach", "connect", "publish"]);
    session.subscribe(topic::user("get")).await.unwrap();
    session.online().await.unwrap();
    assert_eq!(steps(&script)[4..], ["subscribe"]);
    assert_eq!(Instant::now().as_millis(), 0, "nothing failed, so nothing waited");
    assert_eq!(counts(&session), [1, 1, 0, 1]);
}

async fn each_loss_is_healed_from_its_own_step<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    session.subscribe(topic::user("get")).await.unwrap();
    session.subscribe(topic::sys("rrpc/request/+")).await.unwrap();
    let both = script.subscriptions();
    for (lose, again) in [
        (Script::lose_session as fn(&Script), &["connect", "subscribe", "subscribe"][..]),
        (Script::lose_context, &["attach", "connect", "subscribe", "subscribe"]),
        (Script::restart, &["start", "attach", "connect", "subscribe", "subscribe"]),
    ] {
        let before = steps(&script).len();
        lose(&script);
        let (received, ()) = join(session.ready(), async {
            Timer::after(Duration::from_secs(600)).await;
            script.queue(GET, b"after");
        })
        .await;
        received.unwrap();
        assert_eq!(steps(&script)[before..], *again);
        assert_eq!(script.subscriptions(), both);
        assert_eq!(session.receive().await.unwrap().payload, b"after");
    }
    assert_eq!(counts(&session), [4, 4, 3, 2]);
}

async fn a_publish_goes_through_a_restart_in_its_middle<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    session.online().await.unwrap();
    for kind in [ErrorKind::Restart, ErrorKind::Reattach, ErrorKind::Reconnect, ErrorKind::Retry] {
        script.fail_publish(kind);
    }
    assert_eq!(session.publish(UPDATE, b"through", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
    let payloads: Vec<_> = script.published().into_iter().map(|p| p.payload).collect();
    assert_eq!(payloads, [b"through"]);
    let expected = [
        &["start", "attach", "connect", "publish"][..],
        &["start", "attach", "connect", "publish"],
        &["attach", "connect", "publish"],
        &["connect", "publish", "publish"],
    ];
    assert_eq!(steps(&script), expected.concat());
}

async fn a_lost_acknowledgement_publishes_twice<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    script.lose_acknowledgement(ErrorKind::Reconnect);
    assert_eq!(session.publish(UPDATE, b"x", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
    assert_eq!(script.published().len(), 2);
}

async fn qos_0_is_not_repeated<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    session.online().await.unwrap();
    script.lose_session();
    let error = session.publish(UPDATE, b"gone", Qos::AtMostOnce).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Reconnect);
    assert!(script.published().is_empty());
    assert_eq!(session.publish(UPDATE, b"next", Qos::AtMostOnce).await, Ok(Delivery::Sent));
    assert_eq!(steps(&script), ["start", "attach", "connect", "connect", "publish"]);
}

async fn misuse_is_reported_at_once<L: Path>(link: L, _: Script) {
    let mut session = session(link, 1);
    let error = session.publish(topic::whole("no slash"), b"x", Qos::AtLeastOnce).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse);
    assert_eq!(session.publish(UPDATE, b"y", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
    assert_eq!(session.connection(), 1, "the session stood all the while");
    assert_eq!(Instant::now().as_millis(), 0);
}

/// The module refuses the publish, as it cannot where it only gets bytes.
#[test]
fn what_the_module_cannot_do_is_reported_at_once() {
    let (link, script) = pushing();
    in_world(async {
        let mut session = session(link, 1);
        for kind in [ErrorKind::Misuse, ErrorKind::Unsupported] {
            script.fail_publish(kind);
            assert_eq!(session.publish(UPDATE, b"x", Qos::AtLeastOnce).await.unwrap_err().kind(), kind);
        }
        assert_eq!(session.publish(UPDATE, b"y", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
        assert_eq!(session.connection(), 1, "the session stood all the while");
    });
}

async fn a_broker_away_for_ten_minutes_costs_time_only<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    session.subscribe(topic::user("get")).await.unwrap();
    let broker = async {
        Timer::after(Duration::from_secs(30)).await;
        script.queue(GET, b"just before");
        script.set_reachable(false);
        script.lose_session();
        Timer::after(Duration::from_secs(600)).await;
        script.set_reachable(true);
    };
    let device = async {
        for n in 0..20u8 {
            session.publish(UPDATE, &[n], Qos::AtLeastOnce).await.unwrap();
            Timer::after(Duration::from_secs(5)).await;
        }
    };
    join(broker, device).await;
    let payloads: Vec<_> = script.published().into_iter().map(|p| p.payload[0]).collect();
    assert_eq!(payloads, (0..20).collect::<Vec<_>>());
    assert_eq!(session.receive().await.unwrap().payload, b"just before");
    let waited = Instant::now().as_secs() - 100;
    assert!((595..600 + 256).contains(&waited), "back within one window of the longest back-off: {waited} s");
    // 2, 4, .. 256 s and then 256 s again.
    assert!((9..=12).contains(&session.observer().attempts), "{:?}", session.observer());
    assert_eq!(script.subscriptions(), [GET]);
}

async fn unsubscribed_filters_do_not_come_back<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    session.subscribe(topic::user("get")).await.unwrap();
    session.subscribe(topic::user("other")).await.unwrap();
    script.lose_session();
    session.unsubscribe(topic::user("other")).await.unwrap();
    assert_eq!(script.subscriptions(), [GET]);
    script.lose_session();
    assert!(for_s(60, session.ready()).await.is_none());
    assert_eq!(script.subscriptions(), [GET]);
}

async fn a_disconnected_session_comes_up_again<L: Path>(link: L, script: Script) {
    let mut session = session(link, 1);
    session.subscribe(topic::user("get")).await.unwrap();
    session.disconnect().await.unwrap();
    assert_eq!(session.publish(UPDATE, b"x", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
    assert_eq!(script.subscriptions(), [GET]);
    assert_eq!(counts(&session), [2, 2, 0, 1], "an end in order is no loss");
}

async fn events_tell_each_step<L: Path>(link: L, script: Script) {
    let events = RefCell::new(Vec::new());
    let note = |event| events.borrow_mut().push(event);
    let mut session: Session<'_, _, _, 32> = Session::observed(link, NETWORK, 1, note);
    script.set_reachable(false);
    assert!(for_s(1, session.subscribe(topic::user("get"))).await.is_none());
    script.set_reachable(true);
    session.online().await.unwrap();
    script.restart();
    assert!(for_s(1, session.ready()).await.is_none());
    let mut events = events.into_inner();
    for event in &mut events {
        if let Event::Backoff { after, .. } = event {
            *after = Duration::MIN;
        }
    }
    let after = Duration::MIN;
    let expected = [
        Event::Power,
        Event::Attach,
        Event::Progress(Progress::SimReady),
        Event::Progress(Progress::ContextUp),
        Event::Connect { attempt: 1 },
        Event::Backoff { attempt: 1, after },
        Event::Connect { attempt: 2 },
        Event::Connected,
        Event::Subscribe,
        Event::Lost(ErrorKind::Restart),
        Event::Backoff { attempt: 2, after },
    ];
    assert_eq!(events, expected);
}

/// Logins that were begun and accepted, losses, starts.
fn counts<L: Path>(session: &Over<L>) -> [u32; 4] {
    let stats = session.observer();
    [stats.attempts, stats.connects, stats.losses, stats.starts]
}

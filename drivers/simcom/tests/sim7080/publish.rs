//! Subscribe, publish: answers, refusals, what is lost on the way.

use wanlink_core::{Argument, Delivery, Error as _, ErrorKind, Inbound, MqttAt, Qos, Refusal};
use wanlink_emulator::{Options, SimcomOptions};
use wanlink_platform::Away;
use wanlink_simcom::{Error, Sim7080};

use crate::bench::{Bench, DOWN, LOGIN, UP, broker, connect, module, published, running, within_ms};

fn bench() -> Bench {
    Bench::<Sim7080>::new(running())
}

fn with(simcom: SimcomOptions) -> Bench {
    Bench::<Sim7080>::new(Options { simcom, ..running() })
}

/// Its `OK` may come with the PUBACK or before it: it promises less (simcom-at 14).
#[test]
fn a_publish_of_qos_1_is_accepted_and_no_more() {
    for publish_waits in [true, false] {
        for prompt in [None, Some(">"), Some("> "), Some(">\r\n")] {
            with(SimcomOptions { publish_waits, prompt, ..SimcomOptions::default() }).run(async |modem, scene| {
                connect(modem).await.unwrap();
                assert_eq!(modem.publish(UP, b"zero", Qos::AtMostOnce).await, Ok(Delivery::Sent));
                assert_eq!(modem.publish(UP, b"one", Qos::AtLeastOnce).await, Ok(Delivery::Accepted));
                embassy_time::Timer::after_secs(1).await;
                assert_eq!(published(scene), [&b"zero"[..], b"one"]);
            });
        }
    }
}

/// simcom-at 5: 6 s after the data came `+SMSTATE: 0` then `OK`.
#[test]
fn an_ok_behind_the_end_of_the_session_is_void() {
    for ok_after_loss in [true, false] {
        with(SimcomOptions { ok_after_loss, ..SimcomOptions::default() }).run(async |modem, scene| {
            connect(modem).await.unwrap();
            module(scene).kill_before_puback();
            let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::SessionLost(0), ErrorKind::Reconnect));
            modem.connect(&broker(), &LOGIN).await.unwrap();
            modem.publish(UP, b"y", Qos::AtLeastOnce).await.unwrap();
            assert_eq!(published(scene).last().unwrap(), b"y");
        });
    }
}

#[test]
fn a_subscription_that_the_broker_refuses() {
    bench().run(async |modem, _| {
        connect(modem).await.unwrap();
        let error = modem.subscribe("/pk/another/user/get", Qos::AtLeastOnce).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::SubscriptionRefused, ErrorKind::Refused(Refusal::Subscription)));
        modem.publish(UP, b"the session is as before", Qos::AtLeastOnce).await.unwrap();
    });
}

/// Nothing tells it from a broker that refuses but the time that it took.
#[test]
fn a_subscription_that_nobody_answers_may_be_tried_again() {
    bench().run(async |modem, scene| {
        connect(modem).await.unwrap();
        let now = embassy_time::Instant::now().as_micros();
        scene.borrow_mut().platform.away(now, now + 65_000_000, Away::Silent);
        let error = modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap_err();
        assert!(error.kind().can_heal(), "{error}");
    });
}

/// The module says `ERROR` after its minute, and `+SMSTATE: 1` as before: the next step is a new session.
#[test]
fn a_publish_that_the_broker_never_acknowledges_ends_the_session() {
    bench().run(async |modem, scene| {
        connect(modem).await.unwrap();
        let now = embassy_time::Instant::now().as_micros();
        scene.borrow_mut().platform.away(now, now + 65_000_000, Away::Silent);
        let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NotAcknowledged, ErrorKind::Reconnect));
        embassy_time::Timer::after_secs(10).await;
        connect(modem).await.unwrap();
        modem.publish(UP, b"y", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene).last().unwrap(), b"y");
    });
}

#[test]
fn a_filter_may_have_wildcards_and_a_topic_may_not() {
    bench().run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.subscribe("/pk/device/user/#", Qos::AtMostOnce).await.unwrap();
        let bytes = scene.borrow().module.port_bytes();
        for topic in ["", "/a/+/b", "#", "a\"b", "a\rb", "a\nb", "a\0b", "a\u{7f}"] {
            let error = modem.publish(topic, b"x", Qos::AtMostOnce).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Malformed(Argument::Topic), ErrorKind::Misuse), "{topic:?}");
        }
        let long = "t".repeat(129);
        let Err(Error::TooLong(too_long)) = modem.publish(&long, b"x", Qos::AtMostOnce).await else { panic!("taken") };
        assert_eq!((too_long.what, too_long.limit(), too_long.length()), (Argument::Topic, 128, 129));
        assert_eq!(scene.borrow().module.port_bytes(), bytes, "not a byte");
        assert_eq!(modem.publish(&long[1..], b"x", Qos::AtMostOnce).await, Ok(Delivery::Sent));
    });
}

#[test]
fn without_a_session_nothing_is_sent() {
    let mut bench = bench();
    bench.run(async |modem, _| {
        for error in [
            modem.publish(UP, b"x", Qos::AtLeastOnce).await.map(drop),
            modem.subscribe(DOWN, Qos::AtLeastOnce).await,
            modem.unsubscribe(DOWN).await,
            modem.ready().await,
        ] {
            assert_eq!(error, Err(Error::NotConnected));
        }
    });
    assert_eq!(bench.sent(), [""; 0]);
}

#[test]
fn a_context_that_is_lost_during_a_publish() {
    bench().run(async |modem, scene| {
        connect(modem).await.unwrap();
        let now = embassy_time::Instant::now().as_micros();
        scene.borrow_mut().platform.away(now, now + 60_000_000, Away::Silent);
        let (result, ()) = embassy_futures::join::join(modem.publish(UP, b"x", Qos::AtLeastOnce), async {
            embassy_time::Timer::after_secs(1).await;
            module(scene).lose_context(1);
        })
        .await;
        // The end of the session comes first.
        assert!(matches!(result.unwrap_err().kind(), ErrorKind::Reconnect | ErrorKind::Reattach));
        assert_eq!(modem.connect(&broker(), &LOGIN).await, Err(Error::NoContext));
        embassy_time::Timer::after_secs(60).await;
        connect(modem).await.unwrap();
    });
}

/// There is no packet identifier in an answer: the port is deaf until the first one's came.
#[test]
fn the_answer_that_a_dropped_publish_is_owed_does_not_reach_the_next() {
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
        bench().run(async |modem, scene| {
            connect(modem).await.unwrap();
            scene.borrow_mut().platform.delay_puback(3_000_000);
            assert_eq!(within_ms(500, modem.publish(UP, b"first", Qos::AtLeastOnce)).await, None);
            let begun = embassy_time::Instant::now();
            modem.publish(UP, b"second", qos).await.unwrap();
            assert!((2..7).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
            assert_eq!(published(scene), [&b"first"[..], b"second"]);
        });
    }
}

#[test]
fn a_prompt_that_comes_late_or_never() {
    bench().run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).delay_prompt(14_000_000);
        modem.publish(UP, b"late", Qos::AtLeastOnce).await.unwrap();
        module(scene).lose_prompt();
        let error = modem.publish(UP, b"never", Qos::AtLeastOnce).await.unwrap_err();
        assert!(error.kind().can_heal(), "{error}");
        // The module waits for five bytes: blanks take their place, or its own time ends it, and the port is found again.
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert!(matches!(modem.front(), None | Some(Inbound::Lost { count: 1, longest: 0 })));
        modem.publish(UP, b"after", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene).last().unwrap(), b"after");
    });
}

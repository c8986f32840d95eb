//! Subscribe, publish: answers, refusals, what is lost on the way.

use wanlink_core::{Argument, Delivery, Error as _, ErrorKind, Inbound, MqttAt, Qos, Refusal};
use wanlink_emulator::{Options, ResultOrder};
use wanlink_platform::Away;

use crate::bench::{Bench, DOWN, Error, LOGIN, UP, broker, connect, module, published, running, within_ms};

#[test]
fn every_order_of_results_is_a_success() {
    for result_order in [ResultOrder::OkFirst, ResultOrder::Burst, ResultOrder::ResultFirst] {
        for prompt in ["> ", ">", ">\r\n"] {
            let mut bench = Bench::new(Options { result_order, prompt, ..running() });
            bench.run(async |modem, scene| {
                connect(modem).await.unwrap();
                modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
                assert_eq!(modem.publish(UP, b"zero", Qos::AtMostOnce).await, Ok(Delivery::Sent));
                assert_eq!(modem.publish(UP, b"one", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
                assert_eq!(published(scene), [&b"zero"[..], b"one"]);
                let last = scene.borrow().module.mqtt(0).unwrap().published.unwrap();
                assert_eq!((last.topic.as_str(), last.qos, last.retain), (UP, 1, false));
                modem.unsubscribe(DOWN).await.unwrap();
                modem.disconnect().await.unwrap();
            });
        }
    }
}

#[test]
fn a_subscription_that_the_broker_refuses() {
    let own = "/pk/another/user/get";
    for (subscriptions_refused, filter) in [(true, DOWN), (false, own)] {
        Bench::new(Options { subscriptions_refused, ..running() }).run(async |modem, _| {
            connect(modem).await.unwrap();
            let error = modem.subscribe(filter, Qos::AtLeastOnce).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::SubscriptionRefused, ErrorKind::Refused(Refusal::Subscription)));
            modem.publish(UP, b"the session is as before", Qos::AtLeastOnce).await.unwrap();
        });
    }
}

#[test]
fn a_filter_may_have_wildcards_and_a_topic_may_not() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.subscribe("/pk/device/user/#", Qos::AtMostOnce).await.unwrap();
        assert_eq!(scene.borrow().module.mqtt(0).unwrap().subscriptions, [("/pk/device/user/#".to_owned(), 0)]);
        let bytes = scene.borrow().module.port_bytes();
        for topic in ["", "/a/+/b", "#", "a\"b", "a\rb", "a\nb", "a\0b", "a\u{7f}"] {
            let error = modem.publish(topic, b"x", Qos::AtMostOnce).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Malformed(Argument::Topic), ErrorKind::Misuse), "{topic:?}");
        }
        for filter in ["", "a\"b", "a\r"] {
            assert_eq!(modem.subscribe(filter, Qos::AtMostOnce).await, Err(Error::Malformed(Argument::Topic)));
            assert_eq!(modem.unsubscribe(filter).await, Err(Error::Malformed(Argument::Topic)));
        }
        let long = "t".repeat(256);
        let Err(Error::TooLong(too_long)) = modem.publish(&long, b"x", Qos::AtMostOnce).await else { panic!("taken") };
        assert_eq!((too_long.what, too_long.limit(), too_long.length()), (Argument::Topic, 255, 256));
        assert_eq!(scene.borrow().module.port_bytes(), bytes, "not a byte");
        assert_eq!(modem.publish(&long[1..], b"x", Qos::AtMostOnce).await, Ok(Delivery::Sent));
    });
}

#[test]
fn without_a_session_nothing_is_sent() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, _| {
        for error in [
            modem.publish(UP, b"x", Qos::AtLeastOnce).await.map(drop),
            modem.subscribe(DOWN, Qos::AtLeastOnce).await,
            modem.unsubscribe(DOWN).await,
            modem.ready().await,
        ] {
            assert_eq!(error, Err(Error::NotConnected));
        }
        assert_eq!(Error::NotConnected.kind(), ErrorKind::Reconnect);
        assert_eq!(modem.front(), None);
    });
    assert_eq!(bench.sent(), [""; 0]);
}

#[test]
fn a_lost_acknowledgement_is_sent_for_again_by_the_module() {
    for retransmission_lines in [false, true] {
        Bench::new(Options { retransmission_lines, ..running() }).run(async |modem, scene| {
            connect(modem).await.unwrap();
            module(scene).drop_puback();
            assert_eq!(modem.publish(UP, b"x", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
            assert_eq!(published(scene), [b"x", b"x"]);
            module(scene).duplicate_puback();
            modem.publish(UP, b"y", Qos::AtLeastOnce).await.unwrap();
            modem.publish(UP, b"z", Qos::AtLeastOnce).await.unwrap();
        });
    }
}

#[test]
fn a_broker_that_never_acknowledges() {
    for (failed_publish_closes, retransmission_lines) in [(false, false), (false, true), (true, true)] {
        let options = Options { failed_publish_closes, retransmission_lines, ..running() };
        Bench::new(options).run(async |modem, scene| {
            connect(modem).await.unwrap();
            let now = embassy_time::Instant::now();
            scene.borrow_mut().platform.away(now.as_micros(), now.as_micros() + 45_000_000, Away::Silent);
            let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::NotAcknowledged, ErrorKind::Reconnect));
            assert!((40..42).contains(&now.elapsed().as_secs()), "10 s, three times again");
            assert_eq!(modem.publish(UP, b"x", Qos::AtMostOnce).await.unwrap_err().kind(), ErrorKind::Reconnect);
            embassy_time::Timer::after_secs(10).await;
            modem.connect(&broker(), &LOGIN).await.unwrap();
            modem.publish(UP, b"y", Qos::AtLeastOnce).await.unwrap();
        });
    }
}

#[test]
fn a_connection_that_breaks_during_a_publish_ends_it_at_once() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).kill_before_puback();
        let begun = embassy_time::Instant::now();
        let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::SessionLost(1), ErrorKind::Reconnect));
        assert!(begun.elapsed().as_secs() < 1);
        assert_eq!(published(scene), [b"x"], "the broker has it, and we do not know");
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

#[test]
fn a_context_that_is_lost_during_a_publish_ends_it_with_kind_reattach() {
    for stat_after_context_loss in [false, true] {
        Bench::new(Options { stat_after_context_loss, ..running() }).run(async |modem, scene| {
            connect(modem).await.unwrap();
            let now = embassy_time::Instant::now().as_micros();
            scene.borrow_mut().platform.away(now, now + 60_000_000, Away::Silent);
            let (result, ()) = embassy_futures::join::join(modem.publish(UP, b"x", Qos::AtLeastOnce), async {
                embassy_time::Timer::after_secs(1).await;
                module(scene).lose_context(1);
            })
            .await;
            let error = result.unwrap_err();
            assert_eq!((error, error.kind()), (Error::NoContext, ErrorKind::Reattach));
            assert_eq!(modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err().kind(), ErrorKind::Reattach);
            embassy_time::Timer::after_secs(60).await;
            connect(modem).await.unwrap();
        });
    }
}

/// Packet identifiers differ, so the acknowledgement of the dropped one is not taken for that of the next.
#[test]
fn the_answer_that_a_dropped_publish_is_owed_does_not_reach_the_next() {
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
        Bench::new(running()).run(async |modem, scene| {
            connect(modem).await.unwrap();
            scene.borrow_mut().platform.delay_puback(3_000_000);
            assert_eq!(within_ms(500, modem.publish(UP, b"first", Qos::AtLeastOnce)).await, None);
            let begun = embassy_time::Instant::now();
            modem.publish(UP, b"second", qos).await.unwrap();
            let least = if qos == Qos::AtLeastOnce { 5 } else { 2 };
            assert!((least..7).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
            assert_eq!(published(scene), [&b"first"[..], b"second"]);
        });
    }
}

#[test]
fn a_prompt_that_comes_late_or_never() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).delay_prompt(14_000_000);
        modem.publish(UP, b"late", Qos::AtLeastOnce).await.unwrap();
        module(scene).lose_prompt();
        let error = modem.publish(UP, b"never", Qos::AtLeastOnce).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NotAcknowledged, ErrorKind::Reconnect));
        // The module waits for five bytes: blanks take their place, and the port is found again.
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert_eq!(modem.front(), Some(Inbound::Lost { count: 1, longest: 0 }));
        modem.publish(UP, b"after", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene).last().unwrap(), b"after");
    });
}

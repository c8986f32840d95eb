//! Subscribe, publish: answers, refusals, what is lost on the way.

use wanlink_core::{
    Argument, Delivery, Error as _, ErrorKind, HasMqtt, Inbound, Message, Model as _, MqttAt, Qos, Refusal,
};
use wanlink_emulator::Options;
use wanlink_platform::Away;
use wanlink_ublox::{Error, SaraR5, SaraR422};

use crate::bench::{
    Bench, DOWN, LOGIN, Played, UP, broker, connect, module, on_each_client, published, push, running, within_ms,
};

fn results<M: Played + HasMqtt>() {
    for (binary_publish_says_two, subscription_tells_qos) in [(false, false), (true, true)] {
        let mut options = running();
        options.ublox.binary_publish_says_two = binary_publish_says_two;
        // Only SARA-R422 has been seen to.
        options.ublox.subscription_tells_qos = subscription_tells_qos && M::NAME == SaraR422::NAME;
        Bench::<M>::new(options).run(async |modem, scene| {
            connect(modem).await.unwrap();
            for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
                modem.subscribe(DOWN, qos).await.unwrap();
            }
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

/// `ublox-at` 3: the result of a publish of bytes is told as 9, or as that of a text.
#[test]
fn every_form_of_results_is_a_success() {
    on_each_client!(results);
}

#[test]
fn a_subscription_that_the_broker_refuses() {
    let own = "/pk/another/user/get";
    for (subscriptions_refused, filter) in [(true, DOWN), (false, own)] {
        Bench::<SaraR5>::new(Options { subscriptions_refused, ..running() }).run(async |modem, _| {
            connect(modem).await.unwrap();
            let error = modem.subscribe(filter, Qos::AtLeastOnce).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::SubscriptionRefused, ErrorKind::Refused(Refusal::Subscription)));
            modem.publish(UP, b"the session is as before", Qos::AtLeastOnce).await.unwrap();
        });
    }
}

#[test]
fn a_filter_may_have_wildcards_and_a_topic_may_not() {
    let mut bench = Bench::<SaraR5>::new(running());
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
        let long = "t".repeat(257);
        let Err(Error::TooLong(too_long)) = modem.publish(&long, b"x", Qos::AtMostOnce).await else { panic!("taken") };
        assert_eq!((too_long.what, too_long.limit(), too_long.length()), (Argument::Topic, 256, 257));
        assert_eq!(scene.borrow().module.port_bytes(), bytes, "not a byte");
        assert_eq!(modem.publish(&long[1..], b"x", Qos::AtMostOnce).await, Ok(Delivery::Sent));
    });
}

#[test]
fn without_a_session_nothing_is_sent() {
    let mut bench = Bench::<SaraR5>::new(running());
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

/// The module does not send again, and says so in the end (`9,0`).
#[test]
fn a_broker_that_never_acknowledges() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        let now = embassy_time::Instant::now();
        scene.borrow_mut().platform.away(now.as_micros(), now.as_micros() + 65_000_000, Away::Silent);
        let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NotAcknowledged, ErrorKind::Reconnect));
        assert_eq!(modem.publish(UP, b"x", Qos::AtMostOnce).await.unwrap_err().kind(), ErrorKind::Reconnect);
        embassy_time::Timer::after_secs(10).await;
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.publish(UP, b"y", Qos::AtLeastOnce).await.unwrap();
    });
}

#[test]
fn a_connection_that_breaks_during_a_publish_ends_it_at_once() {
    for lost_operation_told in [false, true] {
        let mut options = running();
        options.ublox.lost_operation_told = lost_operation_told;
        Bench::<SaraR5>::new(options).run(async |modem, scene| {
            connect(modem).await.unwrap();
            module(scene).kill_before_puback();
            let begun = embassy_time::Instant::now();
            let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Reconnect);
            let expected = if lost_operation_told { Error::NotAcknowledged } else { Error::SessionLost(101) };
            assert_eq!(error, expected);
            assert_eq!(published(scene), [b"x"], "the broker has it, and we do not know");
            // What the publish owed does not come any more, and is not waited for.
            modem.connect(&broker(), &LOGIN).await.unwrap();
            assert!(begun.elapsed().as_secs() < 2, "{:?}", begun.elapsed());
        });
    }
}

#[test]
fn a_context_that_is_lost_during_a_publish_ends_it_with_kind_reattach() {
    {
        Bench::<SaraR5>::new(running()).run(async |modem, scene| {
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

/// The client does one thing at a time: the next one waits until the dropped one has its result.
#[test]
fn the_answer_that_a_dropped_publish_is_owed_does_not_reach_the_next() {
    for says_two in [false, true] {
        for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
            let mut options = running();
            options.ublox.binary_publish_says_two = says_two;
            Bench::<SaraR5>::new(options).run(async |modem, scene| {
                connect(modem).await.unwrap();
                modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
                scene.borrow_mut().platform.delay_puback(3_000_000);
                assert_eq!(within_ms(500, modem.publish(UP, b"first", Qos::AtLeastOnce)).await, None);
                let begun = embassy_time::Instant::now();
                modem.publish(UP, b"second", qos).await.unwrap();
                let least = if qos == Qos::AtLeastOnce { 5 } else { 2 };
                assert!((least..7).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
                assert_eq!(published(scene), [&b"first"[..], b"second"]);
                // Neither does a read of messages come between.
                assert_eq!(within_ms(500, modem.publish(UP, b"third", Qos::AtLeastOnce)).await, None);
                push(scene, b"hello");
                let message = Message::new(DOWN.as_bytes(), b"hello");
                assert_eq!(modem.receive().await, Ok(Inbound::Message(message)));
            });
        }
    }
}

#[test]
fn a_prompt_that_comes_late_or_never() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).delay_prompt(30_000_000);
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

//! Subscribe, publish: answers, refusals, what is lost on the way.

use wanlink_core::{Argument, Delivery, Error as _, ErrorKind, MqttAt, Qos, Refusal};
use wanlink_emulator::{FailureOrder, NetworkLoss, ResultOrder, SimcomOptions, polled};
use wanlink_platform::Away;
use wanlink_simcom::cmqtt::Error;

use crate::bench::{
    Bench, DOWN, KEY, LOGIN, NAME, UP, broker, connect, module, published, running, special, within_ms,
};

#[test]
fn every_order_of_results_is_a_success() {
    for result_order in [None, Some(ResultOrder::OkFirst), Some(ResultOrder::Burst), Some(ResultOrder::ResultFirst)] {
        for prompt in ["> ", ">", ">\r\n"] {
            let set = |it: &mut SimcomOptions| (it.result_order, it.prompt) = (result_order, Some(prompt));
            let mut bench = Bench::new(special(set));
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

/// There is no word for what the broker granted: where a firmware shows a refusal at all, it is a failure without a reason.
#[test]
fn a_subscription_that_the_broker_refuses() {
    for (refusal_hidden, expected) in [(false, Err(Error::SubscriptionRefused)), (true, Ok(()))] {
        Bench::new(special(|it| it.refusal_hidden = refusal_hidden)).run(async |modem, _| {
            connect(modem).await.unwrap();
            let result = modem.subscribe("/pk/another/user/get", Qos::AtLeastOnce).await;
            assert_eq!(result, expected);
            if let Err(error) = result {
                assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Subscription));
            }
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
        let long = "t".repeat(1025);
        let Err(Error::TooLong(too_long)) = modem.publish(&long, b"x", Qos::AtMostOnce).await else { panic!("taken") };
        assert_eq!((too_long.what, too_long.limit(), too_long.length()), (Argument::Topic, 1024, 1025));
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
fn a_broker_that_never_acknowledges() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        let now = embassy_time::Instant::now();
        scene.borrow_mut().platform.away(now.as_micros(), now.as_micros() + 65_000_000, Away::Silent);
        let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NotAcknowledged, ErrorKind::Reconnect));
        assert!((60..62).contains(&now.elapsed().as_secs()), "the time that all models take");
        assert_eq!(modem.publish(UP, b"x", Qos::AtMostOnce).await.unwrap_err().kind(), ErrorKind::Reconnect);
        embassy_time::Timer::after_secs(10).await;
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.publish(UP, b"y", Qos::AtLeastOnce).await.unwrap();
    });
}

#[test]
fn a_connection_that_breaks_during_a_publish_ends_it_at_once() {
    for result_after_loss in [false, true] {
        for result_order in [None, Some(ResultOrder::ResultFirst)] {
            let set =
                |it: &mut SimcomOptions| (it.result_order, it.result_after_loss) = (result_order, result_after_loss);
            Bench::new(special(set)).run(async |modem, scene| {
                connect(modem).await.unwrap();
                module(scene).kill_before_puback();
                let begun = embassy_time::Instant::now();
                let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
                assert!(matches!(error, Error::SessionLost(_)), "{error}");
                assert_eq!(error.kind(), ErrorKind::Reconnect);
                assert!(begun.elapsed().as_secs() < 1);
                assert_eq!(published(scene), [b"x"], "the broker has it, and we do not know");
                modem.connect(&broker(), &LOGIN).await.unwrap();
            });
        }
    }
}

#[test]
fn a_context_that_is_lost_during_a_publish_ends_it_with_kind_reattach() {
    for network_loss in [NetworkLoss::Service, NetworkLoss::Client] {
        Bench::new(special(|it| it.network_loss = network_loss)).run(async |modem, scene| {
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

/// Results name no packet, so the next of them waits until that of the dropped one came.
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
            assert!((least..8).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
            assert_eq!(published(scene), [&b"first"[..], b"second"]);
        });
    }
}

#[test]
fn a_prompt_that_comes_late_or_never() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).delay_prompt(9_000_000);
        modem.publish(UP, b"late", Qos::AtLeastOnce).await.unwrap();
        // That of the topic: nothing of the message is known to anybody.
        module(scene).lose_prompt();
        let error = modem.publish(UP, b"never", Qos::AtLeastOnce).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Restart, "{error}");
        // The module waits for a topic: its bytes take their place, and the port is found again.
        modem.publish(UP, b"after", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene), [&b"late"[..], b"after"]);
    });
}

/// What the client has of a message whose publish was dropped or failed is not mixed into the next one, also where a firmware
/// takes no second entry before the publish.
#[test]
fn a_message_that_was_half_entered() {
    for entry_replaces in [true, false] {
        for failure_order in [FailureOrder::ResultThenError, FailureOrder::ErrorThenResult, FailureOrder::ErrorOnly] {
            let set = |it: &mut SimcomOptions| (it.entry_replaces, it.failure_order) = (entry_replaces, failure_order);
            for polls in 0.. {
                let mut ended = false;
                Bench::new(special(set)).run(async |modem, scene| {
                    connect(modem).await.unwrap();
                    ended = polled(modem.publish("/pk/device/user/first", b"first", Qos::AtLeastOnce), polls)
                        .await
                        .is_some();
                    while modem.publish(UP, b"second", Qos::AtLeastOnce).await.is_err() {
                        modem.connect(&broker(), &LOGIN).await.unwrap();
                    }
                    let scene = scene.borrow();
                    let entries: Vec<_> = scene.platform.record().published(KEY, NAME).collect();
                    for entry in &entries {
                        let own = if entry.payload() == b"first" { "/pk/device/user/first" } else { UP };
                        assert_eq!(entry.topic(), Some(own), "{polls}");
                    }
                    assert_eq!(entries.last().unwrap().payload(), b"second");
                    assert!(entries.len() <= 2);
                });
                if ended {
                    break;
                }
            }
        }
    }
}

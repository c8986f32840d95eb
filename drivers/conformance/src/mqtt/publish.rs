//! Subscribe, publish: answers, refusals, what is lost on the way.

use embassy_time::Instant;
use wanlink_at::driver::Error;
use wanlink_core::{Argument, Delivery, Error as _, ErrorKind, HasMqtt, Inbound, MqttAt, Qos, Refusal};
use wanlink_platform::Away;
use wanlink_scene::bench::{module, pass_ms, running, within_ms};

use super::delivered;
use crate::bench::MqttBench;
use crate::rig::{DOWN, LOGIN, Rig, UP, broker, connect, published};

/// Every order in which a firmware may tell it, every prompt.
pub fn every_form_of_results_is_a_success<B: MqttBench>() {
    for options in B::mqtt_options() {
        Rig::<B>::new(options).run(async |modem, scene| {
            connect(modem).await.unwrap();
            modem.subscribe(DOWN, Qos::AtMostOnce).await.unwrap();
            modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
            assert_eq!(modem.publish(UP, b"zero", Qos::AtMostOnce).await, Ok(Delivery::Sent));
            assert_eq!(modem.publish(UP, b"one", Qos::AtLeastOnce).await, Ok(delivered::<B>()));
            if delivered::<B>() != Delivery::Acknowledged {
                pass_ms(1000).await;
            }
            assert_eq!(published(scene), [&b"zero"[..], b"one"]);
            let last = scene.borrow().module.mqtt(0).unwrap().published.unwrap();
            assert_eq!((last.topic.as_str(), last.qos, last.retain), (UP, 1, false));
            modem.unsubscribe(DOWN).await.unwrap();
            modem.disconnect().await.unwrap();
        });
    }
}

/// A device may subscribe to its own topics only; the session goes on.
pub fn a_subscription_that_the_broker_refuses<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, _| {
        connect(modem).await.unwrap();
        let error = modem.subscribe("/pk/another/user/get", Qos::AtLeastOnce).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::SubscriptionRefused, ErrorKind::Refused(Refusal::Subscription)));
        modem.publish(UP, b"the session is as before", Qos::AtLeastOnce).await.unwrap();
    });
}

/// What would end its quotes, is too long, or no topic: not a byte.
pub fn a_filter_may_have_wildcards_and_a_topic_may_not<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
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
        let limit = usize::from(B::Model::MQTT.topic);
        let long = "t".repeat(limit + 1);
        let Err(Error::TooLong(too_long)) = modem.publish(&long, b"x", Qos::AtMostOnce).await else { panic!("taken") };
        assert_eq!((too_long.what, too_long.limit(), too_long.length()), (Argument::Topic, limit, limit + 1));
        assert_eq!(scene.borrow().module.port_bytes(), bytes, "not a byte");
        assert_eq!(modem.publish(&long[1..], b"x", Qos::AtMostOnce).await, Ok(Delivery::Sent));
    });
}

/// A driver that knows of no session asks nobody.
pub fn without_a_session_nothing_is_sent<B: MqttBench>() {
    let mut rig = Rig::<B>::new(running());
    rig.run(async |modem, _| {
        for error in [
            modem.publish(UP, b"x", Qos::AtLeastOnce).await.map(drop),
            modem.subscribe(DOWN, Qos::AtLeastOnce).await,
            modem.unsubscribe(DOWN).await,
            modem.ready().await,
        ] {
            assert_eq!(error, Err(Error::NotConnected));
        }
        let error: crate::ErrorOf<B> = Error::NotConnected;
        assert_eq!(error.kind(), ErrorKind::Reconnect);
        assert_eq!(modem.front(), None);
    });
    assert_eq!(rig.sent(), [""; 0]);
}

/// No `Acknowledged` before the PUBACK.
pub fn success_waits_for_the_acknowledgement<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        scene.borrow_mut().platform.delay_puback(3_000_000);
        let begun = Instant::now();
        let delivery = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
        assert!(delivery != Delivery::Acknowledged || begun.elapsed().as_secs() >= 3, "{:?}", begun.elapsed());
    });
}

/// The call ends, and the next step is a new session.
pub fn a_broker_that_never_acknowledges<B: MqttBench>() {
    for options in B::mqtt_options() {
        Rig::<B>::new(options).run(async |modem, scene| {
            connect(modem).await.unwrap();
            let begun = Instant::now();
            let now = begun.as_micros();
            scene.borrow_mut().platform.away(now, now + 65_000_000, Away::Silent);
            let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::NotAcknowledged, ErrorKind::Reconnect));
            assert!(begun.elapsed().as_secs() < 65, "{:?}", begun.elapsed());
            assert_eq!(modem.publish(UP, b"x", Qos::AtMostOnce).await.unwrap_err().kind(), ErrorKind::Reconnect);
            pass_ms(75_000 - begun.elapsed().as_millis()).await;
            connect(modem).await.unwrap();
            modem.publish(UP, b"y", Qos::AtLeastOnce).await.unwrap();
            pass_ms(1000).await;
            assert_eq!(published(scene).last().unwrap(), b"y");
        });
    }
}

/// What the publish owed does not come any more.
pub fn a_connection_that_breaks_during_a_publish_ends_it<B: MqttBench>() {
    for options in B::mqtt_options() {
        Rig::<B>::new(options).run(async |modem, scene| {
            connect(modem).await.unwrap();
            module(scene).kill_before_puback();
            let begun = Instant::now();
            let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Reconnect, "{error}");
            assert!(begun.elapsed().as_secs() < B::BREAK_S, "{:?}", begun.elapsed());
            assert_eq!(published(scene), [b"x"], "the broker has it, and we do not know");
            modem.connect(&broker(), &LOGIN).await.unwrap();
            modem.publish(UP, b"y", Qos::AtLeastOnce).await.unwrap();
        });
    }
}

/// At once, or after the news that the session ended.
pub fn a_context_that_is_lost_during_a_publish_ends_it_with_kind_reattach<B: MqttBench>() {
    for options in B::mqtt_options() {
        Rig::<B>::new(options).run(async |modem, scene| {
            connect(modem).await.unwrap();
            let now = Instant::now().as_micros();
            scene.borrow_mut().platform.away(now, now + 60_000_000, Away::Silent);
            let lose = async {
                pass_ms(1000).await;
                module(scene).lose_context(1);
            };
            let (result, ()) = embassy_futures::join::join(modem.publish(UP, b"x", Qos::AtLeastOnce), lose).await;
            let error = result.unwrap_err();
            if error.kind() == ErrorKind::Reconnect && !B::CONTEXT_FIRST {
                let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Reattach, "{error}");
            } else {
                assert_eq!((error, error.kind()), (Error::NoContext, ErrorKind::Reattach));
                let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Reattach, "{error}");
            }
            pass_ms(60_000).await;
            connect(modem).await.unwrap();
        });
    }
}

/// Neither the acknowledgement of the dropped one nor its result is taken for that of the next.
pub fn the_answer_that_a_dropped_publish_is_owed_does_not_reach_the_next<B: MqttBench>() {
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
        for options in B::mqtt_options() {
            Rig::<B>::new(options).run(async |modem, scene| {
                connect(modem).await.unwrap();
                scene.borrow_mut().platform.delay_puback(3_000_000);
                assert_eq!(within_ms(500, modem.publish(UP, b"first", Qos::AtLeastOnce)).await, None);
                let begun = Instant::now();
                let delivery = modem.publish(UP, b"second", qos).await.unwrap();
                let least = if delivery == Delivery::Acknowledged { 5 } else { 0 };
                assert!((least..8).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
                pass_ms(4000).await;
                assert_eq!(published(scene), [&b"first"[..], b"second"]);
            });
        }
    }
}

/// A late one is waited for; without one the call fails, and whatever the module waits for is given or taken back.
pub fn a_prompt_that_comes_late_or_never<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).delay_prompt(B::LATE_PROMPT_US);
        modem.publish(UP, b"late", Qos::AtLeastOnce).await.unwrap();
        module(scene).lose_prompt();
        let error = modem.publish(UP, b"never", Qos::AtLeastOnce).await.unwrap_err();
        assert!(error.kind().can_heal(), "{error}");
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert!(matches!(modem.front(), None | Some(Inbound::Lost { count: 1, longest: 0 })));
        modem.publish(UP, b"after", Qos::AtLeastOnce).await.unwrap();
        pass_ms(1000).await;
        let seen = published(scene);
        assert_eq!((&*seen[0], &**seen.last().unwrap()), (&b"late"[..], &b"after"[..]));
        assert!(seen[1..seen.len() - 1].iter().all(|payload| *payload == b"     "), "{seen:?}");
    });
}

//! Subscribe, publish: answers, refusals, what is lost on the way.

use wanlink_core::{Delivery, Error as _, ErrorKind, HasMqtt, Inbound, Message, Model as _, MqttAt, Qos};
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

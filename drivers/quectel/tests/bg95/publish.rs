//! Subscribe, publish: answers, refusals, what is lost on the way.

use wanlink_core::{Delivery, Error as _, ErrorKind, MqttAt, Qos, Refusal};
use wanlink_emulator::Options;
use wanlink_platform::Away;

use crate::bench::{Bench, DOWN, Error, LOGIN, UP, broker, connect, module, published, running};

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

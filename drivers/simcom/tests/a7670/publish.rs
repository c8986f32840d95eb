//! Subscribe, publish: answers, refusals, what is lost on the way.

use wanlink_core::{Error as _, ErrorKind, MqttAt, Qos, Refusal};
use wanlink_emulator::{FailureOrder, NetworkLoss, ResultOrder, SimcomOptions, polled};
use wanlink_platform::Away;
use wanlink_simcom::cmqtt::Error;

use crate::bench::{Bench, KEY, LOGIN, NAME, UP, broker, connect, module, published, running, special};

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

//! Subscribe, publish: answers, refusals, what is lost on the way.

use wanlink_core::{Delivery, Error as _, ErrorKind, MqttAt, Qos};
use wanlink_emulator::{Options, SimcomOptions};
use wanlink_platform::Away;
use wanlink_simcom::{Error, Sim7080};

use crate::bench::{Bench, DOWN, LOGIN, UP, broker, connect, module, published, running};

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

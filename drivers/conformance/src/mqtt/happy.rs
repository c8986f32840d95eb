//! The way from power-on to a message each way.

use wanlink_core::{Inbound, Module, MqttAt, Progress, Qos};
use wanlink_emulator::{ContextState, MqttPhase, Options};
use wanlink_scene::bench::pass_ms;

use super::delivered;
use crate::bench::MqttBench;
use crate::rig::{APN, DOWN, KEY, LOGIN, NAME, Rig, UP, broker, published, push};

/// Every method once.
pub fn from_cold_to_a_message_each_way<B: MqttBench>() {
    Rig::<B>::new(Options::default()).run(async |modem, scene| {
        modem.start().await.unwrap();
        let info = modem.describe().await.unwrap();
        assert_eq!((info.imei(), info.iccid()), ("866349040000017", "89860320045510000017"));
        assert_eq!(info.model(), B::label());
        assert!(info.firmware().starts_with(B::profile().firmware), "{}", info.firmware());
        let mut seen = Vec::new();
        modem.attach(&APN, &mut |progress| seen.push(progress)).await.unwrap();
        assert_eq!(seen.first(), Some(&Progress::SimReady));
        assert_eq!(seen.last(), Some(&Progress::ContextUp));
        assert_eq!(scene.borrow().module.context(1), ContextState::Active);
        assert_eq!(modem.signal().await.unwrap().rssi_dbm, Some(-65));
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        assert_eq!(scene.borrow().module.mqtt(0).unwrap().subscriptions, [(DOWN.to_owned(), 1)]);
        let payload = b"{\"t\":25.4}\r\nOK\r\n";
        let delivery = modem.publish(UP, payload, Qos::AtLeastOnce).await.unwrap();
        pass_ms(1000).await;
        assert_eq!((delivery, published(scene)), (delivered::<B>(), vec![payload.to_vec()]));
        push(scene, b"say \"hi\"\r\nERROR\r\n");
        let Inbound::Message(message) = modem.receive().await.unwrap() else { panic!("lost") };
        assert_eq!((message.topic(), message.payload), (DOWN, &b"say \"hi\"\r\nERROR\r\n"[..]));
        modem.unsubscribe(DOWN).await.unwrap();
        assert_eq!(scene.borrow().module.mqtt(0).unwrap().subscriptions, []);
        modem.disconnect().await.unwrap();
        assert_ne!(scene.borrow().module.mqtt(0).unwrap().phase, MqttPhase::Connected);
        modem.stop().await.unwrap();
        assert!(!scene.borrow().platform.is_online(KEY, NAME));
    });
}

//! The way from power-on to a message each way.

use wanlink_core::{Delivery, HasMqtt, Inbound, Module, MqttAt, Qos};
use wanlink_emulator::{MqttPhase, Options};

use crate::bench::{Bench, DOWN, KEY, NAME, Played, UP, connect, on_each_client, published, push};

fn each_way<M: Played + HasMqtt>() {
    Bench::<M>::new(Options::default()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        assert_eq!(scene.borrow().module.mqtt(0).unwrap().subscriptions, [(DOWN.to_owned(), 1)]);
        let payload = b"{\"t\":25.4}\r\nOK\r\n";
        let delivery = modem.publish(UP, payload, Qos::AtLeastOnce).await.unwrap();
        assert_eq!((delivery, published(scene)), (Delivery::Acknowledged, vec![payload.to_vec()]));
        push(scene, b"say \"hi\"\r\nERROR\r\n");
        let Inbound::Message(message) = modem.receive().await.unwrap() else { panic!("lost") };
        assert_eq!((message.topic(), message.payload), (DOWN, &b"say \"hi\"\r\nERROR\r\n"[..]));
        modem.unsubscribe(DOWN).await.unwrap();
        assert_eq!(scene.borrow().module.mqtt(0).unwrap().subscriptions, []);
        modem.disconnect().await.unwrap();
        assert_eq!(scene.borrow().module.mqtt(0).unwrap().phase, MqttPhase::Closed);
        modem.stop().await.unwrap();
        assert!(!scene.borrow().platform.is_online(KEY, NAME));
    });
}

#[test]
fn from_cold_to_a_message_each_way() {
    on_each_client!(each_way);
}

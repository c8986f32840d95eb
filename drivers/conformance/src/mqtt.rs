//! The module's own MQTT client, with the platform behind it.

pub mod connect;
pub mod drawn;
pub mod dropped;
pub mod happy;
pub mod payloads;
pub mod publish;
pub mod receive;
pub mod secrets;

use wanlink_at::driver::Error;
use wanlink_core::{Delivery, ErrorKind, HasMqtt, Inbound, Message, MqttAt, Qos, Refusal};
use wanlink_scene::bench::{SharedScene, pass_ms};

use crate::bench::{ErrorOf, MqttBench};
use crate::rig::{DOWN, UP, connect, published, push};

/// How far a publish with QoS 1 comes.
fn delivered<B: MqttBench>() -> Delivery {
    if B::Model::MQTT.acknowledged { Delivery::Acknowledged } else { Delivery::Accepted }
}

/// A login was refused with this code: told as it is, or as something that has no reason.
fn assert_refused<B: MqttBench>(error: ErrorOf<B>, code: u8) {
    let kind = wanlink_core::Error::kind(&error);
    if B::Model::MQTT.gives_reason {
        assert_eq!((error, kind), (Error::Connack(code), ErrorKind::Refused(Refusal::Connack(code))));
    } else {
        assert_eq!(kind, ErrorKind::Refused(Refusal::Unexplained), "{error}");
    }
}

/// A message with this payload.
fn message<E>(payload: &[u8]) -> Result<Inbound<'_>, E> {
    Ok(Inbound::Message(Message::new(DOWN.as_bytes(), payload)))
}

/// Connects and subscribes.
async fn listening(modem: &mut impl MqttAt) {
    connect(modem).await.unwrap();
    modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
}

/// The whole way, from start to stop; everything has to work.
///
/// # Panics
/// When something does not.
pub async fn whole_way<B: MqttBench>(modem: &mut impl MqttAt, scene: &SharedScene) {
    connect(modem).await.unwrap();
    assert_eq!(modem.describe().await.unwrap().imei(), "866349040000017");
    modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
    let before = published(scene).len();
    for (payload, qos) in [(b"zero", Qos::AtMostOnce), (b"once", Qos::AtLeastOnce)] {
        modem.publish(UP, payload, qos).await.unwrap();
        push(scene, payload);
        assert_eq!(modem.receive().await.unwrap(), Inbound::Message(Message::new(DOWN.as_bytes(), payload)));
    }
    assert_eq!(published(scene)[before..], [b"zero", b"once"]);
    modem.unsubscribe(DOWN).await.unwrap();
    modem.disconnect().await.unwrap();
    modem.stop().await.unwrap();
    pass_ms(B::OFF_MS).await;
    assert!(!scene.borrow().module.is_on());
}

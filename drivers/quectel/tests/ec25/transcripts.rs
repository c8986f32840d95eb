//! The exact bytes of what EC25 does otherwise than BG95, one line of the module an entry.

use wanlink_core::{Delivery, Inbound, Message, Module, MqttAt, Qos};

use crate::bench::{DOWN, LOGIN, UP, broker};
use crate::replay::{Story, every_form, stories};

const STORIES: &[(&str, &str, Story)] = stories! {
    "ec25/boot.at", |modem| { modem.start().await.unwrap() }
    "ec25/describe.at", |modem| {
        let info = modem.describe().await.unwrap();
        assert_eq!((info.model(), info.firmware()), ("EC25", "EG25GGBR07A08M2G"));
    }
    "ec25/clock.at", |modem| {
        assert_eq!(modem.clock().await.unwrap().map(|time| time.as_secs()), Some(1_767_225_606));
        assert_eq!(modem.clock().await, Ok(None));
        assert_eq!(modem.clock().await.unwrap().map(|time| time.as_secs()), Some(1_767_225_607));
    }
    "ec25/session.at", |modem| {
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        assert_eq!(modem.publish(UP, b"hello", Qos::AtMostOnce).await, Ok(Delivery::Sent));
        assert_eq!(modem.publish(UP, b"{\"t\":25.4}", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
        assert_eq!(modem.publish(UP, b"old", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
        let message = Message::new(DOWN.as_bytes(), b"{\"led\":1}");
        assert_eq!(modem.receive().await, Ok(Inbound::Message(message)));
        modem.unsubscribe(DOWN).await.unwrap();
        modem.disconnect().await.unwrap();
    }
};

#[test]
fn every_transcript_in_every_form() {
    every_form(STORIES);
}

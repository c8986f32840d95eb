//! The link's own check of a model's limits, over a module that leaves it to the link.

use core::time::Duration;

use wanlink_core::fake::{FakeError, Pushing, block_on};
use wanlink_core::{
    Argument, Delivery, Error, ErrorKind, ErrorType, Inbound, Info, Login, Module, MqttAt, MqttLimits, Network, Notice,
    Plain, Progress, Qos, Rung, Security, Server, Signal, TooLong,
};
// Brings the clock that a session asks.
use wanlink_emulator as _;
use wanlink_transports::{Connect, Downlink, Endpoint, Identity, LinkError, Session, Uplink, mqtt, topic};

/// A module with a short host name, topic and payload. It must never be called here.
struct Narrow(Pushing);

impl ErrorType for Narrow {
    type Error = FakeError;
}

impl Module for Narrow {
    async fn start(&mut self) -> Result<(), FakeError> {
        unreachable!("switched on for nothing")
    }

    async fn describe(&mut self) -> Result<Info, FakeError> {
        self.0.describe().await
    }

    async fn attach(&mut self, network: &Network<'_>, progress: &mut dyn FnMut(Progress)) -> Result<(), FakeError> {
        self.0.attach(network, progress).await
    }

    async fn signal(&mut self) -> Result<Signal, FakeError> {
        self.0.signal().await
    }

    async fn clock(&mut self) -> Result<Option<Duration>, FakeError> {
        self.0.clock().await
    }

    async fn idle(&mut self) -> Result<Notice, FakeError> {
        self.0.idle().await
    }

    async fn recover(&mut self, rung: Rung) -> Result<(), FakeError> {
        self.0.recover(rung).await
    }

    async fn stop(&mut self) -> Result<(), FakeError> {
        self.0.stop().await
    }
}

impl MqttAt for Narrow {
    const MQTT: MqttLimits = MqttLimits::UNSTATED.host(20).topic(64).payload(4);

    async fn connect<S: Security>(&mut self, _: &Server<'_, S>, _: &Login<'_>) -> Result<(), FakeError> {
        unreachable!("called with a long host name")
    }

    async fn subscribe(&mut self, _: &str, _: Qos) -> Result<(), FakeError> {
        unreachable!("called with a long filter")
    }

    async fn unsubscribe(&mut self, _: &str) -> Result<(), FakeError> {
        unreachable!("called with a long filter")
    }

    async fn publish(&mut self, _: &str, _: &[u8], _: Qos) -> Result<Delivery, FakeError> {
        unreachable!("called with a long topic or payload")
    }

    async fn ready(&mut self) -> Result<(), FakeError> {
        self.0.ready().await
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.0.front()
    }

    async fn disconnect(&mut self) -> Result<(), FakeError> {
        self.0.disconnect().await
    }
}

#[test]
fn a_session_does_not_even_switch_the_module_on() {
    let identity = Identity::new("pk", "dn", "secret").unwrap();
    let mut link = mqtt::Link::new(Narrow(Pushing::new().0), &identity, Endpoint::instance("iot-06z00a"));
    let host = LinkError::TooLong(TooLong::new(Argument::HostName, 20, 35));
    assert_eq!(link.check(), Err(host));
    assert_eq!(block_on(link.connect()), Err(host));

    let mut session = Session::new(link, Network::apn("cmiot"), 1);
    assert_eq!(block_on(session.ready()), Err(host));
    assert_eq!(block_on(session.publish(topic::user("x"), b"x", Qos::AtLeastOnce)), Err(host));
}

#[test]
fn topics_filters_and_payloads() {
    let identity = Identity::new("pk", "dn", "secret").unwrap();
    let mut link = mqtt::Link::new(Narrow(Pushing::new().0), &identity, Endpoint::custom("h", 1, Plain));
    let long = "u".repeat(53);
    let topic = topic::user(&long);
    let too_long = LinkError::TooLong(TooLong::new(Argument::Topic, 64, 65));
    assert_eq!(too_long.kind(), ErrorKind::Misuse);
    block_on(async {
        assert_eq!(link.publish(topic, b"x", Qos::AtMostOnce).await, Err(too_long));
        assert_eq!(link.subscribe(topic).await, Err(too_long));
        assert_eq!(link.unsubscribe(topic).await, Err(too_long));
        let too_long = TooLong::new(Argument::Payload, 4, 5);
        let error = link.publish(topic::user("update"), b"12345", Qos::AtMostOnce).await;
        assert_eq!(error, Err(LinkError::TooLong(too_long)));
    });
}

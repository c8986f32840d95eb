//! The MQTT client of a scripted module.

use super::feed::MqttFeed;
use super::script::{Call, Level, Publish};
use super::{Fake, FakeError};
use crate::{Delivery, ErrorKind, Inbound, Login, MqttAt, MqttLimits, Qos, Refusal, Security, Server, Trust};

impl<F: MqttFeed> MqttAt for Fake<F> {
    const MQTT: MqttLimits = F::LIMITS;

    async fn connect<S: Security>(&mut self, broker: &Server<'_, S>, login: &Login<'_>) -> Result<(), FakeError> {
        self.settle();
        F::LIMITS.check_login(broker, login)?;
        self.need(Level::Attached)?;
        let call = Call::Connect {
            host: broker.host.into(),
            port: broker.port,
            trust: broker.security.tls().map(|tls| match tls.trust {
                Trust::Root(root) => root.name().into(),
                Trust::Anyone => "anyone".into(),
            }),
            client_id: login.client_id.into(),
            user: login.user.into(),
            password: login.password.into(),
            keep_alive_s: login.keep_alive_s,
        };
        self.exchange(call).await;
        self.need(Level::Attached)?;
        self.level = Level::Attached;
        self.script.login(login.clean_session).map_err(|error| match error {
            FakeError::Kind(ErrorKind::Refused(Refusal::Connack(_))) if !F::LIMITS.gives_reason => {
                ErrorKind::Refused(Refusal::Unexplained).into()
            }
            other => other,
        })?;
        self.level = Level::Connected;
        Ok(())
    }

    async fn subscribe(&mut self, filter: &str, _qos: Qos) -> Result<(), FakeError> {
        self.settle();
        F::LIMITS.check_topic(filter)?;
        self.need(Level::Connected)?;
        self.exchange(Call::Subscribe(filter.into())).await;
        self.need(Level::Connected)?;
        self.script.subscribe(filter)
    }

    async fn unsubscribe(&mut self, filter: &str) -> Result<(), FakeError> {
        self.settle();
        F::LIMITS.check_topic(filter)?;
        self.need(Level::Connected)?;
        self.exchange(Call::Unsubscribe(filter.into())).await;
        self.need(Level::Connected)?;
        self.script.unsubscribe(filter);
        Ok(())
    }

    async fn publish(&mut self, topic: &str, payload: &[u8], qos: Qos) -> Result<Delivery, FakeError> {
        self.settle();
        F::LIMITS.check_topic(topic)?;
        F::LIMITS.check_payload(payload)?;
        self.need(Level::Connected)?;
        self.exchange(Call::Publish(topic.into())).await;
        self.need(Level::Connected)?;
        let message = Publish { topic: topic.into(), payload: payload.into(), qos, dup: false };
        if let Err(kind) = self.script.publish(message) {
            self.script.break_by(kind);
            self.take_lines();
            return Err(kind.into());
        }
        Ok(match qos {
            Qos::AtMostOnce => Delivery::Sent,
            Qos::AtLeastOnce => Delivery::Acknowledged,
        })
    }

    async fn ready(&mut self) -> Result<(), FakeError> {
        self.inbox.release();
        while self.inbox.is_empty() {
            let Self { script, inbox, feed, .. } = self;
            script.with_wire(|wire| feed.fetch(wire, inbox));
            // What had arrived before the session ended is had first.
            if !self.feed.expects() {
                self.need(Level::Connected)?;
            }
            let line = self.script.line().await;
            self.take(line);
        }
        Ok(())
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.inbox.front()
    }

    async fn disconnect(&mut self) -> Result<(), FakeError> {
        self.settle();
        self.exchange(Call::Disconnect).await;
        self.level = self.level.min(Level::Attached);
        self.need(Level::On)
    }
}

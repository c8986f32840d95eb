//! The MQTT client of the simulated module.

use wanlink_core::{Delivery, ErrorKind, Inbound, Login, Message, MqttAt, MqttLimits, Qos, Security, Server};

use crate::modem::{Failed, Modem};
use crate::net::Command;

impl MqttAt for Modem {
    const MQTT: MqttLimits = MqttLimits::UNSTATED;

    async fn connect<S: Security>(&mut self, _: &Server<'_, S>, _: &Login<'_>) -> Result<(), Failed> {
        self.done(Command::Login, ErrorKind::Reconnect).await?;
        if !self.net.with(|net| net.is_logged_in) {
            return Err(Failed(ErrorKind::Reattach));
        }
        self.session = Ok(());
        Ok(())
    }

    async fn subscribe(&mut self, _: &str, _: Qos) -> Result<(), Failed> {
        self.done(Command::Signal, ErrorKind::Reconnect).await
    }

    async fn unsubscribe(&mut self, _: &str) -> Result<(), Failed> {
        self.done(Command::Signal, ErrorKind::Reconnect).await
    }

    async fn publish(&mut self, _: &str, payload: &[u8], _: Qos) -> Result<Delivery, Failed> {
        self.begin().await?;
        self.session.map_err(Failed)?;
        self.done(Command::Publish(payload.into()), ErrorKind::Reconnect).await?;
        Ok(Delivery::Acknowledged)
    }

    async fn ready(&mut self) -> Result<(), Failed> {
        self.begin().await?;
        self.listen(|modem| match modem.session {
            _ if !modem.inbox.is_empty() => Some(Ok(())),
            Err(kind) => Some(Err(Failed(kind))),
            Ok(()) => None,
        })
        .await
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.is_lent = !self.inbox.is_empty();
        let payload = self.inbox.front()?;
        Some(Inbound::Message(Message::new(b"t", payload)))
    }

    async fn disconnect(&mut self) -> Result<(), Failed> {
        self.session = Err(ErrorKind::Reconnect);
        Ok(())
    }
}

//! The module's MQTT client (MQTT Application Note, all chapters).

use embassy_futures::select::{Either, select};
use embassy_time::Timer;
use embedded_io_async::{Read, Write};
use wanlink_at::Arg;
use wanlink_core::{Delivery, HasMqtt, Inbound, Login, Message, MqttAt, MqttLimits, Qos, Security, Server};

use crate::driver::Quectel;
use crate::error::Error;
use crate::model::QuectelModel;
use crate::pins::PowerPins;
use crate::sequence::{connect, traffic};
use crate::state::Session;
use crate::urc::{LINE, MESSAGE};

/// How often a client that is still occupied is freed before an open counts as failed.
const FREE_TRIES: u8 = 1;

impl<M: QuectelModel + HasMqtt, R: Read, W: Write, P: PowerPins> MqttAt for Quectel<'_, M, R, W, P> {
    const MQTT: MqttLimits = M::MQTT;

    async fn connect<S: Security>(&mut self, broker: &Server<'_, S>, login: &Login<'_>) -> Result<(), Error> {
        M::MQTT.check_login(broker, login)?;
        Self::check_text("host name", broker.host, usize::MAX)?;
        Self::check_text("client id", login.client_id, usize::MAX)?;
        Self::check_text("user name", login.user, usize::MAX)?;
        Self::check_text("password", login.password, usize::MAX)?;
        self.keep_alive_s = login.keep_alive_s;
        let args = [
            Arg::Text(broker.host.as_bytes()),
            Arg::Number(broker.port.into()),
            Arg::Text(login.client_id.as_bytes()),
            Arg::Text(login.user.as_bytes()),
            Arg::Secret(login.password.as_bytes()),
            Arg::Number(login.keep_alive_s.into()),
            Arg::Number(login.clean_session.into()),
        ];
        let mut tries = 0;
        loop {
            let old = if self.state.session == Session::Closed { 0 } else { connect::OLD };
            self.state.session = Session::Opening;
            match self.ask(&connect::CONNECT, old, &args, &[], connect::take).await {
                Err(Error::Open(2)) if tries < FREE_TRIES => {
                    tries += 1;
                    self.state.session = Session::Unknown;
                    self.ask(&connect::FREE, 0, &[], &[], connect::take).await?;
                }
                Ok(()) => return Ok(()),
                Err(error) => {
                    if self.state.session != Session::Closed {
                        self.state.session = Session::Unknown;
                    }
                    return Err(error);
                }
            }
        }
    }

    async fn subscribe(&mut self, filter: &str, qos: Qos) -> Result<(), Error> {
        self.check_topic(filter)?;
        let args = [Arg::Number(self.next_id()), Arg::Text(filter.as_bytes()), Arg::Number(qos as u32)];
        self.ask_session(&traffic::SUBSCRIBE, &args, &[]).await
    }

    async fn unsubscribe(&mut self, filter: &str) -> Result<(), Error> {
        self.check_topic(filter)?;
        let args = [Arg::Number(self.next_id()), Arg::Text(filter.as_bytes())];
        self.ask_session(&traffic::UNSUBSCRIBE, &args, &[]).await
    }

    async fn publish(&mut self, topic: &str, payload: &[u8], qos: Qos) -> Result<Delivery, Error> {
        self.check_topic(topic)?;
        M::MQTT.check_payload(payload)?;
        // QoS 0 has no packet identifier (MQTT 3.1.1, 2.3.1).
        let (id, delivery) = match qos {
            Qos::AtMostOnce => (0, Delivery::Sent),
            Qos::AtLeastOnce => (self.next_id(), Delivery::Acknowledged),
        };
        let args =
            [Arg::Number(id), Arg::Number(qos as u32), Arg::Text(topic.as_bytes()), Arg::Number(payload.len() as u32)];
        self.ask_session(&traffic::PUBLISH, &args, payload).await?;
        Ok(delivery)
    }

    async fn ready(&mut self) -> Result<(), Error> {
        self.modem.release();
        self.loss = None;
        loop {
            // Lines that were kept and not read make way for messages.
            while self.modem.front_tag() == Some(LINE) {
                self.modem.front();
                self.modem.release();
            }
            if self.has_message() {
                return Ok(());
            }
            self.check_session()?;
            self.state.notice = None;
            let silent_at = self.silent_at();
            let listening = self.ask(&traffic::LISTEN, 0, &[], &[], traffic::take);
            if let Either::First(result) = select(listening, Timer::at(silent_at)).await {
                result?;
                continue;
            }
            // One keep-alive of silence: a session that ended may have been told by a line that was lost.
            self.state.confirmed = false;
            self.ask(&traffic::STATUS, 0, &[], &[], traffic::take).await?;
            if !self.state.confirmed {
                self.state.session = Session::Lost(0);
            }
        }
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.loss = self.loss.or_else(|| self.modem.take_loss());
        if let Some(loss) = self.loss {
            return Some(Inbound::Lost { count: loss.count, longest: loss.longest });
        }
        let record = self.modem.front().filter(|record| record.tag == MESSAGE)?;
        Some(Inbound::Message(Message {
            topic: core::str::from_utf8(record.head).unwrap_or_default(),
            payload: record.body,
        }))
    }

    async fn disconnect(&mut self) -> Result<(), Error> {
        if self.state.session == Session::Closed {
            return Ok(());
        }
        self.state.session = Session::Unknown;
        match self.ask(&connect::DISCONNECT, 0, &[], &[], connect::take).await {
            Err(error @ (Error::Restarted | Error::Port(_))) => Err(error),
            _ => {
                self.state.session = Session::Closed;
                Ok(())
            }
        }
    }
}

impl<M: QuectelModel + HasMqtt, R: Read, W: Write, P: PowerPins> Quectel<'_, M, R, W, P> {
    fn check_topic(&self, topic: &str) -> Result<(), Error> {
        M::MQTT.check_topic(topic)?;
        Self::check_text("topic", topic, usize::MAX)
    }

    fn check_session(&self) -> Result<(), Error> {
        match self.state.session {
            Session::Up => Ok(()),
            Session::Lost(cause) => Err(Error::SessionLost(cause)),
            _ => Err(Error::NotConnected),
        }
    }

    /// Packet identifiers from 1 to 65535.
    fn next_id(&mut self) -> u32 {
        self.message_id = self.message_id.checked_add(1).unwrap_or(1);
        self.message_id.into()
    }

    /// A message, or the news that one was lost.
    fn has_message(&self) -> bool {
        self.modem.has_loss() || self.modem.front_tag() == Some(MESSAGE)
    }

    /// Runs an operation that needs the session.
    async fn ask_session(&mut self, table: &'static [u8], args: &[Arg<'_>], body: &[u8]) -> Result<(), Error> {
        self.check_session()?;
        match self.ask(table, 0, args, body, traffic::take).await {
            // The module would have taken it if the session were there.
            Err(Error::Module { .. }) => {
                self.state.session = Session::Unknown;
                Err(Error::SessionLost(0))
            }
            result => result,
        }
    }
}

//! The module's MQTT client (MQTT Application Note, all chapters).

use embassy_futures::select::{Either, select};
use embassy_time::{Instant, Timer};
use embedded_io_async::{Read, Write};
use wanlink_at::Arg;
use wanlink_core::{
    Delivery, Error as _, ErrorKind, HasMqtt, Inbound, Login, Message, MqttAt, MqttLimits, Qos, Security, Server,
};

use crate::driver::Quectel;
use crate::error::Error;
use crate::model::QuectelModel;
use crate::pins::PowerPins;
use crate::sequence::{connect, traffic};
use crate::state::{SESSION, Session};
use crate::urc::MESSAGE;

/// The longest keep-alive that the module takes, in seconds (MQTT 3.3.1); a longer one is cut to it.
const KEEP_ALIVE_S: u16 = 3600;
/// How often a client that is still occupied is freed before an open counts as failed.
const FREE_TRIES: u8 = 1;

impl<M: QuectelModel + HasMqtt, R: Read, W: Write, P: PowerPins> MqttAt for Quectel<'_, M, R, W, P> {
    const MQTT: MqttLimits = M::MQTT;

    async fn connect<S: Security>(&mut self, broker: &Server<'_, S>, login: &Login<'_>) -> Result<(), Error> {
        if S::TLS {
            return Err(Error::NoTls);
        }
        M::MQTT.check_login(broker, login)?;
        Self::check_name("host name", broker.host)?;
        Self::check_name("client id", login.client_id)?;
        Self::check_text("user name", login.user, usize::MAX)?;
        Self::check_text("password", login.password, usize::MAX)?;
        self.keep_alive_s = login.keep_alive_s.min(KEEP_ALIVE_S);
        let args = [
            Arg::Text(broker.host.as_bytes()),
            Arg::Number(broker.port.into()),
            Arg::Text(login.client_id.as_bytes()),
            Arg::Text(login.user.as_bytes()),
            Arg::Secret(login.password.as_bytes()),
            Arg::Number(self.keep_alive_s.into()),
            Arg::Number(login.clean_session.into()),
        ];
        let mut tries = 0;
        loop {
            let old = if self.state.session == Session::Closed { 0 } else { connect::OLD };
            if old != 0 {
                self.state.ended();
            }
            self.state.session = Session::Opening;
            let result = self.ask(&connect::CONNECT, SESSION | old, &args, &[], &mut connect::take).await;
            if result.is_ok() {
                (self.state.doubt, self.state.notice) = (None, None);
                return result;
            }
            self.state.ended();
            if self.state.session != Session::Closed {
                self.state.session = Session::Unknown;
            }
            // A client that is open refuses its settings, or says that it is occupied.
            if tries >= FREE_TRIES || !matches!(result, Err(Error::Open(2) | Error::Module { .. })) {
                return result;
            }
            tries += 1;
            self.ask(&connect::FREE, SESSION, &[], &[], &mut connect::take).await?;
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
        // The broker hangs up on wildcards here (MQTT 3.1.1, 3.3.2.1).
        if topic.contains(['+', '#']) {
            return Err(Error::Malformed("topic"));
        }
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
        self.settle();
        loop {
            self.skip_lines();
            if self.modem.has_loss() || self.modem.front_tag() == Some(MESSAGE) {
                return Ok(());
            }
            self.check_session()?;
            if self.state.doubt.is_some() {
                self.confirm().await?;
                continue;
            }
            self.state.notice = None;
            let silent_at = self.silent_at();
            let mut take = traffic::take;
            let listening = self.ask(&traffic::LISTEN, SESSION, &[], &[], &mut take);
            match select(listening, Timer::at(silent_at)).await {
                Either::First(result) => result?,
                // Something came meanwhile.
                Either::Second(()) if Instant::now() < self.silent_at() => {}
                // A session that ended may have been told by a line that was lost.
                Either::Second(()) => self.state.doubt = Some(0),
            }
        }
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.loss = self.loss.or_else(|| self.modem.take_loss());
        if let Some(loss) = self.loss {
            return Some(Inbound::Lost { count: loss.count, longest: loss.longest });
        }
        self.skip_lines();
        let record = self.modem.front()?;
        Some(Inbound::Message(Message::new(record.head, record.body)))
    }

    async fn disconnect(&mut self) -> Result<(), Error> {
        if self.state.session == Session::Closed {
            return Ok(());
        }
        self.state.session = Session::Unknown;
        self.state.ended();
        match self.ask(&connect::DISCONNECT, 0, &[], &[], &mut connect::take).await {
            Err(error) if error.kind() == ErrorKind::Restart => Err(error),
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
        Self::check_name("topic", topic)
    }

    fn check_session(&self) -> Result<(), Error> {
        if self.state.down {
            return Err(Error::Restarted);
        }
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

    /// Lines that were kept and not read make way for messages.
    fn skip_lines(&mut self) {
        while self.line().is_some() {
            self.modem.release();
        }
    }

    /// Asks the module whether the session is there.
    async fn confirm(&mut self) -> Result<(), Error> {
        self.state.confirmed = false;
        self.ask(&traffic::STATUS, SESSION, &[], &[], &mut traffic::take).await?;
        let doubt = self.state.doubt.take();
        if !self.state.confirmed {
            self.state.session = Session::Lost(doubt.unwrap_or(0));
        }
        self.check_session()
    }

    /// Runs an operation that needs the session.
    async fn ask_session(&mut self, table: &'static [u8], args: &[Arg<'_>], body: &[u8]) -> Result<(), Error> {
        self.check_session()?;
        match self.ask(table, SESSION, args, body, &mut traffic::take).await {
            // Without the session the module refuses, too, and does not say which it was.
            Err(refused @ Error::Module { .. }) => self.confirm().await.and(Err(refused)),
            result => result,
        }
    }
}

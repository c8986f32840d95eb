//! What the internet and the broker do to the MQTT client, and the lines that tell of it (ublox-at 3).

use super::Module;
use super::events::Event;
use super::model::MqttSyntax;
use super::mqtt_client::{NO_SERVICE, NOT_SECURE, Operation, Phase, TIMEOUT};
use crate::engine::internet::{LinkId, NetEvent, OpenFailure};
use crate::module::reply;
use crate::mqtt::session::Event as SessionEvent;

/// `+UUMQTTC: 0,<why>`
const INACTIVE: u8 = 100;
const CONNECTION_LOST: u8 = 101;
const PROTOCOL_VIOLATED: u8 = 102;

impl Module {
    pub(super) fn mqtt_event(&mut self, link: LinkId, event: NetEvent) {
        let opening = matches!(self.own.mqtt.phase, Phase::Opening(_));
        match event {
            NetEvent::Opened { .. } if opening => self.connect_client(link),
            NetEvent::OpenFailed { why, .. } if opening => {
                self.login_failed(match why {
                    OpenFailure::Dns | OpenFailure::Refused => NO_SERVICE,
                    OpenFailure::Timeout => TIMEOUT,
                    OpenFailure::Tls => NOT_SECURE,
                });
            }
            NetEvent::Closed { .. } if opening => self.login_failed(NO_SERVICE),
            NetEvent::Data { bytes, .. } => {
                if let Phase::Up(_, session) = &mut self.own.mqtt.phase {
                    session.input(self.now_us, &bytes);
                }
                self.mqtt_carries_out();
            }
            NetEvent::Closed { .. } => self.mqtt_lost(CONNECTION_LOST),
            NetEvent::Resolved { .. } | NetEvent::Opened { .. } | NetEvent::OpenFailed { .. } => {}
        }
    }

    /// The client is down; its profile and what waits to be read stay.
    pub(super) fn mqtt_goes_down(&mut self) -> Option<LinkId> {
        self.call_off_own(|event| matches!(event, Event::LoginTimeout { .. }));
        let client = &mut self.own.mqtt;
        let link = client.link();
        (client.phase, client.pings) = (Phase::Down, false);
        client.subscriptions.clear();
        link
    }

    pub(super) fn login_failed(&mut self, code: u8) {
        self.mqtt_goes_down();
        self.mqtt_fails(code);
        let line = self.login_line(false);
        self.mqtt_result(&line);
    }

    /// "0 = accepted" in the old syntax, 1 in the new one.
    pub(super) fn login_line(&self, good: bool) -> String {
        match self.own.model.mqtt {
            MqttSyntax::New => format!("1,{}", u8::from(good)),
            // Server unavailable: what the old client says of a server that it does not reach is not stated.
            MqttSyntax::Old => if good { "1,0" } else { "1,3" }.to_owned(),
        }
    }

    /// What waited has its result.
    pub(super) fn mqtt_result(&mut self, line: &str) {
        match (self.own.mqtt.pending.take(), self.own.model.mqtt) {
            // There the command itself waits for it.
            (Some(Operation::Publish(..) | Operation::Unsubscribe(..)), MqttSyntax::Old) => {
                self.answer(reply::line(format!("+UMQTTC: {line}")));
            }
            _ => self.urc(format!("+UUMQTTC: {line}")),
        }
    }

    pub(super) fn mqtt_result_later(&mut self, line: impl Into<String>) {
        let at_us = self.now_us + self.answered_us();
        self.later(at_us, Event::MqttDone { line: line.into() });
    }

    /// The session is over, and nobody asked for it.
    fn mqtt_lost(&mut self, why: u8) {
        if self.own.mqtt.is_down() {
            return;
        }
        let connecting = self.own.mqtt.pending == Some(Operation::Login);
        if let Some(link) = self.mqtt_goes_down() {
            self.internet.abort(link);
        }
        if connecting {
            return self.login_failed(self.options.ublox.refused_login);
        }
        let told = self.options.ublox.lost_operation_told || self.own.model.mqtt == MqttSyntax::Old;
        match self.own.mqtt.pending.clone().filter(|_| told) {
            Some(operation) => self.mqtt_result(&failure(&operation)),
            None => self.own.mqtt.pending = None,
        }
        self.urc(format!("+UUMQTTC: 0,{why}"));
    }

    /// The context is gone, or every connection breaks.
    pub(super) fn close_mqtt(&mut self) {
        self.mqtt_lost(CONNECTION_LOST);
    }

    pub(super) fn poll_mqtt(&mut self) {
        if self.inactive_at().is_some_and(|at_us| at_us <= self.now_us) {
            return self.mqtt_lost(INACTIVE);
        }
        if let Phase::Up(_, session) = &mut self.own.mqtt.phase {
            session.poll(self.now_us);
            self.mqtt_carries_out();
        }
    }

    pub(super) fn next_of_mqtt(&self) -> Option<u64> {
        let session = match &self.own.mqtt.phase {
            Phase::Up(_, session) => session.next(),
            _ => None,
        };
        session.into_iter().chain(self.inactive_at()).min()
    }

    /// "Without it the broker (and `0,100`) drops an idle link": after how long the module does so itself is not
    /// stated; after the keep-alive time.
    fn inactive_at(&self) -> Option<u64> {
        let client = &self.own.mqtt;
        let idle = matches!(&client.phase, Phase::Up(_, session) if session.is_connected()) && !client.pings;
        let wanted = idle && client.profile.keep_alive_s > 0 && self.options.ublox.inactivity_closes;
        wanted.then(|| client.last_sent_us + u64::from(client.profile.keep_alive_s) * 1_000_000)
    }

    /// Carries out what the session wants: its bytes go out, its events become lines.
    pub(super) fn mqtt_carries_out(&mut self) {
        let Phase::Up(link, session) = &mut self.own.mqtt.phase else { return };
        let link = *link;
        let (bytes, events) = (session.take_bytes(), session.take_events());
        if !bytes.is_empty() {
            self.own.mqtt.last_sent_us = self.now_us;
            self.internet.send(link, bytes);
        }
        for event in events {
            self.session_event(event);
        }
    }

    fn session_event(&mut self, event: SessionEvent) {
        match event {
            SessionEvent::Connected(0) => {
                let line = self.login_line(true);
                self.mqtt_result(&line);
            }
            SessionEvent::Connected(code) => self.login_refused(code),
            SessionEvent::ConnectFailed => {
                if let Some(link) = self.mqtt_goes_down() {
                    self.internet.close(link);
                }
                self.login_failed(TIMEOUT);
            }
            SessionEvent::Subscribed { granted, .. } => self.subscribed(granted.first().copied().unwrap_or(128)),
            SessionEvent::Done(_, id) => self.operation_done(id),
            SessionEvent::Failed(..) => {
                if let Some(operation) = self.own.mqtt.pending.clone() {
                    self.mqtt_fails(TIMEOUT);
                    self.mqtt_result(&failure(&operation));
                }
            }
            SessionEvent::Message { topic, payload, qos, .. } => self.message_arrives(topic, payload, qos),
            SessionEvent::Ping { answered: false } => {
                self.urc("+UUMQTTC: 8,0");
                self.mqtt_lost(INACTIVE);
            }
            SessionEvent::Cut => self.mqtt_lost(CONNECTION_LOST),
            SessionEvent::Broken => self.mqtt_lost(PROTOCOL_VIOLATED),
            SessionEvent::Ping { .. } | SessionEvent::ConnectSlow(_) | SessionEvent::SentAgain(..) => {}
        }
    }

    fn login_refused(&mut self, code: u8) {
        if let Some(link) = self.mqtt_goes_down() {
            self.internet.close(link);
        }
        self.mqtt_fails(self.options.ublox.refused_login);
        let line = match self.own.model.mqtt {
            MqttSyntax::New => self.login_line(false),
            MqttSyntax::Old => format!("1,{code}"),
        };
        self.mqtt_result(&line);
    }

    fn operation_done(&mut self, wanted: u16) {
        let line = match &self.own.mqtt.pending {
            Some(Operation::Publish(number, id)) if *id == wanted => format!("{number},1"),
            Some(Operation::Unsubscribe(filter, id)) if *id == wanted => {
                let filter = filter.clone();
                self.own.mqtt.subscriptions.retain(|entry| entry.0 != filter);
                "5,1".to_owned()
            }
            // An answer that comes twice.
            _ => return,
        };
        self.mqtt_result(&line);
    }
}

/// The result line of an operation that came to nothing.
fn failure(operation: &Operation) -> String {
    match operation {
        Operation::Login => "1,0".to_owned(),
        Operation::Logout => "0,0".to_owned(),
        Operation::Publish(number, _) => format!("{number},0"),
        Operation::Subscribe(filter, _) => format!("4,0,128,\"{filter}\""),
        Operation::Unsubscribe(..) => "5,0".to_owned(),
    }
}

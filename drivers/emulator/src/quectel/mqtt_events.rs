//! What the internet and the broker do to a client, and the lines that tell of it (quectel-at 2.2).

use super::Module;
use super::model::Group;
use super::mqtt_client::Phase;
use super::reply::ResultKey;
use crate::engine::internet::{LinkId, NetEvent, OpenFailure};
use crate::module::options::ConnackTimeout;
use crate::mqtt::session::{Event as SessionEvent, Operation, Session};

/// Reasons of `+QMTSTAT`.
const CLOSED_BY_PEER: u8 = 1;
const PING_FAILED: u8 = 2;
const CONNACK_FAILED: u8 = 4;
const SENDING_FAILED: u8 = 6;

impl Module {
    pub(super) fn client_of(&self, wanted: LinkId) -> Option<usize> {
        self.own
            .clients
            .iter()
            .position(|client| matches!(client.phase, Phase::Opening(link) | Phase::Open(link, _) if link == wanted))
    }

    /// An event reaches the client that its link belongs to.
    pub(super) fn client_event(&mut self, index: usize, link: LinkId, event: NetEvent) {
        let opening = matches!(self.own.clients[index].phase, Phase::Opening(_));
        match event {
            NetEvent::Opened { .. } if opening => {
                let config = &self.own.clients[index].config;
                let session = Session::new(config.patience(), config.keep_alive_s);
                self.own.clients[index].phase = Phase::Open(link, Box::new(session));
                self.result(ResultKey::Open(index), &format!("+QMTOPEN: {index},0"), true);
            }
            NetEvent::OpenFailed { why, .. } if opening => self.open_failed(index, why),
            NetEvent::Closed { .. } if opening => self.open_failed(index, OpenFailure::Refused),
            NetEvent::Data { bytes, .. } => {
                if let Phase::Open(_, session) = &mut self.own.clients[index].phase {
                    session.input(self.now_us, &bytes);
                }
                self.carry_out(index);
            }
            NetEvent::Closed { .. } => {
                self.free(index);
                self.client_lost(index, CLOSED_BY_PEER);
            }
            NetEvent::Resolved { .. } | NetEvent::Opened { .. } | NetEvent::OpenFailed { .. } => {}
        }
    }

    fn open_failed(&mut self, index: usize, why: OpenFailure) {
        let code = match why {
            _ if self.options.open_failure_hidden => -1,
            OpenFailure::Dns => 4,
            OpenFailure::Refused | OpenFailure::Timeout => 5,
            OpenFailure::Tls => -1,
        };
        self.own.last_error = if why == OpenFailure::Dns { 565 } else { 566 };
        self.free(index);
        self.result(ResultKey::Open(index), &format!("+QMTOPEN: {index},{code}"), true);
    }

    pub(super) fn poll_clients(&mut self) {
        for index in 0..self.own.clients.len() {
            if let Phase::Open(_, session) = &mut self.own.clients[index].phase {
                session.poll(self.now_us);
                self.carry_out(index);
            }
        }
    }

    pub(super) fn next_of_clients(&self) -> Option<u64> {
        let next = |client: &super::mqtt_client::Client| match &client.phase {
            Phase::Open(_, session) => session.next(),
            _ => None,
        };
        self.own.clients.iter().filter_map(next).min()
    }

    /// Carries out what a session wants: its bytes go out, its events become lines.
    pub(super) fn carry_out(&mut self, index: usize) {
        let Phase::Open(link, session) = &mut self.own.clients[index].phase else { return };
        let link = *link;
        let (bytes, events) = (session.take_bytes(), session.take_events());
        self.internet.send(link, bytes);
        for event in events {
            self.session_event(index, event);
            if self.client_of(link).is_none() {
                return;
            }
        }
    }

    fn session_event(&mut self, index: usize, event: SessionEvent) {
        let told = self.own.clients[index].config.notice || self.options.retransmission_lines;
        match event {
            SessionEvent::Connected(code) => {
                let of_ua = self.own.model.group == Group::Ua;
                let bare = of_ua && code == 0 && self.options.quectel.connack_code_omitted;
                let code = if bare { String::new() } else { format!(",{code}") };
                self.result(ResultKey::Connect(index), &format!("+QMTCONN: {index},0{code}"), true);
            }
            SessionEvent::ConnectSlow(_) if told => {
                self.result(ResultKey::Connect(index), &format!("+QMTCONN: {index},1"), false);
            }
            SessionEvent::ConnectFailed => match self.options.connack_timeout {
                ConnackTimeout::Result => {
                    self.hang_up(index);
                    self.result(ResultKey::Connect(index), &format!("+QMTCONN: {index},2"), true);
                }
                ConnackTimeout::Stat => self.client_lost(index, CONNACK_FAILED),
            },
            SessionEvent::Subscribed { id, granted } => self.subscribed(index, id, &granted),
            SessionEvent::Done(operation, id) => self.message_result(index, operation, id, "0", true),
            SessionEvent::SentAgain(operation, id, count) if told => {
                self.message_result(index, operation, id, &format!("1,{count}"), false);
            }
            SessionEvent::Failed(operation, id) => {
                self.message_result(index, operation, id, "2", true);
                if operation == Operation::Publish && self.options.failed_publish_closes {
                    self.client_lost(index, SENDING_FAILED);
                }
            }
            SessionEvent::Message { id, topic, payload, .. } => self.deliver(index, id, topic, payload),
            SessionEvent::Ping { answered } => {
                if self.options.ping_lines {
                    self.urc(format!("+QMTPING: {index},{}", u8::from(!answered)));
                }
                if !answered {
                    self.client_lost(index, PING_FAILED);
                }
            }
            SessionEvent::Cut | SessionEvent::Broken => self.client_lost(index, CLOSED_BY_PEER),
            SessionEvent::ConnectSlow(_) | SessionEvent::SentAgain(..) => {}
        }
    }

    fn message_result(&mut self, index: usize, operation: Operation, id: u16, rest: &str, last: bool) {
        let name = match operation {
            Operation::Subscribe => "+QMTSUB",
            Operation::Unsubscribe => "+QMTUNS",
            Operation::Publish => self.publish_name(),
        };
        let line = format!("{name}: {index},{id},{rest}");
        self.result(ResultKey::Message(index, u32::from(id)), &line, last);
    }

    fn subscribed(&mut self, index: usize, id: u16, granted: &[u8]) {
        let granted: Vec<u8> =
            granted.iter().map(|&value| if self.options.subscriptions_refused { 128 } else { value }).collect();
        let client = &mut self.own.clients[index];
        let asked = client.asked.iter().position(|asked| asked.id == id).map(|at| client.asked.remove(at).topics);
        for ((topic, _), &qos) in asked.unwrap_or_default().into_iter().zip(&granted).filter(|entry| *entry.1 < 3) {
            let topic = String::from_utf8_lossy(&topic).into_owned();
            client.subscriptions.retain(|entry| entry.0 != topic);
            client.subscriptions.push((topic, qos));
        }
        let values: String = granted.iter().map(|value| format!(",{value}")).collect();
        self.message_result(index, Operation::Subscribe, id, &format!("0{values}"), true);
    }
}

//! What the internet and the broker do to a client of the CMQTT family, and the lines that tell of it (simcom-at 3).

use super::Module;
use super::model::Series;
use super::mqtt_client::Phase;
use super::mqtt_entries::REFUSED;
use super::mqtt_service::{
    BEFORE_REFUSALS, CLOSED_BY_SERVER, DNS, FAILED, NO_CERTIFICATE, SOCKET_CONNECT, Service, TIMEOUT,
};
use super::reply::{Key, Step};
use crate::engine::internet::{LinkId, NetEvent, OpenFailure};
use crate::engine::tls::TlsFailure;
use crate::module::options::NetworkLoss;
use crate::module::reply::Reply;
use crate::mqtt::packet::Connect;
use crate::mqtt::session::{Event as SessionEvent, Operation, Patience, Session};
use crate::native::Credentials;

/// Causes of `+CMQTTCONNLOST`.
const CLOSED_BY_PEER: u8 = 1;
const RESET: u8 = 2;
const NETWORK_CLOSED: u8 = 3;

impl Module {
    pub(super) fn client_of(&self, wanted: LinkId) -> Option<usize> {
        self.own.mqtt.clients.iter().position(|client| client.link() == Some(wanted))
    }

    /// An event reaches the client that its link belongs to.
    pub(super) fn client_event(&mut self, index: usize, link: LinkId, event: NetEvent) {
        let opening = matches!(self.own.mqtt.clients[index].phase, Phase::Opening(_));
        match event {
            NetEvent::Opened { .. } if opening => self.client_opened(index, link),
            NetEvent::OpenFailed { why, .. } if opening => self.client_open_failed(index, why),
            NetEvent::Closed { .. } if opening => self.client_open_failed(index, OpenFailure::Refused),
            NetEvent::Data { bytes, .. } => {
                if let Phase::Open(_, session) = &mut self.own.mqtt.clients[index].phase {
                    session.input(self.now_us, &bytes);
                }
                self.carry_out(index);
            }
            NetEvent::Closed { .. } => self.client_lost(index, CLOSED_BY_PEER),
            NetEvent::Resolved { .. } | NetEvent::Opened { .. } | NetEvent::OpenFailed { .. } => {}
        }
    }

    /// The connection is there: CONNECT goes out.
    fn client_opened(&mut self, index: usize, link: LinkId) {
        let computed = self.computed(index);
        let client = &mut self.own.mqtt.clients[index];
        if let Some(Credentials { username, password, .. }) = &computed {
            client.login.username = Some(username.clone().into_bytes());
            client.login.password = Some(password.clone().into_bytes());
        }
        let patience = Patience { timeout_us: u64::from(client.patience_s) * 1_000_000, retries: 0 };
        let login = &client.login;
        let mut session = Session::new(patience, login.keep_alive_s);
        session.connect(
            self.now_us,
            &Connect {
                version: client.version,
                client_id: computed.as_ref().map_or(&client.client_id, |own| &own.client_id).as_bytes(),
                username: login.username.as_deref(),
                password: login.password.as_deref(),
                keep_alive_s: login.keep_alive_s,
                clean: login.clean,
                will: client.will.as_ref(),
            },
        );
        client.phase = Phase::Open(link, Box::new(session));
        if std::mem::take(&mut client.owes_answer) {
            self.answers(Reply::ok());
        }
        self.carry_out(index);
    }

    fn client_open_failed(&mut self, index: usize, why: OpenFailure) {
        let code = match (why, &self.internet.tls_failure) {
            (OpenFailure::Dns, _) => DNS,
            (OpenFailure::Refused | OpenFailure::Timeout, _) => SOCKET_CONNECT,
            (OpenFailure::Tls, Some(TlsFailure::FileMissing(_))) => NO_CERTIFICATE,
            (OpenFailure::Tls, _) => self.options.simcom.tls_failure,
        };
        self.connect_failed(index, code);
    }

    fn connect_failed(&mut self, index: usize, code: u8) {
        let line = format!("+CMQTTCONNECT: {index},{code}");
        let early = std::mem::take(&mut self.own.mqtt.clients[index].owes_answer);
        if let Some(link) = self.client_ends(index) {
            self.internet.close(link);
        }
        if early {
            let reply = self.failure(line);
            self.answers(reply);
        } else {
            self.bad_result(Key::Mqtt(Step::Connect, index), &line);
        }
    }

    pub(super) fn connect_timed_out(&mut self, index: usize, link: LinkId) {
        let client = &mut self.own.mqtt.clients[index];
        if client.link() == Some(link) && !client.is_connected() {
            if self.internet.is_secure(link) && matches!(self.own.mqtt.clients[index].phase, Phase::Opening(_)) {
                self.internet.tls_failure = Some(TlsFailure::Timeout);
            }
            self.connect_failed(index, TIMEOUT);
        }
    }

    pub(super) fn poll_clients(&mut self) {
        for index in 0..self.own.mqtt.clients.len() {
            if let Phase::Open(_, session) = &mut self.own.mqtt.clients[index].phase {
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
        self.own.mqtt.clients.iter().filter_map(next).min()
    }

    /// Carries out what a session wants: its bytes go out, its events become lines.
    pub(super) fn carry_out(&mut self, index: usize) {
        let Phase::Open(link, session) = &mut self.own.mqtt.clients[index].phase else { return };
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
        match event {
            SessionEvent::Connected(0) => {
                self.own.mqtt.clients[index].was_lost = false;
                self.result(Key::Mqtt(Step::Connect, index), &format!("+CMQTTCONNECT: {index},0"), true);
            }
            SessionEvent::Connected(code) => self.connect_failed(index, BEFORE_REFUSALS + code.min(5)),
            SessionEvent::ConnectFailed => self.connect_failed(index, TIMEOUT),
            SessionEvent::Subscribed { id, granted } => self.subscribed(index, id, &granted),
            SessionEvent::Done(operation, id) => self.operation_ends(index, step(operation), id, 0),
            SessionEvent::Failed(operation, id) => self.operation_ends(index, step(operation), id, TIMEOUT),
            SessionEvent::Message { topic, payload, .. } => self.deliver(index, &topic, &payload),
            SessionEvent::Ping { answered: false } if self.own.model.series == Series::Sim7600 => {
                // "keep-alive failed: disconnect and reconnect": the client stays as it is until then.
                self.urc(format!("+CMQTTPING: {index},{TIMEOUT}"));
            }
            SessionEvent::Ping { answered: false } => self.client_lost(index, RESET),
            SessionEvent::Cut | SessionEvent::Broken => self.client_lost(index, CLOSED_BY_PEER),
            SessionEvent::ConnectSlow(_) | SessionEvent::SentAgain(..) | SessionEvent::Ping { answered: true } => {}
        }
    }

    /// The result of the operation that runs, if it is that one.
    fn operation_ends(&mut self, index: usize, step: Step, id: u16, code: u8) {
        let client = &mut self.own.mqtt.clients[index];
        if client.pending != Some((step, id)) {
            return;
        }
        client.pending = None;
        let line = format!("{}: {index},{code}", step.name());
        let key = Key::Mqtt(step, index);
        if code == 0 { self.result(key, &line, true) } else { self.bad_result(key, &line) }
    }

    pub(super) fn publish_timed_out(&mut self, index: usize, id: u16) {
        self.operation_ends(index, Step::Publish, id, TIMEOUT);
    }

    /// "no granted value": a refusal is one code for all filters, where it shows.
    fn subscribed(&mut self, index: usize, id: u16, granted: &[u8]) {
        let client = &mut self.own.mqtt.clients[index];
        let asked = std::mem::take(&mut client.asked);
        for ((topic, _), &qos) in asked.into_iter().zip(granted).filter(|entry| *entry.1 < 3) {
            let topic = String::from_utf8_lossy(&topic).into_owned();
            client.subscriptions.retain(|entry| entry.0 != topic);
            client.subscriptions.push((topic, qos));
        }
        let refused = granted.contains(&REFUSED) && !self.options.simcom.refusal_hidden;
        self.operation_ends(index, Step::Subscribe, id, if refused { FAILED } else { 0 });
    }

    /// A message flows to the host at once, in pieces.
    fn deliver(&mut self, index: usize, topic: &[u8], payload: &[u8]) {
        let model = self.own.model;
        if topic.len() > model.topic as usize || payload.len() > model.payload as usize {
            self.own.mqtt.clients[index].lost += 1;
            return;
        }
        let options = &self.options.simcom;
        let blank = if options.blank_lines { "\r\n" } else { "" };
        let mut parts = Vec::new();
        for piece in topic.chunks(options.topic_piece.max(1)) {
            // The first part behind the start has a blank line before it in every log.
            let blank = if parts.is_empty() { "\r\n" } else { blank };
            let head = format!("{blank}+CMQTTRXTOPIC: {index},{}\r\n", piece.len());
            parts.push([head.as_bytes(), piece, b"\r\n"].concat());
        }
        for piece in payload.chunks(options.payload_piece.max(1)) {
            let head = format!("{blank}+CMQTTRXPAYLOAD: {index},{}\r\n", piece.len());
            parts.push([head.as_bytes(), piece, b"\r\n"].concat());
        }
        let end = format!("{blank}+CMQTTRXEND: {index}\r\n");
        self.urc(format!("+CMQTTRXSTART: {index},{},{}", topic.len(), payload.len()));
        parts.into_iter().for_each(|part| self.urc_part(part));
        self.urc_part(end.into_bytes());
    }

    /// The link is gone: the module says why, and the client has to be connected again.
    fn client_lost(&mut self, index: usize, why: u8) {
        let connected = self.own.mqtt.clients[index].is_connected();
        if !connected {
            return self.connect_failed(index, CLOSED_BY_SERVER);
        }
        let pending = self.own.mqtt.clients[index].pending;
        if let Some(link) = self.client_ends(index) {
            self.internet.abort(link);
        }
        self.own.mqtt.clients[index].was_lost = true;
        if let Some((step, _)) = pending {
            self.owed_is_lost(index, step);
        }
        self.urc(format!("+CMQTTCONNLOST: {index},{why}"));
    }

    /// What is owed does not come any more, or says so.
    fn owed_is_lost(&mut self, index: usize, step: Step) {
        let line = format!("{}: {index},{CLOSED_BY_SERVER}", step.name());
        let key = Key::Mqtt(step, index);
        if self.owes(key) || self.options.simcom.result_after_loss {
            self.bad_result(key, &line);
        }
    }

    /// Every connection breaks.
    pub(super) fn kill_clients(&mut self) {
        for index in 0..self.own.mqtt.clients.len() {
            if matches!(self.own.mqtt.clients[index].phase, Phase::Open(..)) {
                self.client_lost(index, RESET);
            }
        }
    }

    /// The data context is gone.
    pub(super) fn mqtt_loses_network(&mut self) {
        if self.own.mqtt.service != Service::Started {
            return;
        }
        if self.options.simcom.network_loss == NetworkLoss::Client {
            for index in 0..self.own.mqtt.clients.len() {
                if self.own.mqtt.clients[index].link().is_some() {
                    self.client_lost(index, NETWORK_CLOSED);
                }
            }
            return;
        }
        for index in 0..self.own.mqtt.clients.len() {
            let pending = self.own.mqtt.clients[index].pending;
            match self.own.mqtt.clients[index].phase {
                Phase::Free | Phase::Acquired => {}
                _ if !self.own.mqtt.clients[index].is_connected() => self.connect_failed(index, SOCKET_CONNECT),
                _ => {
                    if let Some(link) = self.client_ends(index) {
                        self.internet.abort(link);
                    }
                    if let Some((step, _)) = pending {
                        self.owed_is_lost(index, step);
                    }
                }
            }
            self.own.mqtt.clients[index].release();
        }
        self.own.mqtt.service = Service::Stopped;
        self.urc("+CMQTTNONET");
    }
}

const fn step(operation: Operation) -> Step {
    match operation {
        Operation::Subscribe => Step::Subscribe,
        Operation::Unsubscribe => Step::Unsubscribe,
        Operation::Publish => Step::Publish,
    }
}

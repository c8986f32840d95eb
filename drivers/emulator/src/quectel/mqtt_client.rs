//! `AT+QMTOPEN`, `AT+QMTCONN`, `AT+QMTDISC`, `AT+QMTCLOSE` (quectel-at 2.2).

use super::events::Event;
use super::mqtt_config::MqttConfig;
use super::mqtt_receive::Message;
use super::reply::{Handled, ResultKey, tight};
use super::{Model, Module, Quectel};
use crate::engine::internet::{LinkId, NetEvent};
use crate::engine::tls::TlsFailure;
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Outcome, Refused, lines};
use crate::mqtt::packet::{Connect, disconnect};
use crate::mqtt::session::{AckFaults, Session};
use crate::view::Published;

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] =
    &[("+QMTOPEN", open), ("+QMTCONN", connect), ("+QMTDISC", disconnect_client), ("+QMTCLOSE", close)];

/// What stands behind one client index.
#[derive(Debug, Default)]
pub(super) enum Phase {
    #[default]
    Closed,
    Opening(LinkId),
    /// The link is there; the session may be idle, connecting or connected.
    Open(LinkId, Box<Session>),
    /// After QMTDISC where QMTCLOSE is still needed.
    Left,
}

/// Topics of one SUBSCRIBE, with the QoS asked for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) id: u16,
    pub(super) topics: Vec<(Vec<u8>, u8)>,
}

#[derive(Debug, Default)]
pub(super) struct Client {
    pub(super) phase: Phase,
    pub(super) config: MqttConfig,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) client_id: String,
    pub(super) username: String,
    /// SUBSCRIBEs that wait for their answer.
    pub(super) asked: Vec<Asked>,
    pub(super) subscriptions: Vec<(String, u8)>,
    pub(super) slots: Vec<Option<Message>>,
    /// Messages that found no free slot.
    pub(super) lost: u64,
    pub(super) published: Option<Published>,
}

impl Client {
    pub(super) fn factory(model: &Model) -> Self {
        Self { config: MqttConfig::factory(model), ..Self::default() }
    }

    pub(super) const fn is_closed(&self) -> bool {
        matches!(self.phase, Phase::Closed)
    }

    pub(super) fn link(self) -> Option<LinkId> {
        match self.phase {
            Phase::Opening(link) | Phase::Open(link, _) => Some(link),
            Phase::Closed | Phase::Left => None,
        }
    }

    /// The faults of its acknowledgements, when it is open.
    pub(super) fn ack_faults(&mut self) -> Option<&mut AckFaults> {
        match &mut self.phase {
            Phase::Open(_, session) => Some(&mut session.ack_faults),
            _ => None,
        }
    }

    /// The session, when the broker accepted it.
    pub(super) fn connected(&mut self) -> Result<&mut Session, Refused> {
        match &mut self.phase {
            Phase::Open(_, session) if session.is_connected() => Ok(session),
            _ => Err(Refused::Error),
        }
    }
}

/// `AT+QMTOPEN=<client>,"<host>",<port>`
fn open(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return tight(["+QMTOPEN: (0-5),<host_name>,(1-65535)"]),
        Form::Read => {
            let clients = module.own.clients.iter().enumerate().filter(|entry| !entry.1.is_closed());
            return lines(
                clients.map(|(index, client)| format!("+QMTOPEN: {index},\"{}\",{}", client.host, client.port)),
            );
        }
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(3)?;
    let index = parameters.need(0, 0, 5)? as usize;
    let host = parameters.need_text(1, module.profile.limits.host)?;
    let host = String::from_utf8(host.to_vec()).map_err(|_| Refused::Error)?;
    let port = parameters.need(2, 1, 65_535)? as u16;
    let key = ResultKey::Open(index);
    let client = &mut module.own.clients[index];
    if !client.is_closed() {
        // Occupied by an old session.
        module.result_soon(key, format!("+QMTOPEN: {index},2"));
    } else if !module.contexts.is_up(client.config.context) {
        module.result_soon(key, format!("+QMTOPEN: {index},3"));
    } else {
        (client.host, client.port) = (host, port);
        let (tls, context) = (client.config.tls, usize::from(client.config.tls_context));
        let (link, failed) = module.open_link(index, tls.then_some(context));
        let client = &mut module.own.clients[index];
        client.phase = Phase::Opening(link);
        module.later(module.now_us + module.own.model.mqtt_open_us, Event::OpenTimeout { client: index, link });
        if let Some(event) = failed {
            module.net_soon(event);
        }
    }
    Ok(Outcome::Owes(key))
}

/// `AT+QMTCONN=<client>,"<client id>"[,"<user>"[,"<password>"]]`
fn connect(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return tight(["+QMTCONN: (0-5),<clientID>,<username>,<password>"]),
        Form::Read => {
            let states =
                module.own.clients.iter().enumerate().filter_map(|(index, client)| Some((index, state(client)?)));
            return lines(states.map(|(index, state)| format!("+QMTCONN: {index},{state}")));
        }
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(4)?;
    let index = parameters.need(0, 0, 5)? as usize;
    let longest = module.own.model.mqtt_login.unwrap_or(module.profile.limits.line);
    let client_id = parameters.need_text(1, module.options.client_id_limit.unwrap_or(longest))?;
    let (username, password) = (parameters.text(2, longest)?, parameters.text(3, longest)?);
    if username.is_none() && password.is_some() {
        return Err(Refused::Error);
    }
    let client = &mut module.own.clients[index];
    let Phase::Open(_, session) = &mut client.phase else { return Err(Refused::Error) };
    if session.is_connecting() || session.is_connected() {
        return Err(Refused::Error);
    }
    let MqttConfig { version, keep_alive_s, clean, ref will, ref native, tls, .. } = client.config;
    let will = will.as_ref();
    let options = &module.options.native;
    if native.is_some() && username.is_some() && options.login_beside_is_error {
        return Err(Refused::Error);
    }
    let computed = native.as_ref().map(|native| native.login(&String::from_utf8_lossy(client_id), tls, options.sign));
    let (client_id, username, password) = match &computed {
        Some(own) => (own.client_id.as_bytes(), Some(own.username.as_bytes()), Some(own.password.as_bytes())),
        None => (client_id, username, password),
    };
    session.connect(module.now_us, &Connect { version, client_id, username, password, keep_alive_s, clean, will });
    client.client_id = String::from_utf8_lossy(client_id).into_owned();
    client.username = String::from_utf8_lossy(username.unwrap_or_default()).into_owned();
    module.carry_out(index);
    Ok(Outcome::Owes(ResultKey::Connect(index)))
}

/// 1 initialised, 2 connecting, 3 connected, 4 disconnecting.
fn state(client: &Client) -> Option<u8> {
    match &client.phase {
        Phase::Open(_, session) if session.is_connected() => Some(3),
        Phase::Open(_, session) if session.is_connecting() => Some(2),
        Phase::Open(..) => Some(1),
        Phase::Left => Some(4),
        Phase::Closed | Phase::Opening(_) => None,
    }
}

fn index_only(form: &Form) -> Result<usize, Refused> {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(1)?;
    Ok(parameters.need(0, 0, 5)? as usize)
}

fn disconnect_client(module: &mut Module, form: &Form) -> Handled {
    if *form == Form::Test {
        return tight(["+QMTDISC: (0-5)"]);
    }
    let index = index_only(form)?;
    module.own.clients[index].connected()?.send(module.now_us, &disconnect());
    module.carry_out(index);
    module.hang_up(index);
    if !module.options.disconnect_closes {
        module.own.clients[index].phase = Phase::Left;
    }
    module.late_stat(index);
    let key = ResultKey::Disconnect(index);
    module.result_soon(key, format!("+QMTDISC: {index},0"));
    Ok(Outcome::Owes(key))
}

fn close(module: &mut Module, form: &Form) -> Handled {
    if *form == Form::Test {
        return tight(["+QMTCLOSE: (0-5)"]);
    }
    let index = index_only(form)?;
    if module.own.clients[index].is_closed() {
        return Err(Refused::Error);
    }
    module.hang_up(index);
    module.late_stat(index);
    let key = ResultKey::Close(index);
    module.result_soon(key, format!("+QMTCLOSE: {index},0"));
    Ok(Outcome::Owes(key))
}

impl Module {
    fn open_link(&mut self, client: usize, tls_context: Option<usize>) -> (LinkId, Option<NetEvent>) {
        let settings = tls_context.map(|context| self.tls_settings(context));
        let Client { host, port, .. } = &self.own.clients[client];
        match settings {
            Some(settings) => self.internet.open_secure(host, *port, settings),
            None => self.internet.open(host, *port),
        }
    }

    /// Closes the link of a client and frees it.
    pub(super) fn hang_up(&mut self, index: usize) {
        if let Some(link) = self.free(index) {
            self.internet.close(link);
        }
    }

    /// Frees a client whose link is gone; its settings stay. Gives the link that it had.
    pub(super) fn free(&mut self, index: usize) -> Option<LinkId> {
        let old = std::mem::take(&mut self.own.clients[index]);
        let client = &mut self.own.clients[index];
        client.config = old.config.clone();
        client.published.clone_from(&old.published);
        client.lost = old.lost;
        self.call_off_own(|event| matches!(event, Event::OpenTimeout { client, .. } if *client == index));
        old.link()
    }

    /// A `+QMTSTAT` of the old session that comes too late (quectel-at 2.2).
    fn late_stat(&mut self, index: usize) {
        if let Some(after_us) = self.options.late_stat_us {
            self.line_later(self.now_us + after_us, format!("+QMTSTAT: {index},1"));
        }
    }

    /// The link is gone: the module closes the client and says why.
    pub(super) fn client_lost(&mut self, index: usize, why: u8) {
        if let Some(link) = self.free(index) {
            self.internet.abort(link);
        }
        self.no_result(|key| key.client() == index);
        self.urc(format!("+QMTSTAT: {index},{why}"));
    }

    /// Every connection breaks.
    pub(super) fn kill_clients(&mut self) {
        for index in 0..self.own.clients.len() {
            if matches!(self.own.clients[index].phase, Phase::Open(..)) {
                self.client_lost(index, 1);
            }
        }
    }

    /// The context is gone, and with it every client on it.
    pub(super) fn close_clients_of(&mut self, context: usize) {
        for index in 0..self.own.clients.len() {
            let client = &self.own.clients[index];
            let opening = matches!(client.phase, Phase::Opening(_));
            if client.config.context != context || !(opening || matches!(client.phase, Phase::Open(..))) {
                continue;
            }
            if opening {
                self.hang_up(index);
                self.result(ResultKey::Open(index), &format!("+QMTOPEN: {index},5"), true);
            } else if self.options.stat_after_context_loss {
                self.client_lost(index, 1);
            } else {
                self.hang_up(index);
                self.no_result(|key| key.client() == index);
            }
        }
    }

    pub(super) fn open_timed_out(&mut self, index: usize, link: LinkId) {
        if matches!(self.own.clients[index].phase, Phase::Opening(opening) if opening == link) {
            if self.internet.is_secure(link) {
                self.internet.tls_failure = Some(TlsFailure::Timeout);
            }
            self.hang_up(index);
            self.result(ResultKey::Open(index), &format!("+QMTOPEN: {index},-1"), true);
        }
    }
}

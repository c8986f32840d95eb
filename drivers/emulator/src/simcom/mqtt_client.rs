//! `AT+CMQTTCONNECT`, `AT+CMQTTDISC` (simcom-at 3), and what an MQTT client of the CMQTT family is.

use super::events::Event;
use super::mqtt_service::{BUSY, INVALID, NO_CONNECTION, NOT_ACQUIRED, client_index};
use super::reply::{Handled, Key, Step};
use super::{Module, Simcom};
use crate::engine::internet::LinkId;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::options::ResultOrder;
use crate::module::reply::{Outcome, Refused, line, lines};
use crate::mqtt::packet::{Will, disconnect};
use crate::mqtt::session::{AckFaults, Session};
use crate::native::{Credentials, Triple};
use crate::view::Published;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] =
    &[("+CMQTTCONNECT", connect), ("+CMQTTDISC", disconnect_client)];

/// "CONNECT 120 s", the service's default for every operation.
pub(super) const OPERATION_S: u32 = 120;
const PORT: u16 = 1_883;

/// What stands behind one client index.
#[derive(Debug, Default)]
pub(super) enum Phase {
    #[default]
    Free,
    /// Acquired, without a connection.
    Acquired,
    Opening(LinkId),
    /// The link is there; CONNECT is sent.
    Open(LinkId, Box<Session>),
}

/// What CONNECT says, until the link is there.
#[derive(Clone, Debug, Default)]
pub(super) struct Login {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) keep_alive_s: u16,
    pub(super) clean: bool,
    pub(super) username: Option<Vec<u8>>,
    pub(super) password: Option<Vec<u8>>,
}

/// Texts that wait for the command that uses them.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) topic: Option<Vec<u8>>,
    pub(super) payload: Option<Vec<u8>>,
    pub(super) filters: Vec<(Vec<u8>, u8)>,
    pub(super) unwanted: Vec<Vec<u8>>,
}

#[derive(Debug, Default)]
pub(super) struct Client {
    pub(super) phase: Phase,
    pub(super) client_id: String,
    pub(super) tls: bool,
    /// 3 is MQTT 3.1, 4 is MQTT 3.1.1.
    pub(super) version: u8,
    pub(super) checks_utf8: bool,
    /// "optimeout"
    pub(super) patience_s: u32,
    /// Set by `AT+CMQTTSSLCFG`; `None`: that of the client's own number.
    pub(super) tls_context: Option<usize>,
    pub(super) will_topic: Vec<u8>,
    pub(super) will: Option<Will>,
    pub(super) login: Login,
    /// The module logs in to the platform by itself.
    pub(super) native: Option<Triple>,
    pub(super) entries: Entries,
    /// The operation that runs, and the id of its packet.
    pub(super) pending: Option<(Step, u16)>,
    /// Filters of the SUBSCRIBE that runs.
    pub(super) asked: Vec<(Vec<u8>, u8)>,
    pub(super) subscriptions: Vec<(String, u8)>,
    pub(super) published: Option<Published>,
    /// Messages that are too long for this module.
    pub(super) lost: u64,
    /// The answer of CONNECT waits for the socket.
    pub(super) owes_answer: bool,
    /// The connection was lost, not ended.
    pub(super) was_lost: bool,
    last_id: u16,
}

impl Client {
    pub(super) const fn is_free(&self) -> bool {
        matches!(self.phase, Phase::Free)
    }

    pub(super) fn acquire(&mut self, client_id: String, tls: bool, version: u8) {
        let (published, lost, tls_context) = (self.published.take(), self.lost, self.tls_context);
        *self = Self {
            phase: Phase::Acquired,
            client_id,
            tls,
            version,
            checks_utf8: true,
            patience_s: OPERATION_S,
            tls_context,
            published,
            lost,
            ..Self::default()
        };
    }

    /// What was set is gone; what a test looks at stays.
    pub(super) fn release(&mut self) {
        let (published, lost) = (self.published.take(), self.lost);
        *self = Self { published, lost, ..Self::default() };
    }

    pub(super) fn is_connected(&self) -> bool {
        matches!(&self.phase, Phase::Open(_, session) if session.is_connected())
    }

    /// The session, when the broker accepted it.
    pub(super) fn connected(&mut self) -> Option<&mut Session> {
        match &mut self.phase {
            Phase::Open(_, session) if session.is_connected() => Some(session),
            _ => None,
        }
    }

    /// The faults of its acknowledgements, when it is open.
    pub(super) fn ack_faults(&mut self) -> Option<&mut AckFaults> {
        match &mut self.phase {
            Phase::Open(_, session) => Some(&mut session.ack_faults),
            _ => None,
        }
    }

    pub(super) const fn link(&self) -> Option<LinkId> {
        match self.phase {
            Phase::Opening(link) | Phase::Open(link, _) => Some(link),
            Phase::Free | Phase::Acquired => None,
        }
    }

    /// An id for the next packet; 0 is none.
    pub(super) const fn fresh_id(&mut self) -> u16 {
        self.last_id = if self.last_id == u16::MAX { 1 } else { self.last_id + 1 };
        self.last_id
    }
}

/// `tcp://<host>[:<port>]`, "even for TLS".
fn address(url: &[u8]) -> Result<(String, u16), Refused> {
    let text = std::str::from_utf8(url).map_err(|_| Refused::Error)?;
    let rest = text.strip_prefix("tcp://").ok_or(Refused::Error)?;
    let (host, port) = match rest.split_once(':') {
        Some((host, port)) => (host, port.parse().ok().filter(|&port| port > 0).ok_or(Refused::Error)?),
        None => (rest, PORT),
    };
    let of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if host.is_empty() || !host.bytes().all(of_name) { Err(Refused::Error) } else { Ok((host.to_owned(), port)) }
}

fn login(module: &Module, parameters: &Parameters) -> Result<Login, Refused> {
    /// "9-256 characters"
    const SHORTEST_URL: usize = 9;
    const LONGEST_URL: usize = 256;
    let model = module.own.model;
    parameters.at_most(6)?;
    let url = parameters.need_text(1, LONGEST_URL)?;
    if url.len() < SHORTEST_URL {
        return Err(Refused::Error);
    }
    let (host, port) = address(url)?;
    let keep_alive_s = parameters.need(2, 1, 64_800)? as u16;
    let clean = parameters.need(3, 0, 1)? == 1;
    let username = parameters.text(4, model.username)?.map(<[u8]>::to_vec);
    let password = parameters.text(5, model.password)?.map(<[u8]>::to_vec);
    if username.is_none() && password.is_some() {
        return Err(Refused::Error);
    }
    Ok(Login { host, port, keep_alive_s, clean, username, password })
}

/// `AT+CMQTTCONNECT=<client>,"tcp://<host>[:<port>]",<keep-alive>,<clean>[,"<user>"[,"<password>"]]`
fn connect(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+CMQTTCONNECT: (0-1),(9-256),(1-64800),(0-1),(1-256),(1-256)"),
        Form::Read => return module.connections_listed(),
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    let index = client_index(parameters)?;
    let login = login(module, parameters)?;
    module.mqtt_started()?;
    let client = &module.own.mqtt.clients[index];
    if client.native.is_some() && login.username.is_some() && module.options.native.login_beside_is_error {
        return module.fails(format!("+CMQTTCONNECT: {index},{INVALID}"));
    }
    let code = match client.phase {
        Phase::Acquired if client.was_lost && !module.options.simcom.connect_after_loss => BUSY,
        Phase::Acquired => return Ok(module.mqtt_opens(index, login)),
        Phase::Free => NOT_ACQUIRED,
        Phase::Opening(_) | Phase::Open(..) => BUSY,
    };
    module.fails(format!("+CMQTTCONNECT: {index},{code}"))
}

/// `AT+CMQTTDISC=<client>,<time-out>`; the read form tells who is connected: 0 is yes.
fn disconnect_client(module: &mut Module, form: &Form) -> Handled {
    let model = module.own.model;
    let parameters = match form {
        Form::Test => return line(format!("+CMQTTDISC: (0-1),({}-180)", model.shortest_wait_s)),
        Form::Read => {
            module.mqtt_started()?;
            let clients = module.own.mqtt.clients.iter().map(|client| u8::from(!client.is_connected()));
            return lines(clients.enumerate().map(|(index, state)| format!("+CMQTTDISC: {index},{state}")));
        }
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let index = client_index(parameters)?;
    let wait_s = parameters.need(1, 0, 180)?;
    // "0 or 60-180 (SIM7600 ..), 1-180 (A76XX)".
    if wait_s < model.shortest_wait_s && !(wait_s == 0 && model.shortest_wait_s > 1) {
        return Err(Refused::Error);
    }
    module.mqtt_started()?;
    let now_us = module.now_us;
    let Some(session) = module.own.mqtt.clients[index].connected() else {
        let code = if module.own.mqtt.clients[index].is_free() { NOT_ACQUIRED } else { NO_CONNECTION };
        return module.fails(format!("+CMQTTDISC: {index},{code}"));
    };
    session.send(now_us, &disconnect());
    module.carry_out(index);
    if let Some(link) = module.client_ends(index) {
        module.internet.close(link);
    }
    module.own.mqtt.clients[index].was_lost = false;
    let key = Key::Mqtt(Step::Disconnect, index);
    module.result_soon(key, format!("+CMQTTDISC: {index},0"));
    Ok(Outcome::Owes(key))
}

impl Module {
    fn connections_listed(&self) -> Handled {
        self.mqtt_started()?;
        let mut text = Vec::new();
        for (index, client) in self.own.mqtt.clients.iter().enumerate() {
            if client.is_connected() {
                let Login { host, port, keep_alive_s, clean, .. } = &client.login;
                text.push(format!(
                    "+CMQTTCONNECT: {index},\"tcp://{host}:{port}\",{keep_alive_s},{}",
                    u8::from(*clean)
                ));
            } else {
                text.push(format!("+CMQTTCONNECT: {index}"));
            }
        }
        lines(text)
    }

    /// What the module computes stands in place of what the host typed; "the client id given in ACCQ would be the plain
    /// one and the module appends the `|securemode=..|` part" (simcom-at 4).
    pub(super) fn computed(&self, index: usize) -> Option<Credentials> {
        let client = &self.own.mqtt.clients[index];
        let native = client.native.as_ref()?;
        Some(native.login(&client.client_id, client.tls, self.options.native.sign))
    }

    /// Opens the connection for a CONNECT.
    fn mqtt_opens(&mut self, index: usize, login: Login) -> Outcome<Simcom> {
        let client = &self.own.mqtt.clients[index];
        let context = client.tls_context.unwrap_or(index);
        let (link, failed) = if client.tls {
            let settings = self.tls_settings(context);
            self.internet.open_secure(&login.host, login.port, settings)
        } else {
            self.internet.open_plain(&login.host, login.port)
        };
        let key = Key::Mqtt(Step::Connect, index);
        let order = <Simcom as crate::module::dialect::Dialect>::result_order(self, key);
        let early = order == ResultOrder::OkFirst && self.options.simcom.refused_before_ok;
        let client = &mut self.own.mqtt.clients[index];
        (client.phase, client.login, client.owes_answer) = (Phase::Opening(link), login, early);
        let wait_us = u64::from(client.patience_s) * 1_000_000;
        self.later(self.now_us + wait_us, Event::ConnectTimeout { client: index, link });
        if let Some(event) = failed {
            self.net_soon(event);
        }
        if early { Outcome::Later } else { Outcome::Owes(key) }
    }

    /// The connection of a client is over; its settings stay until it is released. Gives the link that it had.
    pub(super) fn client_ends(&mut self, index: usize) -> Option<LinkId> {
        let client = &mut self.own.mqtt.clients[index];
        let link = client.link();
        if !client.is_free() {
            client.phase = Phase::Acquired;
        }
        client.pending = None;
        client.asked.clear();
        client.entries = Entries::default();
        client.subscriptions.clear();
        // "cleared by a failed CONNECT and by DISC"
        client.tls_context = None;
        self.call_off_own(|event| match event {
            Event::ConnectTimeout { client, .. } | Event::PublishTimeout { client, .. } => *client == index,
            _ => false,
        });
        link
    }
}

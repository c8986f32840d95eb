//! The MQTT client: log-in, log-out, keep-alive, what it tells of itself (ublox-at 3).

use std::collections::VecDeque;

use super::events::Event;
use super::model::MqttSyntax;
use super::mqtt_messages::Message;
use super::mqtt_old;
use super::mqtt_profile::MqttProfile;
use super::reply::Handled;
use super::sockets::NOT_ALLOWED;
use super::{Module, Ublox};
use crate::engine::internet::LinkId;
use crate::engine::tls::TlsFailure;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Refused, line, ok};
use crate::mqtt::packet::{Connect, disconnect};
use crate::mqtt::session::{AckFaults, Patience, Session};
use crate::view::Published;

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] = &[("+UMQTTC", command), ("+UMQTTER", last_error)];

/// "its URC 120": the connection and the answer of the broker, each.
const LOGIN_US: u64 = 110_000_000;
/// `AT+UMQTTER`: class of MQTT.
const CLASS: u8 = 13;
/// "33 timeout, 34 no radio/network service, 50 PSD not established"
pub(super) const TIMEOUT: u8 = 33;
pub(super) const NO_SERVICE: u8 = 34;
const NO_CONTEXT: u8 = 50;
/// "cannot set secure socket"
pub(super) const NOT_SECURE: u8 = 8;

/// Where the client stands.
#[derive(Debug, Default)]
pub(super) enum Phase {
    #[default]
    Down,
    Opening(LinkId),
    Up(LinkId, Box<Session>),
}

/// What waits for its result: "One operation at a time".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Login,
    Logout,
    /// The number that its result line has, and the packet.
    Publish(u8, u16),
    Subscribe(String, u16),
    Unsubscribe(String, u16),
}

#[derive(Debug, Default)]
pub(super) struct Client {
    pub(super) profile: MqttProfile,
    pub(super) stored: MqttProfile,
    pub(super) phase: Phase,
    pub(super) pending: Option<Operation>,
    pub(super) queue: VecDeque<Message>,
    /// `AT+UMQTTER`
    pub(super) error: (u8, u8),
    /// `AT+UMQTTC=8,1`
    pub(super) pings: bool,
    pub(super) last_id: u16,
    /// When the host or a ping last made the client send.
    pub(super) last_sent_us: u64,
    /// `AT+UMQTTC=7,<n>` of the old syntax.
    pub(super) read_format: u8,
    pub(super) subscriptions: Vec<(String, u8)>,
    pub(super) published: Option<Published>,
    pub(super) lost: u64,
}

impl Client {
    pub(super) const fn is_down(&self) -> bool {
        matches!(self.phase, Phase::Down)
    }

    pub(super) fn link(&self) -> Option<LinkId> {
        match self.phase {
            Phase::Down => None,
            Phase::Opening(link) | Phase::Up(link, _) => Some(link),
        }
    }

    pub(super) fn ack_faults(&mut self) -> Option<&mut AckFaults> {
        match &mut self.phase {
            Phase::Up(_, session) => Some(&mut session.ack_faults),
            _ => None,
        }
    }

    /// The session, when the broker accepted it and no other operation waits.
    pub(super) fn session(&mut self) -> Result<&mut Session, Refused> {
        match &mut self.phase {
            Phase::Up(_, session) if session.is_connected() && self.pending.is_none() => Ok(session),
            _ => Err(NOT_ALLOWED),
        }
    }

    /// An id that no packet in flight has.
    pub(super) fn fresh_id(&mut self) -> u16 {
        self.last_id = self.last_id.checked_add(1).unwrap_or(1);
        self.last_id
    }
}

/// `AT+UMQTTC=<operation>[,..]`
fn command(module: &mut Module, form: &Form) -> Handled {
    module.own.wire.of_mqtt = true;
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    if module.own.model.mqtt == MqttSyntax::Old {
        return mqtt_old::command(module, parameters);
    }
    match parameters.need(0, 0, 9)? {
        0 => logout(module, parameters),
        1 => login(module, parameters),
        2 => module.publish_text(parameters),
        3 => module.publish_file(parameters),
        4 => module.subscribe(parameters),
        5 => module.unsubscribe(parameters),
        6 => module.read_messages(parameters),
        8 => keep_alive(module, parameters),
        9 => module.publish_bytes(parameters),
        _ => Err(Refused::Error),
    }
}

fn login(module: &mut Module, parameters: &Parameters) -> Handled {
    parameters.at_most(1)?;
    module.log_in()?;
    ok()
}

fn logout(module: &mut Module, parameters: &Parameters) -> Handled {
    parameters.at_most(1)?;
    module.log_out()?;
    module.own.mqtt.pending = Some(Operation::Logout);
    module.mqtt_result_later("0,1");
    ok()
}

/// `AT+UMQTTC=8,<0,1>`: "`8,1` is refused before login and while op 10 is 0"; off again at each session end.
fn keep_alive(module: &mut Module, parameters: &Parameters) -> Handled {
    parameters.at_most(2)?;
    let on = parameters.need(1, 0, 1)? == 1;
    let keep_alive_s = module.own.mqtt.profile.keep_alive_s;
    let session = module.own.mqtt.session()?;
    if keep_alive_s == 0 {
        return Err(NOT_ALLOWED);
    }
    // "PINGREQ goes out at about 80 % of the interval."
    session.ping_every(if on { u64::from(keep_alive_s) * 800_000 } else { 0 });
    module.own.mqtt.pings = on;
    ok()
}

fn last_error(module: &mut Module, form: &Form) -> Handled {
    if *form != Form::Execute {
        return Err(Refused::Error);
    }
    let (class, code) = module.own.mqtt.error;
    line(format!("+UMQTTER: {class},{code}"))
}

impl Module {
    /// Begins a log-in; what becomes of it is told by `+UUMQTTC: 1,..`.
    pub(super) fn log_in(&mut self) -> Result<(), Refused> {
        let client = &self.own.mqtt;
        if !client.is_down() || client.pending.is_some() {
            return Err(NOT_ALLOWED);
        }
        if client.profile.host().is_empty() {
            return Err(NOT_ALLOWED);
        }
        let (host, port, tls) = (client.profile.host().to_owned(), client.profile.port, client.profile.tls);
        self.own.mqtt.pending = Some(Operation::Login);
        self.own.mqtt.error = (0, 0);
        if !self.has_service() {
            let code = if self.radio.is_registered() { NO_CONTEXT } else { NO_SERVICE };
            self.mqtt_fails(code);
            self.mqtt_result_later(self.login_line(false));
            return Ok(());
        }
        self.own.mqtt.queue.clear();
        let (link, failed) = self.open_link(&host, port, tls);
        self.own.mqtt.phase = Phase::Opening(link);
        self.later(self.now_us + LOGIN_US, Event::LoginTimeout { link });
        if let Some(event) = failed {
            self.net_soon(event);
        }
        Ok(())
    }

    /// Says goodbye to the broker, where there is one.
    pub(super) fn log_out(&mut self) -> Result<(), Refused> {
        let now_us = self.now_us;
        self.own.mqtt.session()?.send(now_us, &disconnect());
        self.mqtt_carries_out();
        if let Some(link) = self.mqtt_goes_down() {
            self.internet.close(link);
        }
        Ok(())
    }

    /// The connection is there: CONNECT goes out.
    pub(super) fn connect_client(&mut self, link: LinkId) {
        self.call_off_own(|event| matches!(event, Event::LoginTimeout { .. }));
        let profile = &self.own.mqtt.profile;
        let client_id = match &profile.client_id {
            Some(id) => id.clone(),
            // "default IMEI (D1), but R4 and R5-00B generate none"
            None if self.options.ublox.client_id_from_imei => self.options.imei.clone(),
            None => String::new(),
        };
        let connect = Connect {
            version: 4,
            client_id: client_id.as_bytes(),
            username: Some(&profile.user[..]).filter(|user| !user.is_empty()),
            password: profile.password.as_deref().filter(|_| !profile.user.is_empty()),
            keep_alive_s: profile.keep_alive_s,
            clean: profile.clean,
            will: Some(&profile.will).filter(|will| !will.topic.is_empty()),
        };
        let answer_us = self.options.ublox.answer_us;
        let mut session = Session::new(Patience { timeout_us: answer_us, retries: 0 }, 0);
        session.connect(self.now_us, &connect);
        self.own.mqtt.phase = Phase::Up(link, Box::new(session));
        self.own.mqtt.last_sent_us = self.now_us;
        self.mqtt_carries_out();
    }

    pub(super) fn login_timed_out(&mut self, link: LinkId) {
        if matches!(self.own.mqtt.phase, Phase::Opening(opening) if opening == link) {
            if self.internet.is_secure(link) {
                self.internet.tls_failure = Some(TlsFailure::Timeout);
            }
            self.internet.close(link);
            self.login_failed(TIMEOUT);
        }
    }

    /// `AT+UMQTTER` has the reason, where it is recorded: "also seen after real failures".
    pub(super) fn mqtt_fails(&mut self, code: u8) {
        // Only what ends a log-in is hidden behind one code; that no context is there, is not.
        let hidden = self.own.model.login_code.filter(|_| self.own.mqtt.pending == Some(Operation::Login));
        let code = hidden.filter(|_| code != NO_CONTEXT).unwrap_or(code);
        self.own.mqtt.error = if self.options.ublox.mqtt_errors_recorded { (CLASS, code) } else { (0, 0) };
    }
}

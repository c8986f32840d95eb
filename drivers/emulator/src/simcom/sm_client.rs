//! The MQTT client of family 2: `AT+SMCONN`, `AT+SMDISC`, `AT+SMSTATE`, `AT+SMPUB`, `AT+SMSUB`, `AT+SMUNSUB`
//! (simcom-at 5). Its commands block the port: nothing else is answered meanwhile.

use super::app_network::FIRST;
use super::events::Event;
use super::reply::{Handled, Purpose};
use super::sm_config::SmConfig;
use super::sm_native::SmNative;
use super::{Module, Simcom};
use crate::engine::console::Size;
use crate::engine::internet::LinkId;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, line, ok};
use crate::mqtt::packet::{self, disconnect};
use crate::mqtt::session::{AckFaults, Operation, Session};
use crate::view::Published;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[
    ("+SMCONN", connect),
    ("+SMDISC", hang_up),
    ("+SMSTATE", state),
    ("+SMPUB", publish),
    ("+SMSUB", subscribe),
    ("+SMUNSUB", unsubscribe),
];

/// "seconds to 60+ s"
const CONNECT_US: u64 = 65_000_000;
/// A data entry without its bytes ends by itself. Not stated.
const ENTRY_US: u64 = 60_000_000;

/// Where the client stands.
#[derive(Debug, Default)]
pub(super) enum SmPhase {
    #[default]
    Off,
    Opening(LinkId),
    Open(LinkId, Box<Session>),
}

/// The command that blocks the port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SmCommand {
    Connect,
    Publish(u16),
    Subscribe(u16, String, u8),
    Unsubscribe(u16, String),
}

/// The MQTT client of family 2.
#[derive(Debug, Default)]
pub(super) struct Sm {
    pub(super) config: SmConfig,
    /// The module logs in to the platform by itself.
    pub(super) native: Option<SmNative>,
    pub(super) phase: SmPhase,
    pub(super) blocks: Option<SmCommand>,
    pub(super) subscriptions: Vec<(String, u8)>,
    pub(super) published: Option<Published>,
    pub(super) lost: u64,
    /// A message was too long: no other comes.
    pub(super) stuck: bool,
    last_id: u16,
}

impl Sm {
    pub(super) const fn link(&self) -> Option<LinkId> {
        match self.phase {
            SmPhase::Opening(link) | SmPhase::Open(link, _) => Some(link),
            SmPhase::Off => None,
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        matches!(&self.phase, SmPhase::Open(_, session) if session.is_connected())
    }

    fn connected(&mut self) -> Result<&mut Session, Refused> {
        match &mut self.phase {
            SmPhase::Open(_, session) if session.is_connected() => Ok(session),
            _ => Err(Refused::Error),
        }
    }

    pub(super) fn ack_faults(&mut self) -> Option<&mut AckFaults> {
        match &mut self.phase {
            SmPhase::Open(_, session) => Some(&mut session.ack_faults),
            _ => None,
        }
    }

    const fn fresh_id(&mut self) -> u16 {
        self.last_id = if self.last_id == u16::MAX { 1 } else { self.last_id + 1 };
        self.last_id
    }
}

/// Publish that waits for its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SmPublish {
    topic: String,
    qos: u8,
    retain: bool,
}

/// "BLOCKING .. ERROR also when already connected"
fn connect(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => return ok(),
        Form::Execute => {}
        Form::Read | Form::Write(_) => return Err(Refused::Error),
    }
    let config = module.own.lpwa.sm.config.clone();
    let named = !config.client_id.is_empty() || module.own.lpwa.sm.native.is_some();
    let ready = !config.host.is_empty() && named && module.own.lpwa.sm.link().is_none();
    if !ready || !module.app_is_up(FIRST) {
        return Err(Refused::Error);
    }
    let (link, failed) = match &config.tls {
        Some((context, root)) => {
            let settings = module.lpwa_tls(*context, root);
            module.internet.open_secure(&config.host, config.port, settings)
        }
        None => module.internet.open_plain(&config.host, config.port),
    };
    module.own.lpwa.sm.phase = SmPhase::Opening(link);
    module.own.lpwa.sm.blocks = Some(SmCommand::Connect);
    let wait_us = CONNECT_US + module.options.simcom.connect_blocks_us;
    module.later(module.now_us + wait_us, Event::SmTimeout { link });
    if let Some(event) = failed {
        module.net_soon(event);
    }
    Ok(Outcome::Later)
}

fn hang_up(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => return ok(),
        Form::Execute => {}
        Form::Read | Form::Write(_) => return Err(Refused::Error),
    }
    let now_us = module.now_us;
    module.own.lpwa.sm.connected()?.send(now_us, &disconnect());
    module.sm_carries_out();
    module.sm_ends();
    ok()
}

fn state(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+SMSTATE: (0-2)"),
        Form::Read => line(format!("+SMSTATE: {}", u8::from(module.own.lpwa.sm.is_connected()))),
        Form::Execute | Form::Write(_) => Err(Refused::Error),
    }
}

fn topic(module: &Module, parameters: &Parameters) -> Result<String, Refused> {
    let topic = parameters.need_text(0, module.own.model.topic as usize)?;
    String::from_utf8(topic.to_vec()).map_err(|_| Refused::Error)
}

/// `AT+SMPUB="<topic>",<length>,<qos>,<retain>`, then the payload.
fn publish(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+SMPUB: (128),(0-1024),(0-2),(0-1)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(4)?;
    let topic = topic(module, parameters)?;
    let length = parameters.need(1, 0, module.own.model.payload)? as usize;
    let (qos, retain) = (parameters.need(2, 0, 2)? as u8, parameters.need(3, 0, 1)? == 1);
    module.own.lpwa.sm.connected()?;
    let publish = SmPublish { topic, qos, retain };
    if length == 0 {
        return module.sm_typed(publish, Vec::new());
    }
    Ok(Outcome::Prompt(Purpose::SmPublish(publish, ENTRY_US), Size::Fixed(length)))
}

/// `AT+SMSUB="<topic>",<qos>`
fn subscribe(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+SMSUB: (128),(0-2)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let topic = topic(module, parameters)?;
    let qos = parameters.need(1, 0, 2)? as u8;
    let id = module.own.lpwa.sm.fresh_id();
    let packet = packet::subscribe(id, &[(topic.clone().into_bytes(), qos)]);
    module.sm_asks(SmCommand::Subscribe(id, topic, qos), Operation::Subscribe, id, packet)
}

/// `AT+SMUNSUB="<topic>"`
fn unsubscribe(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+SMUNSUB: (128)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(1)?;
    let topic = topic(module, parameters)?;
    let id = module.own.lpwa.sm.fresh_id();
    let packet = packet::unsubscribe(id, &[topic.clone().into_bytes()]);
    module.sm_asks(SmCommand::Unsubscribe(id, topic), Operation::Unsubscribe, id, packet)
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len().is_multiple_of(2) && text.is_ascii())?;
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

impl Module {
    fn sm_asks(&mut self, command: SmCommand, operation: Operation, id: u16, packet: Vec<u8>) -> Handled {
        let now_us = self.now_us;
        self.own.lpwa.sm.connected()?.request(now_us, operation, id, packet);
        self.own.lpwa.sm.blocks = Some(command);
        self.sm_carries_out();
        Ok(Outcome::Later)
    }

    /// The payload is there. "OK comes after PUBACK for QoS 1", as far as anyone knows.
    pub(super) fn sm_typed(&mut self, publish: SmPublish, data: Vec<u8>) -> Handled {
        let SmPublish { topic, qos, retain } = publish;
        let payload = if self.own.lpwa.sm.config.types_hex { unhex(&data).ok_or(Refused::Error)? } else { data };
        if !self.own.lpwa.sm.is_connected() {
            // The link went while the host typed: `+SMSTATE: 0` comes first, and then what may even be OK.
            self.let_urcs_out();
            return if self.options.simcom.ok_after_loss { ok() } else { Err(Refused::Error) };
        }
        let (id, now_us) = (self.own.lpwa.sm.fresh_id(), self.now_us);
        let packet = packet::publish(id, qos, retain, topic.as_bytes(), &payload);
        self.own.lpwa.sm.published = Some(Published { topic, payload, qos, retain, id });
        if qos > 0 && self.options.simcom.publish_waits {
            return self.sm_asks(SmCommand::Publish(id), Operation::Publish, id, packet);
        }
        let session = self.own.lpwa.sm.connected()?;
        match qos {
            0 => session.send(now_us, &packet),
            _ => session.request(now_us, Operation::Publish, id, packet),
        }
        self.sm_carries_out();
        ok()
    }

    /// The connection is over; settings stay.
    pub(super) fn sm_ends(&mut self) {
        let sm = &mut self.own.lpwa.sm;
        let link = sm.link();
        sm.phase = SmPhase::Off;
        sm.subscriptions.clear();
        sm.stuck = false;
        if let Some(link) = link {
            self.internet.close(link);
        }
        self.call_off_own(|event| matches!(event, Event::SmTimeout { .. }));
    }
}

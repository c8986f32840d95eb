//! `AT+CMQTTSTART`, `AT+CMQTTSTOP`, `AT+CMQTTACCQ`, `AT+CMQTTREL` (simcom-at 3): the service, and who uses it.

use super::events::Event;
use super::model::Series;
use super::mqtt_client::{Client, Phase};
use super::reply::{Handled, Key};
use super::{Module, Simcom};
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] =
    &[("+CMQTTSTART", start), ("+CMQTTSTOP", stop), ("+CMQTTACCQ", acquire), ("+CMQTTREL", release)];

/// Codes of the CMQTT family.
pub(super) const FAILED: u8 = 1;
pub(super) const BAD_UTF8: u8 = 2;
pub(super) const SOCKET_CONNECT: u8 = 3;
pub(super) const NO_CONNECTION: u8 = 11;
pub(super) const INVALID: u8 = 12;
pub(super) const BUSY: u8 = 14;
pub(super) const TIMEOUT: u8 = 17;
pub(super) const TOPIC_EMPTY: u8 = 18;
const IN_USE: u8 = 19;
pub(super) const NOT_ACQUIRED: u8 = 20;
const NOT_RELEASED: u8 = 21;
const OPENED: u8 = 23;
pub(super) const DNS: u8 = 25;
pub(super) const CLOSED_BY_SERVER: u8 = 26;
/// Of the refusals of a CONNACK, 1 to 5, the one before the first.
pub(super) const BEFORE_REFUSALS: u8 = 26;
pub(super) const NO_CERTIFICATE: u8 = 33;

/// The service of the CMQTT family.
#[derive(Debug, Default)]
pub(super) struct Mqtt {
    pub(super) service: Service,
    pub(super) clients: [Client; 2],
}

/// Where a service stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Service {
    #[default]
    Stopped,
    Starting,
    Started,
    Stopping,
}

fn execute(form: &Form) -> Result<(), Refused> {
    if *form == Form::Execute { Ok(()) } else { Err(Refused::Error) }
}

fn start(module: &mut Module, form: &Form) -> Handled {
    if *form == Form::Test {
        return ok();
    }
    execute(form)?;
    match module.own.mqtt.service {
        Service::Stopped => {}
        // "Started already: A76XX answers bare ERROR; SIM7600 answers `+CMQTTSTART: 23` + ERROR."
        _ if module.own.model.series == Series::A76 => return Err(Refused::Error),
        _ => return module.fails(format!("+CMQTTSTART: {OPENED}")),
    }
    module.own.mqtt.service = Service::Starting;
    // "MQTT and HTTP and CCH services activate the bearer themselves" (2.6).
    module.later(module.now_us + module.options.activation_us, Event::MqttStarted);
    Ok(Outcome::Owes(Key::MqttStart))
}

fn stop(module: &mut Module, form: &Form) -> Handled {
    if *form == Form::Test {
        return ok();
    }
    execute(form)?;
    module.mqtt_started()?;
    if module.own.mqtt.clients.iter().any(|client| !client.is_free()) {
        if !module.options.simcom.stop_releases {
            return module.fails(format!("+CMQTTSTOP: {NOT_RELEASED}"));
        }
        module.release_clients();
    }
    module.own.mqtt.service = Service::Stopping;
    module.later(module.now_us + module.options.latency_us + 1_000, Event::MqttStopped);
    Ok(Outcome::Owes(Key::MqttStop))
}

/// `AT+CMQTTACCQ=<client>,"<id>"[,<server type>[,<version>]]`; the version on SIM7600 only.
fn acquire(module: &mut Module, form: &Form) -> Handled {
    let model = module.own.model;
    let parameters = match form {
        Form::Test => return line("+CMQTTACCQ: (0-1),(1-128),(0-1)"),
        Form::Read => return module.clients_listed(),
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(if model.version_in_acquire { 4 } else { 3 })?;
    let index = client_index(parameters)?;
    let id = String::from_utf8(parameters.need_text(1, model.client_id)?.to_vec()).map_err(|_| Refused::Error)?;
    let tls = parameters.number(2, 0, 1)? == Some(1);
    let version = parameters.number(3, 3, 4)?.map(|version| version as u8);
    module.mqtt_started()?;
    let client = &mut module.own.mqtt.clients[index];
    if !client.is_free() {
        return module.fails(format!("+CMQTTACCQ: {index},{IN_USE}"));
    }
    client.acquire(id, tls, version.unwrap_or(3));
    ok()
}

fn release(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+CMQTTREL: (0-1)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(1)?;
    let index = client_index(parameters)?;
    module.mqtt_started()?;
    let code = match module.own.mqtt.clients[index].phase {
        Phase::Free => NOT_ACQUIRED,
        Phase::Acquired => {
            module.own.mqtt.clients[index].release();
            return ok();
        }
        Phase::Opening(_) | Phase::Open(..) => BUSY,
    };
    module.fails(format!("+CMQTTREL: {index},{code}"))
}

pub(super) fn client_index(parameters: &Parameters) -> Result<usize, Refused> {
    Ok(parameters.need(0, 0, 1)? as usize)
}

impl Module {
    /// "Commands before START: ERROR."
    pub(super) fn mqtt_started(&self) -> Result<(), Refused> {
        if self.own.mqtt.service == Service::Started { Ok(()) } else { Err(Refused::Error) }
    }

    fn clients_listed(&self) -> Handled {
        self.mqtt_started()?;
        let lines = self.own.mqtt.clients.iter().enumerate();
        let text = |(index, client): (usize, &Client)| {
            format!("+CMQTTACCQ: {index},\"{}\",{}", client.client_id, u8::from(client.tls))
        };
        crate::module::reply::lines(lines.map(text))
    }

    pub(super) fn mqtt_start_ends(&mut self) {
        if self.own.mqtt.service != Service::Starting {
            return;
        }
        if self.bearer_is_up() {
            self.own.mqtt.service = Service::Started;
            self.result(Key::MqttStart, "+CMQTTSTART: 0", true);
        } else {
            self.own.mqtt.service = Service::Stopped;
            self.bad_result(Key::MqttStart, &format!("+CMQTTSTART: {FAILED}"));
        }
    }

    pub(super) fn mqtt_stop_ends(&mut self) {
        self.own.mqtt.service = Service::Stopped;
        self.bearer_is_left();
        self.result(Key::MqttStop, "+CMQTTSTOP: 0", true);
    }

    pub(super) fn release_clients(&mut self) {
        for index in 0..self.own.mqtt.clients.len() {
            if let Some(link) = self.client_ends(index) {
                self.internet.close(link);
            }
            self.own.mqtt.clients[index].release();
        }
    }
}

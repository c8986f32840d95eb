//! Texts of the CMQTT family that are typed behind a prompt, and the commands that use them (simcom-at 3):
//! `AT+CMQTTTOPIC`, `AT+CMQTTPAYLOAD`, `AT+CMQTTPUB`, `AT+CMQTTSUBTOPIC`, `AT+CMQTTSUB`, `AT+CMQTTUNSUBTOPIC`,
//! `AT+CMQTTUNSUB`. No entry has a time-out: the port stays blocked until the last byte is there.

use super::events::Event;
use super::mqtt_service::{BAD_UTF8, BUSY, INVALID, NO_CONNECTION, NOT_ACQUIRED, TOPIC_EMPTY, client_index};
use super::reply::{Handled, Key, Purpose, Step};
use super::{Module, Simcom};
use crate::engine::console::Size;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, line, ok};
use crate::mqtt::packet::{self, Will};
use crate::mqtt::session::Operation;
use crate::view::Published;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[
    ("+CMQTTTOPIC", topic),
    ("+CMQTTPAYLOAD", payload),
    ("+CMQTTPUB", publish),
    ("+CMQTTSUBTOPIC", filter),
    ("+CMQTTSUB", subscribe),
    ("+CMQTTUNSUBTOPIC", unwanted),
    ("+CMQTTUNSUB", unsubscribe),
];

/// "total cache 5120 bytes" of the filters that wait for their SUBSCRIBE.
const FILTER_CACHE: usize = 5_120;

/// What is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entered {
    WillTopic,
    /// With this QoS.
    WillMessage(u8),
    Topic,
    Payload,
    /// To be subscribed later, with this QoS.
    Filter(u8),
    Unwanted,
    /// To be subscribed at once, with this QoS.
    Subscribe(u8),
    Unsubscribe,
}

/// A filter that was refused by the broker (MQTT 3.1.1, chapter 3.9.3).
pub(super) const REFUSED: u8 = 128;

fn write<'a>(form: &'a Form, test: &str) -> Result<&'a Parameters, Handled> {
    match form {
        Form::Write(parameters) => Ok(parameters),
        Form::Test => Err(line(test)),
        Form::Read | Form::Execute => Err(Err(Refused::Error)),
    }
}

/// `AT+CMQTTTOPIC=<client>,<length>`, then the topic.
fn topic(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CMQTTTOPIC: (0-1),(1-1024)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(2)?;
    let length = parameters.need(1, 1, module.own.model.topic)?;
    module.mqtt_entry(parameters, "+CMQTTTOPIC", length, Entered::Topic)
}

/// `AT+CMQTTPAYLOAD=<client>,<length>`, then the payload.
fn payload(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CMQTTPAYLOAD: (0-1),(1-10240)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(2)?;
    let length = parameters.need(1, 1, module.own.model.payload)?;
    module.mqtt_entry(parameters, "+CMQTTPAYLOAD", length, Entered::Payload)
}

/// `AT+CMQTTSUBTOPIC=<client>,<length>,<qos>`, then the filter.
fn filter(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CMQTTSUBTOPIC: (0-1),(1-1024),(0-2)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(3)?;
    let length = parameters.need(1, 1, module.own.model.topic)?;
    let qos = parameters.need(2, 0, 2)? as u8;
    let index = client_index(parameters)?;
    let cached: usize = module.own.mqtt.clients[index].entries.filters.iter().map(|filter| filter.0.len()).sum();
    if cached + length as usize > FILTER_CACHE {
        return Err(Refused::Error);
    }
    module.mqtt_entry(parameters, "+CMQTTSUBTOPIC", length, Entered::Filter(qos))
}

/// `AT+CMQTTUNSUBTOPIC=<client>,<length>`, then the filter.
fn unwanted(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CMQTTUNSUBTOPIC: (0-1),(1-1024)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(2)?;
    let length = parameters.need(1, 1, module.own.model.topic)?;
    module.mqtt_entry(parameters, "+CMQTTUNSUBTOPIC", length, Entered::Unwanted)
}

/// `AT+CMQTTSUB=<client>` for filters that were typed before, or `AT+CMQTTSUB=<client>,<length>,<qos>[,<dup>]`, then
/// the filter.
fn subscribe(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CMQTTSUB: (0-1),(1-1024),(0-2),(0-1)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(4)?;
    let index = client_index(parameters)?;
    if parameters.len() > 1 {
        let length = parameters.need(1, 1, module.own.model.topic)?;
        let qos = parameters.need(2, 0, 2)? as u8;
        parameters.number(3, 0, 1)?;
        return module.mqtt_entry(parameters, "+CMQTTSUB", length, Entered::Subscribe(qos));
    }
    if let Some(code) = module.not_ready(index) {
        return module.fails(format!("+CMQTTSUB: {index},{code}"));
    }
    let filters = std::mem::take(&mut module.own.mqtt.clients[index].entries.filters);
    if filters.is_empty() {
        return module.fails(format!("+CMQTTSUB: {index},{TOPIC_EMPTY}"));
    }
    module.mqtt_subscribes(index, filters)
}

/// `AT+CMQTTUNSUB=<client>,0` for filters that were typed before, or `AT+CMQTTUNSUB=<client>,<length>,0`, then the
/// filter.
fn unsubscribe(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CMQTTUNSUB: (0-1),(1-1024),(0-1)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(3)?;
    let index = client_index(parameters)?;
    if parameters.len() == 3 {
        let length = parameters.need(1, 1, module.own.model.topic)?;
        parameters.need(2, 0, 1)?;
        return module.mqtt_entry(parameters, "+CMQTTUNSUB", length, Entered::Unsubscribe);
    }
    parameters.need(1, 0, 1)?;
    if let Some(code) = module.not_ready(index) {
        return module.fails(format!("+CMQTTUNSUB: {index},{code}"));
    }
    let unwanted = std::mem::take(&mut module.own.mqtt.clients[index].entries.unwanted);
    if unwanted.is_empty() {
        return module.fails(format!("+CMQTTUNSUB: {index},{TOPIC_EMPTY}"));
    }
    module.mqtt_unsubscribes(index, &unwanted)
}

/// `AT+CMQTTPUB=<client>,<qos>,<time-out>[,<retain>[,<dup>]]`
fn publish(module: &mut Module, form: &Form) -> Handled {
    let least_s = module.own.model.shortest_wait_s;
    let test = format!("+CMQTTPUB: (0-1),(0-2),({least_s}-180),(0-1),(0-1)");
    let parameters = match write(form, &test) {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(5)?;
    let index = client_index(parameters)?;
    let qos = parameters.need(1, 0, 2)? as u8;
    let wait_s = parameters.need(2, least_s, 180)?;
    let retain = parameters.number(3, 0, 1)? == Some(1);
    parameters.number(4, 0, 1)?;
    if let Some(code) = module.not_ready(index) {
        return module.fails(format!("+CMQTTPUB: {index},{code}"));
    }
    // "Topic and payload buffers are cleared by CMQTTPUB", also by one that fails.
    let entries = &mut module.own.mqtt.clients[index].entries;
    match (entries.topic.take(), entries.payload.take()) {
        (None, _) => module.fails(format!("+CMQTTPUB: {index},{TOPIC_EMPTY}")),
        (Some(_), None) => module.fails(format!("+CMQTTPUB: {index},{INVALID}")),
        (Some(topic), Some(payload)) => module.mqtt_publishes(index, qos, retain, wait_s, &topic, payload),
    }
}

impl Module {
    /// Why an operation cannot begin: no connection, or another one runs.
    fn not_ready(&self, index: usize) -> Option<u8> {
        let client = &self.own.mqtt.clients[index];
        match (client.is_free(), client.is_connected(), client.pending.is_some()) {
            (true, ..) => Some(NOT_ACQUIRED),
            (false, false, _) => Some(NO_CONNECTION),
            (false, true, true) => Some(BUSY),
            (false, true, false) => None,
        }
    }

    /// Asks for a text.
    fn mqtt_entry(&mut self, parameters: &Parameters, name: &str, length: u32, what: Entered) -> Handled {
        let index = client_index(parameters)?;
        self.mqtt_started()?;
        let entries = &self.own.mqtt.clients[index].entries;
        let twice = match what {
            Entered::Topic => entries.topic.is_some(),
            Entered::Payload => entries.payload.is_some(),
            _ => false,
        };
        let code = match self.not_ready(index) {
            // What is only kept does not need the operation that runs to be over.
            Some(BUSY) if !matches!(what, Entered::Subscribe(_) | Entered::Unsubscribe) => None,
            None if twice && !self.options.simcom.entry_replaces => Some(BUSY),
            code => code,
        };
        match code {
            Some(code) => self.fails(format!("{name}: {index},{code}")),
            None => Ok(Outcome::Prompt(Purpose::Mqtt(index, what), Size::Fixed(length as usize))),
        }
    }

    /// The text is there.
    pub(super) fn mqtt_typed(&mut self, index: usize, what: Entered, data: Vec<u8>) -> Handled {
        let client = &mut self.own.mqtt.clients[index];
        match what {
            Entered::WillTopic => client.will_topic = data,
            Entered::WillMessage(qos) => {
                let topic = client.will_topic.clone();
                client.will = Some(Will { qos, retain: false, topic, message: data });
            }
            Entered::Topic => client.entries.topic = Some(data),
            Entered::Payload => client.entries.payload = Some(data),
            Entered::Filter(qos) => client.entries.filters.push((data, qos)),
            Entered::Unwanted => client.entries.unwanted.push(data),
            Entered::Subscribe(qos) => return self.mqtt_subscribes(index, vec![(data, qos)]),
            Entered::Unsubscribe => return self.mqtt_unsubscribes(index, &[data]),
        }
        ok()
    }

    /// Sends the packet of an operation that the broker answers; a result is owed.
    fn mqtt_asks(&mut self, index: usize, step: Step, packet: impl FnOnce(u16) -> (Operation, Vec<u8>)) -> Handled {
        let now_us = self.now_us;
        let client = &mut self.own.mqtt.clients[index];
        let id = client.fresh_id();
        // The connection may have gone while the host typed.
        let Some(session) = client.connected() else {
            return self.fails(format!("{}: {index},{NO_CONNECTION}", step.name()));
        };
        let (operation, bytes) = packet(id);
        session.request(now_us, operation, id, bytes);
        client.pending = Some((step, id));
        self.carry_out(index);
        Ok(Outcome::Owes(Key::Mqtt(step, index)))
    }

    fn mqtt_subscribes(&mut self, index: usize, filters: Vec<(Vec<u8>, u8)>) -> Handled {
        if let Some(code) = self.bad_text(index, filters.iter().map(|filter| filter.0.as_slice())) {
            return self.fails(format!("+CMQTTSUB: {index},{code}"));
        }
        self.own.mqtt.clients[index].asked.clone_from(&filters);
        self.mqtt_asks(index, Step::Subscribe, |id| (Operation::Subscribe, packet::subscribe(id, &filters)))
    }

    fn mqtt_unsubscribes(&mut self, index: usize, filters: &[Vec<u8>]) -> Handled {
        let gone = |topic: &str| filters.iter().any(|other| other == topic.as_bytes());
        self.own.mqtt.clients[index].subscriptions.retain(|entry| !gone(&entry.0));
        self.mqtt_asks(index, Step::Unsubscribe, |id| (Operation::Unsubscribe, packet::unsubscribe(id, filters)))
    }

    /// "checkUTF8", default 1.
    fn bad_text<'a>(&self, index: usize, mut texts: impl Iterator<Item = &'a [u8]>) -> Option<u8> {
        let checked = self.own.mqtt.clients[index].checks_utf8;
        (checked && texts.any(|text| std::str::from_utf8(text).is_err())).then_some(BAD_UTF8)
    }

    fn mqtt_publishes(
        &mut self,
        index: usize,
        qos: u8,
        retain: bool,
        wait_s: u32,
        topic: &[u8],
        payload: Vec<u8>,
    ) -> Handled {
        let checked = self.options.simcom.utf8_checks_payload.then_some(payload.as_slice());
        if let Some(code) = self.bad_text(index, std::iter::once(topic).chain(checked)) {
            return self.fails(format!("+CMQTTPUB: {index},{code}"));
        }
        let name = String::from_utf8_lossy(topic).into_owned();
        let mut view = Published { topic: name, payload, qos, retain, id: 0 };
        let now_us = self.now_us;
        let key = Key::Mqtt(Step::Publish, index);
        if qos == 0 {
            let client = &mut self.own.mqtt.clients[index];
            let Some(session) = client.connected() else {
                return self.fails(format!("+CMQTTPUB: {index},{NO_CONNECTION}"));
            };
            session.send(now_us, &packet::publish(0, 0, retain, topic, &view.payload));
            client.published = Some(view);
            self.carry_out(index);
            self.result_soon(key, format!("+CMQTTPUB: {index},0"));
            return Ok(Outcome::Owes(key));
        }
        let payload = view.payload.clone();
        let handled = self.mqtt_asks(index, Step::Publish, |id| {
            (Operation::Publish, packet::publish(id, qos, retain, topic, &payload))
        })?;
        if let Some((Step::Publish, id)) = self.own.mqtt.clients[index].pending {
            view.id = id;
            self.own.mqtt.clients[index].published = Some(view);
            self.later(now_us + u64::from(wait_s) * 1_000_000, Event::PublishTimeout { client: index, id });
        }
        Ok(handled)
    }
}

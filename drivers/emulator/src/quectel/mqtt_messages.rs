//! `AT+QMTSUB`, `AT+QMTUNS`, `AT+QMTPUB`, `AT+QMTPUBEX` (quectel-at 2.2).

use super::model::Group;
use super::mqtt_client::Asked;
use super::reply::{Handled, Purpose, ResultKey, tight};
use super::{Module, Quectel};
use crate::engine::console::Size;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, ok};
use crate::mqtt::packet;
use crate::mqtt::session::{Operation, Session};
use crate::view::Published;

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] = &[("+QMTSUB", subscribe), ("+QMTUNS", unsubscribe)];

/// "Same name, other meaning": what `AT+QMTPUBEX` is depends on the group.
pub(super) const LPWA: &[(&str, Handler<Quectel>)] = &[("+QMTPUB", publish), ("+QMTPUBEX", publish_text)];
pub(super) const QC: &[(&str, Handler<Quectel>)] = &[("+QMTPUB", publish), ("+QMTPUBEX", publish_length)];
pub(super) const UA: &[(&str, Handler<Quectel>)] = &[("+QMTPUBEX", publish_length)];

/// A publish that waits for its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Publish {
    pub(super) client: usize,
    id: u16,
    qos: u8,
    retain: bool,
    topic: Vec<u8>,
}

fn write<'a>(form: &'a Form, test: &str) -> Result<&'a Parameters, Handled> {
    match form {
        Form::Write(parameters) => Ok(parameters),
        Form::Test => Err(tight([test])),
        Form::Read | Form::Execute => Err(Err(Refused::Error)),
    }
}

/// An id that no other packet in flight has.
fn fresh(session: &Session, id: u16) -> Result<(), Refused> {
    if session.in_flight().any(|entry| entry.1 == id) { Err(Refused::Error) } else { Ok(()) }
}

/// `AT+QMTSUB=<client>,<id>,"<topic>",<qos>[,"<topic>",<qos>..]`
fn subscribe(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+QMTSUB: (0-5),(1-65535),<topic>,(0-2)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    let index = parameters.need(0, 0, 5)? as usize;
    let id = parameters.need(1, 1, 65_535)? as u16;
    if parameters.len() < 4 || !parameters.len().is_multiple_of(2) {
        return Err(Refused::Error);
    }
    let mut topics = Vec::new();
    for at in (2..parameters.len()).step_by(2) {
        let topic = parameters.need_text(at, module.own.model.mqtt_topic)?.to_vec();
        topics.push((topic, parameters.need(at + 1, 0, 2)? as u8));
    }
    let session = module.own.clients[index].connected()?;
    fresh(session, id)?;
    session.request(module.now_us, Operation::Subscribe, id, packet::subscribe(id, &topics));
    module.own.clients[index].asked.push(Asked { id, topics });
    module.carry_out(index);
    Ok(Outcome::Owes(ResultKey::Message(index, u32::from(id))))
}

/// `AT+QMTUNS=<client>,<id>,"<topic>"[,"<topic>"..]`
fn unsubscribe(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+QMTUNS: (0-5),(1-65535),<topic>") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    let index = parameters.need(0, 0, 5)? as usize;
    let id = parameters.need(1, 1, 65_535)? as u16;
    let mut topics = vec![parameters.need_text(2, module.own.model.mqtt_topic)?.to_vec()];
    for at in 3..parameters.len() {
        topics.push(parameters.need_text(at, module.own.model.mqtt_topic)?.to_vec());
    }
    let session = module.own.clients[index].connected()?;
    fresh(session, id)?;
    session.request(module.now_us, Operation::Unsubscribe, id, packet::unsubscribe(id, &topics));
    let gone = |topic: &str| topics.iter().any(|other| other == topic.as_bytes());
    module.own.clients[index].subscriptions.retain(|entry| !gone(&entry.0));
    module.carry_out(index);
    Ok(Outcome::Owes(ResultKey::Message(index, u32::from(id))))
}

/// The first five parameters of both forms of publish.
fn head(module: &mut Module, parameters: &Parameters) -> Result<Publish, Refused> {
    parameters.at_most(6)?;
    let client = parameters.need(0, 0, 5)? as usize;
    let id = parameters.need(1, 0, 65_535)? as u16;
    let qos = parameters.need(2, 0, 2)? as u8;
    let retain = parameters.need(3, 0, 1)? == 1;
    let topic = parameters.need_text(4, module.own.model.mqtt_topic)?.to_vec();
    let session = module.own.clients[client].connected()?;
    if qos > 0 {
        // Id 0 belongs to QoS 0; at most five wait for their answer.
        let waiting = session.in_flight().filter(|entry| entry.0 == Operation::Publish).count();
        if id == 0 || waiting >= module.own.model.mqtt_in_flight {
            return Err(Refused::Error);
        }
        fresh(session, id)?;
    }
    Ok(Publish { client, id, qos, retain, topic })
}

/// `AT+QMTPUB=<client>,<id>,<qos>,<retain>,"<topic>"[,<length>]`, then the data: so many bytes, or up to Ctrl-Z.
fn publish(module: &mut Module, form: &Form) -> Handled {
    let most = module.own.model.mqtt_payload;
    // "QMTPUBEX since MQTT note V1.1 .. that note lists no QMTPUB any more, older firmware only QMTPUB."
    if module.own.model.group == Group::Qc && !module.options.quectel.old_publish {
        return Err(Refused::Error);
    }
    let parameters = match write(form, &format!("+QMTPUB: (0-5),(0-65535),(0-2),(0,1),<topic>,(1-{most})")) {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    let length = parameters.number(5, 1, most as u32)?;
    // "BG96: the log and the V1.0 note show only the Ctrl-Z form; length form unproven" (2.2).
    if length.is_some() && !module.own.model.counted_publish {
        return Err(Refused::Error);
    }
    let purpose = Purpose::Publish(head(module, parameters)?);
    Ok(Outcome::Prompt(purpose, length.map_or(Size::CtrlZ(most), |length| Size::Fixed(length as usize))))
}

/// On LPWA modules the sixth parameter is the text itself: no prompt, and the result is called `+QMTPUB`. A host that
/// gives a length here publishes its digits.
fn publish_text(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+QMTPUBEX: (0-5),(0-65535),(0-2),(0,1),<topic>,<msg>") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    let text = parameters.any_text(5).filter(|text| text.len() <= module.own.model.mqtt_payload);
    let payload = text.ok_or(Refused::Error)?.to_vec();
    let publish = head(module, parameters)?;
    module.published(publish, payload)
}

/// On QC and UA modules the sixth parameter is the length: "a text there gives ERROR".
fn publish_length(module: &mut Module, form: &Form) -> Handled {
    let most = module.own.model.mqtt_payload;
    if module.own.model.group == Group::Qc && module.options.quectel.old_publish {
        return Err(Refused::Error);
    }
    let parameters = match write(form, "+QMTPUBEX: (0-5),<msgid>,(0-2),(0,1),\"topic\",\"length\"") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    let length = parameters.need(5, 1, most as u32)? as usize;
    Ok(Outcome::Prompt(Purpose::Publish(head(module, parameters)?), Size::Fixed(length)))
}

impl Module {
    /// What the result of a publish is called.
    pub(super) fn publish_name(&self) -> &'static str {
        let options = &self.options.quectel;
        match self.own.model.group {
            Group::Ua => "+QMTPUBEX",
            Group::Qc if !(options.old_publish || options.short_publish_result) => "+QMTPUBEX",
            Group::Qc | Group::Lpwa => "+QMTPUB",
        }
    }

    /// "edit/timeout": the module leaves the prompt by itself.
    pub(super) fn edit_timeout_us(&self, publish: &Publish) -> Option<u64> {
        self.own.clients[publish.client].config.edit_timeout_us()
    }

    /// The data of a publish is there.
    pub(super) fn published(&mut self, publish: Publish, payload: Vec<u8>) -> Handled {
        let Publish { client: index, id, qos, retain, topic } = publish;
        let bytes = packet::publish(id, qos, retain, &topic, &payload);
        let silent = qos == 0 && self.own.model.group == Group::Ua && self.options.quectel.silent_qos0;
        let session = self.own.clients[index].connected()?;
        let key = ResultKey::Message(index, u32::from(id));
        if qos == 0 {
            session.send(self.now_us, &bytes);
            if !silent {
                self.result_soon(key, format!("{}: {index},{id},0", self.publish_name()));
            }
        } else {
            session.request(self.now_us, Operation::Publish, id, bytes);
        }
        let topic = String::from_utf8_lossy(&topic).into_owned();
        self.own.clients[index].published = Some(Published { topic, payload, qos, retain, id });
        self.carry_out(index);
        if silent { ok() } else { Ok(Outcome::Owes(key)) }
    }
}

//! Inbound messages and `AT+QMTRECV` (quectel-at 2.3).

use super::model::Group;
use super::mqtt_client::Phase;
use super::reply::{Handled, tight};
use super::{Module, Quectel};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Outcome, Refused, Reply, lines};

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] = &[("+QMTRECV", receive)];

/// How a message is printed.
#[derive(Clone, Copy, Debug)]
struct LineForm {
    with_length: bool,
    /// The payload stands on a line of its own.
    split: bool,
}

/// A message that waits to be read.
#[derive(Clone, Debug)]
pub(super) struct Message {
    id: u16,
    topic: Vec<u8>,
    payload: Vec<u8>,
}

impl Message {
    /// `+QMTRECV: <client>,<id>,"<topic>"[,<length>],"<payload>"`: the payload is raw, nothing in it is escaped.
    fn line(&self, client: usize, form: LineForm) -> Vec<u8> {
        let LineForm { with_length, split } = form;
        if with_length && split {
            // "header and payload on separate lines (seen on some EC200U)"
            let head = format!("+QMTRECV: {client},{},\"", self.id);
            let length = format!("\",{}\r\n", self.payload.len());
            return [head.as_bytes(), &self.topic, length.as_bytes(), &self.payload].concat();
        }
        let length = if with_length { format!("{},", self.payload.len()) } else { String::new() };
        let head = format!("+QMTRECV: {client},{},\"", self.id);
        [head.as_bytes(), &self.topic, format!("\",{length}\"").as_bytes(), &self.payload, b"\""].concat()
    }
}

fn receive(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return tight(["+QMTRECV: (0-5),(0-4)"]),
        Form::Read => {
            let open = module.own.clients.iter().enumerate().filter(|entry| matches!(entry.1.phase, Phase::Open(..)));
            let slots = module.own.model.mqtt_slots;
            return lines(open.map(|(index, client)| {
                let taken = |slot: usize| client.slots.get(slot).is_some_and(Option::is_some);
                let marks: String = (0..slots).map(|slot| if taken(slot) { ",1" } else { ",0" }).collect();
                format!("+QMTRECV: {index}{marks}")
            }));
        }
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let index = parameters.need(0, 0, 5)? as usize;
    let last = module.own.model.mqtt_slots - 1;
    let slot = parameters.number(1, 0, last as u32)?.map(|slot| slot as usize);
    let split = module.splits_messages();
    let client = &mut module.own.clients[index];
    client.connected()?;
    let wanted = |at: usize| slot.is_none_or(|slot| slot == at);
    let messages =
        client.slots.iter_mut().enumerate().filter(|entry| wanted(entry.0)).filter_map(|entry| entry.1.take());
    let form = LineForm { with_length: client.config.with_length, split };
    let lines: Vec<_> = messages.map(|message| message.line(index, form)).collect();
    Ok(Outcome::Reply(Reply { counted: true, ..Reply::lines(lines) }))
}

impl Module {
    fn splits_messages(&self) -> bool {
        self.own.model.group == Group::Ua && self.options.quectel.payload_on_own_line
    }

    pub(super) fn deliver(&mut self, index: usize, id: u16, topic: Vec<u8>, payload: Vec<u8>) {
        let (slots, split) = (self.own.model.mqtt_slots, self.splits_messages());
        let client = &mut self.own.clients[index];
        let message = Message { id, topic, payload };
        if !client.config.buffered {
            let line = message.line(index, LineForm { with_length: client.config.with_length, split });
            return self.urc_counted(line);
        }
        client.slots.resize_with(slots, || None);
        match client.slots.iter().position(Option::is_none) {
            Some(slot) => {
                client.slots[slot] = Some(message);
                self.urc(format!("+QMTRECV: {index},{slot}"));
            }
            // Beyond the last slot messages are lost without a word.
            None => client.lost += 1,
        }
    }
}

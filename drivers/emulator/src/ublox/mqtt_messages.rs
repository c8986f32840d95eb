//! Messages both ways, and subscriptions: operations 2 to 6 and 9 of `AT+UMQTTC` (ublox-at 3).

use super::Module;
use super::model::MqttSyntax;
use super::mqtt_client::{Client, Operation};
use super::reply::{Handled, Purpose};
use super::socket_data::from_hex;
use super::sockets::NOT_ALLOWED;
use crate::engine::console::Size;
use crate::module::command::Parameters;
use crate::module::reply::{Outcome, Refused, Reply, ok};
use crate::mqtt::packet;
use crate::mqtt::session;
use crate::view::Published;

/// "topic 256; text 1024; hex 512 bytes (1024 digits); binary 1..1024 bytes"
pub(super) const TOPIC: usize = 256;
const TEXT: usize = 1_024;
const BINARY: u32 = 1_024;

/// A publish that waits for its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Publish {
    /// Of the operation, as its result tells it.
    pub(super) number: u8,
    pub(super) qos: u8,
    pub(super) retain: bool,
    pub(super) topic: Vec<u8>,
}

/// A message that waits to be read.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) qos: u8,
    pub(super) topic: Vec<u8>,
    pub(super) payload: Vec<u8>,
}

impl Message {
    /// `6,<qos>,<both lengths>,<topic's>,"<topic>",<message's>,"<message>"`: raw, nothing in it is escaped.
    fn line(&self) -> Vec<u8> {
        let Self { qos, topic, payload } = self;
        let head = format!("+UMQTTC: 6,{qos},{},{},\"", topic.len() + payload.len(), topic.len());
        [head.as_bytes(), topic, format!("\",{},\"", payload.len()).as_bytes(), payload, b"\""].concat()
    }
}

fn publish(parameters: &Parameters, number: u8, topic: usize) -> Result<Publish, Refused> {
    let qos = parameters.need(1, 0, 2)? as u8;
    let retain = parameters.need(2, 0, 1)? == 1;
    Ok(Publish { number, qos, retain, topic: parameters.need_text(topic, TOPIC)?.to_vec() })
}

impl Module {
    /// `AT+UMQTTC=2,<qos>,<retain>,<hex>,"<topic>","<text>"`
    pub(super) fn publish_text(&mut self, parameters: &Parameters) -> Handled {
        parameters.at_most(6)?;
        let hex = parameters.need(3, 0, 1)? == 1;
        let publish = publish(parameters, 2, 4)?;
        let text = parameters.need_text(5, TEXT)?;
        let payload = if hex { from_hex(text).ok_or(Refused::Error)? } else { text.to_vec() };
        self.publishes(publish, payload)
    }

    /// `AT+UMQTTC=3,<qos>,<retain>,"<topic>","<file>"`
    pub(super) fn publish_file(&mut self, parameters: &Parameters) -> Handled {
        parameters.at_most(5)?;
        let publish = publish(parameters, 3, 3)?;
        let file = self.file_at(parameters, 4, None)?;
        let payload = self.file_content(&file)?.to_vec();
        self.publishes(publish, payload)
    }

    /// `AT+UMQTTC=9,<qos>,<retain>,"<topic>",<length>`, a prompt, then so many bytes.
    pub(super) fn publish_bytes(&mut self, parameters: &Parameters) -> Handled {
        parameters.at_most(5)?;
        // "`9,1` (D1 prints `2,1`): accept both"
        let number = if self.options.ublox.binary_publish_says_two { 2 } else { 9 };
        let publish = publish(parameters, number, 3)?;
        let length = parameters.need(4, 1, BINARY)?;
        // "`>` may be late by up to 30 s if a keep-alive ping is in flight"
        if self.own.mqtt.session()?.is_pinging() {
            self.prompt_delay_us += self.options.ublox.late_prompt_us;
        }
        Ok(Outcome::Prompt(Purpose::Publish(publish), Size::Fixed(length as usize)))
    }

    /// The payload is there: OK, and the result when the broker has answered.
    pub(super) fn publishes(&mut self, publish: Publish, payload: Vec<u8>) -> Handled {
        let Publish { number, qos, retain, topic } = publish;
        let now_us = self.now_us;
        let id = self.own.mqtt.fresh_id();
        let bytes = packet::publish(id, qos, retain, &topic, &payload);
        let session = self.own.mqtt.session()?;
        if qos == 0 {
            session.send(now_us, &bytes);
        } else {
            session.request(now_us, session::Operation::Publish, id, bytes);
        }
        self.own.mqtt.pending = Some(Operation::Publish(number, id));
        let topic = String::from_utf8_lossy(&topic).into_owned();
        self.own.mqtt.published = Some(Published { topic, payload, qos, retain, id });
        self.mqtt_carries_out();
        if qos == 0 {
            self.mqtt_result_later(format!("{number},1"));
        }
        ok()
    }

    /// `AT+UMQTTC=4,<qos>,"<filter>"`
    pub(super) fn subscribe(&mut self, parameters: &Parameters) -> Handled {
        parameters.at_most(3)?;
        let qos = parameters.need(1, 0, 2)? as u8;
        let filter = parameters.need_text(2, TOPIC)?.to_vec();
        let (now_us, id) = (self.now_us, self.own.mqtt.fresh_id());
        let request = packet::subscribe(id, &[(filter.clone(), qos)]);
        self.own.mqtt.session()?.request(now_us, session::Operation::Subscribe, id, request);
        self.own.mqtt.pending = Some(Operation::Subscribe(String::from_utf8_lossy(&filter).into_owned(), id));
        self.mqtt_carries_out();
        ok()
    }

    /// The broker answered a SUBSCRIBE: 128 is no.
    pub(super) fn subscribed(&mut self, granted: u8) {
        let granted = if self.options.subscriptions_refused { 128 } else { granted };
        let Some(Operation::Subscribe(filter, _)) = self.own.mqtt.pending.clone() else { return };
        if granted < 3 {
            self.own.mqtt.subscriptions.retain(|entry| entry.0 != filter);
            self.own.mqtt.subscriptions.push((filter.clone(), granted));
        }
        let first = match self.own.model.mqtt {
            MqttSyntax::Old if granted > 2 => 128,
            MqttSyntax::New if granted > 2 => 0,
            // "R422: U takes a first value of 0..2 with a granted QoS >= 0 as success"; the old syntax: "0..2 ok".
            _ if self.options.ublox.subscription_tells_qos => granted,
            MqttSyntax::Old => 0,
            MqttSyntax::New => 1,
        };
        self.mqtt_result(&format!("4,{first},{granted},\"{filter}\""));
    }

    /// `AT+UMQTTC=5,"<filter>"`
    pub(super) fn unsubscribe(&mut self, parameters: &Parameters) -> Handled {
        parameters.at_most(2)?;
        let filter = parameters.need_text(1, TOPIC)?.to_vec();
        let (now_us, id) = (self.now_us, self.own.mqtt.fresh_id());
        let request = packet::unsubscribe(id, std::slice::from_ref(&filter));
        self.own.mqtt.session()?.request(now_us, session::Operation::Unsubscribe, id, request);
        self.own.mqtt.pending = Some(Operation::Unsubscribe(String::from_utf8_lossy(&filter).into_owned(), id));
        self.mqtt_carries_out();
        ok()
    }

    /// `AT+UMQTTC=6[,1]`: all messages, or one.
    pub(super) fn read_messages(&mut self, parameters: &Parameters) -> Handled {
        parameters.at_most(2)?;
        let one = parameters.number(1, 1, 1)?.is_some();
        let Client { pending, queue, .. } = &mut self.own.mqtt;
        if pending.is_some() {
            return Err(NOT_ALLOWED);
        }
        let count = if one { queue.len().min(1) } else { queue.len() };
        let lines: Vec<_> = queue.drain(..count).map(|message| message.line()).collect();
        let left = queue.len();
        if lines.is_empty() {
            let refused = self.options.ublox.empty_queue_is_error.unwrap_or(self.own.model.empty_queue_is_error);
            return if refused { Err(NOT_ALLOWED) } else { ok() };
        }
        // "`6,<n>` also comes after each read, counting down; none after the last one"
        if left > 0 {
            self.urc(format!("+UUMQTTC: 6,{left}"));
        }
        Ok(Outcome::Reply(Reply { counted: true, ..Reply::lines(lines) }))
    }

    /// A message of the broker waits to be read.
    pub(super) fn message_arrives(&mut self, topic: Vec<u8>, payload: Vec<u8>, qos: u8) {
        let client = &mut self.own.mqtt;
        if client.queue.len() >= self.options.ublox.queue_depth {
            client.lost += 1;
            return;
        }
        client.queue.push_back(Message { qos, topic, payload });
        let unread = client.queue.len();
        let name = match self.own.model.mqtt {
            MqttSyntax::New => "+UUMQTTC",
            MqttSyntax::Old => "+UUMQTTCM",
        };
        self.urc(format!("{name}: 6,{unread}"));
    }
}

//! The broker on a socket of a scripted module: as much of MQTT 3.1.1 as a well-behaved client needs. What no client may
//! send is a panic, since only tests meet it.

use std::string::String;
use std::vec::Vec;

use super::FakeError;
use super::script::{Call, Publish, Script};
use crate::{ErrorKind, Qos, Refusal};

/// A message on its way down, until it is acknowledged.
#[derive(Debug)]
struct Owed {
    id: u16,
    topic: String,
    payload: Vec<u8>,
}

/// What the broker knows of its one client, over all connections.
#[derive(Debug, Default)]
pub(super) struct Broker {
    /// What came of a packet that is not whole.
    input: Vec<u8>,
    is_online: bool,
    last_id: u16,
    /// Sent and not acknowledged, or never sent since nobody was there.
    owed: Vec<Owed>,
    /// How many of them were sent.
    sent: usize,
}

impl Broker {
    /// A new connection.
    pub(super) fn opened(&mut self) {
        self.input.clear();
    }

    /// The connection is over.
    pub(super) fn closed(&mut self) {
        self.is_online = false;
    }

    /// Sends a message of QoS 1, or keeps it for the next login.
    pub(super) fn deliver(&mut self, topic: String, payload: Vec<u8>, out: &mut Vec<u8>) {
        self.last_id += 1;
        self.owed.push(Owed { id: self.last_id, topic, payload });
        self.flush(out);
    }

    /// Takes bytes and answers; whether the connection stays.
    pub(super) fn input(&mut self, bytes: &[u8], script: &Script, out: &mut Vec<u8>) -> bool {
        self.input.extend_from_slice(bytes);
        while let Some((first, body)) = take_packet(&mut self.input) {
            let mut body = &body[..];
            match (first, self.is_online) {
                (0x10, false) => {
                    if !self.connect(body, script, out) {
                        return false;
                    }
                }
                (0xE0, true) => {
                    script.note(Call::Disconnect);
                    return false;
                }
                (0xC0, true) => {
                    script.note(Call::Ping);
                    answer(script, out, &[0xD0, 0]);
                }
                (0x40, true) => self.acknowledged(number(&mut body), script),
                (0x82, true) => {
                    let (id, filter) = (number(&mut body), text(&mut body));
                    script.note(Call::Subscribe(filter.clone()));
                    let code = if script.subscribe(&filter).is_ok() { body[0] } else { 0x80 };
                    let [high, low] = id.to_be_bytes();
                    answer(script, out, &[0x90, 3, high, low, code]);
                }
                (0xA2, true) => {
                    let (id, filter) = (number(&mut body), text(&mut body));
                    script.note(Call::Unsubscribe(filter.clone()));
                    script.unsubscribe(&filter);
                    let [high, low] = id.to_be_bytes();
                    answer(script, out, &[0xB0, 2, high, low]);
                }
                (0x30..=0x3F, true) => published(first, body, script, out),
                (first, online) => panic!("a packet of type {first:#x} while online is {online}"),
            }
        }
        true
    }

    fn connect(&mut self, mut body: &[u8], script: &Script, out: &mut Vec<u8>) -> bool {
        assert_eq!(text(&mut body), "MQTT");
        let (level, flags) = (body[0], body[1]);
        body = &body[2..];
        assert_eq!((level, flags & !2), (4, 0xC0), "3.1.1 with user and password, and no will");
        let clean_session = flags & 2 != 0;
        let keep_alive_s = number(&mut body);
        script.note(Call::Connect {
            host: String::new(),
            port: 0,
            trust: None,
            client_id: text(&mut body),
            user: text(&mut body),
            password: text(&mut body),
            keep_alive_s,
        });
        let code = match script.login(clean_session) {
            Ok(()) => 0,
            Err(FakeError::Kind(ErrorKind::Refused(Refusal::Connack(code)))) => code,
            Err(_) => return false,
        };
        let present = code == 0 && !clean_session && !script.subscriptions().is_empty();
        answer(script, out, &[0x20, 2, present.into(), code]);
        self.is_online = code == 0;
        if clean_session {
            self.owed.drain(..self.sent);
        }
        self.resend(out);
        self.flush(out);
        self.is_online
    }

    fn resend(&mut self, out: &mut Vec<u8>) {
        for owed in &self.owed[..self.sent.min(self.owed.len())] {
            put_publish(out, 0x3A, owed);
        }
        self.sent = self.sent.min(self.owed.len());
    }

    /// Sends what waits for a login.
    fn flush(&mut self, out: &mut Vec<u8>) {
        if self.is_online {
            self.owed.iter().skip(self.sent).for_each(|owed| put_publish(out, 0x32, owed));
            self.sent = self.owed.len();
        }
    }

    fn acknowledged(&mut self, id: u16, script: &Script) {
        if let Some(at) = self.owed.iter().position(|owed| owed.id == id) {
            script.acknowledge(self.owed.remove(at).payload);
            self.sent -= 1;
        }
    }
}

fn published(first: u8, mut body: &[u8], script: &Script, out: &mut Vec<u8>) {
    let topic = text(&mut body);
    let id = (first & 2 != 0).then(|| number(&mut body));
    let qos = if id.is_some() { Qos::AtLeastOnce } else { Qos::AtMostOnce };
    script.note(Call::Publish(topic.clone()));
    match script.publish(Publish { topic, payload: body.into(), qos, dup: first & 8 != 0 }) {
        Err(kind) => script.break_by(kind),
        Ok(()) => {
            if let Some([high, low]) = id.map(u16::to_be_bytes) {
                answer(script, out, &[0x40, 2, high, low]);
            }
        }
    }
}

fn answer(script: &Script, out: &mut Vec<u8>, packet: &[u8]) {
    if !script.is_silent() {
        out.extend_from_slice(packet);
    }
}

fn put_publish(out: &mut Vec<u8>, first: u8, owed: &Owed) {
    let Owed { id, topic, payload } = owed;
    out.push(first);
    let mut length = 2 + topic.len() + 2 + payload.len();
    while length > 0x7F {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(&(topic.len() as u16).to_be_bytes());
    out.extend_from_slice(topic.as_bytes());
    out.extend_from_slice(&id.to_be_bytes());
    out.extend_from_slice(payload);
}

/// The first whole packet: its first byte and its body.
fn take_packet(input: &mut Vec<u8>) -> Option<(u8, Vec<u8>)> {
    let (mut length, mut head) = (0, 1);
    loop {
        let byte = *input.get(head)?;
        length |= usize::from(byte & 0x7F) << (7 * (head - 1));
        head += 1;
        if byte & 0x80 == 0 {
            break;
        }
    }
    if input.len() < head + length {
        return None;
    }
    let packet: Vec<u8> = input.drain(..head + length).collect();
    Some((packet[0], packet[head..].into()))
}

fn number(body: &mut &[u8]) -> u16 {
    let (&number, rest) = body.split_first_chunk().expect("a number of 16 bits");
    *body = rest;
    u16::from_be_bytes(number)
}

fn text(body: &mut &[u8]) -> String {
    let length = usize::from(number(body));
    let (text, rest) = body.split_at(length);
    *body = rest;
    String::from_utf8(text.into()).expect("text")
}

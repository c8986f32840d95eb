//! Messages pushed in pieces, sizes first (SIMCom `+CMQTTRXSTART` to `+CMQTTRXEND`).

use std::string::String;
use std::vec::Vec;

use super::feed::{Arrival, Feed, Line, MqttFeed, Wire};
use super::inbox::Inbox;
use super::script::Broken;
use crate::MqttLimits;

/// Real modules cut at 1500 bytes; short pieces make short tests that still see many of them.
const PIECE: usize = 5;

/// A message that is being put together.
#[derive(Debug, Default)]
pub struct Pushed {
    parts: Option<Parts>,
}

#[derive(Debug)]
struct Parts {
    announced: (usize, usize),
    topic: String,
    payload: Vec<u8>,
}

impl Parts {
    const fn announced_bytes(&self) -> usize {
        self.announced.0 + self.announced.1
    }
}

impl Feed for Pushed {
    fn arrive(wire: &mut Wire, Arrival { topic, payload, torn }: Arrival) {
        wire.lines.push_back(Line::Start { topic: topic.len(), payload: payload.len() });
        wire.lines.push_back(Line::Topic(topic));
        let pieces = payload.len().div_ceil(PIECE);
        let sent = if torn { pieces.saturating_sub(1) } else { pieces };
        wire.lines.extend(payload.chunks(PIECE).take(sent).map(|piece| Line::Payload(piece.to_vec())));
        wire.lines.push_back(Line::End);
    }

    fn take(&mut self, line: Line, inbox: &mut Inbox) {
        match (line, &mut self.parts) {
            (Line::Start { topic, payload }, _) => {
                self.reset(inbox);
                self.parts = Some(Parts { announced: (topic, payload), topic: String::new(), payload: Vec::new() });
            }
            (Line::Topic(piece), Some(parts)) => parts.topic.push_str(&piece),
            (Line::Payload(piece), Some(parts)) => parts.payload.extend(piece),
            (Line::End, Some(parts)) if (parts.topic.len(), parts.payload.len()) == parts.announced => {
                inbox.push(core::mem::take(&mut parts.topic), core::mem::take(&mut parts.payload));
                self.parts = None;
            }
            (Line::End, Some(_)) => self.reset(inbox),
            // A piece of nothing: its start was lost, and with it the sizes.
            (Line::End, None) => inbox.lose(0),
            _ => {}
        }
    }

    fn broken(&mut self, broken: Broken, inbox: &mut Inbox) {
        if broken == Broken::Everything {
            self.reset(inbox);
        }
    }
}

impl MqttFeed for Pushed {
    /// A7670 (simcom-at, section 3): client id 128, user and password 256, topic 1024, payload 1 to 10240.
    const LIMITS: MqttLimits = MqttLimits::UNSTATED.login(128, 256, 256).topic(1024).payload(10_240).no_empty_payload();

    fn fetch(&mut self, _wire: &mut Wire, _inbox: &Inbox) {}

    fn expects(&self) -> bool {
        self.parts.is_some()
    }
}

impl Pushed {
    /// What is half there will never be whole.
    fn reset(&mut self, inbox: &mut Inbox) {
        if let Some(parts) = self.parts.take() {
            inbox.lose(parts.announced_bytes());
        }
    }
}

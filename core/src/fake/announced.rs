//! Messages announced by a count and then read (u-blox `+UUMQTTC: 6,<n>` and `AT+UMQTTC=6`).

use super::feed::{Arrival, Feed, Line, MqttFeed, Wire};
use super::inbox::Inbox;
use super::script::Broken;
use crate::MqttLimits;

/// The largest message that a read may bring: no read is sent before the inbox has room for it.
const LARGEST: usize = 128;

/// What the driver knows of the messages in the module.
#[derive(Debug, Default)]
pub struct Announced {
    unread: usize,
    /// A read was sent and its answer is owed, also when the future that sent it was dropped.
    reading: bool,
}

impl Feed for Announced {
    fn arrive(wire: &mut Wire, Arrival { topic, payload, torn }: Arrival) {
        wire.kept.push_back((!torn).then_some((topic, payload)));
        wire.lines.push_back(Line::Unread(wire.kept.len()));
    }

    fn take(&mut self, line: Line, inbox: &mut Inbox) {
        match line {
            Line::Unread(count) => self.unread = count,
            Line::Answer(answer) => {
                self.reading = false;
                match answer {
                    Some((topic, payload)) => inbox.push(topic, payload),
                    None => inbox.lose(0),
                }
            }
            _ => {}
        }
    }

    fn broken(&mut self, broken: Broken, inbox: &mut Inbox) {
        if broken == Broken::Everything {
            self.reset(inbox);
        }
    }
}

impl MqttFeed for Announced {
    /// SARA-R5 (ublox-at, MQTT): client id 256, user and password 512, topic 256, payload 1024; class-13 codes that
    /// do not tell why a login was refused.
    const LIMITS: MqttLimits = MqttLimits::UNSTATED.host(128).login(256, 512, 512).topic(256).payload(1024).no_reason();

    fn fetch(&mut self, wire: &mut Wire, inbox: &Inbox) {
        if self.unread == 0 || self.reading || !inbox.takes(LARGEST) {
            return;
        }
        // A count may come late and still hold the message that was read meanwhile.
        self.unread = self.unread.min(wire.kept.len());
        if let Some(message) = wire.kept.pop_front() {
            (self.unread, self.reading) = (self.unread - 1, true);
            wire.lines.push_back(Line::Answer(message));
        }
    }

    fn expects(&self) -> bool {
        self.unread > 0 || self.reading
    }
}

impl Announced {
    /// What is half there will never be whole.
    fn reset(&mut self, inbox: &mut Inbox) {
        let owed = usize::from(core::mem::take(&mut self.reading));
        (0..core::mem::take(&mut self.unread) + owed).for_each(|_| inbox.lose(0));
    }
}

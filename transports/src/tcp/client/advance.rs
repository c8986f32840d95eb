//! What the client does between the calls: it answers, pings, takes what came, and gives up.

use super::awaiting;
use super::{Client, LATE_READS, State, passed};
use crate::reason::{Malformed, Reason};
use crate::tcp::event::{Event, Want};
use crate::tcp::packet::{Part, first};
use crate::tcp::receiver::Found;

/// A PINGREQ goes out after so many thousandths of the keep-alive, so that it arrives within it.
const PING_AFTER: u32 = 875;

impl Client<'_> {
    /// Goes on as far as it can without the port, or to the next event.
    #[inline(never)]
    pub fn advance(&mut self, now_ms: u32) -> Want {
        loop {
            if self.from < self.to {
                return Want::Write;
            }
            match self.state {
                State::Offline => return self.over(Reason::Offline),
                State::Left => return self.over(Reason::Asked),
                _ => {}
            }
            if self.put_short(now_ms) {
                continue;
            }
            let hurried = self.awaiting & !awaiting::PINGRESP != 0;
            let event = match self.receiver.next(self.state == State::Connecting, hurried) {
                Err(malformed) => return self.over(Reason::Malformed(malformed)),
                Ok(Found::Nothing) => break,
                Ok(Found::Message | Found::Full) => Ok(Some(Event::Message)),
                Ok(Found::Lost(id)) => {
                    self.owed_id = id.unwrap_or(0);
                    Ok(Some(Event::Message))
                }
                Ok(Found::Answer { first, body }) => self.answer(first, body),
            };
            match event {
                Err(malformed) => return self.over(Reason::Malformed(malformed)),
                Ok(Some(event)) => return Want::Event(event),
                Ok(None) => {}
            }
        }
        if self.awaiting != 0 && self.late_reads == LATE_READS && passed(self.answer_by_ms, now_ms) {
            return self.over(Reason::Silent);
        }
        Want::Read(self.next_deadline())
    }

    /// Puts one of the packets that need no call, most urgent first; whether there was one.
    fn put_short(&mut self, now_ms: u32) -> bool {
        let id = self.owed_id.to_be_bytes();
        let (first, parts): (u8, &[Part<'_>]) = if self.owed_id != 0 {
            self.owed_id = 0;
            (first::PUBACK, &[Part::Bytes(&id)])
        } else if self.state == State::Leaving {
            self.state = State::Left;
            (first::DISCONNECT, &[])
        } else if self.ping_at().is_some_and(|at| passed(at, now_ms)) {
            self.ask(awaiting::PINGRESP);
            (first::PINGREQ, &[])
        } else {
            return false;
        };
        // There is room, since each packet that is kept leaves it.
        self.put(first, parts).is_ok()
    }

    /// An answer of the server; one that nobody waits for any longer is passed over.
    #[inline(never)]
    fn answer(&mut self, first: u8, body: [u8; 3]) -> Result<Option<Event>, Malformed> {
        let [high, low, code] = body;
        let id = u16::from_be_bytes([high, low]);
        if first == first::PINGRESP {
            self.answered(awaiting::PINGRESP);
            return Ok(None);
        }
        if first == first::CONNACK {
            return self.connack(high, low).map(Some);
        }
        if id == 0 {
            return Err(Malformed::Identifier);
        }
        let (bit, wanted, event) = match first {
            first::PUBACK => (awaiting::PUBACK, self.publish_id, Event::Acknowledged),
            first::UNSUBACK => (awaiting::UNSUBACK, self.request_id, Event::Unsubscribed),
            _ => match code {
                0..=2 => (awaiting::SUBACK, self.request_id, Event::Subscribed),
                0x80 => (awaiting::SUBACK, self.request_id, Event::NotSubscribed),
                _ => return Err(Malformed::ReturnCode),
            },
        };
        if id != wanted || !self.answered(bit) {
            return Ok(None);
        }
        if bit == awaiting::PUBACK {
            self.publish_id = 0;
            self.remember(self.remembers);
        }
        Ok(Some(event))
    }

    fn connack(&mut self, flags: u8, code: u8) -> Result<Event, Malformed> {
        if flags > 1 {
            return Err(Malformed::Flags);
        }
        if code != 0 {
            self.closed();
            return Ok(Event::Refused(code));
        }
        self.answered(awaiting::CONNACK);
        self.state = State::Online;
        if self.is_in_flight() && !self.clean_session {
            self.resend();
        }
        Ok(Event::Connected { session_present: flags == 1 })
    }

    #[inline(never)]
    fn over(&mut self, reason: Reason) -> Want {
        self.closed();
        Want::Event(Event::Closed(reason))
    }

    /// When to ping: nothing went out, or nothing came in, for most of the keep-alive.
    pub(super) fn ping_at(&self) -> Option<u32> {
        if self.state != State::Online || self.keep_alive_s == 0 || self.awaiting & awaiting::PINGRESP != 0 {
            return None;
        }
        let older = if passed(self.sent_ms, self.heard_ms) { self.sent_ms } else { self.heard_ms };
        Some(older.wrapping_add(u32::from(self.keep_alive_s) * PING_AFTER))
    }
}

//! The client: one session with a server, as a state machine.

mod advance;

use wanlink_core::{Inbound, Login, Message, Qos};

use super::event::Error;
use super::packet::{DUP, Part, Publish, QOS_1, first, write};
use super::receiver::{Receiver, SPARE};
use super::text::{Kind, is_valid};

/// Within this time a packet has to be answered, in milliseconds. Narrow-band networks take ten seconds for a round.
pub const ANSWER_MS: u32 = 30_000;

/// Bytes that stay free behind an unacknowledged publish, for a PUBACK, a PINGREQ and a DISCONNECT.
const SHORT: usize = 4;

/// Reads that may bring something else after the time of an answer is over.
const LATE_READS: u8 = u8::MAX;

/// What an answer is awaited for, as bits.
mod awaiting {
    pub(super) const CONNACK: u8 = 1;
    pub(super) const PUBACK: u8 = 2;
    pub(super) const SUBACK: u8 = 4;
    pub(super) const UNSUBACK: u8 = 8;
    pub(super) const PINGRESP: u8 = 16;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Offline,
    Connecting,
    Online,
    /// DISCONNECT is to be sent.
    Leaving,
    /// DISCONNECT was handed out.
    Left,
}

/// What [`Client::front`] lent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lent {
    Nothing,
    Message,
    Loss,
}

/// An MQTT 3.1.1 client without a port.
///
/// A loop around it does what [`advance`](Self::advance) wants: it writes [`unsent`](Self::unsent) and tells by
/// [`sent`](Self::sent) how much went out, or reads into [`room`](Self::room) and tells by [`filled`](Self::filled) how
/// much came. Each packet is handed out in one piece. A caller that stops at any of these points loses nothing.
///
/// Time is any count of milliseconds that wraps around at 32 bits.
///
/// `receive` holds the messages that nobody has taken yet: the largest one wanted and [`SPARE`] bytes. `transmit` holds
/// the packet that is sent, and before it the QoS 1 publish that is not acknowledged yet: to keep one over a reconnect
/// it must have room for that and for the CONNECT, about 300 bytes for this platform.
pub struct Client<'b> {
    state: State,
    lent: Lent,
    awaiting: u8,
    /// The unsent packet asks for an answer.
    asks: bool,
    /// Reads since the time of the answer was over.
    late_reads: u8,
    /// The last identifier that was given out.
    id: u16,
    publish_id: u16,
    request_id: u16,
    /// The message that is used and not acknowledged yet; 0 is none.
    owed_id: u16,
    keep_alive_s: u16,
    clean_session: bool,
    /// When the last packet went out.
    sent_ms: u32,
    /// When something was last heard.
    heard_ms: u32,
    /// When the answer has to be there.
    answer_by_ms: u32,
    transmit: &'b mut [u8],
    /// Room that a QoS 1 publish leaves behind it.
    reserve: usize,
    /// End of the publish that is not acknowledged yet.
    kept: usize,
    /// The packet that is being sent.
    from: usize,
    to: usize,
    receiver: Receiver<'b>,
}

impl core::fmt::Debug for Client<'_> {
    /// Without the buffers: one of them may hold a password.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Client").field("state", &self.state).field("awaiting", &self.awaiting).finish_non_exhaustive()
    }
}

impl<'b> Client<'b> {
    /// A client that is offline.
    pub fn new(receive: &'b mut [u8], transmit: &'b mut [u8]) -> Self {
        Self {
            state: State::Offline,
            lent: Lent::Nothing,
            awaiting: 0,
            asks: false,
            late_reads: 0,
            id: 0,
            publish_id: 0,
            request_id: 0,
            owed_id: 0,
            keep_alive_s: 0,
            clean_session: true,
            sent_ms: 0,
            heard_ms: 0,
            answer_by_ms: 0,
            transmit,
            reserve: 0,
            kept: 0,
            from: 0,
            to: 0,
            receiver: Receiver::new(receive),
        }
    }

    /// Begins a session on a socket that was just opened; ends with [`Connected`](super::Event::Connected) or
    /// [`Refused`](super::Event::Refused).
    ///
    /// A publish that was not acknowledged is sent again, marked DUP: by itself when the session is not clean, else when
    /// it is [published](Self::publish) again. Messages that were not taken yet stay. *Twice*: begins anew.
    ///
    /// # Errors
    /// [`Error::NoRoom`], [`Error::Text`]; the latter also for an empty client identifier in a session that is not
    /// clean.
    pub fn connect(&mut self, login: &Login<'_>) -> Result<(), Error> {
        self.closed();
        if self.receiver.capacity() < SPARE {
            return Err(Error::NoRoom { needed: SPARE });
        }
        let [id, user, password] = [login.client_id, login.user, login.password].map(str::as_bytes);
        let texts = is_valid(id, Kind::Other) && is_valid(user, Kind::Other) && password.len() <= 0xFFFF;
        if !texts || (id.is_empty() && !login.clean_session) {
            return Err(Error::Text);
        }
        (self.keep_alive_s, self.clean_session) = (login.keep_alive_s, login.clean_session);
        // Protocol level 4; user name, password and perhaps a clean session; no will (3.1.2).
        let flags = 0xC0 | u8::from(login.clean_session) << 1;
        let [high, low] = login.keep_alive_s.to_be_bytes();
        let fixed = [0, 4, b'M', b'Q', b'T', b'T', 4, flags, high, low];
        let parts = [Part::Bytes(&fixed), Part::Field(id), Part::Field(user), Part::Field(password)];
        self.put(first::CONNECT, &parts)?;
        self.reserve = if self.clean_session { SHORT } else { self.to - self.from };
        self.state = State::Connecting;
        self.ask(awaiting::CONNACK);
        Ok(())
    }

    /// Publishes. QoS 1 ends with [`Acknowledged`](super::Event::Acknowledged), QoS 0 when [`unsent`](Self::unsent) is
    /// empty.
    ///
    /// A message that was begun and is neither written nor acknowledged yet is that one, not a second one: a caller who
    /// lost sight of it calls again. One of an earlier connection with a clean session is sent again then, marked DUP;
    /// another one takes its place.
    ///
    /// # Errors
    /// Any of [`Error`]; [`Busy`](Error::Busy) while another QoS 1 publish is not acknowledged.
    pub fn publish(&mut self, topic: &str, payload: &[u8], qos: Qos) -> Result<(), Error> {
        let message = Sent { topic: topic.as_bytes(), payload, qos };
        let (is_kept, in_flight) = (message.stands_in(self.kept()), self.is_publishing());
        if message.stands_in(self.unsent()) || (is_kept && in_flight) {
            return Ok(());
        }
        self.check(topic, Kind::Name)?;
        let topic = Part::Field(topic.as_bytes());
        if qos == Qos::AtMostOnce {
            return self.put(first::PUBLISH, &[topic, Part::Bytes(payload)]);
        }
        if in_flight {
            return Err(Error::Busy);
        }
        if is_kept {
            self.resend();
            return Ok(());
        }
        self.forget();
        let id = self.next_id();
        self.put(first::PUBLISH | QOS_1, &[topic, Part::Bytes(&id.to_be_bytes()), Part::Bytes(payload)])?;
        if self.transmit.len() - self.to < self.reserve {
            let needed = self.to + self.reserve;
            (self.from, self.to) = (0, 0);
            return Err(Error::NoRoom { needed });
        }
        (self.publish_id, self.kept) = (id, self.to);
        self.ask(awaiting::PUBACK);
        Ok(())
    }

    /// Whether a QoS 1 publish is not acknowledged yet.
    #[must_use]
    pub const fn is_in_flight(&self) -> bool {
        self.kept > 0
    }

    /// Subscribes; ends with [`Subscribed`](super::Event::Subscribed) or
    /// [`NotSubscribed`](super::Event::NotSubscribed). *Before the answer*: an earlier subscription or its end is
    /// not waited for any longer.
    ///
    /// # Errors
    /// Any of [`Error`].
    pub fn subscribe(&mut self, filter: &str, qos: Qos) -> Result<(), Error> {
        let qos = [u8::from(qos == Qos::AtLeastOnce)];
        self.request(first::SUBSCRIBE, filter, &qos, awaiting::SUBACK)
    }

    /// Ends a subscription; ends with [`Unsubscribed`](super::Event::Unsubscribed). Else as
    /// [`subscribe`](Self::subscribe).
    ///
    /// # Errors
    /// Any of [`Error`].
    pub fn unsubscribe(&mut self, filter: &str) -> Result<(), Error> {
        self.request(first::UNSUBSCRIBE, filter, &[], awaiting::UNSUBACK)
    }

    /// Ends the session in its orderly way: behind what is being written goes a DISCONNECT, and then comes
    /// [`Closed`](super::Event::Closed). The socket is to be closed after it.
    pub fn disconnect(&mut self) {
        if self.state != State::Offline {
            self.state = State::Leaving;
        }
    }

    /// The socket is gone.
    pub fn closed(&mut self) {
        self.receiver.close();
        self.state = State::Offline;
        (self.awaiting, self.asks, self.owed_id) = (0, false, 0);
        self.written();
    }

    /// Whether the socket, if there is one, is to be closed.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.state == State::Offline
    }

    /// Whether [`front`](Self::front) has something.
    #[must_use]
    pub fn has_message(&self) -> bool {
        self.receiver.lost > 0 || (self.owed_id == 0 && self.receiver.front().is_some())
    }

    /// Lends the oldest message, or the news that some were lost, until [`release`](Self::release). Asking again lends
    /// the same one.
    pub fn front(&mut self) -> Option<Inbound<'_>> {
        if self.receiver.lost > 0 {
            self.lent = Lent::Loss;
            return Some(Inbound::Lost { count: self.receiver.lost, longest: self.receiver.longest });
        }
        if self.owed_id != 0 {
            // The acknowledgement of the one before goes out first: there is room to remember one.
            return None;
        }
        let Publish { topic, payload, .. } = self.receiver.front()?;
        self.lent = Lent::Message;
        Some(Inbound::Message(Message::new(topic, payload)))
    }

    /// What [`front`](Self::front) lent was used. A QoS 1 message is acknowledged now: not before, so that one that was
    /// never used comes again.
    pub fn release(&mut self) {
        match core::mem::replace(&mut self.lent, Lent::Nothing) {
            Lent::Nothing => {}
            Lent::Message => {
                let id = self.receiver.pop();
                self.owed_id = if self.state == State::Online { id.unwrap_or(0) } else { 0 };
            }
            Lent::Loss => (self.receiver.lost, self.receiver.longest) = (0, 0),
        }
    }

    /// Bytes that wait to be written: one packet, or what is left of it.
    #[must_use]
    pub fn unsent(&self) -> &[u8] {
        self.transmit.get(self.from..self.to).unwrap_or_default()
    }

    /// So many bytes of [`unsent`](Self::unsent) were written.
    pub fn sent(&mut self, count: usize, now_ms: u32) {
        self.from = self.from.saturating_add(count).min(self.to);
        if self.from == self.to {
            self.written();
            self.sent_ms = now_ms;
            if core::mem::take(&mut self.asks) {
                self.answer_by_ms = now_ms.wrapping_add(ANSWER_MS);
                self.late_reads = 0;
            }
        }
    }

    /// Where to read to. Empty only when [`advance`](Self::advance) did not ask for a read.
    pub fn room(&mut self) -> &mut [u8] {
        self.receiver.room()
    }

    /// So many bytes were read into [`room`](Self::room); 0 when none came until the time that was given.
    pub fn filled(&mut self, count: usize, now_ms: u32) {
        self.receiver.filled(count);
        if count == 0 {
            self.late_reads = LATE_READS;
        } else {
            self.heard_ms = now_ms;
            // The answer may stand behind all that came while nobody read.
            self.late_reads = if passed(self.answer_by_ms, now_ms) { self.late_reads.saturating_add(1) } else { 0 };
        }
    }

    /// When [`advance`](Self::advance) has to be called again though nothing came.
    #[must_use]
    pub fn next_deadline(&self) -> Option<u32> {
        let answer = (self.awaiting != 0).then_some(self.answer_by_ms);
        match (answer, self.ping_at()) {
            (Some(answer), Some(ping)) => Some(if passed(answer, ping) { answer } else { ping }),
            (answer, ping) => answer.or(ping),
        }
    }

    fn request(&mut self, first: u8, filter: &str, tail: &[u8], bit: u8) -> Result<(), Error> {
        self.check(filter, Kind::Filter)?;
        let id = self.next_id();
        let parts = [Part::Bytes(&id.to_be_bytes()), Part::Field(filter.as_bytes()), Part::Bytes(tail)];
        self.put(first, &parts)?;
        self.request_id = id;
        self.answered(awaiting::SUBACK | awaiting::UNSUBACK);
        self.ask(bit);
        Ok(())
    }

    fn check(&self, text: &str, kind: Kind) -> Result<(), Error> {
        if self.state != State::Online {
            return Err(Error::Offline);
        }
        if self.from < self.to {
            return Err(Error::Busy);
        }
        if is_valid(text.as_bytes(), kind) { Ok(()) } else { Err(Error::Text) }
    }

    /// An identifier that is not in use.
    fn next_id(&mut self) -> u16 {
        loop {
            self.id = self.id.wrapping_add(1);
            if ![0, self.publish_id, self.request_id].contains(&self.id) {
                return self.id;
            }
        }
    }

    /// Puts a packet behind the publish that is kept.
    #[inline(never)]
    fn put(&mut self, first: u8, parts: &[Part<'_>]) -> Result<(), Error> {
        loop {
            let room = self.transmit.get_mut(self.kept..).unwrap_or_default();
            match write(room, first, parts) {
                Ok(length) => {
                    (self.from, self.to) = (self.kept, self.kept + length);
                    return Ok(());
                }
                Err(Error::NoRoom { needed }) if self.kept > 0 && needed <= self.transmit.len() => {
                    if self.is_publishing() || !self.clean_session {
                        return Err(Error::Busy);
                    }
                    // No session is there to owe it to, and whoever still wants it publishes it again.
                    self.forget();
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether a PUBACK is awaited in this connection.
    fn is_publishing(&self) -> bool {
        self.awaiting & awaiting::PUBACK != 0
    }

    fn ask(&mut self, bit: u8) {
        self.awaiting |= bit;
        self.asks = true;
    }

    /// Nothing of this kind is awaited any longer; whether something was.
    fn answered(&mut self, bits: u8) -> bool {
        let was = self.awaiting & bits != 0;
        self.awaiting &= !bits;
        was
    }

    /// Nothing is unsent. What is not kept is wiped: a CONNECT has the password.
    fn written(&mut self) {
        let sent = self.transmit.get_mut(self.kept..self.to.max(self.kept)).unwrap_or_default();
        sent.iter_mut().for_each(|byte| *byte = 0);
        (self.from, self.to) = (0, 0);
    }

    /// The publish that is not acknowledged yet.
    fn kept(&self) -> &[u8] {
        self.transmit.get(..self.kept).unwrap_or_default()
    }

    /// Sends it again.
    fn resend(&mut self) {
        if let Some(first) = self.transmit.first_mut() {
            *first |= DUP;
        }
        (self.from, self.to) = (0, self.kept);
        self.ask(awaiting::PUBACK);
    }

    /// The publish is acknowledged, or given up.
    fn forget(&mut self) {
        (self.kept, self.publish_id) = (0, 0);
    }
}

/// A message as a caller wants it published.
struct Sent<'a> {
    topic: &'a [u8],
    payload: &'a [u8],
    qos: Qos,
}

impl Sent<'_> {
    /// Whether this packet is its PUBLISH.
    #[inline(never)]
    fn stands_in(&self, packet: &[u8]) -> bool {
        let is_acknowledged = self.qos == Qos::AtLeastOnce;
        Publish::split(packet).is_some_and(|packet| {
            packet.topic == self.topic && packet.payload == self.payload && packet.id.is_some() == is_acknowledged
        })
    }
}

/// Whether `now` is at or after `deadline`, on a clock that wraps around.
fn passed(deadline: u32, now: u32) -> bool {
    now.wrapping_sub(deadline) < 1 << 31
}

//! What a caller asks the client for: each is a packet that is put into the transmit buffer.

use wanlink_core::{Login, Qos};

use super::{Client, State, awaiting};
use crate::tcp::event::Error;
use crate::tcp::packet::{DUP, Part, Publish, QOS_1, first, write};
use crate::tcp::receiver::SPARE;
use crate::tcp::text::{Kind, is_valid};

/// Bytes that stay free behind an unacknowledged publish, for a PUBACK, a PINGREQ and a DISCONNECT.
const SHORT: usize = 4;

impl Client<'_> {
    /// Begins a session on a socket that was just opened; ends with [`Connected`](crate::tcp::Event::Connected) or
    /// [`Refused`](crate::tcp::Event::Refused).
    ///
    /// A publish that was not acknowledged is sent again, marked DUP: by itself when the session is not clean, else when
    /// it is [published](Self::publish) again. Messages that were not taken yet stay. *Twice*: begins anew.
    ///
    /// # Errors
    /// [`Error::NoRoom`], [`Error::Text`]; the latter also for an empty client identifier in a session that is not
    /// clean.
    #[inline(never)]
    pub fn connect(&mut self, login: &Login<'_>) -> Result<(), Error> {
        self.closed();
        if self.receiver.capacity() < SPARE {
            return Err(Error::NoRoom { needed: SPARE });
        }
        let (id, user, password) = (login.client_id.as_bytes(), login.user.as_bytes(), login.password.as_bytes());
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

    /// Publishes. QoS 1 ends with [`Acknowledged`](crate::tcp::Event::Acknowledged), QoS 0 when [`unsent`](Self::unsent) is
    /// empty.
    ///
    /// A message that was begun and is neither written nor acknowledged yet is that one, not a second one: a caller who
    /// lost sight of it calls again. One of an earlier connection with a clean session is sent again then, marked DUP;
    /// another one takes its place.
    ///
    /// # Errors
    /// Any of [`Error`]; [`Busy`](Error::Busy) while another QoS 1 publish is not acknowledged.
    pub fn publish(&mut self, topic: &str, payload: &[u8], qos: Qos) -> Result<(), Error> {
        self.remembers = false;
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
        if is_kept && self.is_in_flight() {
            self.resend();
            return Ok(());
        }
        self.forget();
        if is_kept {
            return Ok(());
        }
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
        self.publish_id != 0
    }

    /// Sets whether the publish that is in flight is remembered when it is acknowledged, until it is published again,
    /// which is done at once then, or another one is.
    ///
    /// For a caller whose publish failed with its connection, and who connects and subscribes before it tries again: a
    /// session that is not clean has sent the message by then.
    pub fn remember(&mut self, whether: bool) {
        self.remembers = whether;
        if !whether && !self.is_in_flight() {
            self.forget();
        }
    }

    /// Subscribes; ends with [`Subscribed`](crate::tcp::Event::Subscribed) or
    /// [`NotSubscribed`](crate::tcp::Event::NotSubscribed). *Before the answer*: an earlier subscription or its end is
    /// not waited for any longer.
    ///
    /// # Errors
    /// Any of [`Error`].
    pub fn subscribe(&mut self, filter: &str, qos: Qos) -> Result<(), Error> {
        let qos = [u8::from(qos == Qos::AtLeastOnce)];
        self.request(first::SUBSCRIBE, filter, &qos, awaiting::SUBACK)
    }

    /// Ends a subscription; ends with [`Unsubscribed`](crate::tcp::Event::Unsubscribed). Else as
    /// [`subscribe`](Self::subscribe).
    ///
    /// # Errors
    /// Any of [`Error`].
    pub fn unsubscribe(&mut self, filter: &str) -> Result<(), Error> {
        self.request(first::UNSUBSCRIBE, filter, &[], awaiting::UNSUBACK)
    }

    /// Ends the session in its orderly way: behind what is being written goes a DISCONNECT, and then comes
    /// [`Closed`](crate::tcp::Event::Closed). The socket is to be closed after it.
    pub fn disconnect(&mut self) {
        if self.state != State::Offline {
            self.state = State::Leaving;
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
    pub(super) fn put(&mut self, first: u8, parts: &[Part<'_>]) -> Result<(), Error> {
        loop {
            let room = self.transmit.get_mut(self.kept..).unwrap_or_default();
            match write(room, first, parts) {
                Ok(length) => {
                    (self.from, self.to) = (self.kept, self.kept + length);
                    return Ok(());
                }
                Err(Error::NoRoom { needed }) if self.kept > 0 && needed <= self.transmit.len() => {
                    if self.is_publishing() || (self.is_in_flight() && !self.clean_session) {
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

    /// The publish that is not acknowledged yet.
    fn kept(&self) -> &[u8] {
        self.transmit.get(..self.kept).unwrap_or_default()
    }

    /// Sends it again.
    pub(super) fn resend(&mut self) {
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

//! One session with a broker: what is in flight, when it is sent again, when a ping is due.

use super::packet::{self, Connect, Packet};

/// Which operation a packet belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Subscribe,
    Unsubscribe,
    Publish,
}

/// What became of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The broker answered CONNECT with this code.
    Connected(u8),
    /// No CONNACK yet; so many times the waiting began again.
    ConnectSlow(u32),
    ConnectFailed,
    Subscribed {
        id: u16,
        granted: Vec<u8>,
    },
    Done(Operation, u16),
    /// No answer; sent again, for the so-manieth time.
    SentAgain(Operation, u16, u32),
    /// No answer after the last repetition.
    Failed(Operation, u16),
    Message {
        qos: u8,
        id: u16,
        topic: Vec<u8>,
        payload: Vec<u8>,
    },
    Ping {
        answered: bool,
    },
    /// An ordered fault cut the connection.
    Cut,
    /// The broker sent what it may not send.
    Broken,
}

/// How long a packet waits for its answer, and how often it goes out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patience {
    pub(crate) timeout_us: u64,
    pub(crate) retries: u32,
}

#[derive(Debug)]
struct InFlight {
    operation: Operation,
    id: u16,
    packet: Vec<u8>,
    due_us: u64,
    sent_again: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    Connecting { due_us: u64, waited: u32 },
    Connected,
}

/// Faults of the broker's acknowledgements, played here at the client's end.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AckFaults {
    pub(crate) drop: u32,
    pub(crate) duplicate: u32,
    /// The connection is cut when a PUBACK arrives, and the PUBACK is lost with it.
    pub(crate) cut: u32,
}

/// A sans-IO MQTT client: bytes of one link in, bytes and events out.
#[derive(Debug)]
pub(crate) struct Session {
    phase: Phase,
    patience: Patience,
    keep_alive_us: u64,
    last_sent_us: u64,
    ping_due_us: Option<u64>,
    in_flight: Vec<InFlight>,
    received: Vec<u8>,
    to_send: Vec<u8>,
    events: Vec<Event>,
    pub(crate) ack_faults: AckFaults,
}

impl Session {
    pub(crate) fn new(patience: Patience, keep_alive_s: u16) -> Self {
        Self {
            phase: Phase::Idle,
            patience,
            keep_alive_us: u64::from(keep_alive_s) * 1_000_000,
            last_sent_us: 0,
            ping_due_us: None,
            in_flight: Vec::new(),
            received: Vec::new(),
            to_send: Vec::new(),
            events: Vec::new(),
            ack_faults: AckFaults::default(),
        }
    }

    pub(crate) fn connect(&mut self, now_us: u64, connect: &Connect<'_>) {
        self.send(now_us, &packet::connect(connect));
        self.phase = Phase::Connecting { due_us: now_us + self.patience.timeout_us, waited: 0 };
    }

    /// From now on a ping goes out after so long without another packet; 0: none does.
    pub(crate) const fn ping_every(&mut self, interval_us: u64) {
        self.keep_alive_us = interval_us;
    }

    /// Sends a packet that the broker has to answer.
    pub(crate) fn request(&mut self, now_us: u64, operation: Operation, id: u16, packet: Vec<u8>) {
        self.send(now_us, &packet);
        let due_us = now_us + self.patience.timeout_us;
        self.in_flight.push(InFlight { operation, id, packet, due_us, sent_again: 0 });
    }

    /// Sends a packet that nothing answers.
    pub(crate) fn send(&mut self, now_us: u64, packet: &[u8]) {
        self.last_sent_us = now_us;
        self.to_send.extend_from_slice(packet);
    }

    pub(crate) fn input(&mut self, now_us: u64, bytes: &[u8]) {
        self.received.extend_from_slice(bytes);
        loop {
            match packet::take(&mut self.received) {
                Ok(Some(packet)) => self.received(now_us, packet),
                Ok(None) => return,
                Err(packet::Malformed) => {
                    self.received.clear();
                    return self.events.push(Event::Broken);
                }
            }
        }
    }

    fn received(&mut self, now_us: u64, packet: Packet) {
        if self.phase != Phase::Connected {
            return match (self.phase, packet) {
                (Phase::Connecting { .. }, Packet::Connack { code }) => {
                    self.phase = if code == 0 { Phase::Connected } else { Phase::Idle };
                    self.events.push(Event::Connected(code));
                }
                _ => self.events.push(Event::Broken),
            };
        }
        match packet {
            Packet::Connack { .. } => self.events.push(Event::Broken),
            Packet::Publish { qos, id, topic, payload } => {
                // The module acknowledges by itself, before the host has the message.
                match qos {
                    0 => {}
                    1 => self.send(now_us, &packet::puback(id)),
                    _ => self.send(now_us, &packet::pubrec(id)),
                }
                self.events.push(Event::Message { qos, id, topic, payload });
            }
            Packet::Pubrel(id) => self.send(now_us, &packet::pubcomp(id)),
            Packet::Puback(id) => self.puback(id),
            Packet::Pubrec(id) => self.pubrec(now_us, id),
            Packet::Pubcomp(id) => self.done(Operation::Publish, id),
            Packet::Suback { id, granted } => {
                if self.end(Operation::Subscribe, id) {
                    self.events.push(Event::Subscribed { id, granted });
                }
            }
            Packet::Unsuback(id) => self.done(Operation::Unsubscribe, id),
            Packet::Pingresp => {
                if self.ping_due_us.take().is_some() {
                    self.events.push(Event::Ping { answered: true });
                }
            }
        }
    }

    fn puback(&mut self, id: u16) {
        if self.ack_faults.cut > 0 {
            self.ack_faults.cut -= 1;
            self.received.clear();
            return self.events.push(Event::Cut);
        }
        if self.ack_faults.drop > 0 {
            self.ack_faults.drop -= 1;
            return;
        }
        self.done(Operation::Publish, id);
        if self.ack_faults.duplicate > 0 {
            self.ack_faults.duplicate -= 1;
            self.done(Operation::Publish, id);
        }
    }

    fn pubrec(&mut self, now_us: u64, id: u16) {
        let packet = packet::pubrel(id);
        self.send(now_us, &packet);
        let timeout_us = self.patience.timeout_us;
        if let Some(entry) = self.in_flight.iter_mut().find(|entry| entry.id == id) {
            (entry.packet, entry.due_us) = (packet, now_us + timeout_us);
        }
    }

    fn done(&mut self, operation: Operation, id: u16) {
        if self.end(operation, id) {
            self.events.push(Event::Done(operation, id));
        }
    }

    fn end(&mut self, operation: Operation, id: u16) -> bool {
        let place = self.in_flight.iter().position(|entry| entry.id == id && entry.operation == operation);
        place.map(|index| self.in_flight.remove(index)).is_some()
    }

    /// Does what is due.
    pub(crate) fn poll(&mut self, now_us: u64) {
        match self.phase {
            Phase::Idle => return,
            Phase::Connecting { due_us, waited } if due_us <= now_us => {
                // A second CONNECT on one link would be a breach of chapter 3.1: only the waiting goes on.
                if waited < self.patience.retries {
                    let due_us = now_us + self.patience.timeout_us;
                    self.phase = Phase::Connecting { due_us, waited: waited + 1 };
                    self.events.push(Event::ConnectSlow(waited + 1));
                } else {
                    self.phase = Phase::Idle;
                    self.events.push(Event::ConnectFailed);
                }
                return;
            }
            Phase::Connecting { .. } => return,
            Phase::Connected => {}
        }
        self.repeat(now_us);
        if self.ping_due_us.is_some_and(|due| due <= now_us) {
            self.ping_due_us = None;
            self.events.push(Event::Ping { answered: false });
        } else if self.next_ping().is_some_and(|due| due <= now_us) {
            self.send(now_us, &packet::pingreq());
            // How long a module waits for PINGRESP is not stated: as long as for any other answer with its
            // repetitions.
            let Patience { timeout_us, retries } = self.patience;
            self.ping_due_us = Some(now_us + timeout_us * u64::from(retries + 1));
        }
    }

    fn repeat(&mut self, now_us: u64) {
        let Patience { timeout_us, retries } = self.patience;
        let due = |entry: &InFlight| entry.due_us <= now_us;
        for entry in self.in_flight.extract_if(.., |entry| due(entry) && entry.sent_again >= retries) {
            self.events.push(Event::Failed(entry.operation, entry.id));
        }
        for entry in self.in_flight.iter_mut().filter(|entry| due(entry)) {
            entry.sent_again += 1;
            entry.due_us = now_us + timeout_us;
            // DUP, chapter 3.3.1.1: of a PUBLISH only; PUBREL and SUBSCRIBE have reserved bits there.
            if entry.packet[0] & 0xf0 == 0x30 {
                entry.packet[0] |= 0x08;
            }
            self.to_send.extend_from_slice(&entry.packet);
            self.last_sent_us = now_us;
            self.events.push(Event::SentAgain(entry.operation, entry.id, entry.sent_again));
        }
    }

    fn next_ping(&self) -> Option<u64> {
        let wanted = self.keep_alive_us > 0 && self.ping_due_us.is_none();
        wanted.then_some(self.last_sent_us + self.keep_alive_us)
    }

    pub(crate) fn next(&self) -> Option<u64> {
        match self.phase {
            Phase::Idle => None,
            Phase::Connecting { due_us, .. } => Some(due_us),
            Phase::Connected => {
                let packets = self.in_flight.iter().map(|entry| entry.due_us).min();
                [packets, self.ping_due_us, self.next_ping()].into_iter().flatten().min()
            }
        }
    }

    pub(crate) fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.to_send)
    }

    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    pub(crate) fn is_connecting(&self) -> bool {
        matches!(self.phase, Phase::Connecting { .. })
    }

    /// Whether a ping waits for its answer.
    pub(crate) const fn is_pinging(&self) -> bool {
        self.ping_due_us.is_some()
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.phase == Phase::Connected
    }

    /// Packet ids that wait for an answer, oldest first.
    pub(crate) fn in_flight(&self) -> impl Iterator<Item = (Operation, u16)> + '_ {
        self.in_flight.iter().map(|entry| (entry.operation, entry.id))
    }
}

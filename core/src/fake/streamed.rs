//! What comes over sockets: bytes, in the pieces that a script asks for.

use std::collections::VecDeque;
use std::vec::Vec;

use super::broker::Broker;
use super::feed::{Arrival, Feed, Line, Wire};
use super::inbox::Inbox;
use super::script::{Broken, Script};
use crate::{Notice, Socket, SocketState};

/// How many sockets there are.
pub(super) const COUNT: usize = 3;

/// Who stands at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// The broker, which has one client: a second connection takes its place.
    Broker,
    /// It sends back what it gets.
    Echo,
}

/// What is left of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It is open.
    None,
    /// The other end closed it.
    Closed,
    /// It was cut, with the context or by a write that was dropped in its middle.
    Cut,
}

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) peer: Peer,
    pub(super) end: End,
    /// What came, and waits to be read.
    pub(super) down: VecDeque<u8>,
    /// Whether the module took the last write.
    pub(super) taken: bool,
    /// A write of several blocks has begun to go out and not ended: one that was dropped cuts the connection.
    pub(super) is_half_written: bool,
}

#[derive(Debug, Default)]
struct Slot {
    generation: u8,
    connection: Option<Connection>,
}

/// The sockets of a scripted module, and who is behind them.
#[derive(Debug, Default)]
pub struct Streamed {
    slots: [Slot; COUNT],
    broker: Broker,
    news: bool,
}

impl Streamed {
    /// Opens a connection to `peer`, if a socket is free.
    pub(super) fn open(&mut self, peer: Peer, port: u16, script: &Script) -> Option<Socket> {
        if peer == Peer::Broker {
            self.close_broker();
            self.broker.opened();
            script.with_server(|server| server.opened(port));
        }
        let (index, slot) = (0..).zip(&mut self.slots).find(|(_, slot)| slot.connection.is_none())?;
        slot.generation = slot.generation.wrapping_add(1);
        let connection =
            Connection { peer, end: End::None, down: VecDeque::new(), taken: false, is_half_written: false };
        slot.connection = Some(connection);
        Some(Socket::new(index, slot.generation))
    }

    /// The connection of this name.
    pub(super) fn connection(&mut self, socket: Socket) -> Option<&mut Connection> {
        let slot = self.slots.get_mut(usize::from(socket.index()))?;
        slot.connection.as_mut().filter(|_| slot.generation == socket.generation())
    }

    pub(super) fn state(&self, socket: Socket) -> SocketState {
        let slot = self.slots.get(usize::from(socket.index()));
        let slot = slot.filter(|slot| slot.generation == socket.generation());
        match slot.and_then(|slot| slot.connection.as_ref()) {
            Some(connection) if connection.is_half_written => SocketState::Closed,
            Some(connection) if !connection.down.is_empty() => SocketState::Readable,
            Some(Connection { end: End::None, .. }) => SocketState::Idle,
            Some(Connection { end: End::Closed, .. }) => SocketState::Readable,
            _ => SocketState::Closed,
        }
    }

    /// The end of a socket, by us.
    pub(super) fn close(&mut self, socket: Socket) {
        let Some(Connection { peer, end, .. }) = self.connection(socket) else { return };
        if (*peer, *end) == (Peer::Broker, End::None) {
            self.broker.closed();
        }
        self.slots[usize::from(socket.index())].connection = None;
    }

    /// Bytes that go up.
    pub(super) fn send(&mut self, socket: Socket, bytes: &[u8], script: &Script) {
        let mut out = Vec::new();
        script.note_write(bytes);
        let Some(connection) = self.connection(socket) else { return };
        let stays = match connection.peer {
            Peer::Broker => {
                let served = script.with_server(|server| server.input(bytes, &mut out));
                served.unwrap_or_else(|| self.broker.input(bytes, script, &mut out))
            }
            Peer::Echo => {
                out.extend_from_slice(bytes);
                true
            }
        };
        self.arrive_at(socket, &out);
        if !stays {
            self.close_broker();
        }
    }

    fn arrive_at(&mut self, socket: Socket, bytes: &[u8]) {
        if let Some(connection) = self.connection(socket) {
            connection.down.extend(bytes);
            self.news |= !bytes.is_empty();
        }
    }

    /// The broker hangs up.
    fn close_broker(&mut self) {
        self.broker.closed();
        self.end_all(End::Closed, |connection| connection.peer == Peer::Broker);
    }

    fn end_all(&mut self, end: End, which: fn(&Connection) -> bool) {
        let connections = self.slots.iter_mut().filter_map(|slot| slot.connection.as_mut());
        for connection in connections.filter(|connection| connection.end == End::None && which(connection)) {
            connection.end = end;
            self.news = true;
        }
    }

    fn broker_socket(&self) -> Option<Socket> {
        let is_open = |slot: &Slot| {
            slot.connection.as_ref().is_some_and(|open| (open.peer, open.end) == (Peer::Broker, End::None))
        };
        (0..).zip(&self.slots).find(|(_, slot)| is_open(slot)).map(|(index, slot)| Socket::new(index, slot.generation))
    }
}

impl Feed for Streamed {
    fn arrive(wire: &mut Wire, Arrival { topic, payload, .. }: Arrival) {
        wire.lines.push_back(Line::Message(topic, payload));
    }

    fn take(&mut self, line: Line, _inbox: &mut Inbox) {
        let mut out = Vec::new();
        match line {
            Line::Message(topic, payload) => self.broker.deliver(topic, payload, &mut out),
            Line::Bytes(bytes) => out = bytes,
            _ => {}
        }
        if let Some(socket) = self.broker_socket() {
            self.arrive_at(socket, &out);
        }
    }

    fn broken(&mut self, broken: Broken, _inbox: &mut Inbox) {
        match broken {
            Broken::Session => {
                self.broker.closed();
                self.end_all(End::Closed, |_| true);
            }
            Broken::Context => {
                self.broker.closed();
                self.end_all(End::Cut, |_| true);
            }
            Broken::Everything => {
                self.broker.closed();
                self.slots.iter_mut().for_each(|slot| slot.connection = None);
            }
        }
    }

    fn news(&mut self) -> Option<Notice> {
        core::mem::take(&mut self.news).then_some(Notice::Socket)
    }
}

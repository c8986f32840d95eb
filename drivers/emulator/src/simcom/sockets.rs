//! What stands behind the ids of sockets, whatever commands they have (simcom-at 7).

use std::collections::BTreeMap;

use super::Module;
use super::events::Event;
use crate::engine::internet::{LinkId, NetEvent, OpenFailure};
use crate::engine::tls::TlsFailure;
use crate::view::SocketState;

/// "120 s"
const OPEN_TIMEOUT_US: u64 = 120_000_000;
/// From a byte that leaves to its acknowledgement, on a network that is not slow.
const ROUND_TRIP_US: u64 = 50_000;

/// The kinds of sockets, which have commands and ids of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Family {
    /// `AT+CIPOPEN` and its like.
    Cip,
    /// `AT+CCHOPEN` and its like.
    Cch,
    /// `AT+CAOPEN` and its like.
    Ca,
}

/// Names one socket of the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SocketId {
    pub(super) family: Family,
    pub(super) number: usize,
}

/// The TLS that a socket speaks.
#[derive(Clone, Debug)]
pub(super) struct Tls {
    pub(super) context: usize,
    /// In family 2 the root is named beside the context.
    pub(super) root: Option<String>,
}

/// A socket that is in use.
#[derive(Debug)]
pub(super) struct Socket {
    /// While the connection is there.
    pub(super) link: Option<LinkId>,
    pub(super) state: SocketState,
    pub(super) host: String,
    pub(super) port: u16,
    /// The context, where TLS is spoken.
    pub(super) tls_context: Option<usize>,
    pub(super) unread: Vec<u8>,
    /// That there is data was said, and it was not read to its end since.
    pub(super) announced: bool,
    sent: usize,
    /// Of what was sent.
    acknowledged: usize,
}

impl Socket {
    pub(super) const fn unacknowledged(&self) -> usize {
        self.sent - self.acknowledged
    }

    /// Takes at most so many bytes of what waits.
    pub(super) fn take(&mut self, most: usize) -> Vec<u8> {
        let count = self.unread.len().min(most);
        self.announced &= count < self.unread.len();
        self.unread.drain(..count).collect()
    }
}

/// Every socket that is in use.
pub(super) type Sockets = BTreeMap<SocketId, Socket>;

/// What became of data for the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    All,
    /// Too much waits for its acknowledgement.
    Full,
    NotConnected,
}

impl Module {
    /// Begins to open a connection.
    pub(super) fn open_socket(&mut self, id: SocketId, host: String, port: u16, tls: Option<Tls>) {
        let (link, failed) = match &tls {
            None => self.internet.open_plain(&host, port),
            Some(Tls { context, root }) => {
                let settings = match root {
                    Some(root) => self.lpwa_tls(*context, root),
                    None => self.tls_settings(*context),
                };
                self.internet.open_secure(&host, port, settings)
            }
        };
        let socket = Socket {
            link: Some(link),
            state: SocketState::Opening,
            host,
            port,
            tls_context: tls.map(|tls| tls.context),
            unread: Vec::new(),
            announced: false,
            sent: 0,
            acknowledged: 0,
        };
        self.own.sockets.insert(id, socket);
        self.later(self.now_us + OPEN_TIMEOUT_US, Event::SocketTimeout { id, link });
        if let Some(event) = failed {
            self.net_soon(event);
        }
    }

    pub(super) fn socket_of(&self, wanted: LinkId) -> Option<SocketId> {
        self.own.sockets.iter().find(|entry| entry.1.link == Some(wanted)).map(|entry| *entry.0)
    }

    pub(super) fn sockets_of(&self, family: Family) -> Vec<SocketId> {
        self.own.sockets.keys().copied().filter(|id| id.family == family).collect()
    }

    pub(super) fn is_connected(&self, id: SocketId) -> bool {
        self.own.sockets.get(&id).is_some_and(|socket| socket.state == SocketState::Connected)
    }

    pub(super) fn socket_event(&mut self, id: SocketId, event: NetEvent) {
        let Some(socket) = self.own.sockets.get_mut(&id) else { return };
        let opening = socket.state == SocketState::Opening;
        match event {
            NetEvent::Opened { .. } if opening => {
                socket.state = SocketState::Connected;
                self.open_decided(id);
                self.socket_opened(id);
            }
            NetEvent::OpenFailed { why, .. } if opening => self.socket_failed(id, why),
            NetEvent::Closed { .. } if opening => self.socket_failed(id, OpenFailure::Refused),
            NetEvent::Data { bytes, .. } => {
                socket.unread.extend(bytes);
                self.socket_has_data(id);
            }
            NetEvent::Closed { .. } => self.socket_ended(id),
            NetEvent::Resolved { .. } | NetEvent::Opened { .. } | NetEvent::OpenFailed { .. } => {}
        }
    }

    fn socket_opened(&mut self, id: SocketId) {
        match id.family {
            Family::Cip => self.cip_opened(id),
            Family::Cch => self.cch_opened(id),
            Family::Ca => self.ca_opened(id),
        }
    }

    fn socket_failed(&mut self, id: SocketId, why: OpenFailure) {
        self.free_socket(id);
        match id.family {
            Family::Cip => self.cip_failed(id, why),
            Family::Cch => self.cch_failed(id, why),
            Family::Ca => self.ca_failed(id, why),
        }
    }

    fn socket_has_data(&mut self, id: SocketId) {
        match id.family {
            Family::Cip => self.cip_has_data(id),
            Family::Cch => self.cch_has_data(id),
            Family::Ca => self.ca_has_data(id),
        }
    }

    /// The other end is gone.
    fn socket_ended(&mut self, id: SocketId) {
        if let Some(socket) = self.own.sockets.get_mut(&id) {
            (socket.link, socket.state) = (None, SocketState::Closed);
        }
        match id.family {
            Family::Cip => self.cip_ended(id),
            Family::Cch => self.cch_ended(id),
            Family::Ca => self.ca_ended(id),
        }
    }

    /// The connection of a TLS socket is there: from now on the handshake's own time counts.
    pub(super) fn socket_negotiates(&mut self, id: SocketId, link: LinkId) {
        self.open_decided(id);
        if let Some(context) = self.own.sockets.get(&id).and_then(|socket| socket.tls_context) {
            let wait_us = u64::from(self.own.tls[context].negotiation_s) * 1_000_000;
            self.later(self.now_us + wait_us, Event::SocketTimeout { id, link });
        }
    }

    fn open_decided(&mut self, id: SocketId) {
        self.call_off_own(|event| matches!(event, Event::SocketTimeout { id: other, .. } if *other == id));
    }

    pub(super) fn socket_timed_out(&mut self, id: SocketId, link: LinkId) {
        let opening = |socket: &Socket| socket.state == SocketState::Opening && socket.link == Some(link);
        if self.own.sockets.get(&id).is_some_and(opening) {
            let secure = self.internet.is_secure(link);
            if secure {
                self.internet.tls_failure = Some(TlsFailure::Timeout);
            }
            self.socket_failed(id, if secure { OpenFailure::Tls } else { OpenFailure::Timeout });
        }
    }

    /// The id is free, and the connection closed.
    pub(super) fn free_socket(&mut self, id: SocketId) {
        self.open_decided(id);
        if let Some(link) = self.own.sockets.remove(&id).and_then(|socket| socket.link) {
            self.internet.close(link);
        }
    }

    /// The connection is gone without a word to the other end.
    pub(super) fn socket_breaks(&mut self, id: SocketId) {
        let Some(socket) = self.own.sockets.get_mut(&id) else { return };
        let opening = socket.state == SocketState::Opening;
        if let Some(link) = socket.link.take() {
            self.internet.abort(link);
        }
        if opening { self.socket_failed(id, OpenFailure::Timeout) } else { self.socket_ended(id) }
    }

    /// Every connection breaks.
    pub(super) fn kill_sockets(&mut self) {
        let connected: Vec<_> = self.own.sockets.keys().copied().filter(|&id| self.is_connected(id)).collect();
        connected.into_iter().for_each(|id| self.socket_breaks(id));
    }

    /// The module's buffer takes all of the data, or nothing.
    pub(super) fn socket_sends(&mut self, id: SocketId, data: Vec<u8>) -> Sent {
        let buffer = self.options.send_buffer;
        let connected = |socket: &&mut Socket| socket.state == SocketState::Connected;
        let Some(socket) = self.own.sockets.get_mut(&id).filter(connected) else { return Sent::NotConnected };
        if socket.unacknowledged() + data.len() > buffer {
            return Sent::Full;
        }
        socket.sent += data.len();
        if let Some(link) = socket.link {
            self.internet.send(link, data);
        }
        self.acknowledge_later(id);
        Sent::All
    }

    /// What a socket has sent so far is acknowledged when its way there and back is over.
    fn acknowledge_later(&mut self, id: SocketId) {
        if let Some(socket) = self.own.sockets.get(&id)
            && let Some(link) = socket.link
        {
            let (at_us, total) = (self.now_us + ROUND_TRIP_US + self.internet.delay_us, socket.sent);
            self.later(at_us, Event::Acknowledged { id, link, total });
        }
    }

    /// An acknowledgement reaches the module, if anything does.
    pub(super) fn acknowledged(&mut self, id: SocketId, link: LinkId, total: usize) {
        if !self.internet.cut
            && let Some(socket) = self.own.sockets.get_mut(&id).filter(|socket| socket.link == Some(link))
        {
            socket.acknowledged = socket.acknowledged.max(total);
        }
    }

    /// Data passes again: what waited, and what was lost on its way, is sent now.
    pub(super) fn send_again(&mut self) {
        let waits = |entry: &(&SocketId, &Socket)| entry.1.unacknowledged() > 0;
        let waiting: Vec<_> = self.own.sockets.iter().filter(waits).map(|entry| *entry.0).collect();
        waiting.into_iter().for_each(|id| self.acknowledge_later(id));
    }
}

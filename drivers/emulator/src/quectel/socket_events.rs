//! How sockets open and end, by the host, the network or the other end (quectel-at 4, 5).

use super::Module;
use super::events::Event;
use super::reply::Handled;
use super::sockets::{Family, Socket, SocketId};
use crate::engine::internet::{LinkId, NetEvent, OpenFailure};
use crate::engine::tls::TlsFailure;
use crate::module::reply::{Job, Outcome, Refused, ok};
use crate::view::SocketState;

/// "<= 150 s"; with TLS the handshake has its own time behind it.
const OPEN_TIMEOUT_US: u64 = 150_000_000;

/// Errors of the TCP/IP table. "552 invalid parameters (also "stack wedged")"
const INVALID: u16 = 552;
const PDP_OPEN_FAILED: u16 = 561;
const ID_USED: u16 = 563;
const DNS_FAILED: u16 = 565;
/// Also whatever is wrong with TLS.
const CONNECT_FAILED: u16 = 566;
const TIMED_OUT: u16 = 569;
const PDP_BROKEN: u16 = 570;

/// Opening and closing by the host.
impl Module {
    pub(super) fn open_socket(&mut self, id: SocketId, socket: Socket) -> Handled {
        match (&self.own.sockets[id], self.contexts.is_up(socket.context)) {
            (Some(_), _) => return self.refuse_socket(id, ID_USED),
            (None, false) => return self.refuse_socket(id, PDP_OPEN_FAILED),
            (None, true) => {}
        }
        let (link, failed) = match id.family {
            Family::Tcp => self.internet.open_plain(&socket.host, socket.port),
            Family::Tls => {
                let settings = self.tls_settings(socket.tls_context);
                self.internet.open_secure(&socket.host, socket.port, settings)
            }
        };
        let context = socket.context;
        self.own.sockets[id] = Some(Socket { link: Some(link), ..socket });
        let (most_us, code) = match self.dead_context_fails(context) {
            Some(after_us) => (after_us, INVALID),
            None => (OPEN_TIMEOUT_US, TIMED_OUT),
        };
        self.later(self.now_us + most_us, Event::SocketTimeout { id, link, code });
        if let Some(event) = failed {
            self.net_soon(event);
        }
        ok()
    }

    fn refuse_socket(&mut self, id: SocketId, code: u16) -> Handled {
        let refused = self.own.fails(code);
        if self.options.socket_refused_at_once {
            return Err(refused);
        }
        let at_us = self.now_us + self.options.latency_us + 1_000;
        self.line_later(at_us, format!("{}: {},{code}", id.family.open(), id.number));
        ok()
    }

    /// The id is free at once, but the port is blocked until the other end has answered, or the time is over: "OK
    /// (blocks up to timeout; set 1-3)".
    pub(super) fn close_socket(&mut self, id: SocketId, timeout_s: u32) -> Handled {
        let most_us = u64::from(timeout_s) * 1_000_000;
        let wait_us = match &self.own.sockets[id] {
            None if self.options.idle_close_is_error => return Err(Refused::Error),
            Some(Socket { state: SocketState::Connected, .. }) if self.internet.cut => most_us,
            Some(Socket { state: SocketState::Connected, .. }) => self.internet.delay_us.min(most_us),
            _ => 0,
        };
        self.free_socket(id);
        Ok(Outcome::Blocks(wait_us, Job::Nothing))
    }

    fn free_socket(&mut self, id: SocketId) {
        self.open_decided(id);
        if let Some(link) = self.own.sockets[id].take().and_then(|socket| socket.link) {
            self.internet.close(link);
        }
    }
}

/// What the internet does to a socket.
impl Module {
    pub(super) fn socket_event(&mut self, id: SocketId, event: NetEvent) {
        let Some(socket) = &mut self.own.sockets[id] else { return };
        let opening = socket.state == SocketState::Opening;
        match event {
            NetEvent::Opened { .. } if opening => {
                socket.state = SocketState::Connected;
                self.own.last_error = 0;
                self.open_decided(id);
                self.urc(format!("{}: {},0", id.family.open(), id.number));
            }
            NetEvent::OpenFailed { why, .. } if opening => self.socket_failed(
                id,
                match why {
                    OpenFailure::Dns => DNS_FAILED,
                    OpenFailure::Timeout => TIMED_OUT,
                    OpenFailure::Refused | OpenFailure::Tls => CONNECT_FAILED,
                },
            ),
            NetEvent::Closed { .. } if opening => self.socket_failed(id, CONNECT_FAILED),
            NetEvent::Data { bytes, .. } => self.socket_receives(id, &bytes),
            NetEvent::Closed { .. } => self.socket_closed(id),
            NetEvent::Resolved { .. } | NetEvent::Opened { .. } | NetEvent::OpenFailed { .. } => {}
        }
    }

    /// The connection of a TLS socket is there: from now on the handshake's own time counts.
    pub(super) fn socket_negotiates(&mut self, id: SocketId, link: LinkId) {
        self.open_decided(id);
        if let Some(socket) = &self.own.sockets[id] {
            let negotiation_s = self.own.tls[socket.tls_context].negotiation_s;
            let at_us = self.now_us + u64::from(negotiation_s) * 1_000_000;
            self.later(at_us, Event::SocketTimeout { id, link, code: CONNECT_FAILED });
        }
    }

    /// The other end is gone. The id stays in use, and what came before can be read, until the host closes it.
    fn socket_closed(&mut self, id: SocketId) {
        if let Some(socket) = &mut self.own.sockets[id] {
            (socket.link, socket.state) = (None, SocketState::Closed);
            self.urc(format!("{}: \"closed\",{}", id.family.urc(), id.number));
        }
    }

    /// Its time does not matter any more.
    fn open_decided(&mut self, id: SocketId) {
        self.call_off_own(|event| matches!(event, Event::SocketTimeout { id: other, .. } if *other == id));
    }

    fn socket_failed(&mut self, id: SocketId, code: u16) {
        if self.options.failed_open_keeps_id {
            if let Some(socket) = &mut self.own.sockets[id] {
                (socket.link, socket.state) = (None, SocketState::Closed);
            }
        } else {
            self.own.sockets[id] = None;
        }
        self.open_decided(id);
        self.own.last_error = code;
        self.urc(format!("{}: {},{code}", id.family.open(), id.number));
    }

    pub(super) fn socket_timed_out(&mut self, id: SocketId, link: LinkId, code: u16) {
        let opening = |socket: &Socket| socket.state == SocketState::Opening && socket.link == Some(link);
        if self.own.sockets[id].as_ref().is_some_and(opening) {
            if self.internet.is_secure(link) {
                self.internet.tls_failure = Some(TlsFailure::Timeout);
            }
            self.internet.close(link);
            self.socket_failed(id, code);
        }
    }

    /// The context is gone. By the host's own order its sockets are freed; else they are dead, and not told one by one.
    pub(super) fn close_sockets_of(&mut self, context: usize, freed: bool) {
        for id in SocketId::all() {
            let Some(socket) = self.own.sockets[id].as_mut().filter(|socket| socket.context == context) else {
                continue;
            };
            let opening = socket.state == SocketState::Opening;
            socket.state = SocketState::Closed;
            if let Some(link) = socket.link.take() {
                self.internet.abort(link);
            }
            if opening {
                self.socket_failed(id, PDP_BROKEN);
            }
            if freed {
                self.own.sockets[id] = None;
            }
        }
    }

    /// Every connection breaks.
    pub(super) fn kill_sockets(&mut self) {
        for id in SocketId::all() {
            if let Some(Socket { state: SocketState::Connected, link: Some(link), .. }) = self.own.sockets[id] {
                self.internet.abort(link);
                self.socket_closed(id);
            }
        }
    }
}

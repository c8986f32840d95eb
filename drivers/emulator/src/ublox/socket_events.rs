//! How sockets open and end, by the host, the network or the other end (ublox-at 5).

use super::Module;
use super::events::Event;
use super::reply::Handled;
use super::sockets::{COUNT, PROTOCOL, Stage, TIMED_OUT, UNREACHABLE};
use crate::engine::internet::{LinkId, NetEvent, OpenFailure};
use crate::engine::tls::TlsFailure;
use crate::module::reply::{Job, Outcome, Refused, ok};

/// "USOCO 120-130"
const CONNECT_TIMEOUT_US: u64 = 125_000_000;

/// Opening and closing by the host.
impl Module {
    pub(super) fn connect_socket(&mut self, id: usize, blocks: bool) {
        let Some(socket) = &self.own.sockets.list[id] else { return };
        let (host, port, profile) = (socket.host.clone(), socket.port, socket.tls.map(|tls| tls.0));
        let (link, failed) = self.open_link(&host, port, profile);
        if let Some(socket) = &mut self.own.sockets.list[id] {
            (socket.link, socket.stage) = (Some(link), Stage::Connecting { blocks });
        }
        self.later(self.now_us + CONNECT_TIMEOUT_US, Event::SocketTimeout { id, link });
        if let Some(event) = failed {
            self.net_soon(event);
        }
    }

    /// The port is blocked until the close is over, or `+UUSOCL` tells of it.
    pub(super) fn close_socket(&mut self, id: usize, at_once: bool) -> Handled {
        let connected = self.own.sockets.list[id].as_ref().is_some_and(|socket| socket.stage == Stage::Connected);
        let slow_us = if self.own.sockets.closes_at_once { 0 } else { self.own.model.close_us };
        let wait_us = if connected { slow_us } else { 0 };
        self.hang_up(id);
        if !at_once {
            self.own.sockets.list[id] = None;
            return Ok(Outcome::Blocks(wait_us, Job::Nothing));
        }
        if let Some(socket) = &mut self.own.sockets.list[id] {
            socket.stage = Stage::Closing;
        }
        self.later(self.now_us + self.answered_us() + wait_us, Event::CloseOver { id });
        ok()
    }

    fn hang_up(&mut self, id: usize) {
        self.connect_decided(id);
        if let Some(link) = self.own.sockets.list[id].as_mut().and_then(|socket| socket.link.take()) {
            self.internet.close(link);
        }
    }

    pub(super) fn close_over(&mut self, id: usize) {
        if self.own.sockets.list[id].as_ref().is_some_and(|socket| socket.stage == Stage::Closing) {
            self.own.sockets.list[id] = None;
            self.urc(format!("+UUSOCL: {id}"));
        }
    }
}

/// What the internet does to a socket.
impl Module {
    pub(super) fn socket_event(&mut self, id: usize, event: NetEvent) {
        let Some(socket) = &mut self.own.sockets.list[id] else { return };
        let connecting = match socket.stage {
            Stage::Connecting { blocks } => Some(blocks),
            _ => None,
        };
        match (event, connecting) {
            (NetEvent::Opened { .. }, Some(blocks)) => {
                socket.stage = Stage::Connected;
                self.connect_decided(id);
                if blocks {
                    self.answer(ok());
                } else {
                    self.urc(format!("+UUSOCO: {id},0"));
                }
            }
            (NetEvent::OpenFailed { why, .. }, Some(_)) => {
                let code = match why {
                    OpenFailure::Dns => UNREACHABLE,
                    OpenFailure::Refused => self.own.model.refused,
                    OpenFailure::Timeout => TIMED_OUT,
                    OpenFailure::Tls => PROTOCOL,
                };
                self.connect_failed(id, code);
            }
            (NetEvent::Closed { .. }, Some(_)) => self.connect_failed(id, self.own.model.refused),
            (NetEvent::Data { bytes, .. }, None) => self.socket_receives(id, &bytes),
            (NetEvent::Closed { .. }, None) => self.socket_ended(id),
            _ => {}
        }
    }

    /// ERROR; "on R5 followed by `+UUSOCL: <s>`. On R4/U2 the failed socket must be closed by USOCL".
    fn connect_failed(&mut self, id: usize, code: u16) {
        self.connect_decided(id);
        self.socket_error(id, code);
        let Some(socket) = &mut self.own.sockets.list[id] else { return };
        let blocks = socket.stage == Stage::Connecting { blocks: true };
        (socket.stage, socket.link) = (Stage::Failed, None);
        if blocks {
            self.answer(Err(Refused::Error));
        } else {
            self.urc(format!("+UUSOCO: {id},{code}"));
        }
        if self.own.model.frees_failed {
            self.own.sockets.list[id] = None;
            self.urc(format!("+UUSOCL: {id}"));
        }
    }

    pub(super) fn socket_timed_out(&mut self, id: usize, link: LinkId) {
        let waits = |socket: &super::sockets::Socket| {
            matches!(socket.stage, Stage::Connecting { .. }) && socket.link == Some(link)
        };
        if self.own.sockets.list[id].as_ref().is_some_and(waits) {
            if self.internet.is_secure(link) {
                self.internet.tls_failure = Some(TlsFailure::Timeout);
            }
            self.internet.close(link);
            self.connect_failed(id, TIMED_OUT);
        }
    }

    fn connect_decided(&mut self, id: usize) {
        self.call_off_own(|event| matches!(event, Event::SocketTimeout { id: other, .. } if *other == id));
    }

    /// The peer closed. "On R5 it comes only after pending data was read"; elsewhere the data is gone with it.
    fn socket_ended(&mut self, id: usize) {
        self.socket_error(id, self.own.model.ended);
        let Some(socket) = &mut self.own.sockets.list[id] else { return };
        (socket.link, socket.ended) = (None, true);
        let waits = self.own.model.frees_failed && !socket.unread.is_empty();
        if !waits {
            self.socket_gone(id);
        }
    }

    /// The id is free, and the host is told, unless the module forgets to (ublox-at 5; R422).
    pub(super) fn socket_gone(&mut self, id: usize) {
        if let Some(link) = self.own.sockets.list[id].take().and_then(|socket| socket.link) {
            self.internet.abort(link);
        }
        if !self.options.ublox.loses_sockets_silently {
            self.urc(format!("+UUSOCL: {id}"));
        }
    }

    /// The context is gone, and with it every socket on it.
    pub(super) fn close_sockets(&mut self) {
        for id in 0..COUNT {
            match self.own.sockets.list[id].as_ref().map(|socket| socket.stage) {
                None | Some(Stage::Closing) => {}
                Some(Stage::Connecting { blocks }) => {
                    self.hang_up(id);
                    if blocks {
                        self.answer(Err(Refused::Error));
                    }
                    self.socket_gone(id);
                }
                Some(_) => self.socket_gone(id),
            }
        }
    }

    /// Every connection breaks.
    pub(super) fn kill_sockets(&mut self) {
        for id in 0..COUNT {
            let Some(socket) = &self.own.sockets.list[id] else { continue };
            if let (Stage::Connected, Some(link)) = (socket.stage, socket.link) {
                self.internet.abort(link);
                self.socket_ended(id);
            }
        }
    }
}

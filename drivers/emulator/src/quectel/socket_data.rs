//! Data of sockets, both ways (quectel-at 4, 5).

use super::events::Event;
use super::reply::Handled;
use super::socket_tcp::MOST_READ;
use super::sockets::{Family, Socket, SocketId};
use super::{Module, Quectel};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Outcome, Refused, Reply, line, ok};
use crate::view::SocketState;

/// From a byte that leaves to its acknowledgement, on a network that is not slow.
const ROUND_TRIP_US: u64 = 50_000;

/// Errors of the TCP/IP table.
const WRITE_FAILED: u16 = 558;
const NOT_ALLOWED: u16 = 572;

/// What QC and UA have for the echo of typed data.
pub(super) const ECHO: &[(&str, Handler<Quectel>)] = &[("+QISDE", echo)];

/// `AT+QISDE=<0,1>`: "switch off echo of typed data (QC/UA)".
fn echo(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+QISDE: (0,1)"),
        Form::Read => line(format!("+QISDE: {}", u8::from(module.own.echoes_data))),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            module.own.echoes_data = parameters.need(0, 0, 1)? == 1;
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

impl Module {
    /// The data of `AT+QISEND` or `AT+QSSLSEND` is there: the module's buffer takes all of it, or nothing.
    pub(super) fn socket_sends(&mut self, id: SocketId, data: Vec<u8>) -> Handled {
        let buffer = self.options.send_buffer;
        let socket = self.connected_socket(id)?;
        if socket.unacknowledged() + data.len() > buffer {
            self.own.last_error = WRITE_FAILED;
            return Ok(Outcome::Reply(Reply { done: "SEND FAIL", ..Reply::ok() }));
        }
        socket.sent += data.len();
        if let Some(link) = socket.link {
            self.internet.send(link, data);
        }
        self.acknowledge_later(id);
        Ok(Outcome::Reply(Reply { done: "SEND OK", ..Reply::ok() }))
    }

    /// What a socket has sent so far is acknowledged when its way there and back is over.
    fn acknowledge_later(&mut self, id: SocketId) {
        if let Some(socket) = &self.own.sockets[id]
            && let Some(link) = socket.link
        {
            let at_us = self.now_us + ROUND_TRIP_US + self.internet.delay_us;
            self.later(at_us, Event::Acknowledged { id, link, total: socket.sent });
        }
    }

    /// An acknowledgement reaches the module, if anything does.
    pub(super) fn acknowledged(&mut self, id: SocketId, link: u32, total: usize) {
        if !self.internet.cut
            && let Some(socket) = self.own.sockets[id].as_mut().filter(|socket| socket.link == Some(link))
        {
            socket.acknowledged = socket.acknowledged.max(total);
        }
    }

    /// Data passes again: what waited, and what was lost on its way, is sent now.
    pub(super) fn send_again(&mut self) {
        let waits = |id: &SocketId| self.own.sockets[*id].as_ref().is_some_and(|socket| socket.unacknowledged() > 0);
        let waiting: Vec<_> = SocketId::all().filter(waits).collect();
        waiting.into_iter().for_each(|id| self.acknowledge_later(id));
    }

    /// Data comes from the other end.
    pub(super) fn socket_receives(&mut self, id: SocketId, bytes: &[u8]) {
        let Some(socket) = &mut self.own.sockets[id] else { return };
        let (urc, number) = (id.family.urc(), id.number);
        socket.received += bytes.len();
        if socket.push {
            for piece in bytes.chunks(MOST_READ as usize) {
                let head = format!("{urc}: \"recv\",{number},{}\r\n", piece.len());
                self.urc_counted([head.as_bytes(), piece].concat());
            }
            return;
        }
        socket.unread.extend(bytes);
        let unread = socket.unread.len();
        if !std::mem::replace(&mut socket.announced, true) {
            let with_length = id.family == Family::Tls && self.options.tls_data_with_length;
            let length = if with_length { format!(",{unread}") } else { String::new() };
            self.urc(format!("{urc}: \"recv\",{number}{length}"));
        }
    }

    /// Reads at most so many bytes. Only a read that finds nothing lets more data be announced.
    pub(super) fn read_socket(&mut self, id: SocketId, most: usize) -> Handled {
        let name = id.family.read();
        let open = |socket: &&mut Socket| socket.state != SocketState::Opening;
        let socket = self.own.sockets[id].as_mut().filter(open).ok_or(Refused::Error)?;
        if socket.push {
            return Err(self.own.fails(NOT_ALLOWED));
        }
        let unread = socket.unread.len();
        let data: Vec<u8> = socket.unread.drain(..unread.min(most)).collect();
        if data.is_empty() {
            socket.announced = false;
            return line(format!("{name}: 0"));
        }
        let text = [format!("{name}: {}\r\n", data.len()).as_bytes(), &data].concat();
        Ok(Outcome::Reply(Reply { counted: true, ..Reply::line(text) }))
    }
}

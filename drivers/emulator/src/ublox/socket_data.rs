//! Data of sockets, both ways: `AT+USOWR`, `AT+USORD` (ublox-at 5).

use super::events::Event;
use super::reply::{Handled, Purpose};
use super::sockets::{NOT_ALLOWED, Stage, WOULD_BLOCK, id_at};
use super::{Module, Ublox};
use crate::engine::console::Size;
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Outcome, Refused, Reply, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] = &[("+USOWR", write), ("+USORD", read)];

/// "Only 1024 bytes per USOWR (512 in hex)"
const MOST: u32 = 1_024;
const MOST_TEXT: u32 = 512;
/// From a byte that leaves to its acknowledgement, on a network that is not slow.
const ROUND_TRIP_US: u64 = 50_000;

/// `AT+USOWR=<s>,<length>[,"<text>"]`: without the text it prompts.
fn write(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(3)?;
    let id = id_at(parameters, 0)?;
    let typed = parameters.len() < 3;
    let length = parameters.need(1, 1, if typed { MOST } else { MOST_TEXT })? as usize;
    let hex = module.own.hex;
    if !typed {
        let text = parameters.need_text(2, 2 * MOST_TEXT as usize)?;
        let bytes = if hex { from_hex(text).ok_or(Refused::Error)? } else { text.to_vec() };
        if bytes.len() != length || !hex && bytes.iter().any(|byte| byte.is_ascii_control()) {
            return Err(Refused::Error);
        }
        module.connected_socket(id)?;
        return module.socket_writes(id, bytes);
    }
    module.connected_socket(id)?;
    if hex {
        return Err(NOT_ALLOWED);
    }
    Ok(Outcome::Prompt(Purpose::Write(id), Size::Fixed(length)))
}

/// `AT+USORD=<s>,<most>`; 0 asks how much there is.
fn read(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(2)?;
    let id = id_at(parameters, 0)?;
    let hex = module.own.hex;
    let most = parameters.need(1, 0, if hex { MOST_TEXT } else { MOST })? as usize;
    let socket = module.connected_socket(id)?;
    if most == 0 {
        return line(format!("+USORD: {id},{}", socket.unread.len()));
    }
    let count = most.min(socket.unread.len());
    let bytes: Vec<u8> = socket.unread.drain(..count).collect();
    let (left, over) = (socket.unread.len(), socket.ended && socket.unread.is_empty());
    if left > 0 {
        // "and again after a read that left data"
        module.urc(format!("+UUSORD: {id},{left}"));
    }
    if over {
        module.socket_gone(id);
    }
    let shown = if hex { to_hex(&bytes).into_bytes() } else { bytes };
    let text = [format!("+USORD: {id},{count},\"").as_bytes(), &shown, b"\""].concat();
    Ok(Outcome::Reply(Reply { counted: true, ..Reply::line(text) }))
}

pub(super) fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let digits = text.len().is_multiple_of(2) && text.iter().all(u8::is_ascii_hexdigit);
    digits.then(|| text.chunks(2).map(pair).collect())?
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

impl Module {
    /// The bytes of `AT+USOWR` are there: the module's buffer takes all of them, or nothing.
    pub(super) fn socket_writes(&mut self, id: usize, bytes: Vec<u8>) -> Handled {
        if self.options.ublox.bare_ok_writes > 0 {
            self.options.ublox.bare_ok_writes -= 1;
            return ok();
        }
        let buffer = self.options.send_buffer;
        let Some(socket) = &mut self.own.sockets.list[id] else {
            // "n=0: connection already closed by peer"
            return line(format!("+USOWR: {id},0"));
        };
        if socket.stage != Stage::Connected || socket.ended {
            return line(format!("+USOWR: {id},0"));
        }
        if socket.unacknowledged() + bytes.len() > buffer {
            self.socket_error(id, WOULD_BLOCK);
            return Err(Refused::Error);
        }
        socket.sent += bytes.len();
        let count = bytes.len();
        if let Some(link) = socket.link {
            self.internet.send(link, bytes);
        }
        self.acknowledge_later(id);
        line(format!("+USOWR: {id},{count}"))
    }

    /// What a socket has sent so far is acknowledged when its way there and back is over.
    fn acknowledge_later(&mut self, id: usize) {
        if let Some(socket) = &self.own.sockets.list[id]
            && let Some(link) = socket.link
        {
            let total = socket.sent;
            self.later(self.now_us + ROUND_TRIP_US + self.internet.delay_us, Event::Acknowledged { id, link, total });
        }
    }

    pub(super) fn acknowledged(&mut self, id: usize, link: u32, total: usize) {
        if !self.internet.cut
            && let Some(socket) = self.own.sockets.list[id].as_mut().filter(|socket| socket.link == Some(link))
        {
            socket.acknowledged = socket.acknowledged.max(total);
        }
    }

    /// Data passes again: what waited, and what was lost on its way, is sent now.
    pub(super) fn send_again(&mut self) {
        for id in 0..self.own.sockets.list.len() {
            if self.own.sockets.list[id].as_ref().is_some_and(|socket| socket.unacknowledged() > 0) {
                self.acknowledge_later(id);
            }
        }
    }

    /// "when data comes into an empty buffer, and again .. when more came (value = total pending)"
    pub(super) fn socket_receives(&mut self, id: usize, bytes: &[u8]) {
        let Some(socket) = self.own.sockets.list[id].as_mut().filter(|socket| socket.stage == Stage::Connected) else {
            return;
        };
        socket.unread.extend(bytes);
        let pending = socket.unread.len();
        self.urc(format!("+UUSORD: {id},{pending}"));
    }
}

//! Data of TCP sockets: `AT+QISEND`, `AT+QIRD` (quectel-at 4).

use super::command::Form;
use super::module::{Handler, Module};
use super::reply::{Handled, Outcome, Purpose, Refused, Reply, line};
use super::sockets::LAST;
use crate::engine::console::Size;

pub(super) const COMMANDS: &[(&str, Handler)] = &[("+QISEND", send), ("+QIRD", read)];

/// Of one `AT+QIRD`.
const MOST_READ: u32 = 1_500;
/// Of one `AT+QISEND`.
const MOST_SENT: u32 = 1_460;

/// `AT+QISEND=<id>[,<length>]`, then the data; a length of 0 asks for the counters.
fn send(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+QISEND: (0-11),(0-1460)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let id = parameters.need(0, 0, LAST)? as usize;
    let length = parameters.number(1, 0, MOST_SENT)?;
    let socket = module.connected_socket(id)?;
    match length {
        // All that was sent counts as acknowledged.
        Some(0) => line(format!("+QISEND: {0},{0},0", socket.sent)),
        Some(length) => Ok(Outcome::Prompt(Purpose::Send(id), Size::Fixed(length as usize))),
        None => Ok(Outcome::Prompt(Purpose::Send(id), Size::CtrlZ(MOST_SENT as usize))),
    }
}

/// `AT+QIRD=<id>[,<most>]`; 0 asks for the counters.
fn read(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+QIRD: (0-11),(0-1500)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let id = parameters.need(0, 0, LAST)? as usize;
    let most = parameters.number(1, 0, MOST_READ)?.unwrap_or(MOST_READ) as usize;
    let socket = module.sockets[id].as_mut().ok_or(Refused::Error)?;
    let (received, unread) = (socket.received, socket.unread.len());
    if most == 0 {
        return line(format!("+QIRD: {received},{},{unread}", received - unread));
    }
    let data: Vec<u8> = socket.unread.drain(..unread.min(most)).collect();
    if data.is_empty() {
        // Only now more data will be announced.
        socket.announced = false;
        return line("+QIRD: 0");
    }
    let text = [format!("+QIRD: {}\r\n", data.len()).as_bytes(), &data].concat();
    Ok(Outcome::Reply(Reply { counted: true, ..Reply::line(text) }))
}

impl Module {
    /// The data of `AT+QISEND` is there: it is taken into the module's buffer.
    pub(super) fn socket_sends(&mut self, id: usize, data: Vec<u8>) -> Handled {
        let socket = self.connected_socket(id)?;
        socket.sent += data.len();
        if let Some(link) = socket.link {
            self.internet.send(link, data);
        }
        Ok(Outcome::Reply(Reply { done: "SEND OK", ..Reply::ok() }))
    }
}

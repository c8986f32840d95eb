//! TCP sockets of family 1: `AT+CIPOPEN`, `AT+CIPSEND`, `AT+CIPRXGET`, `AT+CIPCLOSE` (simcom-at 7.1).

use super::network::{Network, ip_error};
use super::reply::{Handled, Key, Purpose};
use super::sockets::{Family, Sent, SocketId};
use super::{Module, Simcom};
use crate::engine::console::Size;
use crate::engine::internet::OpenFailure;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, Reply, line, ok};
use crate::view::SocketState;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[
    ("+CIPOPEN", open),
    ("+CIPSEND", send),
    ("+CIPRXGET", receive),
    ("+CIPCLOSE", close),
    ("+CIPHEAD", head),
    ("+CIPSRIP", sender),
];

const LINKS: usize = 10;
const MOST_SENT: u32 = 1_500;
const MOST_READ: u32 = 1_500;
/// With `AT+CIPRXGET=3`.
const MOST_HEX: u32 = 750;
const LONGEST_HOST: usize = 255;

/// Codes of the CIP family.
const NOT_OPENED: u8 = 2;
const BUSY: u8 = 8;
const TIMED_OUT: u8 = 10;
const DNS: u8 = 11;

/// How data that nobody asks for is printed.
#[derive(Clone, Copy, Debug)]
pub(super) struct CipReception {
    /// `AT+CIPRXGET=1`: data waits to be read.
    manual: bool,
    /// `AT+CIPHEAD`: `+IPD<n>` stands before it.
    head: bool,
    /// `AT+CIPSRIP`: so does its sender.
    sender: bool,
}

impl Default for CipReception {
    fn default() -> Self {
        Self { manual: false, head: true, sender: true }
    }
}

fn number(parameters: &Parameters, index: usize) -> Result<Option<SocketId>, Refused> {
    let number = parameters.need(index, 0, u32::MAX)? as usize;
    Ok((number < LINKS).then_some(SocketId::cip(number)))
}

/// `AT+CIPOPEN=<link>,"TCP","<host>",<port>`; UDP is not played.
fn open(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+CIPOPEN: (0-9),(\"TCP\",\"UDP\")"),
        Form::Read => {
            let shown = |number: usize| match module.own.sockets.get(&SocketId::cip(number)) {
                Some(socket) if socket.state == SocketState::Connected => {
                    format!("+CIPOPEN: {number},\"TCP\",\"{}\",{},-1", socket.host, socket.port)
                }
                _ => format!("+CIPOPEN: {number}"),
            };
            return crate::module::reply::lines((0..LINKS).map(shown));
        }
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    let Some(id) = number(parameters, 0)? else { return ip_error("Invalid parameter") };
    if !parameters.need_text(1, 3)?.eq_ignore_ascii_case(b"TCP") {
        return ip_error("Operation not supported");
    }
    parameters.at_most(4)?;
    let host = String::from_utf8(parameters.need_text(2, LONGEST_HOST)?.to_vec()).map_err(|_| Refused::Error)?;
    let port = parameters.need(3, 1, 65_535)? as u16;
    let in_use = |state| state != SocketState::Closed;
    let code = match module.own.sockets.get(&id).map(|socket| socket.state) {
        _ if module.own.network != Network::Open => NOT_OPENED,
        Some(state) if in_use(state) => BUSY,
        _ => {
            module.open_socket(id, host, port, None);
            return Ok(Outcome::Owes(Key::Open(id)));
        }
    };
    module.fails(format!("+CIPOPEN: {},{code}", id.number))
}

/// `AT+CIPSEND=<link>,<length>`, then the data.
fn send(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+CIPSEND: (0-9),(1-1500)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let Some(id) = number(parameters, 0)? else { return ip_error("Invalid parameter") };
    let length = parameters.need(1, 1, MOST_SENT)? as usize;
    if !module.is_connected(id) {
        return module.fails(format!("+CIPERROR: {NOT_OPENED}"));
    }
    Ok(Outcome::Prompt(Purpose::Send(id), Size::Fixed(length)))
}

/// `AT+CIPRXGET=<0, 1>`, `AT+CIPRXGET=<2, 3>,<link>,<most>`, `AT+CIPRXGET=4,<link>`
fn receive(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+CIPRXGET: (0-4),(0-9),(1-1500)"),
        Form::Read => return line(format!("+CIPRXGET: {}", u8::from(module.own.cip.manual))),
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(3)?;
    let mode = parameters.need(0, 0, 4)?;
    if mode < 2 {
        parameters.at_most(1)?;
        module.own.cip.manual = mode == 1;
        if mode == 0 {
            // "Setting mode 0 later dumps the buffered data to the port."
            module.sockets_of(Family::Cip).into_iter().for_each(|id| module.cip_pushes(id));
        }
        return ok();
    }
    if !module.own.cip.manual {
        return ip_error("Operation not supported");
    }
    let Some(id) = number(parameters, 1)? else { return ip_error("Invalid parameter") };
    let most = match mode {
        4 => 0,
        3 => parameters.number(2, 1, MOST_HEX)?.unwrap_or(MOST_HEX),
        _ => parameters.number(2, 1, MOST_READ)?.unwrap_or(MOST_READ),
    };
    let Some(socket) = module.own.sockets.get_mut(&id) else { return ip_error("Connection is not created") };
    let number = id.number;
    if mode == 4 {
        return line(format!("+CIPRXGET: 4,{number},{}", socket.unread.len()));
    }
    let data = socket.take(most as usize);
    let rest = socket.unread.len();
    if data.is_empty() {
        return ip_error("No data");
    }
    let shown = if mode == 3 { hex(&data) } else { data.clone() };
    let text = [format!("+CIPRXGET: {mode},{number},{},{rest}\r\n", data.len()).as_bytes(), &shown].concat();
    Ok(Outcome::Reply(Reply { counted: true, ..Reply::line(text) }))
}

pub(super) fn hex(data: &[u8]) -> Vec<u8> {
    data.iter().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect()
}

/// `AT+CIPCLOSE=<link>`; the read form tells which links are open.
fn close(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+CIPCLOSE: (0-9)"),
        Form::Read => {
            let open = |number| u8::from(module.is_connected(SocketId::cip(number))).to_string();
            return line(format!("+CIPCLOSE: {}", (0..LINKS).map(open).collect::<Vec<_>>().join(",")));
        }
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(1)?;
    let Some(id) = number(parameters, 0)? else { return ip_error("Invalid parameter") };
    if !module.own.sockets.contains_key(&id) {
        return module.fails(format!("+CIPCLOSE: {},{NOT_OPENED}", id.number));
    }
    module.free_socket(id);
    module.result_soon(Key::Close(id), format!("+CIPCLOSE: {},0", id.number));
    Ok(Outcome::Owes(Key::Close(id)))
}

fn switch(form: &Form, name: &str, value: &mut bool) -> Handled {
    match form {
        Form::Test => line(format!("{name}: (0,1)")),
        Form::Read => line(format!("{name}: {}", u8::from(*value))),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            *value = parameters.need(0, 0, 1)? == 1;
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

fn head(module: &mut Module, form: &Form) -> Handled {
    switch(form, "+CIPHEAD", &mut module.own.cip.head)
}

fn sender(module: &mut Module, form: &Form) -> Handled {
    switch(form, "+CIPSRIP", &mut module.own.cip.sender)
}

impl Module {
    /// "done -1 = connection gone, 0 = buffer full"
    pub(super) fn cip_typed(&mut self, id: SocketId, data: Vec<u8>) -> Handled {
        let asked = data.len();
        let done = match self.socket_sends(id, data) {
            Sent::All => asked.to_string(),
            Sent::Full => "0".to_owned(),
            Sent::NotConnected => "-1".to_owned(),
        };
        self.result_soon(Key::Send(id), format!("+CIPSEND: {},{asked},{done}", id.number));
        Ok(Outcome::Owes(Key::Send(id)))
    }

    pub(super) fn cip_opened(&mut self, id: SocketId) {
        self.result(Key::Open(id), &format!("+CIPOPEN: {},0", id.number), true);
    }

    pub(super) fn cip_failed(&mut self, id: SocketId, why: OpenFailure) {
        let code = match why {
            OpenFailure::Dns => DNS,
            OpenFailure::Timeout => TIMED_OUT,
            OpenFailure::Refused | OpenFailure::Tls => self.options.simcom.refused_socket,
        };
        self.bad_result(Key::Open(id), &format!("+CIPOPEN: {},{code}", id.number));
    }

    /// "at least once when the buffer becomes non-empty and NOT again until all of it has been read"
    pub(super) fn cip_has_data(&mut self, id: SocketId) {
        if !self.own.cip.manual {
            return self.cip_pushes(id);
        }
        if let Some(socket) = self.own.sockets.get_mut(&id)
            && !std::mem::replace(&mut socket.announced, true)
        {
            self.urc(format!("+CIPRXGET: 1,{}", id.number));
        }
    }

    /// `RECV FROM:<ip>:<port>`, `+IPD<n>`, and the bytes.
    fn cip_pushes(&mut self, id: SocketId) {
        let Some(socket) = self.own.sockets.get_mut(&id) else { return };
        let (data, port) = (socket.take(usize::MAX), socket.port);
        for piece in data.chunks(MOST_READ as usize) {
            let mut text = String::new();
            if self.own.cip.sender {
                text += &format!("RECV FROM:192.0.2.1:{port}\r\n");
            }
            if self.own.cip.head {
                text += &format!("+IPD{}\r\n", piece.len());
            }
            self.urc_counted([text.as_bytes(), piece].concat());
        }
    }

    /// `+IPCLOSE: <link>,1`: by the other end. What came before can be read, or not.
    pub(super) fn cip_ended(&mut self, id: SocketId) {
        if !self.options.simcom.closed_keeps_data {
            self.own.sockets.remove(&id);
        }
        self.urc(format!("+IPCLOSE: {},1", id.number));
    }
}

//! TCP sockets in buffer mode: `AT+QIOPEN`, `AT+QISEND`, `AT+QIRD`, `AT+QICLOSE`, `AT+QISTATE` (quectel-at 4).

use super::command::Form;
use super::events::Event;
use super::module::{Handler, Module};
use super::reply::{Handled, Outcome, Purpose, Refused, Reply, line, lines, ok};
use crate::engine::console::Size;
use crate::engine::internet::{LinkId, NetEvent, OpenFailure};
use crate::view::SocketState;

pub(super) const COMMANDS: &[(&str, Handler)] =
    &[("+QIOPEN", open), ("+QISEND", send), ("+QIRD", read), ("+QICLOSE", close), ("+QISTATE", state)];

/// Socket ids are 0 to 11.
pub(super) const SOCKETS: usize = 12;
const LAST: u32 = SOCKETS as u32 - 1;
/// "<= 150 s".
const OPEN_TIMEOUT_US: u64 = 150_000_000;
/// Of one `AT+QIRD`.
const MOST_READ: u32 = 1_500;
/// Of one `AT+QISEND`.
const MOST_SENT: u32 = 1_460;
/// The local port of socket 0; each other has the next.
const LOCAL_PORT: usize = 49_152;

/// Errors of the TCP/IP table.
const PDP_OPEN_FAILED: u16 = 561;
const ID_USED: u16 = 563;
const DNS_FAILED: u16 = 565;
const CONNECT_FAILED: u16 = 566;
const TIMED_OUT: u16 = 569;
const PDP_BROKEN: u16 = 570;

#[derive(Debug)]
pub(super) struct Socket {
    /// While the connection is there.
    pub(super) link: Option<LinkId>,
    pub(super) state: SocketState,
    context: usize,
    pub(super) host: String,
    pub(super) port: u16,
    local_port: u16,
    pub(super) unread: Vec<u8>,
    /// `+QIURC: "recv"` was said, and nothing was read to its end since.
    announced: bool,
    sent: usize,
    received: usize,
}

/// `AT+QIOPEN=<cid>,<id>,"TCP","<host>",<port>[,<local port>[,<mode>]]`
fn open(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => {
            return line("+QIOPEN: (1-16),(0-11),\"TCP\",<IP_address>/<domain_name>,<remote_port>,<local_port>,(0)");
        }
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(7)?;
    let context = parameters.need(0, 1, module.profile.limits.contexts)? as usize;
    let id = parameters.need(1, 0, LAST)? as usize;
    if !parameters.need_text(2, 16)?.eq_ignore_ascii_case(b"TCP") {
        return Err(Refused::Error);
    }
    let host = parameters.need_text(3, module.profile.limits.host)?;
    let host = String::from_utf8(host.to_vec()).map_err(|_| Refused::Error)?;
    let port = parameters.need(4, 1, 65_535)? as u16;
    let local_port = match parameters.number(5, 0, 65_535)?.unwrap_or(0) {
        0 => (LOCAL_PORT + id) as u16,
        port => port as u16,
    };
    // Push and transparent mode are not played.
    parameters.number(6, 0, 0)?;
    let refused = match (&module.sockets[id], module.contexts.is_up(context)) {
        (Some(_), _) => Some(ID_USED),
        (None, false) => Some(PDP_OPEN_FAILED),
        (None, true) => None,
    };
    if let Some(code) = refused {
        let refused = module.contexts.fails(code);
        if module.options.socket_refused_at_once {
            return Err(refused);
        }
        let at_us = module.now_us + module.options.latency_us + 1_000;
        module.agenda.add(at_us, Event::Line(format!("+QIOPEN: {id},{code}")));
        return ok();
    }
    let (link, failed) = module.internet.open_plain(&host, port);
    module.agenda.add(module.now_us + OPEN_TIMEOUT_US, Event::SocketTimeout { id, link });
    if let Some(event) = failed {
        module.agenda.add(module.now_us + module.options.latency_us + 1_000, Event::Net(event));
    }
    module.sockets[id] = Some(Socket {
        link: Some(link),
        state: SocketState::Opening,
        context,
        host,
        port,
        local_port,
        unread: Vec::new(),
        announced: false,
        sent: 0,
        received: 0,
    });
    ok()
}

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

/// `AT+QICLOSE=<id>[,<timeout>]`
fn close(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+QICLOSE: (0-11),(0-65535)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let id = parameters.need(0, 0, LAST)? as usize;
    parameters.number(1, 0, 65_535)?;
    if module.sockets[id].is_none() && module.options.idle_close_is_error {
        return Err(Refused::Error);
    }
    module.free_socket(id);
    ok()
}

/// `AT+QISTATE[?]` or `AT+QISTATE=1,<id>`. The address is the host as it was given.
fn state(module: &mut Module, form: &Form) -> Handled {
    let one = match form {
        Form::Test => return ok(),
        Form::Read | Form::Execute => None,
        Form::Write(parameters) => {
            parameters.at_most(2)?;
            parameters.need(0, 1, 1)?;
            Some(parameters.need(1, 0, LAST)? as usize)
        }
    };
    let sockets = module.sockets.iter().enumerate().filter(|entry| one.is_none_or(|one| one == entry.0));
    lines(sockets.filter_map(|(id, socket)| {
        let Socket { host, port, local_port, state, context, .. } = socket.as_ref()?;
        let state = match state {
            SocketState::Opening => 1,
            SocketState::Connected => 2,
            SocketState::Closed => 4,
        };
        Some(format!("+QISTATE: {id},\"TCP\",\"{host}\",{port},{local_port},{state},{context},0,0,\"uart1\""))
    }))
}

impl Module {
    fn connected_socket(&mut self, id: usize) -> Result<&mut Socket, Refused> {
        self.sockets[id].as_mut().filter(|socket| socket.state == SocketState::Connected).ok_or(Refused::Error)
    }

    /// The data of `AT+QISEND` is there: it is taken into the module's buffer.
    pub(super) fn socket_sends(&mut self, id: usize, data: Vec<u8>) -> Handled {
        let socket = self.connected_socket(id)?;
        socket.sent += data.len();
        if let Some(link) = socket.link {
            self.internet.send(link, data);
        }
        Ok(Outcome::Reply(Reply { done: "SEND OK", ..Reply::ok() }))
    }

    pub(super) fn socket_of(&self, wanted: LinkId) -> Option<usize> {
        self.sockets.iter().position(|socket| socket.as_ref().is_some_and(|socket| socket.link == Some(wanted)))
    }

    pub(super) fn socket_event(&mut self, id: usize, event: NetEvent) {
        let Some(socket) = &mut self.sockets[id] else { return };
        let opening = socket.state == SocketState::Opening;
        match event {
            NetEvent::Opened { .. } if opening => {
                socket.state = SocketState::Connected;
                self.contexts.last_error = 0;
                self.open_decided(id);
                self.urc(format!("+QIOPEN: {id},0"));
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
            NetEvent::Data { bytes, .. } => {
                socket.received += bytes.len();
                socket.unread.extend(bytes);
                if !std::mem::replace(&mut socket.announced, true) {
                    self.urc(format!("+QIURC: \"recv\",{id}"));
                }
            }
            NetEvent::Closed { .. } => self.socket_closed(id),
            NetEvent::Resolved { .. } | NetEvent::Opened { .. } | NetEvent::OpenFailed { .. } => {}
        }
    }

    /// The other end is gone. The id stays in use, and what came before can be read, until `AT+QICLOSE`.
    fn socket_closed(&mut self, id: usize) {
        if let Some(socket) = &mut self.sockets[id] {
            (socket.link, socket.state) = (None, SocketState::Closed);
            self.urc(format!("+QIURC: \"closed\",{id}"));
        }
    }

    /// Its time does not matter any more.
    fn open_decided(&mut self, id: usize) {
        self.agenda.cancel(|event| matches!(event, Event::SocketTimeout { id: other, .. } if *other == id));
    }

    fn socket_failed(&mut self, id: usize, code: u16) {
        self.sockets[id] = None;
        self.open_decided(id);
        self.contexts.last_error = code;
        self.urc(format!("+QIOPEN: {id},{code}"));
    }

    pub(super) fn socket_timed_out(&mut self, id: usize, link: LinkId) {
        let opening = |socket: &Socket| socket.state == SocketState::Opening && socket.link == Some(link);
        if self.sockets[id].as_ref().is_some_and(opening) {
            self.internet.close(link);
            self.socket_failed(id, TIMED_OUT);
        }
    }

    fn free_socket(&mut self, id: usize) {
        self.open_decided(id);
        if let Some(link) = self.sockets[id].take().and_then(|socket| socket.link) {
            self.internet.close(link);
        }
    }

    /// The context is gone. By the host's own order its sockets are freed; else they are dead, and not told one by one.
    pub(super) fn close_sockets_of(&mut self, context: usize, freed: bool) {
        for id in 0..SOCKETS {
            let Some(socket) = self.sockets[id].as_mut().filter(|socket| socket.context == context) else { continue };
            let opening = socket.state == SocketState::Opening;
            socket.state = SocketState::Closed;
            if let Some(link) = socket.link.take() {
                self.internet.abort(link);
            }
            if opening {
                self.socket_failed(id, PDP_BROKEN);
            } else if freed {
                self.sockets[id] = None;
            }
        }
    }

    /// Every connection breaks.
    pub(super) fn kill_sockets(&mut self) {
        for id in 0..SOCKETS {
            if let Ok(socket) = self.connected_socket(id)
                && let Some(link) = socket.link
            {
                self.internet.abort(link);
                self.socket_closed(id);
            }
        }
    }
}

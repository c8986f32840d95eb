//! TCP sockets in buffer mode: `AT+QIOPEN`, `AT+QICLOSE`, `AT+QISTATE`, and what the network does to them
//! (quectel-at 4).

use super::command::Form;
use super::events::Event;
use super::module::{Handler, Module};
use super::reply::{Handled, Refused, line, lines, ok};
use crate::engine::internet::{LinkId, NetEvent, OpenFailure};
use crate::view::SocketState;

pub(super) const COMMANDS: &[(&str, Handler)] = &[("+QIOPEN", open), ("+QICLOSE", close), ("+QISTATE", state)];

/// Socket ids are 0 to 11.
pub(super) const SOCKETS: usize = 12;
pub(super) const LAST: u32 = SOCKETS as u32 - 1;
/// "<= 150 s".
const OPEN_TIMEOUT_US: u64 = 150_000_000;
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
    pub(super) announced: bool,
    pub(super) sent: usize,
    pub(super) received: usize,
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
    match refused {
        Some(code) => module.refuse_socket(id, code),
        None => {
            module.open_socket(id, Socket::new(context, host, port, local_port));
            ok()
        }
    }
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

impl Socket {
    const fn new(context: usize, host: String, port: u16, local_port: u16) -> Self {
        Self {
            link: None,
            state: SocketState::Opening,
            context,
            host,
            port,
            local_port,
            unread: Vec::new(),
            announced: false,
            sent: 0,
            received: 0,
        }
    }
}

impl Module {
    fn refuse_socket(&mut self, id: usize, code: u16) -> Handled {
        let refused = self.contexts.fails(code);
        if self.options.socket_refused_at_once {
            return Err(refused);
        }
        let at_us = self.now_us + self.options.latency_us + 1_000;
        self.agenda.add(at_us, Event::Line(format!("+QIOPEN: {id},{code}")));
        ok()
    }

    fn open_socket(&mut self, id: usize, socket: Socket) {
        let (link, failed) = self.internet.open_plain(&socket.host, socket.port);
        self.sockets[id] = Some(Socket { link: Some(link), ..socket });
        self.agenda.add(self.now_us + OPEN_TIMEOUT_US, Event::SocketTimeout { id, link });
        if let Some(event) = failed {
            self.agenda.add(self.now_us + self.options.latency_us + 1_000, Event::Net(event));
        }
    }

    pub(super) fn connected_socket(&mut self, id: usize) -> Result<&mut Socket, Refused> {
        self.sockets[id].as_mut().filter(|socket| socket.state == SocketState::Connected).ok_or(Refused::Error)
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

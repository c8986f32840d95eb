//! TLS sockets of family 1: `AT+CCHSTART`, `AT+CCHOPEN`, `AT+CCHSEND`, `AT+CCHRECV`, `AT+CCHCLOSE`, `AT+CCHSTOP`
//! (simcom-at 7.2).

use super::events::Event;
use super::mqtt_service::Service;
use super::reply::{Handled, Key, Purpose};
use super::sockets::{Family, Sent, SocketId, Tls};
use super::tls_config::CONTEXTS;
use super::{Module, Simcom};
use crate::engine::console::Size;
use crate::engine::internet::OpenFailure;
use crate::engine::tls::TlsFailure;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, line, ok};
use crate::view::SocketState;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[
    ("+CCHSET", set),
    ("+CCHSTART", start),
    ("+CCHSTOP", stop),
    ("+CCHSSLCFG", context),
    ("+CCHOPEN", open),
    ("+CCHSEND", send),
    ("+CCHRECV", receive),
    ("+CCHCLOSE", close),
];

const SESSIONS: u32 = 2;
const MOST_SENT: u32 = 2_048;
const MOST_READ: u32 = 2_048;
/// "blocks of 1024 in the manual's example".
const BLOCK: usize = 1_024;
const LONGEST_HOST: usize = 256;

/// Codes of the CCH family.
const BUSY: u8 = 3;
const TIMED_OUT: u8 = 5;
const NETWORK: u8 = 9;
const STATE: u8 = 11;
const DNS: u8 = 13;
const CONNECT: u8 = 14;
const HANDSHAKE: u8 = 15;
const NO_CERTIFICATE: u8 = 19;

/// The service of the CCH family.
#[derive(Debug, Default)]
pub(super) struct Cch {
    pub(super) service: Service,
    /// The result of a send is told.
    reports: bool,
    /// Data waits to be read.
    manual: bool,
    /// Set by `AT+CCHSSLCFG`, until it is used up.
    contexts: [Option<usize>; SESSIONS as usize],
}

fn session(parameters: &Parameters) -> Result<SocketId, Refused> {
    Ok(SocketId { family: Family::Cch, number: parameters.need(0, 0, SESSIONS - 1)? as usize })
}

fn write<'a>(form: &'a Form, test: &str) -> Result<&'a Parameters, Handled> {
    match form {
        Form::Write(parameters) => Ok(parameters),
        Form::Test => Err(line(test)),
        Form::Read | Form::Execute => Err(Err(Refused::Error)),
    }
}

/// `AT+CCHSET=<report>,<receive>`, before the start.
fn set(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CCHSET: (0,1),(0,1)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(2)?;
    let (reports, manual) = (parameters.need(0, 0, 1)? == 1, parameters.number(1, 0, 1)? == Some(1));
    if module.own.cch.service != Service::Stopped {
        return Err(Refused::Error);
    }
    (module.own.cch.reports, module.own.cch.manual) = (reports, manual);
    ok()
}

fn start(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => return ok(),
        Form::Execute => {}
        Form::Read | Form::Write(_) => return Err(Refused::Error),
    }
    if module.own.cch.service != Service::Stopped {
        return Err(Refused::Error);
    }
    module.own.cch.service = Service::Starting;
    module.later(module.now_us + module.options.activation_us, Event::CchStarted);
    Ok(Outcome::Owes(Key::CchStart))
}

fn stop(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => return ok(),
        Form::Execute => {}
        Form::Read | Form::Write(_) => return Err(Refused::Error),
    }
    module.cch_started()?;
    module.sockets_of(Family::Cch).into_iter().for_each(|id| module.free_socket(id));
    let Cch { reports, manual, .. } = module.own.cch;
    module.own.cch = Cch { reports, manual, ..Cch::default() };
    module.bearer_is_left();
    module.result_soon(Key::CchStop, "+CCHSTOP: 0".to_owned());
    Ok(Outcome::Owes(Key::CchStop))
}

/// `AT+CCHSSLCFG=<session>,<TLS context>`, before each open.
fn context(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CCHSSLCFG: (0,1),(0-9)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(2)?;
    let id = session(parameters)?;
    let context = parameters.need(1, 0, CONTEXTS as u32 - 1)? as usize;
    module.cch_started()?;
    module.own.cch.contexts[id.number] = Some(context);
    ok()
}

/// `AT+CCHOPEN=<session>,"<host>",<port>[,<1 TCP, 2 TLS>]`
fn open(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CCHOPEN: (0,1),<host>,(1-65535),(1-2)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(4)?;
    let id = session(parameters)?;
    let host = String::from_utf8(parameters.need_text(1, LONGEST_HOST)?.to_vec()).map_err(|_| Refused::Error)?;
    let port = parameters.need(2, 1, 65_535)? as u16;
    let secure = parameters.number(3, 1, 2)?.unwrap_or(2) == 2;
    module.cch_started()?;
    let in_use = module.own.sockets.get(&id).is_some_and(|socket| socket.state != SocketState::Closed);
    if in_use {
        return module.fails(format!("+CCHOPEN: {},{BUSY}", id.number));
    }
    let context = module.own.cch.contexts[id.number].unwrap_or(id.number);
    module.open_socket(id, host, port, secure.then_some(Tls { context, root: None }));
    Ok(Outcome::Owes(Key::Open(id)))
}

/// `AT+CCHSEND=<session>,<length>`, then the data.
fn send(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CCHSEND: (0,1),(1-2048)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(2)?;
    let id = session(parameters)?;
    let length = parameters.need(1, 1, MOST_SENT)? as usize;
    module.cch_started()?;
    if !module.is_connected(id) {
        return module.fails(format!("+CCHSEND: {},{STATE}", id.number));
    }
    Ok(Outcome::Prompt(Purpose::Send(id), Size::Fixed(length)))
}

/// `AT+CCHRECV=<session>[,<most>]`: OK, blocks, an end; 0 or nothing is all there is.
fn receive(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+CCHRECV: (0,1),(0-2048)"),
        Form::Read => {
            let unread = |number| {
                let socket = module.own.sockets.get(&SocketId { family: Family::Cch, number });
                socket.map_or(0, |socket| socket.unread.len())
            };
            return line(format!("+CCHRECV: LEN,{},{}", unread(0), unread(1)));
        }
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let id = session(parameters)?;
    let most = match parameters.number(1, 0, MOST_READ)? {
        None | Some(0) => usize::MAX,
        Some(most) => most as usize,
    };
    module.cch_started()?;
    let data = module.own.sockets.get_mut(&id).map(|socket| socket.take(most)).unwrap_or_default();
    let number = id.number;
    if data.is_empty() || !module.own.cch.manual {
        return module.fails(format!("+CCHRECV: {number},{STATE}"));
    }
    for block in data.chunks(BLOCK) {
        module.urc_counted([format!("+CCHRECV: DATA,{number},{}\r\n", block.len()).as_bytes(), block].concat());
    }
    module.urc(format!("+CCHRECV: {number},0"));
    ok()
}

fn close(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CCHCLOSE: (0,1)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(1)?;
    let id = session(parameters)?;
    module.cch_started()?;
    if !module.own.sockets.contains_key(&id) {
        return module.fails(format!("+CCHCLOSE: {},{STATE}", id.number));
    }
    module.free_socket(id);
    module.own.cch.contexts[id.number] = None;
    module.result_soon(Key::Close(id), format!("+CCHCLOSE: {},0", id.number));
    Ok(Outcome::Owes(Key::Close(id)))
}

impl Module {
    fn cch_started(&self) -> Result<(), Refused> {
        if self.own.cch.service == Service::Started { Ok(()) } else { Err(Refused::Error) }
    }

    pub(super) fn cch_start_ends(&mut self) {
        if self.own.cch.service != Service::Starting {
            return;
        }
        if self.bearer_is_up() {
            self.own.cch.service = Service::Started;
            self.result(Key::CchStart, "+CCHSTART: 0", true);
        } else {
            self.own.cch.service = Service::Stopped;
            self.bad_result(Key::CchStart, &format!("+CCHSTART: {NETWORK}"));
        }
    }

    /// "[`+CCHSEND: s,0`]", where `AT+CCHSET` asks for it.
    pub(super) fn cch_typed(&mut self, id: SocketId, data: Vec<u8>) -> Handled {
        let code = match self.socket_sends(id, data) {
            Sent::All => 0,
            Sent::Full => BUSY,
            Sent::NotConnected => STATE,
        };
        if !(self.own.cch.reports && self.options.simcom.tls_send_result) {
            return if code == 0 { ok() } else { Err(Refused::Error) };
        }
        self.result_soon(Key::Send(id), format!("+CCHSEND: {},{code}", id.number));
        Ok(Outcome::Owes(Key::Send(id)))
    }

    pub(super) fn cch_opened(&mut self, id: SocketId) {
        self.result(Key::Open(id), &format!("+CCHOPEN: {},0", id.number), true);
    }

    pub(super) fn cch_failed(&mut self, id: SocketId, why: OpenFailure) {
        let code = match (why, &self.internet.tls_failure) {
            (OpenFailure::Dns, _) => DNS,
            (OpenFailure::Timeout, _) => TIMED_OUT,
            (OpenFailure::Refused, _) => CONNECT,
            (OpenFailure::Tls, Some(TlsFailure::FileMissing(_))) => NO_CERTIFICATE,
            (OpenFailure::Tls, _) => HANDSHAKE,
        };
        self.own.cch.contexts[id.number] = None;
        self.bad_result(Key::Open(id), &format!("+CCHOPEN: {},{code}", id.number));
    }

    pub(super) fn cch_has_data(&mut self, id: SocketId) {
        let Some(socket) = self.own.sockets.get_mut(&id) else { return };
        let number = id.number;
        if self.own.cch.manual {
            if !std::mem::replace(&mut socket.announced, true) {
                self.urc(format!("+CCHEVENT: {number},RECV EVENT"));
            }
            return;
        }
        let data = socket.take(usize::MAX);
        for block in data.chunks(BLOCK) {
            self.urc_counted([format!("+CCHRECV: DATA,{number},{}\r\n", block.len()).as_bytes(), block].concat());
        }
    }

    /// "Cached data survives a peer close."
    pub(super) fn cch_ended(&mut self, id: SocketId) {
        self.urc(format!("+CCH_PEER_CLOSED: {}", id.number));
    }

    /// The context is gone, and the service with it.
    pub(super) fn cch_loses_network(&mut self) {
        match self.own.cch.service {
            Service::Started => {}
            Service::Starting => return self.cch_start_ends(),
            Service::Stopped | Service::Stopping => return,
        }
        for id in self.sockets_of(Family::Cch) {
            let opening = self.own.sockets.get(&id).is_some_and(|socket| socket.state == SocketState::Opening);
            if opening {
                self.socket_breaks(id);
            } else if let Some(link) = self.own.sockets.remove(&id).and_then(|socket| socket.link) {
                self.internet.abort(link);
            }
        }
        let Cch { reports, manual, .. } = self.own.cch;
        self.own.cch = Cch { reports, manual, ..Cch::default() };
        self.urc("+CCH: CCH STOP");
    }
}

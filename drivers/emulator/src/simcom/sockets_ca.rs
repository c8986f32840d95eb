//! Sockets of family 2: `AT+CACID`, `AT+CASSLCFG`, `AT+CAOPEN`, `AT+CASEND`, `AT+CARECV`, `AT+CACLOSE` (simcom-at 7.3).

use super::model::Series;
use super::reply::{Handled, Key, Purpose};
use super::sockets::{Family, Sent, Socket, SocketId, Tls};
use super::tls_lpwa::CONTEXTS;
use super::{Module, Simcom};
use crate::engine::console::Size;
use crate::engine::internet::OpenFailure;
use crate::engine::tls::TlsFailure;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::options::ReadForm;
use crate::module::reply::{Outcome, Refused, Reply, line, lines, ok};
use crate::view::SocketState;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[
    ("+CACID", current),
    ("+CACFG", configure),
    ("+CASSLCFG", tls),
    ("+CAOPEN", open),
    ("+CASEND", send),
    ("+CARECV", receive),
    ("+CACLOSE", close),
    ("+CASTATE", state),
];

const COUNT: usize = 13;
const MOST_SENT: u32 = 1_460;
const MOST_READ: u32 = 1_460;
/// "Default input time 5000 ms".
const ENTRY_MS: u32 = 5_000;
const LONGEST_HOST: usize = 64;
const LONGEST_ROOT: usize = 50;

/// Results of `AT+CAOPEN`.
const SOCKET_ERROR: u16 = 1;
const IN_USE: u16 = 4;
const DNS: u16 = 20;
const INACTIVE: u16 = 21;
const REFUSED: u16 = 23;
const EXPIRED: u16 = 24;
const WRONG_NAME: u16 = 25;
const CONNECT_FAILED: u16 = 27;

/// What is set for one id, opened or not.
#[derive(Clone, Debug, Default)]
struct CaConfig {
    secure: bool,
    context: usize,
    root: String,
    /// The application network of its last open.
    network: usize,
}

/// Settings of the CA family.
#[derive(Debug, Default)]
pub(super) struct Ca {
    configs: [CaConfig; COUNT],
    /// OK comes before the result.
    asynchronous: bool,
}

impl Ca {
    pub(super) const fn network_of(&self, number: usize) -> usize {
        self.configs[number].network
    }
}

const fn ca(number: usize) -> SocketId {
    SocketId { family: Family::Ca, number }
}

fn id(parameters: &Parameters) -> Result<SocketId, Refused> {
    Ok(ca(parameters.need(0, 0, COUNT as u32 - 1)? as usize))
}

fn write(form: &Form, test: &str) -> Result<Parameters, Handled> {
    match form {
        Form::Write(parameters) => Ok(parameters.clone()),
        Form::Test => Err(line(test)),
        Form::Read | Form::Execute => Err(Err(Refused::Error)),
    }
}

/// `AT+CACID=<id>`
fn current(_: &mut Module, form: &Form) -> Handled {
    match write(form, "+CACID: (0-12)") {
        Ok(parameters) => {
            parameters.at_most(1)?;
            id(&parameters)?;
            ok()
        }
        Err(handled) => handled,
    }
}

/// `AT+CACFG="ASYNCOPEN",<0, 1>`
fn configure(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CACFG: \"ASYNCOPEN\",(0,1)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(2)?;
    if !parameters.need_text(0, 16)?.eq_ignore_ascii_case(b"ASYNCOPEN") {
        return Err(Refused::Error);
    }
    module.own.lpwa.ca.asynchronous = parameters.need(1, 0, 1)? == 1;
    ok()
}

/// `AT+CASSLCFG=<id>,"<item>",<value>`; on SIM7000 quotes may be missing, and "protocol" is there.
fn tls(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CASSLCFG: (0-12),\"SSL\",(0,1)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    let small = module.own.model.series == Series::Sim7000;
    parameters.at_most(3)?;
    let id = id(&parameters)?;
    let item = if small { parameters.any_text(1) } else { parameters.text(1, 16)? };
    let config = &mut module.own.lpwa.ca.configs[id.number];
    match item.ok_or(Refused::Error)?.to_ascii_uppercase().as_slice() {
        b"SSL" => config.secure = parameters.need(2, 0, 1)? == 1,
        b"CRINDEX" => config.context = parameters.need(2, 0, CONTEXTS as u32 - 1)? as usize,
        b"CACERT" => {
            let name = parameters.text(2, LONGEST_ROOT)?.ok_or(Refused::Error)?;
            config.root = String::from_utf8(name.to_vec()).map_err(|_| Refused::Error)?;
        }
        // 0 is TCP; UDP is not played.
        b"PROTOCOL" if small => drop(parameters.need(2, 0, 0)?),
        _ => return Err(Refused::Error),
    }
    ok()
}

/// Where a CAOPEN goes: its network, host and port.
fn target(module: &Module, parameters: &Parameters) -> Result<(usize, String, u16), Refused> {
    let options = &module.options.simcom;
    let small = module.own.model.series == Series::Sim7000;
    let word = |index| parameters.text(index, 3).is_ok_and(|text| text.is_some_and(|text| text == b"TCP"));
    let (network, host) = match small {
        // "real modules refuse the "TCP""
        true if word(1) && options.tcp_word_refused => return Err(Refused::Cme(3)),
        true => (0, if word(1) { 2 } else { 1 }),
        false => {
            if !word(2) {
                return Err(Refused::Error);
            }
            (parameters.need(1, 0, 3)? as usize, 3)
        }
    };
    // "giving recv_mode explicitly fails on real modules"
    let mode = parameters.number(host + 2, 0, 0)?.is_some();
    parameters.at_most(host + 3)?;
    if mode && (small || options.receive_mode_refused) {
        return Err(Refused::Error);
    }
    let text = parameters.need_text(host, LONGEST_HOST)?;
    let text = String::from_utf8(text.to_vec()).map_err(|_| Refused::Error)?;
    Ok((network, text, parameters.need(host + 1, 1, 65_535)? as u16))
}

/// `AT+CAOPEN=<id>,<network>,"TCP","<host>",<port>`; on SIM7000 `AT+CAOPEN=<id>,"<host>",<port>`. The result, then OK,
/// "even when result != 0".
fn open(module: &mut Module, form: &Form) -> Handled {
    if *form == Form::Read {
        let open = module.sockets_of(Family::Ca).into_iter().filter(|id| module.is_connected(*id));
        let text = |id: SocketId| {
            let Socket { host, port, .. } = &module.own.sockets[&id];
            format!("+CAOPEN: {},0,\"TCP\",\"{host}\",{port}", id.number)
        };
        return lines(open.map(text).collect::<Vec<_>>());
    }
    let parameters = match write(form, "+CAOPEN: (0-12),(0-3),(\"TCP\",\"UDP\"),64,(1-65535),(0,1)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    let id = id(&parameters)?;
    let (network, host, port) = target(module, &parameters)?;
    let held = module.options.simcom.held_id;
    let code = match module.own.sockets.get(&id).map(|socket| socket.state) {
        _ if !module.app_is_up(network) => Some(INACTIVE),
        None => None,
        Some(SocketState::Closed) => held,
        Some(SocketState::Opening | SocketState::Connected) => Some(held.unwrap_or(IN_USE)),
    };
    if let Some(code) = code {
        return line(format!("+CAOPEN: {},{code}", id.number));
    }
    let config = &mut module.own.lpwa.ca.configs[id.number];
    config.network = network;
    let tls = config.secure.then(|| Tls { context: config.context, root: Some(config.root.clone()) });
    module.open_socket(id, host, port, tls);
    Ok(if module.own.lpwa.ca.asynchronous { Outcome::Owes(Key::Open(id)) } else { Outcome::Later })
}

/// `AT+CASEND=<id>,<length>[,<time, ms>]`, then the data; without a length the room that is left.
fn send(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CASEND: (0-12),(1-1460),(100-10000)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(3)?;
    let id = id(&parameters)?;
    let length = parameters.number(1, 1, MOST_SENT)?;
    let wait_us = u64::from(parameters.number(2, 100, 10_000)?.unwrap_or(ENTRY_MS)) * 1_000;
    if !module.is_connected(id) {
        return Err(Refused::Error);
    }
    match length {
        Some(length) => Ok(Outcome::Prompt(Purpose::CaSend(id, wait_us), Size::Fixed(length as usize))),
        None => {
            let waiting = module.own.sockets.get(&id).map_or(0, Socket::unacknowledged);
            line(format!("+CASEND: {}", module.options.send_buffer.saturating_sub(waiting)))
        }
    }
}

/// `AT+CARECV=<id>,<most>`: "the data follow the comma on the same line; none: `+CARECV: 0`".
fn receive(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CARECV: (0-12),(1-1460)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(2)?;
    let id = id(&parameters)?;
    let most = parameters.need(1, 1, MOST_READ)? as usize;
    let by_id = module.own.model.series == Series::Sim7000 && module.options.simcom.read_form == ReadForm::IdFirst;
    let socket = module.own.sockets.get_mut(&id).ok_or(Refused::Error)?;
    let gone = socket.state == SocketState::Closed && socket.unread.is_empty();
    if gone || socket.state == SocketState::Opening {
        return Err(Refused::Error);
    }
    let data = socket.take(most);
    if data.is_empty() {
        return line("+CARECV: 0");
    }
    let head =
        if by_id { format!("+CARECV: {},{}\r\n", id.number, data.len()) } else { format!("+CARECV: {},", data.len()) };
    Ok(Outcome::Reply(Reply { counted: true, ..Reply::line([head.as_bytes(), &data].concat()) }))
}

/// `AT+CACLOSE=<id>`
fn close(module: &mut Module, form: &Form) -> Handled {
    let parameters = match write(form, "+CACLOSE: (0-12)") {
        Ok(parameters) => parameters,
        Err(handled) => return handled,
    };
    parameters.at_most(1)?;
    let id = id(&parameters)?;
    if !module.own.sockets.contains_key(&id) {
        return Err(Refused::Error);
    }
    module.free_socket(id);
    ok()
}

fn state(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => ok(),
        Form::Read => lines(
            module
                .sockets_of(Family::Ca)
                .into_iter()
                .map(|id| format!("+CASTATE: {},{}", id.number, u8::from(module.is_connected(id)))),
        ),
        Form::Execute | Form::Write(_) => Err(Refused::Error),
    }
}

impl Module {
    /// SIM7000 "prints `+CASEND: cid,0,<n>` after OK".
    pub(super) fn ca_typed(&mut self, id: SocketId, data: Vec<u8>) -> Handled {
        let count = data.len();
        if self.socket_sends(id, data) != Sent::All {
            return Err(Refused::Error);
        }
        if self.own.model.series == Series::Sim7000 {
            self.urc(format!("+CASEND: {},0,{count}", id.number));
        }
        ok()
    }

    /// The result of an open: in front of the OK, or behind it where it is asynchronous.
    fn ca_decided(&mut self, id: SocketId, code: u16) {
        let text = format!("+CAOPEN: {},{code}", id.number);
        if self.own.lpwa.ca.asynchronous {
            self.result(Key::Open(id), &text, true);
        } else {
            self.answers(Reply::line(text));
        }
    }

    pub(super) fn ca_opened(&mut self, id: SocketId) {
        self.ca_decided(id, 0);
    }

    pub(super) fn ca_failed(&mut self, id: SocketId, why: OpenFailure) {
        let code = match (why, &self.internet.tls_failure) {
            (OpenFailure::Dns, _) => DNS,
            (OpenFailure::Refused, _) => REFUSED,
            (OpenFailure::Timeout, _) => CONNECT_FAILED,
            (OpenFailure::Tls, Some(TlsFailure::Expired | TlsFailure::NotYetValid)) => EXPIRED,
            (OpenFailure::Tls, Some(TlsFailure::WrongName)) => WRONG_NAME,
            (OpenFailure::Tls, Some(TlsFailure::FileMissing(_))) => SOCKET_ERROR,
            (OpenFailure::Tls, _) => CONNECT_FAILED,
        };
        self.ca_decided(id, code);
    }

    pub(super) fn ca_has_data(&mut self, id: SocketId) {
        if let Some(socket) = self.own.sockets.get_mut(&id)
            && !std::mem::replace(&mut socket.announced, true)
        {
            self.urc(format!("+CADATAIND: {}", id.number));
        }
    }

    /// "can come before unread data is fetched, and reading after it returns at most one more block"
    pub(super) fn ca_ended(&mut self, id: SocketId) {
        if self.options.simcom.state_overtakes_data
            && let Some(socket) = self.own.sockets.get_mut(&id)
        {
            socket.unread.truncate(MOST_READ as usize);
        }
        self.urc(format!("+CASTATE: {},0", id.number));
    }
}

//! TCP sockets: `AT+QIOPEN`, `AT+QISEND`, `AT+QIRD`, `AT+QICLOSE`, `AT+QISTATE` (quectel-at 4).

use super::model::Group;
use super::reply::{Handled, Purpose};
use super::sockets::{Family, Socket, SocketId, local_port};
use super::{Module, Quectel};
use crate::engine::console::Size;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, line, lines, ok};

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] =
    &[("+QIOPEN", open), ("+QISEND", send), ("+QIRD", read), ("+QICLOSE", close), ("+QISTATE", state)];

/// Of one `AT+QIRD`.
pub(super) const MOST_READ: u32 = 1_500;
/// Of one `AT+QISEND`.
pub(super) const MOST_SENT: u32 = 1_460;
/// "`AT+QICLOSE=<id>[,<timeout s (10)>]`"
pub(super) const CLOSE_TIMEOUT_S: u32 = 10;

fn id(parameters: &Parameters, index: usize) -> Result<SocketId, Refused> {
    SocketId::of(Family::Tcp, parameters, index)
}

/// `AT+QIOPEN=<cid>,<id>,"TCP","<host>",<port>[,<local port>[,<mode>]]`
fn open(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => {
            return line(format!(
                "+QIOPEN: (1-{}),(0-11),\"TCP\",<IP_address>/<domain_name>,<remote_port>,<local_port>,(0,1)",
                module.profile.limits.contexts
            ));
        }
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    // "UA also `,<max>,<timeout 10-150 s>`"
    parameters.at_most(if module.own.model.group == Group::Ua { 9 } else { 7 })?;
    parameters.number(7, 1, u32::MAX)?;
    parameters.number(8, 10, 150)?;
    let context = parameters.need(0, 1, module.profile.limits.contexts)? as usize;
    let id = id(parameters, 1)?;
    if !parameters.need_text(2, 16)?.eq_ignore_ascii_case(b"TCP") {
        return Err(Refused::Error);
    }
    let host = parameters.need_text(3, module.profile.limits.host)?;
    let host = String::from_utf8(host.to_vec()).map_err(|_| Refused::Error)?;
    let port = parameters.need(4, 1, 65_535)? as u16;
    let local_port = match parameters.number(5, 0, 65_535)?.unwrap_or(0) {
        0 => local_port(id.number),
        port => port as u16,
    };
    // Transparent mode is not played.
    let push = parameters.number(6, 0, 1)? == Some(1);
    module.open_socket(id, Socket { local_port, push, ..Socket::new(context, host, port) })
}

/// `AT+QISEND=<id>[,<length>]`, then the data; a length of 0 asks for the counters.
fn send(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+QISEND: (0-11),(0-1460)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let id = id(parameters, 0)?;
    let length = parameters.number(1, 0, MOST_SENT)?;
    let socket = module.connected_socket(id)?;
    match length {
        Some(0) => line(format!("+QISEND: {},{},{}", socket.sent, socket.acknowledged, socket.unacknowledged())),
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
    let id = id(parameters, 0)?;
    let most = parameters.number(1, 0, MOST_READ)?.unwrap_or(MOST_READ) as usize;
    if most > 0 {
        return module.read_socket(id, most);
    }
    let socket = module.own.sockets[id].as_ref().ok_or(Refused::Error)?;
    let (received, unread) = (socket.received, socket.unread.len());
    line(format!("+QIRD: {received},{},{unread}", received - unread))
}

/// `AT+QICLOSE=<id>[,<timeout>]`
fn close(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+QICLOSE: (0-11),(0-65535)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let id = id(parameters, 0)?;
    let timeout_s = parameters.number(1, 0, 65_535)?.unwrap_or(CLOSE_TIMEOUT_S);
    module.close_socket(id, timeout_s)
}

/// `AT+QISTATE[?]` or `AT+QISTATE=1,<id>`. The address is the host as it was given.
fn state(module: &mut Module, form: &Form) -> Handled {
    let one = match form {
        Form::Test => return ok(),
        Form::Read | Form::Execute => None,
        Form::Write(parameters) => {
            parameters.at_most(2)?;
            parameters.need(0, 1, 1)?;
            Some(id(parameters, 1)?)
        }
    };
    lines(module.socket_lines(Family::Tcp, one, |id, state, socket| {
        let Socket { host, port, local_port, context, push, .. } = socket;
        let mode = u8::from(*push);
        format!("+QISTATE: {id},\"TCP\",\"{host}\",{port},{local_port},{state},{context},0,{mode},\"uart1\"")
    }))
}

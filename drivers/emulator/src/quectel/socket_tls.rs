//! TLS sockets: `AT+QSSLOPEN`, `AT+QSSLSEND`, `AT+QSSLRECV`, `AT+QSSLCLOSE`, `AT+QSSLSTATE` (quectel-at 5). They differ
//! from TCP sockets in what they leave out: counters, entry up to Ctrl-Z, reads without a length, push mode.

use super::reply::{Handled, Purpose};
use super::socket_tcp::{CLOSE_TIMEOUT_S, MOST_READ, MOST_SENT};
use super::sockets::{Family, Socket, SocketId};
use super::tls_config::CONTEXTS;
use super::{Module, Quectel};
use crate::engine::console::Size;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, line, lines, ok};

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] =
    &[("+QSSLOPEN", open), ("+QSSLSEND", send), ("+QSSLRECV", read), ("+QSSLCLOSE", close), ("+QSSLSTATE", state)];

fn id(parameters: &Parameters, index: usize) -> Result<SocketId, Refused> {
    SocketId::of(Family::Tls, parameters, index)
}

/// `AT+QSSLOPEN=<cid>,<TLS context>,<id>,"<host>",<port>[,<mode>]`
fn open(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => {
            return line(format!(
                "+QSSLOPEN: (1-{}),(0-5),(0-11),<serveraddr>,<server_port>,(0)",
                module.profile.limits.contexts
            ));
        }
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(6)?;
    let context = parameters.need(0, 1, module.profile.limits.contexts)? as usize;
    let tls_context = parameters.need(1, 0, CONTEXTS as u32 - 1)? as usize;
    let id = id(parameters, 2)?;
    let host = parameters.need_text(3, module.profile.limits.host)?;
    let host = String::from_utf8(host.to_vec()).map_err(|_| Refused::Error)?;
    let port = parameters.need(4, 1, 65_535)? as u16;
    // The sheet shows no data of the other modes.
    parameters.number(5, 0, 0)?;
    module.open_socket(id, Socket { tls_context, ..Socket::new(context, host, port) })
}

/// `AT+QSSLSEND=<id>,<length>`, then the data.
fn send(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+QSSLSEND: (0-11),(1-1460)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let id = id(parameters, 0)?;
    let length = parameters.need(1, 1, MOST_SENT)? as usize;
    module.connected_socket(id)?;
    Ok(Outcome::Prompt(Purpose::Send(id), Size::Fixed(length)))
}

/// `AT+QSSLRECV=<id>,<most>`
fn read(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+QSSLRECV: (0-11),(1-1500)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let id = id(parameters, 0)?;
    let most = parameters.need(1, 1, MOST_READ)? as usize;
    module.read_socket(id, most)
}

/// `AT+QSSLCLOSE=<id>[,<timeout>]`
fn close(module: &mut Module, form: &Form) -> Handled {
    let with_timeout = module.options.tls_close_has_timeout;
    let parameters = match form {
        Form::Test if with_timeout => return line("+QSSLCLOSE: (0-11),(0-65535)"),
        Form::Test => return line("+QSSLCLOSE: (0-11)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(if with_timeout { 2 } else { 1 })?;
    let id = id(parameters, 0)?;
    let timeout_s = parameters.number(1, 0, 65_535)?.unwrap_or(CLOSE_TIMEOUT_S);
    module.close_socket(id, timeout_s)
}

/// `AT+QSSLSTATE`. The address is the host as it was given.
fn state(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => return ok(),
        Form::Execute => {}
        Form::Read | Form::Write(_) => return Err(Refused::Error),
    }
    lines(module.socket_lines(Family::Tls, None, |id, state, socket| {
        let Socket { host, port, context, tls_context, .. } = socket;
        format!("+QSSLSTATE: {id},\"SSLClient\",\"{host}\",{port},0,{state},{context},0,0,\"uart1\",{tls_context}")
    }))
}

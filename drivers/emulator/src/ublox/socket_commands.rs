//! `AT+USOCR`, `AT+USOSEC`, `AT+USOSO`, `AT+USOCO`, `AT+USOCL`, `AT+USOCTL`, `AT+USOER` (ublox-at 5).

use super::reply::Handled;
use super::sockets::{NOT_ALLOWED, Socket, Stage, id_at};
use super::tls_profiles::PROFILES;
use super::{Module, Ublox};
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] = &[
    ("+USOCR", create),
    ("+USOSEC", secure),
    ("+USOSO", option),
    ("+USOCO", connect),
    ("+USOCL", close),
    ("+USOCLCFG", close_configuration),
    ("+USOCTL", control),
    ("+USOER", last_error),
];

const TCP: u32 = 6;
/// From `AT+USOSEC` to `AT+USOCO`: "wait 250 ms".
const SECURE_GAP_US: u64 = 250_000;

fn write(form: &Form, most: usize) -> Result<&Parameters, Refused> {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(most)?;
    Ok(parameters)
}

/// `AT+USOCR=6[,<local port>]`; 17, UDP, is not played.
fn create(module: &mut Module, form: &Form) -> Handled {
    let parameters = write(form, 2)?;
    parameters.need(0, TCP, TCP)?;
    parameters.number(1, 1, 65_535)?;
    if !module.has_service() {
        return Err(NOT_ALLOWED);
    }
    let id = module.own.sockets.free_id().ok_or(NOT_ALLOWED)?;
    module.own.sockets.list[id] = Some(Socket::new());
    line(format!("+USOCR: {id}"))
}

/// `AT+USOSEC=<s>,<0,1>[,<profile>]`: "after USOCR, before USOCO".
fn secure(module: &mut Module, form: &Form) -> Handled {
    let parameters = write(form, 3)?;
    let id = id_at(parameters, 0)?;
    let on = parameters.need(1, 0, 1)? == 1;
    let profile = parameters.number(2, 0, PROFILES as u32 - 1)?.unwrap_or(0) as usize;
    let now_us = module.now_us;
    let socket = module.socket(id)?;
    if socket.stage != Stage::Created {
        return Err(NOT_ALLOWED);
    }
    socket.tls = on.then_some((profile, now_us));
    ok()
}

/// `AT+USOSO=<s>,<level>,<option>,<value>[,<value>]`: taken, without effect here.
fn option(module: &mut Module, form: &Form) -> Handled {
    let parameters = write(form, 5)?;
    let id = id_at(parameters, 0)?;
    let level = parameters.need(1, 0, 65_535)?;
    let number = parameters.need(2, 1, 128)?;
    let most = if (level, number) == (6, 2) { 7_200_000 } else { 65_535 };
    parameters.need(3, 0, most)?;
    parameters.number(4, 0, 65_535)?;
    if ![0, TCP, 65_535].contains(&level) {
        return Err(Refused::Error);
    }
    module.socket(id)?;
    ok()
}

/// `AT+USOCO=<s>,"<host>",<port>[,<1: answer at once>]`
fn connect(module: &mut Module, form: &Form) -> Handled {
    let parameters = write(form, 4)?;
    let id = id_at(parameters, 0)?;
    let host = parameters.need_text(1, module.profile.limits.host)?;
    let host = String::from_utf8(host.to_vec()).map_err(|_| Refused::Error)?;
    let port = parameters.need(2, 1, 65_535)? as u16;
    let at_once = parameters.number(3, 0, 1)? == Some(1);
    if at_once && !module.own.model.connects_async {
        return Err(Refused::Error);
    }
    let (now_us, keeps_gaps) = (module.now_us, module.options.ublox.secure_gap);
    let has_service = module.has_service();
    let socket = module.socket(id)?;
    let too_early = socket.tls.is_some_and(|(_, since_us)| now_us < since_us + SECURE_GAP_US);
    if socket.stage != Stage::Created || !has_service || keeps_gaps && too_early {
        return Err(NOT_ALLOWED);
    }
    (socket.host, socket.port) = (host, port);
    module.connect_socket(id, !at_once);
    if at_once { ok() } else { Ok(Outcome::Later) }
}

/// `AT+USOCL=<s>[,<1: answer at once>]`
fn close(module: &mut Module, form: &Form) -> Handled {
    let parameters = write(form, 2)?;
    let id = id_at(parameters, 0)?;
    let at_once = parameters.number(1, 0, 1)? == Some(1);
    if at_once && !module.own.model.closes_async {
        return Err(Refused::Error);
    }
    module.socket(id)?;
    module.close_socket(id, at_once)
}

/// `AT+USOCLCFG=<0,1>`: 0 takes the delay of a close away (ublox-at 5).
fn close_configuration(module: &mut Module, form: &Form) -> Handled {
    if module.own.model.close_us == 0 {
        return Err(Refused::Error);
    }
    let parameters = write(form, 1)?;
    module.own.sockets.closes_at_once = parameters.need(0, 0, 1)? == 0;
    ok()
}

/// `AT+USOCTL=<s>,<1 last error, 10 TCP state, 11 bytes not acknowledged>`
fn control(module: &mut Module, form: &Form) -> Handled {
    let parameters = write(form, 2)?;
    let id = id_at(parameters, 0)?;
    let what = parameters.need(1, 0, 11)?;
    let socket = module.socket(id)?;
    let value = match what {
        0 => TCP as usize,
        1 => usize::from(socket.error),
        10 => match socket.stage {
            Stage::Connected if socket.ended => 7,
            Stage::Connected => 4,
            _ => 0,
        },
        11 => socket.unacknowledged(),
        _ => return Err(Refused::Error),
    };
    line(format!("+USOCTL: {id},{what},{value}"))
}

fn last_error(module: &mut Module, form: &Form) -> Handled {
    if *form != Form::Execute {
        return Err(Refused::Error);
    }
    line(format!("+USOER: {}", module.own.sockets.last_error))
}

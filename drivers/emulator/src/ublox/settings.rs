//! Switches (ublox-at 2).

use super::model::UartSleep;
use super::reply::Handled;
use super::{Module, Ublox};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] =
    &[("+UDCONF", data_mode), ("&K", flow_control), ("+UPSV", uart_saving), ("+CGEREP", packet_lines)];

/// `AT+UDCONF=1,<0,1>`: sockets take and give hexadecimal digits.
fn data_mode(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(2)?;
    parameters.need(0, 1, 1)?;
    match parameters.number(1, 0, 1)? {
        None => line(format!("+UDCONF: 1,{}", u8::from(module.own.hex))),
        Some(hex) => {
            module.own.hex = hex == 1;
            ok()
        }
    }
}

/// `AT&K0`, `AT&K3`
fn flow_control(module: &mut Module, form: &Form) -> Handled {
    let mode = match form {
        Form::Execute => 0,
        Form::Write(parameters) => parameters.need(0, 0, 3)?,
        Form::Test | Form::Read => return Err(Refused::Error),
    };
    if mode == 1 || mode == 2 {
        return Err(Refused::Error);
    }
    module.settings.flow_control = mode == 3;
    ok()
}

/// `AT+UPSV=<0, mode>[,<frames>]`
fn uart_saving(module: &mut Module, form: &Form) -> Handled {
    /// Of mode 1 and its like.
    const FRAMES: (u32, u32, u32) = (40, 2_000, 65_000);
    let (mode, timed) = match module.own.model.uart_sleep {
        UartSleep::Fixed(mode, _) => (mode, false),
        UartSleep::Frames(mode) => (mode, true),
        UartSleep::None => (0, false),
    };
    match form {
        Form::Read => match module.own.wire.saving {
            (0, _) => line("+UPSV: 0"),
            (mode, frames) if timed => line(format!("+UPSV: {mode},{frames}")),
            (mode, _) => line(format!("+UPSV: {mode}")),
        },
        Form::Write(parameters) => {
            parameters.at_most(if timed { 2 } else { 1 })?;
            let wanted = parameters.need(0, 0, 4)?;
            let (least, usual, most) = FRAMES;
            let frames = parameters.number(1, least, most)?.unwrap_or(usual);
            // "`AT+IPR=115200` .. needed on R5 .. for UPSV 1/3"
            if wanted != 0 && (wanted != mode || module.settings.rate == 0) {
                return Err(Refused::Cme(3));
            }
            module.own.wire.saving = (wanted, frames);
            ok()
        }
        Form::Test | Form::Execute => Err(Refused::Error),
    }
}

/// `AT+CGEREP=<0,1>`: `+CGEV` comes, or not.
fn packet_lines(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Read => line(format!("+CGEREP: {},0", u8::from(module.own.packet_lines))),
        Form::Write(parameters) => {
            parameters.at_most(2)?;
            module.own.packet_lines = parameters.need(0, 0, 1)? == 1;
            parameters.number(1, 0, 1)?;
            ok()
        }
        Form::Test | Form::Execute => Err(Refused::Error),
    }
}

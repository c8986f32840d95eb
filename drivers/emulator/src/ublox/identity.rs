//! Who the module and its card are, in u-blox's words (ublox-at 2).

use super::reply::Handled;
use super::{Module, Ublox};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::identity::bare;
use crate::module::reply::{Refused, line};
use crate::module::sim::card_number;

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] =
    &[("I", information), ("+CGMR", firmware), ("+GMR", firmware), ("+CCID", iccid)];

/// `ATI` and `ATI0`: the model; `ATI9`: modem firmware and application firmware.
fn information(module: &mut Module, form: &Form) -> Handled {
    let which = match form {
        Form::Execute => 0,
        Form::Write(parameters) => parameters.need(0, 0, 9)?,
        Form::Test | Form::Read => return Err(Refused::Error),
    };
    match which {
        0 => line(module.profile.model),
        9 => line(module.own.model.firmware),
        _ => Err(Refused::Error),
    }
}

fn firmware(module: &mut Module, form: &Form) -> Handled {
    bare(form, module.profile.firmware)
}

fn iccid(module: &mut Module, form: &Form) -> Handled {
    card_number(module, form, "+CCID: ")
}

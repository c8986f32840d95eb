//! The card, as far as Quectel has commands of its own for it (quectel-at 1.3).

use super::reply::Handled;
use super::{Module, Quectel};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Refused, line};
use crate::module::sim::card_number;

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] = &[("+QCCID", iccid), ("+CCID", iccid), ("+QSIMSTAT", holder)];

fn iccid(module: &mut Module, form: &Form) -> Handled {
    card_number(module, form, "+QCCID: ")
}

fn holder(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Read => line(format!("+QSIMSTAT: 0,{}", u8::from(module.sim.inserted))),
        Form::Test => line("+QSIMSTAT: (0,1)"),
        Form::Execute | Form::Write(_) => Err(Refused::Error),
    }
}

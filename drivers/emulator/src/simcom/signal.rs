//! Signal and cell, in SIMCom's words (simcom-at 2.3).

use super::reply::Handled;
use super::{Module, Simcom};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[("+CPSI", cell)];

fn cell(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => ok(),
        Form::Read if module.radio.is_registered() => {
            line("+CPSI: LTE,Online,460-00,0x333C,39589424,257,EUTRAN-BAND3,1300,5,5,-94,-850,-545,15")
        }
        Form::Read => line("+CPSI: NO SERVICE,Online"),
        Form::Execute | Form::Write(_) => Err(Refused::Error),
    }
}

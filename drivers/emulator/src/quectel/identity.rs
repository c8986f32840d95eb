//! Who the module is, in Quectel's words (quectel-at 1.3).

use super::reply::Handled;
use super::{Module, Quectel};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::identity::bare;
use crate::module::reply::lines;

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] =
    &[("I", information), ("+CGMR", firmware), ("+GMR", firmware), ("+QGMR", firmware)];

fn information(module: &mut Module, form: &Form) -> Handled {
    if let Form::Write(parameters) = form {
        parameters.need(0, 0, 0)?;
    }
    let revision = format!("Revision: {}", module.profile.firmware);
    lines(["Quectel", module.profile.model, &revision])
}

fn firmware(module: &mut Module, form: &Form) -> Handled {
    bare(form, module.profile.firmware)
}

//! Signal, in Quectel's words (quectel-at 1.3).

use super::reply::Handled;
use super::{Module, Quectel};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::signal::measured;

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] = &[("+QCSQ", qcsq), ("+QNWINFO", network)];

fn qcsq(module: &mut Module, form: &Form) -> Handled {
    let here = format!("+QCSQ: \"{}\",-65,-95,152,-11", module.own.model.signal[0]);
    measured(module, form, &here, "+QCSQ: \"NOSERVICE\"")
}

/// Without service the words are not quoted.
fn network(module: &mut Module, form: &Form) -> Handled {
    let here = format!("+QNWINFO: {}", module.own.model.signal[1]);
    measured(module, form, &here, "+QNWINFO: No Service")
}

//! Signal, in Quectel's words (quectel-at 1.3).

use super::reply::Handled;
use super::{Module, Quectel};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::signal::measured;

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] = &[("+QCSQ", qcsq), ("+QNWINFO", network)];

/// BG95 calls Cat-M1 `eMTC`; BG96 `CAT-M1`.
fn qcsq(module: &mut Module, form: &Form) -> Handled {
    measured(module, form, "+QCSQ: \"eMTC\",-65,-95,152,-11", "+QCSQ: \"NOSERVICE\"")
}

/// Without service the words are not quoted.
fn network(module: &mut Module, form: &Form) -> Handled {
    measured(module, form, "+QNWINFO: \"eMTC\",\"46000\",\"LTE BAND 8\",3738", "+QNWINFO: No Service")
}

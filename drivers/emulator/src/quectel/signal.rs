//! Signal (quectel-at 1.3).

use super::command::Form;
use super::module::{Handler, Module};
use super::reply::{Handled, Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler)] =
    &[("+CSQ", csq), ("+QCSQ", qcsq), ("+CESQ", cesq), ("+QNWINFO", network)];

fn measured(module: &Module, form: &Form, with: &str, without: &str) -> Handled {
    match form {
        Form::Execute if module.radio.is_registered() => line(with),
        Form::Execute => line(without),
        Form::Test => ok(),
        Form::Read | Form::Write(_) => Err(Refused::Error),
    }
}

fn csq(module: &mut Module, form: &Form) -> Handled {
    measured(module, form, "+CSQ: 24,99", "+CSQ: 99,99")
}

/// BG95 calls Cat-M1 `eMTC`; BG96 `CAT-M1`.
fn qcsq(module: &mut Module, form: &Form) -> Handled {
    measured(module, form, "+QCSQ: \"eMTC\",-65,-95,152,-11", "+QCSQ: \"NOSERVICE\"")
}

fn cesq(module: &mut Module, form: &Form) -> Handled {
    measured(module, form, "+CESQ: 99,99,255,255,17,45", "+CESQ: 99,99,255,255,255,255")
}

/// Without service the words are not quoted.
fn network(module: &mut Module, form: &Form) -> Handled {
    measured(module, form, "+QNWINFO: \"eMTC\",\"46000\",\"LTE BAND 8\",3738", "+QNWINFO: No Service")
}

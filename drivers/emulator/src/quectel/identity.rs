//! Who the module is (quectel-at 1.3).

use super::command::Form;
use super::module::{Handler, Module};
use super::reply::{Handled, Refused, line, lines, ok};

pub(super) const COMMANDS: &[(&str, Handler)] = &[
    ("I", information),
    ("+CGMI", maker),
    ("+GMI", maker),
    ("+CGMM", model),
    ("+GMM", model),
    ("+CGMR", firmware),
    ("+GMR", firmware),
    ("+QGMR", firmware),
    ("+GSN", imei),
    ("+CGSN", imei),
];

fn information(module: &mut Module, form: &Form) -> Handled {
    if let Form::Write(parameters) = form {
        parameters.need(0, 0, 0)?;
    }
    let revision = format!("Revision: {}", module.profile.firmware);
    lines(["Quectel", module.profile.model, &revision])
}

/// An execute form with one bare line; the test form is just OK.
fn bare(form: &Form, text: &str) -> Handled {
    match form {
        Form::Execute => line(text),
        Form::Test => ok(),
        Form::Read | Form::Write(_) => Err(Refused::Error),
    }
}

fn maker(_: &mut Module, form: &Form) -> Handled {
    bare(form, "Quectel")
}

fn model(module: &mut Module, form: &Form) -> Handled {
    bare(form, module.profile.model)
}

fn firmware(module: &mut Module, form: &Form) -> Handled {
    bare(form, module.profile.firmware)
}

fn imei(module: &mut Module, form: &Form) -> Handled {
    bare(form, &module.options.imei)
}

//! Who the module is, in SIMCom's words (simcom-at 2.3).

use super::reply::Handled;
use super::{Module, Simcom};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Refused, line, lines, ok};
use crate::module::sim::card_number;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[("I", information), ("+CGMR", firmware)];

/// "A76XX, SIM7600, SIM767XX, 7080"
pub(super) const WITH_NAME: &[(&str, Handler<Simcom>)] = &[("+SIMCOMATI", information)];

/// The card's number in family 1.
pub(super) const CARD: &[(&str, Handler<Simcom>)] = &[("+CICCID", iccid)];

/// The card's number in family 2: a bare line.
pub(super) const BARE_CARD: &[(&str, Handler<Simcom>)] = &[("+CCID", bare_iccid)];

fn information(module: &mut Module, form: &Form) -> Handled {
    if *form != Form::Execute {
        return Err(Refused::Error);
    }
    let (model, revision, imei) = (module.own.model.label, module.profile.firmware, &module.options.imei);
    lines([
        "Manufacturer: INCORPORATED".to_owned(),
        format!("Model: {model}"),
        format!("Revision: {revision}"),
        format!("IMEI: {imei}"),
    ])
}

fn firmware(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Execute => {
            let name = if module.own.model.series.is_lpwa() { "Revision:" } else { "+CGMR: " };
            line(format!("{name}{}", module.profile.firmware))
        }
        Form::Test => ok(),
        Form::Read | Form::Write(_) => Err(Refused::Error),
    }
}

fn iccid(module: &mut Module, form: &Form) -> Handled {
    card_number(module, form, "+ICCID: ")
}

fn bare_iccid(module: &mut Module, form: &Form) -> Handled {
    card_number(module, form, "")
}

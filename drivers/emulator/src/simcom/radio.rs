//! Network registration, as far as SIMCom's modules differ (simcom-at 2.3, 11).

use super::reply::Handled;
use super::{Module, Simcom};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::radio;
use crate::module::reply::Refused;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[("+CREG", creg), ("+CGREG", cgreg), ("+CEREG", cereg)];

/// "CREG/CGREG/CEREG/CMGF setup commands fail spuriously" (11).
fn set_up(module: &mut Module, form: &Form) -> Result<(), Refused> {
    if matches!(form, Form::Write(_)) && module.own.setup_failures > 0 {
        module.own.setup_failures -= 1;
        return Err(Refused::Error);
    }
    Ok(())
}

fn creg(module: &mut Module, form: &Form) -> Handled {
    set_up(module, form)?;
    radio::creg(module, form)
}

fn cgreg(module: &mut Module, form: &Form) -> Handled {
    set_up(module, form)?;
    radio::cgreg(module, form)
}

fn cereg(module: &mut Module, form: &Form) -> Handled {
    set_up(module, form)?;
    radio::cereg(module, form)
}

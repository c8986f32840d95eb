//! PSM and eDRX as far as the models have them, and the lines that tell of sleep (ublox-at 0, 2).

use super::reply::Handled;
use super::{Module, Ublox};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::power_saving;
use crate::module::reply::{Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] = &[("+CPSMS", psm), ("+CEDRXS", edrx), ("+UPSMR", sleep_lines)];

/// Whether LARA-R6 and LENA-R8 take these is open (ublox-at 12).
fn is_known(module: &Module) -> Result<(), Refused> {
    if module.own.model.saves_power || module.options.ublox.saving_known { Ok(()) } else { Err(Refused::Error) }
}

fn psm(module: &mut Module, form: &Form) -> Handled {
    is_known(module)?;
    power_saving::psm(module, form)
}

fn edrx(module: &mut Module, form: &Form) -> Handled {
    is_known(module)?;
    power_saving::edrx(module, form)
}

/// `AT+UPSMR=<0,1>`
fn sleep_lines(module: &mut Module, form: &Form) -> Handled {
    if !module.own.model.sleep_lines {
        return Err(Refused::Error);
    }
    match form {
        Form::Read => line(format!("+UPSMR: {}", u8::from(module.own.sleep_lines))),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            module.own.sleep_lines = parameters.need(0, 0, 1)? == 1;
            ok()
        }
        Form::Test | Form::Execute => Err(Refused::Error),
    }
}

impl Module {
    /// Active time and TAU, as the network gave them; `11100000` is none (3GPP TS 24.008, chapter 10.5.7).
    pub(super) fn granted_timers(&self) -> (String, String) {
        const NONE: &str = "11100000";
        let none = || (NONE.to_owned(), NONE.to_owned());
        self.saving.granted.clone().map_or_else(none, |(tau, active)| (active, tau))
    }

    /// "Changing it .. may switch PSM/eDRX on (R410M 05.12: disable again)" (ublox-at 2).
    pub(super) fn saves_power_unasked(&mut self) {
        let timers = ("00000100".to_owned(), "00000001".to_owned());
        (self.saving.timers, self.saving.granted) = (Some(timers.clone()), Some(timers));
        self.saving.edrx = Some((4, "0010".to_owned()));
    }

    /// The stack goes down: "`+UUPSMR: 1`". Nothing of its connections is left.
    pub(super) fn stack_goes_down(&mut self) {
        self.own.was_asleep = true;
        if self.own.sleep_lines {
            self.urc("+UUPSMR: 1");
        }
    }
}

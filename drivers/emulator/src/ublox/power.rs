//! Power and functionality, in u-blox's words (ublox-at 1, 2).

use super::reply::Handled;
use super::{Module, Ublox};
use crate::engine::output::Kind;
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::events::Event;
use crate::module::power::Supply;
use crate::module::reply::{Job, Outcome, Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] =
    &[("+CPWROFF", power_off), ("+CFUN", functionality), ("+CSGT", greeting)];

/// "`AT+CSGT=1,"RDY"`"; how long a text may be is not stated.
const GREETING: usize = 49;

fn power_off(module: &mut Module, form: &Form) -> Handled {
    if *form != Form::Execute {
        return Err(Refused::Error);
    }
    module.go_off();
    ok()
}

/// `AT+CFUN=<level>`: 0, 1, 4, and the level that restarts, which differs by model.
fn functionality(module: &mut Module, form: &Form) -> Handled {
    let restart = module.own.model.restart_level;
    match form {
        Form::Test => line(format!("+CFUN: (0,1,4,{restart}),(0)")),
        Form::Read => line(format!("+CFUN: {},0", module.radio.functionality)),
        Form::Write(parameters) => {
            parameters.at_most(2)?;
            let level = parameters.need(0, 0, 16)?;
            parameters.number(1, 0, 0)?;
            match level {
                level if level == restart => module.restarts_by_command(),
                0 | 1 | 4 => {
                    module.own.airplane = level == 4 && module.own.model.quirks.airplane_kept;
                    Ok(Outcome::Blocks(module.options.functionality_us, Job::Functionality(level as u8)))
                }
                _ => Err(Refused::Error),
            }
        }
        Form::Execute => Err(Refused::Error),
    }
}

/// `AT+CSGT=<0,1>[,"<text>"]`: a line at the end of each boot, where the rate is fixed. It is kept.
fn greeting(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Read => {
            let text = module.own.greeting.as_deref().unwrap_or_default();
            line(format!("+CSGT: \"{text}\",{}", u8::from(module.own.greeting.is_some())))
        }
        Form::Write(parameters) => {
            parameters.at_most(2)?;
            let on = parameters.need(0, 0, 1)? == 1;
            let text = parameters.text(1, GREETING)?.map(|text| String::from_utf8_lossy(text).into_owned());
            module.own.greeting = if on { Some(text.ok_or(Refused::Error)?) } else { None };
            ok()
        }
        Form::Test | Form::Execute => Err(Refused::Error),
    }
}

impl Module {
    /// OK, then a boot without a word.
    pub(super) fn restarts_by_command(&mut self) -> Handled {
        self.agenda.cancel(|_| true);
        self.power.supply = Supply::GoingOff;
        let said_us = self.now_us + self.answered_us();
        self.agenda.add(said_us + 100_000, Event::Off);
        self.agenda.add(said_us + 200_000, Event::PowerBack);
        ok()
    }

    /// The first answer is possible: nothing is said of it, unless a greeting was ordered.
    pub(super) fn booted(&mut self) {
        if self.own.airplane {
            self.radio.functionality = 4;
        }
        if self.own.model.quirks.nul_bytes && self.options.ublox.nul_bytes {
            self.console.output.write(self.now_us, Kind::Echo, &[0, 0]);
        }
        // "With autobaud (R5) no URC is printed until a first command has been seen."
        self.settings.urcs_here = self.settings.rate != 0;
        if let Some(text) = self.own.greeting.clone().filter(|_| self.settings.rate != 0) {
            self.urc(text);
        }
        if std::mem::take(&mut self.own.was_asleep) && self.own.sleep_lines {
            self.urc("+UUPSMR: 0");
        }
    }
}

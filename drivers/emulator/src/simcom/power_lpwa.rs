//! Power and sleep of family 2 (simcom-at 2.1, 2.2, 2.3, 2.7).

use super::events::Event;
use super::model::Series;
use super::reply::Handled;
use super::{Module, Simcom};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::radio::functionality;
use crate::module::reply::{Outcome, Refused, line, ok};
use crate::module::sim::SimState;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[
    ("+CPOWD", power_down),
    ("+CREBOOT", reboot),
    ("+CFUN", functionality),
    ("+CPSMSTATUS", sleep_lines),
    ("+CPSMRDP", granted),
    ("+CLTS", network_time),
];

/// `AT+CPOWD=<0 at once, 1 in order>`: no OK, only a line.
fn power_down(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+CPOWD: (0-1)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(1)?;
    let in_order = parameters.need(0, 0, 1)? == 1;
    module.go_off();
    if in_order {
        module.later(module.now_us + module.options.latency_us, Event::SaysPowerDown);
    }
    Ok(Outcome::Later)
}

/// OK, and boot lines; of SIM7080.
fn reboot(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Execute if module.own.model.series == Series::Sim7080 => module.restarts_by_command(),
        Form::Test => ok(),
        _ => Err(Refused::Error),
    }
}

/// `AT+CPSMSTATUS=<0, 1>`
fn sleep_lines(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+CPSMSTATUS: (0,1)"),
        Form::Read => line(format!("+CPSMSTATUS: {}", u8::from(module.own.lpwa.sleep_lines))),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            module.own.lpwa.sleep_lines = parameters.need(0, 0, 1)? == 1;
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

/// "shows what the network granted"
fn granted(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => ok(),
        Form::Execute => match &module.saving.granted {
            Some((tau, active)) => line(format!("+CPSMRDP: 1,\"{tau}\",\"{active}\"")),
            None => line("+CPSMRDP: 0"),
        },
        Form::Read | Form::Write(_) => Err(Refused::Error),
    }
}

/// `AT+CLTS=<0, 1>`: in force after `AT&W` and a restart.
fn network_time(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+CLTS: (0,1)"),
        Form::Read => line(format!("+CLTS: {}", u8::from(module.own.lpwa.takes_time.0))),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            module.own.lpwa.takes_time.0 = parameters.need(0, 0, 1)? == 1;
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

impl Module {
    /// "`RDY`, `+CFUN: 1`, `+CPIN: READY`, `SMS Ready` - ONLY if a fixed rate is set".
    pub(super) fn says_boot_lines(&self) -> bool {
        self.options.simcom.boot_lines && self.settings.rate > 0
    }

    pub(super) fn lpwa_boot_line(&mut self) {
        self.clock.zone_update = u8::from(self.own.lpwa.takes_time.1);
        if self.says_boot_lines() {
            self.urc("RDY");
            self.urc("+CFUN: 1");
        }
        if std::mem::take(&mut self.own.lpwa.slept) && self.own.lpwa.sleep_lines && self.options.simcom.exit_psm_line {
            self.urc("+CPSMSTATUS: \"EXIT PSM\"");
        }
    }

    pub(super) fn lpwa_card_lines(&mut self) {
        if self.says_boot_lines() && self.sim.state == SimState::Ready {
            self.urc("+CPIN: READY");
            if self.options.simcom.sms_lines {
                self.urc("SMS Ready");
            }
        }
    }

    /// The network tells the time: `*PSUTTZ: 19/06/26,06:04:03","+32",0`, with its unbalanced quote, in UTC.
    pub(super) fn lpwa_time_lines(&mut self) {
        if self.clock.zone_update > 0 && self.options.nitz {
            let zone = self.clock.zone;
            let utc = crate::module::clock::long(self.utc(), 0);
            self.urc(format!("*PSUTTZ: {}\",\"{zone:+03}\",0", &utc[2..19]));
            self.urc("DST: 0");
        }
    }
}

//! Radio: CFUN, network registration and its lines (quectel-at 1.3, 1.4).

use super::command::Form;
use super::events::Event;
use super::module::{Handler, Module};
use super::reply::{Handled, Job, Outcome, Refused, line, ok};
use super::sim::SimState;

pub(super) const COMMANDS: &[(&str, Handler)] =
    &[("+CREG", creg), ("+CGREG", cgreg), ("+CEREG", cereg), ("+CGATT", attach)];

/// Access technology of a Cat-M1 cell in `+COPS` and `+CxREG`.
pub(super) const EMTC: u8 = 8;

/// Registration states (quectel-at 1.4).
const IDLE: u8 = 0;
const HOME: u8 = 1;
const SEARCHING: u8 = 2;
const DENIED: u8 = 3;
const ROAMING: u8 = 5;

#[derive(Debug)]
pub(super) struct Radio {
    /// CFUN: 0, 1 or 4.
    pub(super) functionality: u8,
    pub(super) stat: u8,
    /// The network is in reach.
    pub(super) coverage: bool,
    /// The network refuses this subscriber.
    pub(super) denied: bool,
    /// `AT+COPS=2`
    pub(super) deregistered: bool,
    /// `AT+CGATT=0`
    pub(super) detached: bool,
    /// `AT+COPS=3,<n>`
    pub(super) operator_format: u8,
    creg: u8,
    cgreg: u8,
    cereg: u8,
}

impl Default for Radio {
    fn default() -> Self {
        Self {
            functionality: 1,
            stat: IDLE,
            coverage: true,
            denied: false,
            deregistered: false,
            detached: false,
            operator_format: 0,
            creg: 0,
            cgreg: 0,
            cereg: 0,
        }
    }
}

impl Radio {
    pub(super) const fn is_registered(&self) -> bool {
        matches!(self.stat, HOME | ROAMING)
    }

    pub(super) const fn is_attached(&self) -> bool {
        self.is_registered() && !self.detached
    }

    pub(super) const fn registered_at_once(&mut self, roaming: bool) {
        self.stat = if roaming { ROAMING } else { HOME };
    }

    pub(super) fn power_off(&mut self) {
        let (coverage, denied) = (self.coverage, self.denied);
        *self = Self { coverage, denied, ..Self::default() };
    }
}

/// `AT+CFUN=<0,1,4>[,<restart>]`
pub(super) fn functionality(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+CFUN: (0,1,4),(0,1)"),
        Form::Read => line(format!("+CFUN: {}", module.radio.functionality)),
        Form::Write(parameters) => {
            parameters.at_most(2)?;
            let level = parameters.need(0, 0, 4)?;
            let restart = parameters.number(1, 0, 1)?.unwrap_or(0) == 1;
            match (level, restart) {
                (1, true) => module.restart_by_command(),
                (0 | 1 | 4, false) => {
                    Ok(Outcome::Blocks(module.options.functionality_us, Job::Functionality(level as u8)))
                }
                _ => Err(Refused::Error),
            }
        }
        Form::Execute => Err(Refused::Error),
    }
}

fn creg(module: &mut Module, form: &Form) -> Handled {
    let stat = module.creg_stat();
    let mut mode = module.radio.creg;
    let handled = registration(form, "+CREG", &[0, 1, 2], &mut mode, stat);
    module.radio.creg = mode;
    handled
}

/// Cat-M1 is no 2G/3G packet network: CGREG stays 0.
fn cgreg(module: &mut Module, form: &Form) -> Handled {
    let mut mode = module.radio.cgreg;
    let handled = registration(form, "+CGREG", &[0, 1, 2], &mut mode, IDLE);
    module.radio.cgreg = mode;
    handled
}

fn cereg(module: &mut Module, form: &Form) -> Handled {
    let (mut mode, stat) = (module.radio.cereg, module.radio.stat);
    let handled = registration(form, "+CEREG", module.profile.cereg_modes, &mut mode, stat);
    module.radio.cereg = mode;
    handled
}

fn registration(form: &Form, name: &str, modes: &[u8], mode: &mut u8, stat: u8) -> Handled {
    match form {
        Form::Test => {
            let modes: Vec<_> = modes.iter().map(u8::to_string).collect();
            line(format!("{name}: ({})", modes.join(",")))
        }
        Form::Read => line(format!("{name}: {mode},{}", registration_fields(*mode, stat))),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            let wanted = parameters.need(0, 0, 255)? as u8;
            if !modes.contains(&wanted) {
                return Err(Refused::Error);
            }
            *mode = wanted;
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

/// `<stat>[,"<lac>","<ci>",<AcT>[,,,"<active>","<TAU>"]]`; fields may be empty.
fn registration_fields(mode: u8, stat: u8) -> String {
    match (mode, stat) {
        (2, HOME | ROAMING) => format!("{stat},\"5A1C\",\"0B2D3F01\",{EMTC}"),
        (4, HOME | ROAMING) => format!("{stat},\"5A1C\",\"0B2D3F01\",{EMTC},,,\"00100100\",\"01000111\""),
        (4, DENIED) => format!("{stat},,,,0,15"),
        _ => stat.to_string(),
    }
}

/// `AT+CGATT=<0,1>`
fn attach(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+CGATT: (0,1)"),
        Form::Read => line(format!("+CGATT: {}", u8::from(module.radio.is_attached()))),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            let on = parameters.need(0, 0, 1)? == 1;
            module.sim.check()?;
            Ok(Outcome::Blocks(module.options.functionality_us, Job::Attach(on)))
        }
        Form::Execute => Err(Refused::Error),
    }
}

impl Module {
    fn creg_stat(&self) -> u8 {
        self.options.creg_stuck.unwrap_or(self.radio.stat)
    }

    pub(super) fn functionality_changed(&mut self, level: u8) -> Handled {
        self.radio.functionality = level;
        if level != 1 {
            self.lose_contexts();
        }
        self.update_registration();
        ok()
    }

    pub(super) fn attach_changed(&mut self, on: bool) -> Handled {
        self.radio.detached = !on;
        if !on {
            self.lose_contexts();
        } else if !self.radio.is_registered() {
            return Err(Refused::Cme(30));
        }
        ok()
    }

    /// Finds out what the radio does next, after anything that it depends on changed.
    pub(super) fn update_registration(&mut self) {
        self.agenda.cancel(|event| *event == Event::Registration);
        let idle = self.radio.functionality != 1 || self.radio.deregistered || self.sim.state != SimState::Ready;
        if idle {
            return self.set_stat(IDLE);
        }
        let settled = if self.radio.denied { self.radio.stat == DENIED } else { self.radio.is_registered() };
        if self.radio.coverage && settled {
            return;
        }
        self.set_stat(SEARCHING);
        if self.radio.coverage {
            self.agenda.add(self.now_us + self.options.registration_us, Event::Registration);
        }
    }

    pub(super) fn registration_decided(&mut self) {
        match (self.radio.denied, self.options.roaming) {
            (true, _) => self.set_stat(DENIED),
            (false, true) => self.set_stat(ROAMING),
            (false, false) => self.set_stat(HOME),
        }
        if self.radio.is_registered() {
            self.time_from_network();
        }
    }

    /// Leaves the network and looks for it again.
    pub(super) fn search_again(&mut self) {
        self.set_stat(SEARCHING);
        self.update_registration();
    }

    fn set_stat(&mut self, stat: u8) {
        if std::mem::replace(&mut self.radio.stat, stat) == stat {
            return;
        }
        if self.radio.creg > 0 && self.options.creg_stuck.is_none() {
            self.urc(format!("+CREG: {}", registration_fields(self.radio.creg, stat)));
        }
        if self.radio.cereg > 0 {
            self.urc(format!("+CEREG: {}", registration_fields(self.radio.cereg, stat)));
        }
    }
}

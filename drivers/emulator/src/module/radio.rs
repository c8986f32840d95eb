//! Radio: CFUN, network registration and its lines (3GPP TS 27.007; quectel-at 1.3, 1.4; simcom-at 2.3).

use super::command::Form;
use super::dialect::Dialect;
use super::events::Event;
use super::reply::{Handled, Job, Outcome, Refused, line, ok};
use super::sim::SimState;
use super::{Chapter, Module};

impl<D: Dialect> Module<D> {
    pub(crate) const RADIO: Chapter<D> = &[("+CREG", creg), ("+CGREG", cgreg), ("+CEREG", cereg)];
    pub(crate) const ATTACH: Chapter<D> = &[("+CGATT", attach)];
}

/// Registration states (quectel-at 1.4).
const IDLE: u8 = 0;
const HOME: u8 = 1;
const SEARCHING: u8 = 2;
const DENIED: u8 = 3;
const ROAMING: u8 = 5;

#[derive(Debug)]
pub(crate) struct Radio {
    /// CFUN: 0, 1 or 4.
    pub(crate) functionality: u8,
    pub(crate) stat: u8,
    /// Not before that does it look for a network.
    pub(crate) search_from_us: u64,
    /// The network is in reach.
    pub(crate) coverage: bool,
    /// The network refuses this subscriber.
    pub(crate) denied: bool,
    /// `AT+COPS=2`
    pub(crate) deregistered: bool,
    /// `AT+CGATT=0`
    pub(crate) detached: bool,
    /// `AT+COPS=3,<n>`
    pub(crate) operator_format: u8,
    creg: u8,
    cgreg: u8,
    cereg: u8,
}

impl Default for Radio {
    fn default() -> Self {
        Self {
            functionality: 1,
            stat: IDLE,
            search_from_us: 0,
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
    pub(crate) const fn is_registered(&self) -> bool {
        matches!(self.stat, HOME | ROAMING)
    }

    pub(crate) const fn is_attached(&self) -> bool {
        self.is_registered() && !self.detached
    }

    pub(crate) const fn registered_at_once(&mut self, roaming: bool) {
        self.stat = if roaming { ROAMING } else { HOME };
    }

    pub(crate) fn power_off(&mut self) {
        let (coverage, denied) = (self.coverage, self.denied);
        *self = Self { coverage, denied, ..Self::default() };
    }
}

/// `AT+CFUN=<0,1,4>[,<restart>]`
pub(crate) fn functionality<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    match form {
        Form::Test => line("+CFUN: (0,1,4),(0,1)"),
        Form::Read => line(format!("+CFUN: {}", module.radio.functionality)),
        Form::Write(parameters) => {
            parameters.at_most(2)?;
            let level = parameters.need(0, 0, 4)?;
            let restart = parameters.number(1, 0, 1)?.unwrap_or(0) == 1;
            match (level, restart) {
                (1, true) => D::restarts_by_command(module),
                (0 | 1 | 4, false) => {
                    Ok(Outcome::Blocks(module.options.functionality_us, Job::Functionality(level as u8)))
                }
                _ => Err(Refused::Error),
            }
        }
        Form::Execute => Err(Refused::Error),
    }
}

pub(crate) fn creg<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    let (mode, outcome) = registration(module, form, "+CREG", &[0, 1, 2], module.radio.creg, module.creg_stat())?;
    module.radio.creg = mode;
    Ok(outcome)
}

/// Where Cat-M1 is no packet network of 2G or 3G, CGREG stays 0.
pub(crate) fn cgreg<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    let stat = if module.profile.lte_is_packet_service { module.radio.stat } else { IDLE };
    let (mode, outcome) = registration(module, form, "+CGREG", &[0, 1, 2], module.radio.cgreg, stat)?;
    module.radio.cgreg = mode;
    Ok(outcome)
}

pub(crate) fn cereg<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    let (now, modes) = (module.radio.cereg, module.profile.cereg_modes);
    let (mode, outcome) = registration(module, form, "+CEREG", modes, now, module.radio.stat)?;
    module.radio.cereg = mode;
    Ok(outcome)
}

/// The mode that holds from now on, and the answer.
fn registration<D: Dialect>(
    module: &Module<D>,
    form: &Form,
    name: &str,
    modes: &[u8],
    mode: u8,
    stat: u8,
) -> Result<(u8, Outcome<D>), Refused> {
    match form {
        Form::Test => {
            let modes: Vec<_> = modes.iter().map(u8::to_string).collect();
            Ok((mode, line(format!("{name}: ({})", modes.join(",")))?))
        }
        Form::Read => Ok((mode, line(D::registration_answer(module, name, mode, stat))?)),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            let wanted = parameters.need(0, 0, 255)? as u8;
            if !modes.contains(&wanted) {
                return Err(Refused::Error);
            }
            Ok((wanted, ok()?))
        }
        Form::Execute => Err(Refused::Error),
    }
}

/// `AT+CGATT=<0,1>`
fn attach<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
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

impl<D: Dialect> Module<D> {
    /// `<stat>[,"<lac>","<ci>",<AcT>[,,,"<active>","<TAU>"]]`; fields may be empty.
    pub(crate) fn registration_fields(&self, mode: u8, stat: u8) -> String {
        let technology = self.profile.technology;
        match (mode, stat) {
            (2, HOME | ROAMING) => format!("{stat},{},{technology}", D::cell(self)),
            (4, HOME | ROAMING) => {
                let (active, tau) = D::granted_timers(self);
                let more = D::field_behind_technology(self);
                format!("{stat},{},{technology}{more},,,\"{active}\",\"{tau}\"", D::cell(self))
            }
            (4, DENIED) => format!("{stat},,,,0,15"),
            _ => stat.to_string(),
        }
    }

    fn creg_stat(&self) -> u8 {
        self.options.creg_stuck.unwrap_or(self.radio.stat)
    }

    pub(crate) fn functionality_changed(&mut self, level: u8) -> Handled<D> {
        let before = std::mem::replace(&mut self.radio.functionality, level);
        D::radio_switched(self, before);
        if level != 1 {
            self.lose_contexts();
        }
        self.update_registration();
        ok()
    }

    pub(crate) fn attach_changed(&mut self, on: bool) -> Handled<D> {
        self.radio.detached = !on;
        if !on {
            self.lose_contexts();
        } else if !self.radio.is_registered() {
            return Err(Refused::Cme(30));
        } else {
            D::attached(self);
        }
        ok()
    }

    /// Finds out what the radio does next, after anything that it depends on changed.
    pub(crate) fn update_registration(&mut self) {
        self.agenda.cancel(|event| matches!(event, Event::Registration));
        let idle = self.radio.functionality != 1
            || self.radio.deregistered
            || self.sim.state != SimState::Ready
            || self.now_us < self.radio.search_from_us;
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

    pub(crate) fn registration_decided(&mut self) {
        if !self.radio.denied {
            D::registered(self);
        }
        match (self.radio.denied, self.options.roaming) {
            (true, _) => self.set_stat(DENIED),
            (false, true) => self.set_stat(ROAMING),
            (false, false) => self.set_stat(HOME),
        }
        if self.radio.is_registered() {
            self.stays_awake();
            self.time_from_network();
        }
    }

    /// Leaves the network and looks for it again.
    pub(crate) fn search_again(&mut self) {
        self.set_stat(SEARCHING);
        self.update_registration();
    }

    fn set_stat(&mut self, stat: u8) {
        if std::mem::replace(&mut self.radio.stat, stat) == stat {
            return;
        }
        if self.radio.creg > 0 && self.options.creg_stuck.is_none() {
            self.urc(D::registration_line(self, "+CREG", self.radio.creg, stat));
        }
        if self.radio.cgreg > 0 && self.profile.lte_is_packet_service {
            self.urc(D::registration_line(self, "+CGREG", self.radio.cgreg, stat));
        }
        if self.radio.cereg > 0 {
            self.urc(D::registration_line(self, "+CEREG", self.radio.cereg, stat));
        }
    }
}

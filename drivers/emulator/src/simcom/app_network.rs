//! The application network of family 2: `AT+CNCFG`, `AT+CNACT`, `AT+CGNAPN` (simcom-at 2.6). Number n of a SIM7080 uses
//! the definition of context n + 1; it is down while `AT+CGATT?` and `AT+CGPADDR` look fine.

use super::events::Event;
use super::model::Series;
use super::reply::Handled;
use super::sockets::Family;
use super::{Module, Simcom};
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::context::{LONGEST_APN, ip};
use crate::module::reply::{Refused, line, lines, ok};
use crate::view::ContextState;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[
    ("+CNCFG", configure),
    ("+CNACT", activate),
    ("+CGNAPN", network_apn),
    ("+CGACT", activate_context),
    ("+CGPADDR", address),
];

/// Numbers of a SIM7080.
const COUNT: usize = 4;
const LONGEST_LOGIN: usize = 127;
/// The network that everything uses but sockets, which say theirs.
pub(super) const FIRST: usize = 0;

/// Of each number, whether it goes up again by itself (action 2).
pub(super) type Automatic = [bool; COUNT];

/// The number in front, where the model has any.
fn number(module: &Module, parameters: &Parameters) -> Result<(usize, usize), Refused> {
    match module.own.model.series {
        Series::Sim7000 => Ok((FIRST, 0)),
        _ => Ok((parameters.need(0, 0, COUNT as u32 - 1)? as usize, 1)),
    }
}

/// `AT+CNCFG=<number>,<type>[,"<apn>"[,"<user>","<password>"[,<authentication>]]]`; without the number on SIM7000.
fn configure(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+CNCFG: (0-3),(0-4),150,127,127,(0-3)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    let (number, at) = number(module, parameters)?;
    parameters.at_most(at + 5)?;
    let kind = parameters.need(at, 0, 4)? as u8;
    let text = |index, most| -> Result<String, Refused> {
        Ok(String::from_utf8_lossy(parameters.text(index, most)?.unwrap_or_default()).into_owned())
    };
    let (apn, user) = (text(at + 1, LONGEST_APN)?, text(at + 2, LONGEST_LOGIN)?);
    let password = text(at + 3, LONGEST_LOGIN)?;
    let authentication = parameters.number(at + 4, 0, 3)?.unwrap_or(0) as u8;
    // User and password come together.
    if parameters.len() == at + 3 || module.app_is_up(number) {
        return Err(Refused::Error);
    }
    let context = &mut module.contexts.list[number + 1];
    context.kind = kind.clamp(1, 3);
    (context.apn, context.user, context.password, context.authentication) = (apn, user, password, authentication);
    ok()
}

/// `AT+CNACT=<number>,<0 off, 1 on, 2 on by itself>`; on SIM7000 `AT+CNACT=<action>[,"<apn>"]`.
fn activate(module: &mut Module, form: &Form) -> Handled {
    let small = module.own.model.series == Series::Sim7000;
    let parameters = match form {
        Form::Test => return line(if small { "+CNACT: (0-2),(1-100)" } else { "+CNACT: (0-3),(0-2)" }),
        Form::Read if small => return line(format!("+CNACT: {}", module.app_shown(FIRST))),
        Form::Read => return lines((0..COUNT).map(|number| format!("+CNACT: {number},{}", module.app_shown(number)))),
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    let (number, at) = number(module, parameters)?;
    parameters.at_most(2)?;
    let action = parameters.need(at, 0, 2)?;
    let apn = if small { parameters.text(1, LONGEST_APN)? } else { None };
    let is_up = module.app_is_up(number);
    if is_up == (action > 0) {
        return Err(Refused::Error);
    }
    if let Some(apn) = apn {
        module.contexts.list[number + 1].apn = String::from_utf8_lossy(apn).into_owned();
    }
    module.own.lpwa.automatic[number] = action == 2;
    if action > 0 {
        module.later(module.now_us + module.options.activation_us, Event::AppDecided { number });
    } else {
        let context = &mut module.contexts.list[number + 1];
        (context.state, context.dead) = (ContextState::Inactive, false);
        module.app_is_down(number);
        module.update_cut();
    }
    ok()
}

fn network_apn(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => ok(),
        Form::Execute if module.radio.is_registered() => line("+CGNAPN: 1,\"ctnb\""),
        Form::Execute => line("+CGNAPN: 0,\"\""),
        Form::Read | Form::Write(_) => Err(Refused::Error),
    }
}

/// Says 1 whatever the application network does. "do NOT use it before CNACT (LIB: breaks the app bearer)".
fn activate_context(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+CGACT: (0,1)"),
        Form::Read => line(format!("+CGACT: 1,{}", u8::from(module.radio.is_attached()))),
        Form::Write(parameters) => {
            parameters.at_most(2)?;
            let on = parameters.need(0, 0, 1)? == 1;
            parameters.need(1, 1, module.profile.limits.contexts)?;
            if !module.radio.is_attached() {
                return Err(Refused::Cme(30));
            }
            module.own.lpwa.broken |= on && !module.app_is_up(FIRST);
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

fn address(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => return ok(),
        Form::Execute => {}
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            parameters.need(0, 1, 1)?;
        }
        Form::Read => return Err(Refused::Error),
    }
    let address = if module.radio.is_attached() { ip(1) } else { "0.0.0.0".to_owned() };
    line(format!("+CGPADDR: 1,{address}"))
}

impl Module {
    pub(super) fn app_is_up(&self, number: usize) -> bool {
        self.contexts.is_up(number + 1)
    }

    fn app_shown(&self, number: usize) -> String {
        match self.app_is_up(number) {
            true => format!("1,\"{}\"", ip(number + 1)),
            false => "0,\"0.0.0.0\"".to_owned(),
        }
    }

    /// `+APP PDP: <number>,ACTIVE`; without the number on SIM7000.
    fn app_line(&mut self, number: usize, up: bool) {
        let word = if up { "ACTIVE" } else { "DEACTIVE" };
        let small = self.own.model.series == Series::Sim7000;
        self.urc(if small { format!("+APP PDP: {word}") } else { format!("+APP PDP: {number},{word}") });
    }

    pub(super) fn app_decided(&mut self, number: usize) {
        let up = self.network_grants(number + 1) && !self.own.lpwa.broken;
        self.contexts.list[number + 1].state = if up { ContextState::Active } else { ContextState::Inactive };
        self.app_line(number, up);
    }

    /// Everything on this network is dead.
    pub(super) fn app_is_down(&mut self, number: usize) {
        self.app_line(number, false);
        for id in self.sockets_of(Family::Ca) {
            if self.own.lpwa.ca.network_of(id.number) == number {
                self.socket_breaks(id);
            }
        }
        if number == FIRST {
            self.sm_loses_network();
            self.sh_loses_network();
        }
    }

    /// The network took the module in again: what goes up by itself does so.
    pub(super) fn app_registered(&mut self) {
        self.own.lpwa.broken = false;
        let comes_back = std::mem::take(&mut self.own.lpwa.comes_back);
        for number in 0..COUNT {
            let automatic = self.own.lpwa.automatic[number] || comes_back && number == FIRST;
            if automatic && !self.app_is_up(number) {
                self.later(self.now_us + self.options.activation_us, Event::AppDecided { number });
            }
        }
    }
}

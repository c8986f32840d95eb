//! Data contexts, in Quectel's words (quectel-at 1.5).

use super::reply::{Handled, tcp_text};
use super::{Module, Quectel};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::context::{Context, DEACTIVATE_US, LONGEST_APN, ip};
use crate::module::reply::{Job, Outcome, Refused, line, lines, ok};
use crate::view::ContextState;

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] = &[
    ("+QICSGP", define_login),
    ("+QIACT", activate),
    ("+QIDEACT", deactivate),
    ("+QIDNSCFG", name_servers),
    ("+QIGETERROR", last_error),
];

/// Errors of the TCP/IP table (quectel-at 4).
const PDP_OPEN_FAILED: u16 = 561;
const NOT_ALLOWED: u16 = 572;
const NO_APN: u16 = 573;

/// `AT+QICSGP=<cid>[,<type>,"<apn>"[,"<user>","<password>"[,<authentication>]]]`
fn define_login(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else {
        return if *form == Form::Test {
            line(format!("+QICSGP: (1-{}),(1-3),<APN>,<username>,<password>,(0-3)", module.profile.limits.contexts))
        } else {
            Err(Refused::Error)
        };
    };
    parameters.at_most(6)?;
    let model = module.own.model;
    let id = parameters.need(0, 1, module.profile.limits.contexts)? as usize;
    if parameters.len() == 1 {
        let Context { kind, apn, user, password, authentication, .. } = &module.contexts.list[id];
        return line(format!("+QICSGP: {kind},\"{apn}\",\"{user}\",\"{password}\",{authentication}"));
    }
    module.context_setup_allowed()?;
    let text = |index, most| -> Result<String, Refused> {
        Ok(String::from_utf8_lossy(parameters.text(index, most)?.unwrap_or_default()).into_owned())
    };
    let kind = parameters.need(1, 1, 3)? as u8;
    let (user, password) = (text(3, model.context_login)?, text(4, model.context_login)?);
    let authentication = parameters.number(5, 0, model.authentication)?.unwrap_or(0) as u8;
    if parameters.len() == 4 || (parameters.len() == 2) {
        return Err(Refused::Error);
    }
    let context = &mut module.contexts.list[id];
    let (state, dead) = (context.state, context.dead);
    *context = Context { kind, apn: text(2, LONGEST_APN)?, user, password, authentication, state, dead };
    ok()
}

fn activate(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line(format!("+QIACT: (1-{})", module.profile.limits.contexts)),
        Form::Read => {
            let lines_of = |id: usize| format!("+QIACT: {id},1,{},\"{}\"", module.contexts.list[id].kind, ip(id));
            lines(module.contexts.active().map(lines_of))
        }
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            let id = parameters.need(0, 1, module.profile.limits.contexts)? as usize;
            module.sim.check().map_err(|_| module.own.fails(PDP_OPEN_FAILED))?;
            match module.contexts.list[id].state {
                ContextState::Active if !module.options.active_context_is_error => return ok(),
                // Lost: the host must deactivate it first.
                ContextState::Active | ContextState::Lost => return Err(module.own.fails(NOT_ALLOWED)),
                ContextState::Inactive => {}
            }
            if module.contexts.list[id].kind == 0 {
                return Err(module.own.fails(NO_APN));
            }
            if !module.radio.is_attached() {
                return Err(module.own.fails(PDP_OPEN_FAILED));
            }
            Ok(Outcome::Blocks(module.options.activation_us, Job::ActivateContext(id)))
        }
        Form::Execute => Err(Refused::Error),
    }
}

fn deactivate(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line(format!("+QIDEACT: (1-{})", module.profile.limits.contexts)),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            let id = parameters.need(0, 1, module.profile.limits.contexts)? as usize;
            if module.contexts.list[id].state == ContextState::Inactive {
                return if module.options.idle_deactivation_is_error { Err(Refused::Error) } else { ok() };
            }
            Ok(Outcome::Blocks(DEACTIVATE_US, Job::DeactivateContext(id)))
        }
        Form::Read | Form::Execute => Err(Refused::Error),
    }
}

fn name_servers(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(3)?;
    let id = parameters.need(0, 1, module.profile.limits.contexts)? as usize;
    if !module.contexts.is_up(id) {
        return Err(Refused::Error);
    }
    if parameters.text(1, 45)?.is_some() {
        return ok();
    }
    line(format!("+QIDNSCFG: {id},\"10.171.0.1\",\"10.171.0.2\""))
}

fn last_error(module: &mut Module, form: &Form) -> Handled {
    if *form != Form::Execute {
        return Err(Refused::Error);
    }
    let code = module.own.last_error;
    line(format!("+QIGETERROR: {code},{}", tcp_text(code)))
}

impl Quectel {
    /// Keeps the reason for `AT+QIGETERROR`; the answer itself is a bare ERROR.
    pub(super) fn fails(&mut self, code: u16) -> Refused {
        self.last_error = code;
        Refused::Error
    }
}

impl Module {
    /// "`QIACT?` can lie: .. every connect then fails with the same ~30 s timeout" (quectel-at 1.5), where it does.
    pub(super) fn dead_context_fails(&self, id: usize) -> Option<u64> {
        self.options.dead_context_fails_us.filter(|_| self.contexts.get(id).is_some_and(|context| context.dead))
    }

    pub(super) fn context_refused(&mut self) -> Refused {
        self.own.fails(PDP_OPEN_FAILED)
    }
}

//! The data context of family 1 (simcom-at 2.3, 2.6).

use super::model::Series;
use super::reply::Handled;
use super::{Module, Simcom};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Refused, line, lines, ok};
use crate::view::ContextState;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[("+CGAUTH", authenticate)];

/// User and password.
const LONGEST_LOGIN: usize = 127;
/// The context of everything that the module connects by itself.
pub(super) const CONTEXT: usize = 1;

/// `AT+CGAUTH=<context>,<type>[,"<password>"[,"<user>"]]`: the password before the user; "the read form prints user
/// first".
fn authenticate(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+CGAUTH: (1-15),(0-2),127,127"),
        Form::Read => {
            let defined = module.contexts.list.iter().enumerate().filter(|entry| entry.1.authentication > 0);
            return lines(defined.map(|(id, context)| {
                format!("+CGAUTH: {id},{},\"{}\",\"{}\"", context.authentication, context.user, context.password)
            }));
        }
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(4)?;
    let id = parameters.need(0, 1, module.profile.limits.contexts)? as usize;
    let kind = parameters.need(1, 0, 2)? as u8;
    let text = |index| -> Result<String, Refused> {
        Ok(String::from_utf8_lossy(parameters.text(index, LONGEST_LOGIN)?.unwrap_or_default()).into_owned())
    };
    let (password, user) = (text(2)?, text(3)?);
    // Nothing to say without authentication, something to say with it.
    if (kind == 0) != (password.is_empty() && user.is_empty()) {
        return Err(Refused::Error);
    }
    let context = &mut module.contexts.list[id];
    (context.authentication, context.password, context.user) = (kind, password, user);
    ok()
}

impl Module {
    /// "services activate the bearer themselves"
    pub(super) fn bearer_is_up(&mut self) -> bool {
        if !self.contexts.is_up(CONTEXT) && self.network_grants(CONTEXT) {
            self.contexts.list[CONTEXT].state = ContextState::Active;
        }
        self.contexts.is_up(CONTEXT)
    }

    /// LTE gives a context with the registration, when its APN will do.
    pub(super) fn default_bearer(&mut self) {
        let context = &mut self.contexts.list[CONTEXT];
        context.kind = context.kind.max(1);
        if !self.network_accepts(CONTEXT) {
            return;
        }
        self.contexts.list[CONTEXT].state = ContextState::Active;
        if self.options.simcom.context_line.unwrap_or(self.own.model.series == Series::A76) {
            self.urc("+CGEV: EPS PDN ACT 1");
        }
    }

    /// What stood on the bearer was given up by the host: one that was dead behind its name is a new one next time.
    pub(super) fn bearer_is_left(&mut self) {
        self.contexts.list[CONTEXT].dead = false;
        self.update_cut();
    }

    /// The context is gone, and everything that stands on it.
    pub(super) fn services_lose_network(&mut self, id: usize) {
        if self.own.model.series.is_lpwa() {
            self.app_is_down(id - 1);
        } else if id == CONTEXT {
            self.mqtt_loses_network();
            self.network_is_lost();
            self.cch_loses_network();
            self.http_loses_network();
        }
    }
}

//! `AT+UDNSRN` (ublox-at 5).

use super::events::Event;
use super::reply::Handled;
use super::{Module, Ublox};
use crate::engine::internet::{LinkId, NetEvent};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Outcome, Refused, line};

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] = &[("+UDNSRN", resolve)];

/// "UDNSRN 70-120"
const TIMEOUT_US: u64 = 70_000_000;

/// `AT+UDNSRN=0,"<name>"`: blocks until the answer is there.
fn resolve(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(2)?;
    parameters.need(0, 0, 0)?;
    let host = parameters.need_text(1, module.profile.limits.host)?;
    let host = std::str::from_utf8(host).map_err(|_| Refused::Error)?;
    if !module.has_service() {
        return Err(Refused::Error);
    }
    // "a quick ERROR (< 2 s) means busy: retry after 1 s"
    if module.options.ublox.busy_names > 0 {
        module.options.ublox.busy_names -= 1;
        return Err(Refused::Error);
    }
    let (link, answer) = module.internet.resolve(host);
    module.own.question = Some(link);
    module.later(module.now_us + TIMEOUT_US, Event::NameTimeout { link });
    if let Some(event) = answer {
        module.net_soon(event);
    }
    Ok(Outcome::Later)
}

impl Module {
    /// The answer to the question that is asked, if it is that.
    pub(super) fn name_answered(&mut self, event: NetEvent) {
        if self.own.question != Some(event.link()) {
            return;
        }
        self.own.question = None;
        self.call_off_own(|event| matches!(event, Event::NameTimeout { .. }));
        let handled = match event {
            NetEvent::Resolved { addresses, .. } if !addresses.is_empty() => {
                let prefix = if self.options.ublox.names_as_urc { "+UUDNSRN" } else { "+UDNSRN" };
                let addresses: Vec<_> = addresses.iter().map(|address| format!("\"{address}\"")).collect();
                line(format!("{prefix}: {}", addresses.join(", ")))
            }
            _ => Err(Refused::Error),
        };
        self.answer(handled);
    }

    pub(super) fn name_timed_out(&mut self, link: LinkId) {
        if self.own.question.take_if(|question| *question == link).is_some() {
            self.answer(Err(Refused::Error));
        }
    }

    /// The context is gone.
    pub(super) fn forget_question(&mut self) {
        if let Some(link) = self.own.question {
            self.name_timed_out(link);
        }
    }
}

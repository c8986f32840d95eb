//! `AT+CDNSGIP` (simcom-at 7.1).

use super::events::Event;
use super::reply::Handled;
use super::{Module, Simcom};
use crate::engine::internet::{LinkId, NetEvent};
use crate::module::Handler;
use crate::module::answers::Running;
use crate::module::command::Form;
use crate::module::reply::{Outcome, Refused, Reply, line};

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[("+CDNSGIP", address)];

/// "(6 s)"
const TIMEOUT_US: u64 = 6_000_000;
const LONGEST_HOST: usize = 254;
/// "failure `+CDNSGIP: 0,10` ERROR"
const FAILED: u8 = 10;

/// A name that is looked up.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) link: LinkId,
    host: String,
}

/// `AT+CDNSGIP="<host>"`: blocks until the answer is there.
fn address(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+CDNSGIP: (1-254)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(1)?;
    let host = String::from_utf8(parameters.need_text(0, LONGEST_HOST)?.to_vec()).map_err(|_| Refused::Error)?;
    if !module.bearer_is_up() {
        return module.fails(format!("+CDNSGIP: 0,{FAILED}"));
    }
    let (link, answer) = module.internet.resolve(&host);
    module.own.question = Some(Question { link, host });
    module.later(module.now_us + TIMEOUT_US, Event::NameTimeout { link });
    if let Some(event) = answer {
        module.net_soon(event);
    }
    Ok(Outcome::Later)
}

impl Module {
    /// The answer to the question that is asked, if it is that.
    pub(super) fn name_answered(&mut self, event: &NetEvent) {
        let Some(question) = self.own.question.take_if(|question| question.link == event.link()) else { return };
        let Question { host, .. } = question;
        self.call_off_own(|event| matches!(event, Event::NameTimeout { .. }));
        let reply = match event {
            NetEvent::Resolved { addresses, .. } if !addresses.is_empty() => {
                Reply::line(format!("+CDNSGIP: 1,\"{host}\",\"{}\"", addresses[0]))
            }
            _ => self.failure(format!("+CDNSGIP: 0,{FAILED}")),
        };
        if matches!(self.running, Some(Running::Later)) {
            self.answers(reply);
        }
    }

    pub(super) fn name_timed_out(&mut self, link: LinkId) {
        self.name_answered(&NetEvent::Closed { link });
    }
}

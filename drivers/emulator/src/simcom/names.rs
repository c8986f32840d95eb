//! `AT+CDNSGIP` (simcom-at 7.1): blocks in family 1, answers behind OK in family 2.

use super::app_network::FIRST;
use super::events::Event;
use super::reply::Handled;
use super::{Module, Simcom};
use crate::engine::internet::{LinkId, NetEvent};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Outcome, Refused, Reply, line, ok};

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
    let lpwa = module.own.model.series.is_lpwa();
    parameters.at_most(if lpwa { 3 } else { 1 })?;
    if lpwa {
        parameters.number(1, 0, 10)?;
        parameters.number(2, 0, 60_000)?;
    }
    let host = String::from_utf8(parameters.need_text(0, LONGEST_HOST)?.to_vec()).map_err(|_| Refused::Error)?;
    let up = if lpwa { module.app_is_up(FIRST) } else { module.bearer_is_up() };
    if !up || module.own.question.is_some() {
        return module.fails(format!("+CDNSGIP: 0,{FAILED}"));
    }
    let (link, answer) = module.internet.resolve(&host);
    module.own.question = Some(Question { link, host });
    module.later(module.now_us + TIMEOUT_US, Event::NameTimeout { link });
    if let Some(event) = answer {
        module.net_soon(event);
    }
    // In family 2 OK comes at once, and the answer by itself.
    if lpwa { ok() } else { Ok(Outcome::Later) }
}

impl Module {
    /// The answer to the question that is asked, if it is that.
    pub(super) fn name_answered(&mut self, event: &NetEvent) {
        let Some(question) = self.own.question.take_if(|question| question.link == event.link()) else { return };
        let Question { host, .. } = question;
        self.call_off_own(|event| matches!(event, Event::NameTimeout { .. }));
        let found = match event {
            NetEvent::Resolved { addresses, .. } => addresses.first(),
            _ => None,
        };
        let good = found.map(|address| format!("+CDNSGIP: 1,\"{host}\",\"{address}\""));
        let bad = format!("+CDNSGIP: 0,{FAILED}");
        if self.own.model.series.is_lpwa() {
            return self.urc(good.unwrap_or(bad));
        }
        let reply = good.map_or_else(|| self.failure(bad), Reply::line);
        self.answers(reply);
    }

    pub(super) fn name_timed_out(&mut self, link: LinkId) {
        self.name_answered(&NetEvent::Closed { link });
    }
}

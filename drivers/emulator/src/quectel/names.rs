//! `AT+QIDNSGIP` (quectel-at 4).

use std::net::IpAddr;

use super::events::Event;
use super::reply::Handled;
use super::{Module, Quectel};
use crate::engine::internet::{LinkId, NetEvent};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] = &[("+QIDNSGIP", addresses)];

/// "<= 60 s".
const TIMEOUT_US: u64 = 60_000_000;
/// How long an address may be kept; the real one is the name server's.
const TTL_S: u32 = 600;

/// Errors of the TCP/IP table.
const PDP_OPEN_FAILED: u16 = 561;
const DNS_BUSY: u16 = 564;
const DNS_FAILED: u16 = 565;
const PDP_BROKEN: u16 = 570;

/// A name that is looked up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub(super) link: LinkId,
    context: usize,
}

/// `AT+QIDNSGIP=<cid>,"<host>"`: one question at a time.
fn addresses(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line(format!("+QIDNSGIP: (1-{}),<host_name>", module.profile.limits.contexts)),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let context = parameters.need(0, 1, module.profile.limits.contexts)? as usize;
    let host = parameters.need_text(1, module.profile.limits.host)?;
    let host = std::str::from_utf8(host).map_err(|_| Refused::Error)?;
    if !module.contexts.is_up(context) {
        return Err(module.own.fails(PDP_OPEN_FAILED));
    }
    if module.own.question.is_some() {
        return Err(module.own.fails(DNS_BUSY));
    }
    let (link, answer) = module.internet.resolve(host);
    module.own.question = Some(Question { link, context });
    module.later(module.now_us + TIMEOUT_US, Event::NameTimeout { link });
    if let Some(event) = answer {
        module.net_soon(event);
    }
    ok()
}

impl Module {
    /// The answer to the question that is asked, if it is that.
    pub(super) fn name_answered(&mut self, event: NetEvent) {
        if self.own.question.is_none_or(|question| question.link != event.link()) {
            return;
        }
        match event {
            NetEvent::Resolved { addresses, .. } if !addresses.is_empty() => self.name_found(&addresses),
            _ => self.name_failed(DNS_FAILED),
        }
    }

    /// Nobody waits for an answer any more.
    fn end_question(&mut self) {
        self.own.question = None;
        self.call_off_own(|event| matches!(event, Event::NameTimeout { .. }));
    }

    fn name_found(&mut self, addresses: &[IpAddr]) {
        self.end_question();
        self.own.last_error = 0;
        self.urc(format!("+QIURC: \"dnsgip\",0,{},{TTL_S}", addresses.len()));
        for address in addresses {
            self.urc(format!("+QIURC: \"dnsgip\",\"{address}\""));
        }
    }

    fn name_failed(&mut self, code: u16) {
        self.end_question();
        self.own.last_error = code;
        let rest = if self.options.failed_name_short { "" } else { ",0,0" };
        self.urc(format!("+QIURC: \"dnsgip\",{code}{rest}"));
    }

    pub(super) fn name_timed_out(&mut self, link: LinkId) {
        if self.own.question.is_some_and(|question| question.link == link) {
            self.name_failed(DNS_FAILED);
        }
    }

    pub(super) fn forget_question_of(&mut self, context: usize) {
        if self.own.question.is_some_and(|question| question.context == context) {
            self.name_failed(PDP_BROKEN);
        }
    }
}

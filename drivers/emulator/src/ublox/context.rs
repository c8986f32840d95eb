//! The data context: the bearer that comes with the registration, and who logs in on it (ublox-at 0, 2).

use super::events::Event;
use super::model::{LoginOrder, Psd};
use super::reply::{Handled, Job};
use super::{Module, Ublox};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::context;
use crate::module::reply::{self, Outcome, Refused, lines, ok};
use crate::view::ContextState;

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] =
    &[("+CGDCONT", define), ("+CGACT", activation), ("+UAUTHREQ", login)];

/// The default bearer.
const BEARER: usize = 1;
/// From the registration to the bearer.
const BEARER_US: u64 = 50_000;
/// User name and password; not stated.
const LONGEST_LOGIN: usize = 64;
/// `+CME ERROR` of a context that the network refuses.
const INVALID_APN: u16 = 1551;
const LOGIN_FAILED: u16 = 1552;
const UNSPECIFIED: u16 = 148;

/// `AT+CGDCONT`; "read-back on R5 appends network suffix to the APN".
fn define(module: &mut Module, form: &Form) -> Handled {
    if *form != Form::Read || !(module.own.model.quirks.apn_suffix && module.options.ublox.apn_suffix) {
        return context::define(module, form);
    }
    let defined = module.contexts.list.iter().enumerate().filter(|entry| entry.1.kind > 0);
    lines(defined.map(|(id, context)| {
        let up = context.state == ContextState::Active && !context.apn.is_empty();
        let suffix = if up { ".mnc000.mcc460.gprs" } else { "" };
        let kind = ["", "IP", "IPV6", "IPV4V6"][usize::from(context.kind)];
        let address = if up { context::ip(id) } else { "0.0.0.0".to_owned() };
        format!("+CGDCONT: {id},\"{kind}\",\"{}{suffix}\",\"{address}\",0,0", context.apn)
    }))
}

/// `AT+CGACT=<0,1>,<cid>`: "never `CGACT=0` bare, never deactivate cid 1 on R4 (ERROR)".
/// A bearer that the host did not define is listed too.
fn activation(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Read => {
            let contexts = module.contexts.list.iter().enumerate();
            let up = |context: &context::Context| context.state == ContextState::Active;
            let shown = contexts.filter(|(_, context)| context.kind > 0 || up(context));
            return lines(
                shown.map(|(id, context)| format!("+CGACT: {id},{}", u8::from(up(context) && !context.dead))),
            );
        }
        Form::Write(parameters) => parameters,
        Form::Test | Form::Execute => return context::activation(module, form),
    };
    let on = parameters.need(0, 0, 1)? == 1;
    let id = parameters.need(1, 1, module.profile.limits.contexts)? as usize;
    let keeps_bearer = module.own.model.psd == Psd::Mapping || module.own.model.connects_async;
    if !on && id == BEARER && keeps_bearer {
        return Err(Refused::Error);
    }
    if on && !module.radio.is_attached() {
        return Err(Refused::Error);
    }
    // It counts though the bearer was not up yet, or comes up meanwhile.
    module.own.activated |= on && id == BEARER;
    if on && module.contexts.is_up(id) {
        module.renew_if_dead(id);
        return Ok(Outcome::Blocks(module.options.latency_us, reply::Job::Own(Job::ActivateAgain)));
    }
    context::activation(module, form)
}

/// `AT+UAUTHREQ=<cid>,<0 none, 1 PAP, 2 CHAP, 3 automatic>[,..,..]`: which of the two texts is the password differs.
fn login(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(4)?;
    let id = parameters.need(0, 1, module.profile.limits.contexts)? as usize;
    let kind = parameters.need(1, 0, 3)? as u8;
    let texts = (parameters.text(2, LONGEST_LOGIN)?, parameters.text(3, LONGEST_LOGIN)?);
    let user_first = module.own.model.login_order == LoginOrder::UserPassword;
    let (first, second) = match texts {
        (Some(first), Some(second)) => (first, second),
        (None, None) if kind == 0 && !user_first => (&b""[..], &b""[..]),
        _ => return Err(Refused::Error),
    };
    let (user, password) = if user_first { (first, second) } else { (second, first) };
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let context = module.contexts.get_mut(id).ok_or(Refused::Error)?;
    (context.user, context.password, context.authentication) = (text(user), text(password), kind);
    ok()
}

impl Module {
    /// The network took the module in; the bearer follows.
    pub(super) fn bearer_follows(&mut self) {
        self.own.activated = false;
        if self.radio.is_registered() {
            // The module runs since long.
            self.bearer_comes();
        } else {
            self.later(self.now_us + BEARER_US, Event::Bearer);
        }
    }

    pub(super) fn bearer_comes(&mut self) {
        if !self.contexts.is_up(BEARER) {
            // A bearer that the network refuses is not there: `AT+CGACT?` says so.
            let _ = self.activate(BEARER);
        }
    }

    pub(super) fn bearer_opened(&mut self, id: usize) {
        self.context_settles();
        if self.own.packet_lines {
            self.urc(format!("+CGEV: ME PDN ACT {id}"));
        }
    }

    /// A context that `AT+CGACT?` calls down is not in the state that `AT+CGACT=1,1` asks for (3GPP TS 27.007, 10.1.10): it
    /// is a new one then, and nothing of before stands on it.
    fn renew_if_dead(&mut self, id: usize) {
        if std::mem::take(&mut self.contexts.list[id].dead) {
            self.close_links();
            self.update_cut();
        }
    }

    pub(super) fn activated_again(&mut self) -> Handled {
        self.context_settles();
        ok()
    }

    /// Why the network gives no context.
    pub(super) fn context_refused_with(&self) -> Refused {
        let context = self.contexts.get(BEARER);
        let apn = |wanted: &String| context.is_none_or(|context| context.apn != *wanted);
        if !self.radio.is_attached() {
            Refused::Cme(UNSPECIFIED)
        } else if self.options.accepted_apn.as_ref().is_some_and(apn) {
            Refused::Cme(INVALID_APN)
        } else {
            Refused::Cme(LOGIN_FAILED)
        }
    }

    /// A context is gone: "PDP lost" (ublox-at 10.6). One loss gives several lines.
    pub(super) fn bearer_lost(&mut self, id: usize, by_network: bool) {
        self.own.activated = false;
        if self.own.packet_lines {
            let who = if by_network && self.radio.functionality == 1 { "NW" } else { "ME" };
            self.urc(format!("+CGEV: {who} PDN DEACT {id}"));
        }
        if self.own.profile.active && self.own.profile.context == Some(id) {
            self.own.profile.active = false;
            self.urc("+UUPSDD: 0");
            self.close_links();
        } else if self.own.model.psd != Psd::Profile && id == BEARER {
            self.close_links();
        }
    }

    /// Whether the internal clients have a context; else "PSD not established".
    pub(super) fn has_service(&self) -> bool {
        self.now_us >= self.own.settled_us && self.has_context()
    }

    /// "Wait 1 s after PDP activation before login (U)", "R422: >= 500 ms" before a name.
    pub(super) fn context_settles(&mut self) {
        self.own.settled_us = self.now_us + self.options.ublox.settling_us;
    }

    fn has_context(&self) -> bool {
        match self.own.model.psd {
            Psd::Profile => self.own.profile.active,
            Psd::Mapping => {
                let activated = self.own.activated || !self.options.ublox.activation_needed;
                self.own.profile.is_mapped() && activated && self.contexts.is_up(BEARER)
            }
            Psd::Bearer => self.contexts.is_up(BEARER),
        }
    }
}

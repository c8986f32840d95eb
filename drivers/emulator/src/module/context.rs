//! Data contexts (3GPP TS 27.007; quectel-at 1.5; simcom-at 2.3, 2.6).

use super::command::Form;
use super::dialect::Dialect;
use super::reply::{Handled, Job, Outcome, Refused, line, lines, ok};
use super::{Chapter, Module};
use crate::view::ContextState;

impl<D: Dialect> Module<D> {
    pub(crate) const CONTEXT: Chapter<D> = &[("+CGDCONT", define), ("+CGACT", activation), ("+CGPADDR", address)];
}

/// `AT+QIDEACT` may take 40 s; a network that answers does it sooner.
pub(crate) const DEACTIVATE_US: u64 = 300_000;
/// Longest APN: 100 by 3GPP TS 23.003; the sheet says nothing.
pub(crate) const LONGEST_APN: usize = 100;

#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    /// 1 IPv4, 2 IPv6, 3 both; 0: never set.
    pub(crate) kind: u8,
    pub(crate) apn: String,
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) authentication: u8,
    pub(crate) state: ContextState,
    /// It says that it is active and carries nothing ("QIACT? can lie").
    pub(crate) dead: bool,
}

/// Definitions are kept in NV; states are not.
#[derive(Debug)]
pub(crate) struct Contexts {
    pub(crate) list: Vec<Context>,
}

impl Contexts {
    pub(crate) fn new(count: u32) -> Self {
        Self { list: vec![Context::default(); count as usize + 1] }
    }

    pub(crate) fn get(&self, id: usize) -> Option<&Context> {
        self.list.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: usize) -> Option<&mut Context> {
        self.list.get_mut(id)
    }

    pub(crate) fn is_up(&self, id: usize) -> bool {
        self.list.get(id).is_some_and(|context| context.state == ContextState::Active)
    }

    /// Whether the host ever said what it is.
    pub(crate) fn is_defined(&self, id: usize) -> bool {
        self.list.get(id).is_some_and(|context| context.kind > 0)
    }

    pub(crate) fn any_dead(&self) -> bool {
        self.list.iter().any(|context| context.dead)
    }

    pub(crate) fn power_off(&mut self) {
        for context in &mut self.list {
            (context.state, context.dead) = (ContextState::Inactive, false);
        }
    }

    pub(crate) fn active(&self) -> impl Iterator<Item = usize> + '_ {
        (1..self.list.len()).filter(|&id| self.is_up(id))
    }
}

pub(crate) fn ip(id: usize) -> String {
    format!("10.171.134.{}", 242 + id)
}

/// `AT+CGDCONT=<cid>[,"<type>"[,"<apn>"]]`
pub(crate) fn define<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    match form {
        Form::Test => line("+CGDCONT: (1-16),\"IP\",,,(0),(0)"),
        Form::Read => {
            let defined = module.contexts.list.iter().enumerate().filter(|entry| entry.1.kind > 0);
            let name = |kind| ["", "IP", "IPV6", "IPV4V6"][usize::from(kind)];
            lines(defined.map(|(id, context)| {
                format!("+CGDCONT: {id},\"{}\",\"{}\",\"0.0.0.0\",0,0", name(context.kind), context.apn)
            }))
        }
        Form::Write(parameters) => {
            module.context_setup_allowed()?;
            let id = parameters.need(0, 1, module.profile.limits.contexts)? as usize;
            let kind = match parameters.text(1, 6)?.map(<[u8]>::to_ascii_uppercase).as_deref() {
                None if parameters.len() == 1 => 0,
                Some(b"IP") => 1,
                Some(b"IPV6") => 2,
                Some(b"IPV4V6") => 3,
                _ => return Err(Refused::Error),
            };
            let apn = String::from_utf8_lossy(parameters.text(2, LONGEST_APN)?.unwrap_or_default()).into_owned();
            let context = &mut module.contexts.list[id];
            (context.kind, context.apn) = (kind, apn);
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

/// `AT+CGACT`: says what really is, also when the vendor's own command lies.
pub(crate) fn activation<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    match form {
        Form::Test => line("+CGACT: (0,1)"),
        Form::Read => {
            let defined = module.contexts.list.iter().enumerate().filter(|entry| entry.1.kind > 0);
            lines(defined.map(|(id, context)| {
                format!("+CGACT: {id},{}", u8::from(context.state == ContextState::Active && !context.dead))
            }))
        }
        Form::Write(parameters) => {
            parameters.at_most(2)?;
            let on = parameters.need(0, 0, 1)? == 1;
            let id = parameters.need(1, 1, module.profile.limits.contexts)? as usize;
            match (on, module.contexts.list[id].state) {
                (true, ContextState::Active) | (false, ContextState::Inactive) => ok(),
                (true, _) if !module.radio.is_attached() => Err(Refused::Cme(30)),
                (true, _) => Ok(Outcome::Blocks(module.options.activation_us, Job::ActivateContext(id))),
                (false, _) => Ok(Outcome::Blocks(DEACTIVATE_US, Job::DeactivateContext(id))),
            }
        }
        Form::Execute => Err(Refused::Error),
    }
}

fn address<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    let of = |id: usize| {
        let address = if module.contexts.is_up(id) { ip(id) } else { "0.0.0.0".to_owned() };
        format!("+CGPADDR: {id},\"{address}\"")
    };
    match form {
        Form::Test => ok(),
        Form::Execute => {
            let contexts = &module.contexts.list;
            lines((1..contexts.len()).filter(|&id| contexts[id].kind > 0).map(of))
        }
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            line(of(parameters.need(0, 1, module.profile.limits.contexts)? as usize))
        }
        Form::Read => Err(Refused::Error),
    }
}

impl<D: Dialect> Module<D> {
    pub(crate) fn context_setup_allowed(&self) -> Result<(), Refused> {
        let since = self.power.ready_us + self.options.context_setup_refused_us;
        if self.now_us < since { Err(Refused::Error) } else { Ok(()) }
    }

    /// Whether the network would give this context now.
    pub(crate) fn network_grants(&self, id: usize) -> bool {
        self.radio.is_attached() && self.radio.coverage && self.network_accepts(id)
    }

    /// Whether APN and login of this context are those that the network wants.
    pub(crate) fn network_accepts(&self, id: usize) -> bool {
        let context = &self.contexts.list[id];
        let options = &self.options;
        let apn_fits = options.accepted_apn.as_ref().is_none_or(|apn| *apn == context.apn);
        let login = (&context.user, &context.password);
        let login_fits = options.accepted_login.as_ref().is_none_or(|wanted| (&wanted.0, &wanted.1) == login);
        apn_fits && login_fits
    }

    pub(crate) fn activate(&mut self, id: usize) -> Handled<D> {
        if !self.network_grants(id) {
            return Err(D::context_refused(self));
        }
        self.contexts.list[id].state = ContextState::Active;
        D::context_opened(self, id);
        ok()
    }

    pub(crate) fn deactivate(&mut self, id: usize) -> Handled<D> {
        let context = &mut self.contexts.list[id];
        (context.state, context.dead) = (ContextState::Inactive, false);
        D::context_closed(self, id);
        self.update_cut();
        ok()
    }

    /// The network takes one context away.
    pub(crate) fn lose_context(&mut self, id: usize) {
        if !self.contexts.is_up(id) {
            return;
        }
        self.contexts.list[id].state = ContextState::Lost;
        self.contexts.list[id].dead = false;
        D::context_lost(self, id);
        self.update_cut();
    }

    pub(crate) fn lose_contexts(&mut self) {
        for id in self.contexts.active().collect::<Vec<_>>() {
            self.lose_context(id);
        }
    }
}

//! Data contexts (quectel-at 1.5).

use super::command::Form;
use super::module::{Handler, Module};
use super::reply::{Handled, Job, Outcome, Refused, line, lines, ok, tcp_text};
use crate::view::ContextState;

pub(super) const COMMANDS: &[(&str, Handler)] = &[
    ("+CGDCONT", define),
    ("+QICSGP", define_login),
    ("+QIACT", activate),
    ("+QIDEACT", deactivate),
    ("+CGACT", activation),
    ("+CGPADDR", address),
    ("+QIDNSCFG", name_servers),
    ("+QIGETERROR", last_error),
];

/// Errors of the TCP/IP table (quectel-at 4).
const PDP_OPEN_FAILED: u16 = 561;
const NOT_ALLOWED: u16 = 572;
const NO_APN: u16 = 573;

/// `AT+QIDEACT` may take 40 s; a network that answers does it sooner.
const DEACTIVATE_US: u64 = 300_000;
/// Longest APN: 100 by 3GPP TS 23.003; the sheet says nothing.
const LONGEST_APN: usize = 100;

#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    /// 1 IPv4, 2 IPv6, 3 both; 0: never set.
    kind: u8,
    pub(super) apn: String,
    user: String,
    password: String,
    authentication: u8,
    pub(super) state: ContextState,
    /// It says that it is active and carries nothing ("QIACT? can lie").
    pub(super) dead: bool,
}

/// Definitions are kept in NV; states are not.
#[derive(Debug)]
pub(super) struct Contexts {
    list: Vec<Context>,
    pub(super) last_error: u16,
}

impl Contexts {
    pub(super) fn new(count: u32) -> Self {
        Self { list: vec![Context::default(); count as usize + 1], last_error: 0 }
    }

    pub(super) fn get(&self, id: usize) -> Option<&Context> {
        self.list.get(id)
    }

    pub(super) fn get_mut(&mut self, id: usize) -> Option<&mut Context> {
        self.list.get_mut(id)
    }

    pub(super) fn is_up(&self, id: usize) -> bool {
        self.list.get(id).is_some_and(|context| context.state == ContextState::Active)
    }

    /// Whether the host ever said what it is.
    pub(super) fn is_defined(&self, id: usize) -> bool {
        self.list.get(id).is_some_and(|context| context.kind > 0)
    }

    pub(super) fn any_dead(&self) -> bool {
        self.list.iter().any(|context| context.dead)
    }

    pub(super) fn power_off(&mut self) {
        for context in &mut self.list {
            (context.state, context.dead) = (ContextState::Inactive, false);
        }
        self.last_error = 0;
    }

    fn active(&self) -> impl Iterator<Item = usize> + '_ {
        (1..self.list.len()).filter(|&id| self.is_up(id))
    }
}

fn ip(id: usize) -> String {
    format!("10.171.134.{}", 242 + id)
}

/// `AT+CGDCONT=<cid>[,"<type>"[,"<apn>"]]`
fn define(module: &mut Module, form: &Form) -> Handled {
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

/// `AT+QICSGP=<cid>[,<type>,"<apn>"[,"<user>","<password>"[,<authentication>]]]`
fn define_login(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else {
        return if *form == Form::Test {
            line("+QICSGP: (1-16),(1-3),<APN>,<username>,<password>,(0-3)")
        } else {
            Err(Refused::Error)
        };
    };
    parameters.at_most(6)?;
    let limits = &module.profile.limits;
    let id = parameters.need(0, 1, limits.contexts)? as usize;
    if parameters.len() == 1 {
        let Context { kind, apn, user, password, authentication, .. } = &module.contexts.list[id];
        return line(format!("+QICSGP: {kind},\"{apn}\",\"{user}\",\"{password}\",{authentication}"));
    }
    module.context_setup_allowed()?;
    let text = |index, most| -> Result<String, Refused> {
        Ok(String::from_utf8_lossy(parameters.text(index, most)?.unwrap_or_default()).into_owned())
    };
    let kind = parameters.need(1, 1, 3)? as u8;
    let (user, password) = (text(3, limits.context_login)?, text(4, limits.context_login)?);
    let authentication = parameters.number(5, 0, limits.authentication)?.unwrap_or(0) as u8;
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
        Form::Test => line("+QIACT: (1-16)"),
        Form::Read => {
            let lines_of = |id: usize| format!("+QIACT: {id},1,{},\"{}\"", module.contexts.list[id].kind, ip(id));
            lines(module.contexts.active().map(lines_of))
        }
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            let id = parameters.need(0, 1, module.profile.limits.contexts)? as usize;
            module.sim.check().map_err(|_| module.contexts.fails(PDP_OPEN_FAILED))?;
            match module.contexts.list[id].state {
                ContextState::Active if !module.options.active_context_is_error => return ok(),
                // Lost: the host must deactivate it first.
                ContextState::Active | ContextState::Lost => return Err(module.contexts.fails(NOT_ALLOWED)),
                ContextState::Inactive => {}
            }
            if module.contexts.list[id].kind == 0 {
                return Err(module.contexts.fails(NO_APN));
            }
            if !module.radio.is_attached() {
                return Err(module.contexts.fails(PDP_OPEN_FAILED));
            }
            Ok(Outcome::Blocks(module.options.activation_us, Job::ActivateContext(id)))
        }
        Form::Execute => Err(Refused::Error),
    }
}

fn deactivate(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+QIDEACT: (1-16)"),
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

/// `AT+CGACT`: says what really is, also when `AT+QIACT?` lies.
fn activation(module: &mut Module, form: &Form) -> Handled {
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

fn address(module: &mut Module, form: &Form) -> Handled {
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
    let code = module.contexts.last_error;
    line(format!("+QIGETERROR: {code},{}", tcp_text(code)))
}

impl Contexts {
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

    fn context_setup_allowed(&self) -> Result<(), Refused> {
        let since = self.power.ready_us + self.options.context_setup_refused_us;
        if self.now_us < since { Err(Refused::Error) } else { Ok(()) }
    }

    pub(super) fn activate(&mut self, id: usize) -> Handled {
        let context = &self.contexts.list[id];
        let options = &self.options;
        let apn_fits = options.accepted_apn.as_ref().is_none_or(|apn| *apn == context.apn);
        let login = (&context.user, &context.password);
        let login_fits = options.accepted_login.as_ref().is_none_or(|wanted| (&wanted.0, &wanted.1) == login);
        if !(self.radio.is_attached() && self.radio.coverage && apn_fits && login_fits) {
            return Err(self.contexts.fails(PDP_OPEN_FAILED));
        }
        self.contexts.list[id].state = ContextState::Active;
        self.contexts.last_error = 0;
        ok()
    }

    pub(super) fn deactivate(&mut self, id: usize) -> Handled {
        let context = &mut self.contexts.list[id];
        (context.state, context.dead) = (ContextState::Inactive, false);
        self.close_links_of(id, true);
        self.update_cut();
        ok()
    }

    /// The network takes one context away.
    pub(super) fn lose_context(&mut self, id: usize) {
        if !self.contexts.is_up(id) {
            return;
        }
        self.contexts.list[id].state = ContextState::Lost;
        self.contexts.list[id].dead = false;
        self.urc(format!("+QIURC: \"pdpdeact\",{id}"));
        self.close_links_of(id, false);
        self.update_cut();
    }

    pub(super) fn lose_contexts(&mut self) {
        for id in self.contexts.active().collect::<Vec<_>>() {
            self.lose_context(id);
        }
    }
}

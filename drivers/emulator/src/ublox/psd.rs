//! The internal profile of SARA-R5, and the mapping of SARA-R422: `AT+UPSD`, `AT+UPSDA`, `AT+UPSND` (ublox-at 2).

use super::events::Event;
use super::reply::{Handled, Job};
use super::{Module, Ublox};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::context;
use crate::module::reply::{self, Outcome, Refused, line, ok};

pub(super) const MAPPING: &[(&str, Handler<Ublox>)] = &[("+UPSD", configure)];
pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] = &[("+UPSD", configure), ("+UPSDA", act), ("+UPSND", state)];

const NOT_ALLOWED: Refused = Refused::Cme(3);
/// `IP type configuration mismatch`
const TYPE_MISMATCH: Refused = Refused::Cme(4001);

/// Tags of `AT+UPSD`.
const PROTOCOL: u32 = 0;
const CONTEXT: u32 = 100;

/// Profile 0, the only one that is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct InternalProfile {
    /// 0 IPv4, 1 IPv6, 2 and 3 both.
    protocol: Option<u8>,
    /// The context that it is mapped to.
    pub(super) context: Option<usize>,
    pub(super) active: bool,
    /// `+UUPSDA` is due.
    deciding: bool,
}

impl InternalProfile {
    pub(super) const fn is_mapped(&self) -> bool {
        self.protocol.is_some() && self.context.is_some()
    }
}

/// `AT+UPSD=0,<0 protocol, 100 context>[,<value>]`
fn configure(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(3)?;
    parameters.need(0, 0, 0)?;
    let tag = parameters.need(1, 0, CONTEXT)?;
    let profile = &mut module.own.profile;
    let (least, most) = match tag {
        PROTOCOL => (0, 3),
        CONTEXT => (1, module.profile.limits.contexts),
        _ => return Err(Refused::Error),
    };
    match (tag, parameters.number(2, least, most)?) {
        (PROTOCOL, None) => line(format!("+UPSD: 0,0,{}", profile.protocol.unwrap_or(0))),
        (_, None) => line(format!("+UPSD: 0,100,{}", profile.context.unwrap_or(0))),
        _ if profile.active || profile.deciding => Err(NOT_ALLOWED),
        (PROTOCOL, Some(value)) => {
            profile.protocol = Some(value as u8);
            ok()
        }
        (_, Some(value)) => {
            profile.context = Some(value as usize);
            ok()
        }
    }
}

/// `AT+UPSDA=0,<0 reset, 3 activate, 4 deactivate>`
fn act(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(2)?;
    parameters.need(0, 0, 0)?;
    let action = parameters.need(1, 0, 4)?;
    let profile = module.own.profile;
    let blocks = |job| Ok(Outcome::Blocks(module.options.ublox.profile_blocks_us, reply::Job::Own(job)));
    match action {
        3 if profile.active || profile.deciding => Err(NOT_ALLOWED),
        3 => {
            // "must match the CGDCONT type that was SET, default there is IPV4V6"
            let context = profile.context.ok_or(NOT_ALLOWED)?;
            let kind = module.contexts.get(context).map_or(0, |context| context.kind);
            let wanted: &[u8] = match profile.protocol.unwrap_or(0) {
                0 => &[1],
                1 => &[2],
                _ => &[0, 3],
            };
            if wanted.contains(&kind) { blocks(Job::ActivateProfile) } else { Err(TYPE_MISMATCH) }
        }
        4 if profile.active => blocks(Job::DeactivateProfile),
        0 if !profile.active && !profile.deciding => {
            module.own.profile = InternalProfile::default();
            ok()
        }
        0 | 4 => Err(NOT_ALLOWED),
        _ => Err(Refused::Error),
    }
}

/// `AT+UPSND=0,<0 address, 8 state>`
fn state(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(2)?;
    parameters.need(0, 0, 0)?;
    let profile = &module.own.profile;
    match parameters.need(1, 0, 8)? {
        0 => {
            let context = profile.context.filter(|_| profile.active);
            line(format!("+UPSND: 0,0,\"{}\"", context.map_or("0.0.0.0".to_owned(), context::ip)))
        }
        8 => line(format!("+UPSND: 0,8,{}", u8::from(profile.active))),
        _ => Err(Refused::Error),
    }
}

impl Module {
    /// `AT+UPSDA=0,3` was taken; whether it works is told by a line of its own.
    pub(super) fn profile_activates(&mut self) -> Handled {
        self.own.profile.deciding = true;
        self.later(self.now_us + self.options.ublox.profile_result_us, Event::ProfileDecided);
        ok()
    }

    pub(super) fn profile_decided(&mut self) {
        self.own.profile.deciding = false;
        let context = self.own.profile.context.filter(|&id| self.contexts.is_up(id));
        match context.filter(|_| self.radio.is_attached()) {
            Some(id) => {
                self.own.profile.active = true;
                self.context_settles();
                self.urc(format!("+UUPSDA: 0,\"{}\"", context::ip(id)));
            }
            None => self.urc(format!("+UUPSDA: {}", self.options.ublox.profile_refusal)),
        }
    }

    /// `AT+UPSDA=0,4`: by the host's own order, and so without `+UUPSDD`.
    pub(super) fn profile_deactivates(&mut self) -> Handled {
        self.own.profile.active = false;
        self.close_links();
        ok()
    }
}

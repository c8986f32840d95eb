//! What the network and a time server say, in Quectel's words (quectel-at 1.6).

use super::events::Event;
use super::model::Group;
use super::reply::Handled;
use super::{Module, Quectel};
use crate::module::Handler;
use crate::module::clock::{QUARTER_S, long};
use crate::module::command::Form;
use crate::module::reply::{Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] = &[("+QLTS", network_time), ("+QNTP", time_server)];

/// `AT+QLTS[=<0,1,2>]`: last synchronisation, GMT now, local time now; `""` when there was none.
fn network_time(module: &mut Module, form: &Form) -> Handled {
    let mode = match form {
        Form::Test => return line("+QLTS: (0-2)"),
        Form::Execute => 0,
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            parameters.need(0, 0, 2)?
        }
        Form::Read => return Err(Refused::Error),
    };
    let Some(synchronised) = module.clock.synchronised else { return line("+QLTS: \"\"") };
    let zone = module.clock.zone;
    let local = i64::from(zone) * QUARTER_S;
    let seconds = match mode {
        0 => synchronised + local,
        1 => module.utc(),
        _ => module.utc() + local,
    };
    line(format!("+QLTS: \"{},0\"", long(seconds, zone)))
}

/// `AT+QNTP=<cid>,"<host>"[,<port>[,<autoset>]]`
fn time_server(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else {
        return if *form == Form::Test {
            line(format!("+QNTP: (1-{}),<server>,(1-65535),(0,1)", module.profile.limits.contexts))
        } else {
            Err(Refused::Error)
        };
    };
    parameters.at_most(4)?;
    let context = parameters.need(0, 1, module.profile.limits.contexts)? as usize;
    parameters.need_text(1, module.profile.limits.host)?;
    parameters.number(2, 1, 65_535)?;
    parameters.number(3, 0, 1)?;
    // One request at a time.
    if module.clock.asking || !module.contexts.is_up(context) {
        return Err(Refused::Error);
    }
    module.clock.asking = true;
    module.later(module.now_us + module.options.ntp_us, Event::TimeServer { context });
    ok()
}

impl Module {
    pub(super) fn time_server_answered(&mut self, context: usize) {
        self.clock.asking = false;
        let failed = match self.ntp_error.take() {
            Some(code) => Some(code),
            None if !self.contexts.is_up(context) => Some(570),
            None if self.internet.cut => Some(569),
            None => None,
        };
        if let Some(code) = failed {
            self.own.last_error = code;
            return self.urc(format!("+QNTP: {code}"));
        }
        let zone = self.clock.zone;
        self.clock.set = Some((self.clock.utc_at_start, zone));
        let utc_digits = self.options.ntp_utc_with_local_tag || self.own.model.group == Group::Ua;
        let local = if utc_digits { 0 } else { i64::from(zone) * QUARTER_S };
        self.urc(format!("+QNTP: 0,\"{}\"", long(self.utc() + local, zone)));
    }
}

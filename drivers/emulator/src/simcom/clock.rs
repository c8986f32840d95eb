//! A time server, in SIMCom's words (simcom-at 2.5).

use super::events::Event;
use super::reply::Handled;
use super::{Module, Simcom};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[("+CNTP", time_server)];

/// "4 network".
const NETWORK: u16 = 4;
const LONGEST_HOST: usize = 255;

/// `AT+CNTP="<host>",<zone>` sets, `AT+CNTP` asks.
fn time_server(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+CNTP: 255,(-96~96)"),
        Form::Read => line(format!("+CNTP: \"{}\",{}", module.own.time_server.0, module.own.time_server.1)),
        Form::Write(parameters) => {
            parameters.at_most(2)?;
            let host =
                String::from_utf8(parameters.need_text(0, LONGEST_HOST)?.to_vec()).map_err(|_| Refused::Error)?;
            let zone = parameters.any_text(1).map_or(Ok(0), |text| {
                let text = std::str::from_utf8(text).map_err(|_| Refused::Error)?;
                text.parse::<i8>().ok().filter(|zone| (-96..=96).contains(zone)).ok_or(Refused::Error)
            })?;
            module.own.time_server = (host, zone);
            ok()
        }
        Form::Execute => {
            if module.own.time_server.0.is_empty() || module.clock.asking {
                return Err(Refused::Error);
            }
            module.clock.asking = true;
            module.later(module.now_us + module.options.ntp_us, Event::TimeServer);
            ok()
        }
    }
}

impl Module {
    /// In family 1 success is 0.
    pub(super) fn time_server_answered(&mut self) {
        self.clock.asking = false;
        let failed = match self.ntp_error.take() {
            Some(code) => Some(code),
            None if !self.bearer_is_up() || self.internet.cut => Some(NETWORK),
            None => None,
        };
        if failed.is_none() {
            self.clock.set = Some((self.clock.utc_at_start, self.own.time_server.1));
        }
        self.urc(format!("+CNTP: {}", failed.unwrap_or(0)));
    }
}

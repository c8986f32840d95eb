//! A time server, in SIMCom's words (simcom-at 2.5).

use super::app_network::FIRST;
use super::events::Event;
use super::reply::Handled;
use super::{Module, Simcom};
use crate::module::Handler;
use crate::module::clock::{QUARTER_S, long};
use crate::module::command::Form;
use crate::module::reply::{Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[("+CNTP", time_server)];

/// "4 network"; "61 network" in family 2.
const NETWORK: u16 = 4;
const LPWA_NETWORK: u16 = 61;
const LONGEST_HOST: usize = 255;

/// `AT+CNTP="<host>",<zone>` sets, `AT+CNTP` asks.
fn time_server(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+CNTP: 255,(-96~96)"),
        Form::Read => line(format!("+CNTP: \"{}\",{}", module.own.time_server.0, module.own.time_server.1)),
        Form::Write(parameters) => {
            let lpwa = module.own.model.series.is_lpwa();
            parameters.at_most(if lpwa { 4 } else { 2 })?;
            parameters.number(2, 0, 3)?;
            parameters.number(3, 0, 2)?;
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
    /// Success is 0 in family 1 and 1 in family 2, which tells the time behind it.
    pub(super) fn time_server_answered(&mut self) {
        self.clock.asking = false;
        let lpwa = self.own.model.series.is_lpwa();
        let up = if lpwa { self.app_is_up(FIRST) } else { self.bearer_is_up() };
        let failed = match self.ntp_error.take() {
            Some(code) => Some(code),
            None if !up || self.internet.cut => Some(if lpwa { LPWA_NETWORK } else { NETWORK }),
            None => None,
        };
        if let Some(code) = failed {
            return self.urc(format!("+CNTP: {code}"));
        }
        let zone = self.own.time_server.1;
        self.clock.set = Some((self.clock.utc_at_start, zone));
        if !lpwa {
            return self.urc("+CNTP: 0");
        }
        let local = long(self.utc() + i64::from(zone) * QUARTER_S, zone);
        self.urc(format!("+CNTP: 1,\"{}\"", &local[..19]));
    }
}

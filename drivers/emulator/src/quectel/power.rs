//! Power, in Quectel's words (quectel-at 1.1, 1.2, 1.3).

use super::model::Group;
use super::reply::Handled;
use super::{Module, Quectel};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::events::Event;
use crate::module::power::Supply;
use crate::module::reply::{Refused, ok};

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] =
    &[("+QPOWD", power_down), ("+CFUN", crate::module::radio::functionality)];

/// `AT+QPOWD[=<mode>]`
fn power_down(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Execute => {}
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            parameters.need(0, 0, 1)?;
        }
        Form::Test | Form::Read => return Err(Refused::Error),
    }
    if module.now_us < module.power.ready_us + module.options.powerdown_refused_us {
        return Err(Refused::Error);
    }
    module.go_off();
    ok()
}

/// From `RDY` to `APP RDY`.
const APP_READY_US: u64 = 800_000;

impl Module {
    /// The lines behind `RDY`.
    pub(super) fn boot_lines(&mut self) {
        if self.own.model.group != Group::Lpwa {
            return self.long_boot_lines();
        }
        let app_ready = self.power.ready_us + APP_READY_US;
        if self.options.app_rdy {
            self.agenda.add(app_ready, Event::BootLine("APP RDY"));
        }
        if self.options.sim_lines && self.sim.is_unlocked_card() {
            // Seen seconds apart (quectel-at 1.2).
            for (after_us, line) in
                [(500_000, "+CPIN: READY"), (1_000_000, "+QUSIM: 1"), (3_000_000, "+QIND: SMS DONE")]
            {
                let at_us = app_ready.max(self.power.ready_us + self.options.sim.busy_us) + after_us;
                self.agenda.add(at_us, Event::BootLine(line));
            }
        }
    }

    /// "`RDY` `+CFUN: 1` `+CPIN: READY` `+QUSIM: 1` `+QIND: SMS DONE` `+QIND: PB DONE`"; no `APP RDY`.
    fn long_boot_lines(&mut self) {
        let ready_us = self.power.ready_us;
        self.agenda.add(ready_us + 100_000, Event::BootLine("+CFUN: 1"));
        if self.options.sim_lines && self.sim.is_unlocked_card() {
            let card_us = ready_us + self.options.sim.busy_us;
            for (after_us, line) in [
                (200_000, "+CPIN: READY"),
                (700_000, "+QUSIM: 1"),
                (1_200_000, "+QIND: SMS DONE"),
                (2_700_000, "+QIND: PB DONE"),
            ] {
                self.agenda.add(card_us + after_us, Event::BootLine(line));
            }
        }
    }

    /// `AT+CFUN=1,1`: OK, perhaps `POWERED DOWN`, then a boot.
    pub(super) fn restarts_by_command(&mut self) -> Handled {
        self.agenda.cancel(|_| true);
        self.power.supply = Supply::GoingOff;
        let said_us = self.now_us + self.answered_us();
        if self.options.powered_down_on_restart {
            self.agenda.add(said_us, Event::Line("POWERED DOWN".to_owned()));
        }
        if self.options.context_line_on_restart {
            self.agenda.add(said_us + 50_000, Event::Line("+QIURC: \"pdpdeact\",1".to_owned()));
        }
        self.agenda.add(said_us + 100_000, Event::Off);
        self.agenda.add(said_us + 200_000, Event::PowerBack);
        ok()
    }
}

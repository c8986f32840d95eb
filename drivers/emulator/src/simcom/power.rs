//! Power and boot lines, in SIMCom's words (simcom-at 2.1, 2.2, 2.3).

use super::model::Series;
use super::reply::Handled;
use super::{Module, Simcom};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::events::Event;
use crate::module::power::Supply;
use crate::module::radio::functionality;
use crate::module::reply::{Refused, line, ok};
use crate::module::sim::SimState;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[("+CPOF", power_off), ("+CRESET", restart), ("+CFUN", radio)];

pub(super) const SLEEP_LINE: &[(&str, Handler<Simcom>)] = &[("+CSCLK", sleep_clock)];

/// From the line about the card to those about messages and phone book.
const MESSAGES_US: u64 = 2_000_000;
const PHONE_BOOK_US: u64 = 8_000_000;

fn power_off(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Execute => {
            module.go_off();
            ok()
        }
        Form::Test => ok(),
        Form::Read | Form::Write(_) => Err(Refused::Error),
    }
}

/// OK, silence, boot lines.
fn restart(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Execute => module.restarts_by_command(),
        Form::Test => ok(),
        Form::Read | Form::Write(_) => Err(Refused::Error),
    }
}

/// `AT+CFUN`; on A76XX 6 is a restart too.
fn radio(module: &mut Module, form: &Form) -> Handled {
    if let Form::Write(parameters) = form
        && parameters.number(0, 6, 6) == Ok(Some(6))
        && module.own.model.series == Series::A76
    {
        parameters.at_most(1)?;
        return module.restarts_by_command();
    }
    functionality(module, form)
}

fn sleep_clock(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+CSCLK: (0,1)"),
        Form::Read => line(format!("+CSCLK: {}", module.settings.sleep_clock)),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            module.settings.sleep_clock = parameters.need(0, 0, 1)? as u8;
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

impl Module {
    /// The first line of a boot; the one about the card follows when it is there.
    pub(super) fn boot_line(&mut self) {
        if !self.options.simcom.boot_lines {
            return;
        }
        self.urc(if self.own.model.series == Series::A76 { "*ATREADY: 1" } else { "RDY" });
        if !self.sim.inserted {
            self.urc("+CPIN: NOT INSERTED");
        }
    }

    /// The card has started.
    pub(super) fn card_lines(&mut self) {
        if !self.options.simcom.boot_lines {
            return;
        }
        let state = match self.sim.state {
            SimState::Ready => "READY",
            SimState::Pin => "SIM PIN",
            SimState::Puk => "SIM PUK",
            SimState::Busy | SimState::Absent => return,
        };
        self.urc(format!("+CPIN: {state}"));
        if self.options.simcom.sms_lines && self.sim.state == SimState::Ready {
            self.agenda.add(self.now_us + MESSAGES_US, Event::BootLine("SMS DONE"));
            self.agenda.add(self.now_us + PHONE_BOOK_US, Event::BootLine("PB DONE"));
        }
    }

    /// "`+CPIN: NOT READY` URC on 0, `+CPIN: READY` on 1" (2.3).
    pub(super) fn card_follows_radio(&mut self, before: u8) {
        match (before, self.radio.functionality) {
            (1 | 4, 0) => self.urc("+CPIN: NOT READY"),
            (0, 1 | 4) if self.sim.state == SimState::Ready => self.urc("+CPIN: READY"),
            _ => {}
        }
    }

    pub(super) fn restarts_by_command(&mut self) -> Handled {
        self.agenda.cancel(|_| true);
        self.power.supply = Supply::GoingOff;
        let said_us = self.now_us + self.answered_us();
        self.agenda.add(said_us + 100_000, Event::Off);
        self.agenda.add(said_us + 200_000, Event::PowerBack);
        ok()
    }
}

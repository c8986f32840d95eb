//! Power: the key, the reset pin, the boot lines, `AT+QPOWD` (quectel-at 1.1, 1.2, 1.3).

use super::command::Form;
use super::events::Event;
use super::module::{Handler, Module};
use super::reply::{Handled, Refused, ok};
use super::settings::Settings;
use super::tls_config::TlsContext;
use crate::pins::Line;

pub(super) const COMMANDS: &[(&str, Handler)] = &[("+QPOWD", power_down), ("+CFUN", super::radio::functionality)];

/// What the supply does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Supply {
    #[default]
    Off,
    Booting,
    On,
    /// On the way down: it answers no more.
    GoingOff,
    /// Off by PSM: the key or the timer wakes it, by a boot.
    DeepSleep,
}

#[derive(Debug, Default)]
pub(super) struct Power {
    pub(super) supply: Supply,
    key_down_us: Option<u64>,
    reset_down_us: Option<u64>,
    /// Since when the module runs.
    pub(super) ready_us: u64,
    /// A pulse that switches off is ignored until then.
    no_off_until: u64,
    pub(super) asleep_us: u64,
    pub(super) boots: u64,
}

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

impl Module {
    /// A module that runs since long.
    pub(super) fn start_running(&mut self) {
        self.power.supply = Supply::On;
        self.power.boots = 1;
        self.pins.set_status(true);
        self.sim.start_at_once();
        self.radio.functionality = 1;
        if self.sim_ready() {
            self.radio.registered_at_once(self.options.roaming);
            self.time_from_network();
        }
    }

    pub(super) fn take_pins(&mut self, now_us: u64) {
        for (line, high) in self.pins.take_edges() {
            match (line, high) {
                (Line::PwrKey, false) => self.power.key_down_us = Some(now_us),
                (Line::Reset, false) => {
                    self.power.reset_down_us = Some(now_us);
                }
                (Line::PwrKey, true) => {
                    if let Some(since) = self.power.key_down_us.take() {
                        self.now_us = self.now_us.max(now_us);
                        self.key_pulse(now_us - since);
                    }
                }
                (Line::Reset, true) => {
                    if let Some(since) = self.power.reset_down_us.take() {
                        self.now_us = self.now_us.max(now_us);
                        self.reset_pulse(now_us - since);
                    }
                }
            }
        }
    }

    /// The pulse toggles: on a running module it switches off.
    fn key_pulse(&mut self, length_us: u64) {
        let times = &self.profile.power;
        let within = |(least, most): (u64, u64)| (least..=most).contains(&length_us);
        match self.power.supply {
            Supply::Off if within(times.on_pulse) => self.boot(),
            Supply::DeepSleep
                if within(times.on_pulse) && self.now_us >= self.power.asleep_us + times.no_wake_after_psm =>
            {
                self.boot();
            }
            Supply::On if within(times.off_pulse) && self.now_us >= self.power.no_off_until => self.go_off(),
            _ => {}
        }
    }

    fn reset_pulse(&mut self, length_us: u64) {
        let (least, most) = self.profile.power.reset_pulse;
        if matches!(self.power.supply, Supply::On | Supply::Booting) && (least..=most).contains(&length_us) {
            self.restart();
            self.power.no_off_until = self.power.ready_us + self.profile.power.no_off_after_reset;
        }
    }

    /// Starts the boot of a module that is off.
    pub(super) fn boot(&mut self) {
        if !matches!(self.power.supply, Supply::Off | Supply::DeepSleep) {
            return;
        }
        let times = &self.profile.power;
        self.power.supply = Supply::Booting;
        self.power.boots += 1;
        self.power.ready_us = self.now_us + times.ready + self.options.slow_boot_us;
        self.agenda.add(self.now_us + times.status, Event::Status);
        self.agenda.add(self.power.ready_us, Event::Ready);
        let app_ready = self.power.ready_us + times.app_ready;
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

    pub(super) fn ready(&mut self) {
        self.power.supply = Supply::On;
        self.settings = self.settings.after_boot();
        self.console.echo = self.settings.echo;
        self.radio.functionality = 1;
        if self.options.rdy {
            self.urc("RDY");
        }
        self.start_sim();
        self.update_registration();
    }

    /// Says `POWERED DOWN`, then is off. The final of the command that asked for it still goes out.
    fn go_off(&mut self) {
        self.agenda.cancel(|_| true);
        self.files_at_restart();
        self.power.supply = Supply::GoingOff;
        let said_us = self.now_us + self.answered_us();
        self.agenda.add(said_us, Event::Line("POWERED DOWN".to_owned()));
        self.agenda.add(said_us + self.profile.power.off, Event::Off);
    }

    /// When the answer of a command that runs now is out for sure.
    const fn answered_us(&self) -> u64 {
        self.options.latency_us + self.options.jitter_us + 1_000
    }

    pub(super) fn off(&mut self) {
        self.lose_everything();
        self.power.supply = Supply::Off;
        self.pins.set_status(false);
    }

    /// Off and on again without a word.
    pub(super) fn restart(&mut self) {
        self.off();
        self.boot();
    }

    /// What does not survive a restart (quectel-at 0: "Settings lost on reboot").
    pub(super) fn lose_everything(&mut self) {
        self.agenda.cancel(|event| *event != Event::PowerBack);
        self.files_at_restart();
        self.clear_console();
        self.tls.fill(TlsContext::factory(&self.options));
        let links = self.take_links();
        self.internet.power_off(&links);
        self.radio.power_off();
        self.contexts.power_off();
        self.sim.power_off();
        self.clock_restarted();
    }

    /// `AT+CFUN=1,1`: OK, perhaps `POWERED DOWN`, then a boot.
    pub(super) fn restart_by_command(&mut self) -> Handled {
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

impl Settings {
    /// What a module has after a boot: the stored part, and factory values for the rest.
    fn after_boot(&self) -> Self {
        let mut next = self.clone();
        next.restore();
        next
    }
}

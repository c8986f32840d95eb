//! Power: the key, the reset pin, boot and shut-down (quectel-at 1.1, 1.2; simcom-at 2.1, 2.2).

use super::Module;
use super::dialect::Dialect;
use super::events::Event;
use super::inspect::Inspect;
use super::settings::Settings;
use crate::pins::Line;

/// What the supply does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Supply {
    #[default]
    Off,
    Booting,
    On,
    /// On the way down: it answers no more.
    GoingOff,
    /// Off by PSM: the key or the timer wakes it, by a boot.
    DeepSleep,
    /// It hangs: STATUS stays high, and nothing but a reset or the supply helps.
    Hung,
}

#[derive(Debug, Default)]
pub(crate) struct Power {
    pub(crate) supply: Supply,
    key_down_us: Option<u64>,
    reset_down_us: Option<u64>,
    /// Since when the module runs.
    pub(crate) ready_us: u64,
    /// A pulse that switches off is ignored until then.
    no_off_until: u64,
    pub(crate) asleep_us: u64,
    /// The host holds DTR low.
    dtr_low: bool,
    /// From then on the port is awake, if DTR is low.
    awake_from_us: u64,
    pub(crate) boots: u64,
}

impl<D: Dialect> Module<D> {
    /// A module that runs since long.
    pub(crate) fn start_running(&mut self) {
        self.power.supply = Supply::On;
        self.power.boots = 1;
        self.pins.set_status(true);
        self.sim.start_at_once();
        self.radio.functionality = 1;
        if self.sim_ready() {
            self.radio.registered_at_once(self.options.roaming);
            D::registered(self);
            self.time_from_network();
            // That is long ago.
            self.urcs.clear();
        }
    }

    pub(crate) fn take_pins(&mut self, now_us: u64) {
        for (line, high) in self.pins.take_edges() {
            match (line, high) {
                (Line::Dtr, high) => self.dtr_moves(now_us, high),
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
            Supply::On | Supply::Booting | Supply::Hung
                if times.key_reset.is_some_and(|least_us| length_us >= least_us) =>
            {
                self.restart();
            }
            Supply::On if within(times.off_pulse) && self.now_us >= self.power.no_off_until => self.go_off(),
            _ => {}
        }
    }

    fn reset_pulse(&mut self, length_us: u64) {
        let (least, most) = self.profile.power.reset_pulse;
        let has_power = matches!(self.power.supply, Supply::On | Supply::Booting | Supply::Hung);
        if has_power && (least..=most).contains(&length_us) {
            self.restart();
            self.power.no_off_until = self.power.ready_us + self.profile.power.no_off_after_reset;
        }
    }

    fn dtr_moves(&mut self, now_us: u64, high: bool) {
        self.power.dtr_low = !high;
        self.power.awake_from_us = now_us + self.profile.power.wake;
        self.agenda.add(self.power.awake_from_us, Event::PortWakes);
    }

    /// `AT+CSCLK=1` and its like: the port is deaf and dumb while DTR is high, and for a while behind it.
    pub(crate) fn port_sleeps(&self) -> bool {
        self.settings.sleep_clock == 1 && (!self.power.dtr_low || self.now_us < self.power.awake_from_us)
    }

    /// Starts the boot of a module that is off.
    pub(crate) fn boot(&mut self) {
        if !matches!(self.power.supply, Supply::Off | Supply::DeepSleep) {
            return;
        }
        self.agenda.cancel(|event| matches!(event, Event::SleepEnds));
        let times = &self.profile.power;
        self.power.supply = Supply::Booting;
        self.power.boots += 1;
        self.power.ready_us = self.now_us + times.ready + self.options.slow_boot_us;
        self.agenda.add(self.now_us + times.status, Event::Status);
        self.agenda.add(self.power.ready_us, Event::Ready);
        D::boots(self);
    }

    pub(crate) fn ready(&mut self) {
        self.power.supply = Supply::On;
        self.settings = self.settings.after_boot();
        self.console.echo = self.settings.echo;
        self.radio.functionality = 1;
        D::is_ready(self);
        self.start_sim();
        self.update_registration();
    }

    /// Says that it goes, where it does, then is off. The final of the command that asked for it still goes out.
    pub(crate) fn go_off(&mut self) {
        self.agenda.cancel(|_| true);
        D::goes_off(self);
        self.power.supply = Supply::GoingOff;
        let said_us = self.now_us + self.answered_us();
        if let Some(line) = D::off_line(self) {
            self.agenda.add(said_us, Event::Line(line.to_owned()));
        }
        self.agenda.add(said_us + self.profile.power.off, Event::Off);
    }

    /// When the answer of a command that runs now is out for sure.
    pub(crate) const fn answered_us(&self) -> u64 {
        self.options.latency_us + self.options.jitter_us + 1_000
    }

    pub(crate) fn off(&mut self) {
        self.lose_everything();
        self.power.supply = Supply::Off;
        self.pins.set_status(false);
    }

    /// The end of a shut-down.
    pub(crate) fn went_off(&mut self) {
        self.off();
        if self.options.key_held {
            self.boot();
        }
    }

    /// Off and on again without a word.
    pub(crate) fn restart(&mut self) {
        self.off();
        self.boot();
    }

    /// It does nothing any more, in the middle of whatever it did.
    pub(crate) fn hang(&mut self) {
        if self.power.supply == Supply::On {
            self.lose_everything();
            self.power.supply = Supply::Hung;
        }
    }

    /// What does not survive a restart (quectel-at 0: "Settings lost on reboot").
    pub(crate) fn lose_everything(&mut self) {
        self.agenda.cancel(|event| !matches!(event, Event::PowerBack));
        D::goes_off(self);
        self.clear_console();
        let links = D::lost_power(self);
        self.internet.power_off(&links);
        self.radio.power_off();
        self.contexts.power_off();
        self.sim.power_off();
        self.clock_restarted();
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

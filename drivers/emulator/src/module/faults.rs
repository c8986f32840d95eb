//! Faults of power, card, network and broker. Those of the line itself are in `engine::output`.

use super::Module;
use super::dialect::Dialect;
use super::events::Event;
use super::inspect::Inspect;
use super::power_saving::LAST_WORDS_US;
use crate::engine::output::Output;
use crate::mqtt::session::AckFaults;

/// What can be ordered to go wrong with a module.
pub(crate) trait Disturb {
    /// Faults of the line are ordered there.
    fn output(&mut self) -> &mut Output;

    /// The time that the module has.
    fn now_us(&self) -> u64;

    /// A network is in reach, or none.
    fn set_coverage(&mut self, coverage: bool);

    /// The network takes a context away.
    fn take_context(&mut self, id: usize);

    /// A context dies without a word.
    fn kill_context(&mut self, id: usize);

    /// The module restarts by itself.
    fn reset(&mut self);

    /// The module hangs.
    fn hang(&mut self);

    /// The supply breaks down for so long.
    fn brown_out(&mut self, off_us: u64);

    /// The module goes to its deepest sleep.
    fn enter_psm(&mut self);

    /// The card is put in or taken out.
    fn set_sim(&mut self, inserted: bool);

    /// The network refuses this subscriber, or accepts it again.
    fn set_denied(&mut self, denied: bool);

    /// Ends what lasts on the line and at the module's end of its links, and forgets what waits for its occasion.
    fn call_off(&mut self);

    /// Everything from the internet takes so much longer.
    fn slow(&mut self, delay_us: u64);

    /// The next prompt comes so much later.
    fn delay_prompt(&mut self, delay_us: u64);

    /// The next time server fails with this code.
    fn fail_time_server(&mut self, code: u16);

    /// Every open connection breaks.
    fn kill_tcp(&mut self);

    /// Changes how acknowledgements of the broker reach the clients that are open now.
    fn acknowledgements(&mut self, change: &dyn Fn(&mut AckFaults));
}

impl<D: Dialect> Disturb for Module<D> {
    fn output(&mut self) -> &mut Output {
        &mut self.console.output
    }

    fn now_us(&self) -> u64 {
        self.now_us
    }

    fn set_coverage(&mut self, coverage: bool) {
        self.radio.coverage = coverage;
        if !coverage && self.radio.stat != 0 {
            self.search_again();
        }
        self.update_registration();
        self.update_cut();
    }

    fn take_context(&mut self, id: usize) {
        self.lose_context(id);
    }

    fn kill_context(&mut self, id: usize) {
        if self.contexts.is_up(id)
            && let Some(context) = self.contexts.get_mut(id)
        {
            context.dead = true;
            self.update_cut();
        }
    }

    fn reset(&mut self) {
        self.restart();
    }

    fn hang(&mut self) {
        Self::hang(self);
    }

    fn brown_out(&mut self, off_us: u64) {
        self.off();
        self.clock.power_lost();
        self.agenda.add(self.now_us + off_us, Event::PowerBack);
    }

    fn enter_psm(&mut self) {
        D::falls_asleep(self);
        self.agenda.add(self.now_us + LAST_WORDS_US, Event::SleepDeep);
    }

    fn set_sim(&mut self, inserted: bool) {
        self.sim.inserted = inserted;
        if self.is_on() {
            self.lose_contexts();
            self.start_sim();
            self.update_registration();
        }
    }

    fn set_denied(&mut self, denied: bool) {
        self.radio.denied = denied;
        if self.is_on() {
            if denied {
                self.lose_contexts();
            }
            self.update_registration();
        }
    }

    fn call_off(&mut self) {
        self.output().call_off();
        self.internet.open_all();
        self.prompt_delay_us = 0;
        self.ntp_error = None;
        self.acknowledgements(&|faults| *faults = AckFaults::default());
    }

    fn slow(&mut self, delay_us: u64) {
        self.internet.delay_us = delay_us;
    }

    fn delay_prompt(&mut self, delay_us: u64) {
        self.prompt_delay_us = delay_us;
    }

    fn fail_time_server(&mut self, code: u16) {
        self.ntp_error = Some(code);
    }

    fn kill_tcp(&mut self) {
        D::kill_tcp(self);
    }

    fn acknowledgements(&mut self, change: &dyn Fn(&mut AckFaults)) {
        D::ack_faults(self).into_iter().for_each(change);
    }
}

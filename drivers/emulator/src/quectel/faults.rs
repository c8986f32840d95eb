//! Faults of power, card, network and broker. Those of the line itself are in `engine::output`.

use super::events::Event;
use super::module::Module;
use super::mqtt_client::Phase;
use crate::engine::output::Output;
use crate::mqtt::session::AckFaults;

impl Module {
    pub(crate) const fn output(&mut self) -> &mut Output {
        &mut self.console.output
    }

    pub(crate) const fn now_us(&self) -> u64 {
        self.now_us
    }

    pub(crate) fn set_coverage(&mut self, coverage: bool) {
        self.radio.coverage = coverage;
        if !coverage && self.radio.stat != 0 {
            self.search_again();
        }
        self.update_registration();
        self.update_cut();
    }

    pub(crate) fn take_context(&mut self, id: usize) {
        self.lose_context(id);
    }

    pub(crate) fn kill_context(&mut self, id: usize) {
        if self.contexts.is_up(id)
            && let Some(context) = self.contexts.get_mut(id)
        {
            context.dead = true;
            self.update_cut();
        }
    }

    pub(crate) fn reset(&mut self) {
        self.restart();
    }

    pub(crate) fn brown_out(&mut self, off_us: u64) {
        self.off();
        self.clock.power_lost();
        self.agenda.add(self.now_us + off_us, Event::PowerBack);
    }

    pub(crate) fn enter_psm(&mut self) {
        self.urc("PSM POWER DOWN");
        self.agenda.add(self.now_us + 100_000, Event::SleepDeep);
    }

    pub(crate) fn set_sim(&mut self, inserted: bool) {
        self.sim.inserted = inserted;
        if self.is_on() {
            self.lose_contexts();
            self.start_sim();
            self.update_registration();
        }
    }

    pub(crate) fn set_denied(&mut self, denied: bool) {
        self.radio.denied = denied;
        if self.is_on() {
            if denied {
                self.lose_contexts();
            }
            self.update_registration();
        }
    }

    /// Ends what lasts on the line and at the module's end of its links, and forgets what waits for its occasion.
    pub(crate) fn call_off(&mut self) {
        self.output().call_off();
        self.internet.open_all();
        self.prompt_delay_us = 0;
        self.ntp_error = None;
        self.acknowledgements(|faults| *faults = AckFaults::default());
    }

    pub(crate) const fn slow(&mut self, delay_us: u64) {
        self.internet.delay_us = delay_us;
    }

    pub(crate) const fn delay_prompt(&mut self, delay_us: u64) {
        self.prompt_delay_us = delay_us;
    }

    pub(crate) const fn fail_time_server(&mut self, code: u16) {
        self.ntp_error = Some(code);
    }

    pub(crate) fn kill_tcp(&mut self) {
        for index in 0..self.clients.len() {
            if matches!(self.clients[index].phase, Phase::Open(..)) {
                self.client_lost(index, 1);
            }
        }
        self.kill_sockets();
        self.kill_http();
    }

    /// Changes how acknowledgements of the broker reach the clients that are open now.
    pub(crate) fn acknowledgements(&mut self, change: impl Fn(&mut AckFaults)) {
        for client in &mut self.clients {
            if let Phase::Open(_, session) = &mut client.phase {
                change(&mut session.ack_faults);
            }
        }
    }
}

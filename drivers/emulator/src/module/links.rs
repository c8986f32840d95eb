//! What comes from the internet, and when.

use super::Module;
use super::dialect::Dialect;
use super::events::Event;
use crate::engine::internet::{NetEvent, TCP_PATIENCE_US};

impl<D: Dialect> Module<D> {
    /// An event comes from the internet; it may be on its way for a while.
    pub(crate) fn arrive(&mut self, event: NetEvent) {
        if let Some(at_us) = self.internet.arrival(self.now_us, &event) {
            self.agenda.add(at_us, Event::Net(event));
        }
    }

    /// Whether data passes, after anything that it depends on changed.
    pub(crate) fn update_cut(&mut self) {
        let cut = !self.radio.coverage || self.contexts.any_dead();
        if cut {
            self.internet.cut = true;
        } else if self.internet.cut {
            self.agenda.cancel(|event| matches!(event, Event::GivenUp(_)));
            for event in self.internet.reconnect() {
                self.arrive(event);
            }
            D::data_passes(self);
        }
    }

    /// What cannot go out is given up in the end.
    pub(crate) fn watch_links(&mut self) {
        for link in self.internet.take_newly_stuck() {
            self.agenda.add(self.now_us + TCP_PATIENCE_US, Event::GivenUp(link));
        }
    }

    /// An event is there; links that the module closed are nobody's.
    pub(crate) fn network(&mut self, event: NetEvent) {
        let link = event.link();
        self.stays_awake();
        // The connection is there; if TLS is to be spoken on it, the handshake has its own time.
        if matches!(event, NetEvent::Opened { .. }) && self.internet.is_secure(link) {
            D::negotiates(self, link);
        }
        for event in self.internet.received(self.now_us, event) {
            D::link_event(self, link, event);
        }
    }
}

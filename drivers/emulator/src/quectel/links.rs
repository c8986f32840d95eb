//! What comes from the internet, and whose it is.

use super::events::Event;
use super::module::Module;
use crate::engine::internet::{LinkId, NetEvent};

impl Module {
    /// An event comes from the internet; it may be on its way for a while.
    pub(crate) fn network_event(&mut self, now_us: u64, event: NetEvent) {
        self.poll(now_us);
        self.arrive(event);
    }

    fn arrive(&mut self, event: NetEvent) {
        if let Some(at_us) = self.internet.arrival(self.now_us, &event) {
            self.agenda.add(at_us, Event::Net(event));
        }
    }

    /// Whether data passes, after anything that it depends on changed.
    pub(super) fn update_cut(&mut self) {
        let cut = !self.radio.coverage || self.contexts.any_dead();
        if cut {
            self.internet.cut = true;
        } else if self.internet.cut {
            for event in self.internet.reconnect() {
                self.arrive(event);
            }
            self.send_again();
        }
    }

    /// An event is there; links that the module closed are nobody's.
    pub(super) fn network(&mut self, event: NetEvent) {
        let link = event.link();
        if matches!(event, NetEvent::Opened { .. }) {
            self.negotiates(link);
        }
        for event in self.internet.received(event) {
            if let Some(client) = self.client_of(link) {
                self.client_event(client, link, event);
            } else if let Some(socket) = self.socket_of(link) {
                self.socket_event(socket, event);
            } else if self.http_has_link(link) {
                self.http_event(link, event);
            } else {
                self.name_answered(event);
            }
        }
    }

    /// The connection is there; if TLS is to be spoken on it, the handshake has its own time.
    fn negotiates(&mut self, link: LinkId) {
        if !self.internet.is_secure(link) {
            return;
        }
        if let Some(client) = self.client_of(link) {
            let context = &self.tls[usize::from(self.clients[client].config.tls_context)];
            let at_us = self.now_us + u64::from(context.negotiation_s) * 1_000_000;
            self.agenda.add(at_us, Event::OpenTimeout { client, link });
        } else if let Some(socket) = self.socket_of(link) {
            self.socket_negotiates(socket, link);
        } else if self.http_has_link(link) {
            self.http_negotiates(link);
        }
    }

    /// The context is gone: everything on it is dead. `closed`: by the host, which frees its sockets too.
    pub(super) fn close_links_of(&mut self, context: usize, closed: bool) {
        self.close_clients_of(context);
        self.close_sockets_of(context, closed);
        self.close_http_of(context);
        self.forget_question_of(context);
    }

    /// Every link of this module, which is going off.
    pub(super) fn take_links(&mut self) -> Vec<LinkId> {
        let clients: Vec<_> = self.clients.iter_mut().filter_map(|client| std::mem::take(client).link()).collect();
        let sockets = self.sockets.take_links();
        let question = self.question.take().map(|question| question.link);
        let http = std::mem::take(&mut self.http);
        clients.into_iter().chain(sockets).chain(http.links()).chain(question).collect()
    }
}

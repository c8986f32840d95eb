//! Whose a link is.

use super::Module;
use super::events::Event;
use super::mqtt_client::Client;
use crate::engine::internet::{LinkId, NetEvent};

impl Module {
    /// An event of one link.
    pub(super) fn link_event(&mut self, link: LinkId, event: NetEvent) {
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

    /// A handshake begins.
    pub(super) fn negotiates(&mut self, link: LinkId) {
        if let Some(client) = self.client_of(link) {
            let context = &self.own.tls[usize::from(self.own.clients[client].config.tls_context)];
            let at_us = self.now_us + u64::from(context.negotiation_s) * 1_000_000;
            self.later(at_us, Event::OpenTimeout { client, link });
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
        let model = self.own.model;
        let fresh = |client: &mut Client| std::mem::replace(client, Client::factory(model));
        let clients: Vec<_> = self.own.clients.iter_mut().filter_map(|client| fresh(client).link()).collect();
        let sockets = self.own.sockets.take_links();
        let question = self.own.question.take().map(|question| question.link);
        let http = std::mem::take(&mut self.own.http);
        clients.into_iter().chain(sockets).chain(http.links()).chain(question).collect()
    }
}

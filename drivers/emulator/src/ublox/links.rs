//! Whose a link is.

use super::Module;
use crate::engine::internet::{LinkId, NetEvent};

impl Module {
    /// An event of one link.
    pub(super) fn link_event(&mut self, link: LinkId, event: NetEvent) {
        if self.own.mqtt.link() == Some(link) {
            self.mqtt_event(link, event);
        } else if let Some(id) = self.socket_of(link) {
            self.socket_event(id, event);
        } else if let Some(index) = self.http_of(link) {
            self.http_event(index, link, event);
        } else {
            self.name_answered(event);
        }
    }

    /// The context is gone: everything on it is dead, and each says so.
    pub(super) fn close_links(&mut self) {
        self.close_sockets();
        self.close_mqtt();
        self.close_http();
        self.forget_question();
    }

    /// Every link of this module, which is going off; nothing of what used them is left.
    pub(super) fn take_links(&mut self) -> Vec<LinkId> {
        let mqtt = self.own.mqtt.link();
        let http = self.own.http.iter().filter_map(|http| http.exchange.as_ref()?.link).collect::<Vec<_>>();
        let question = self.own.question.take();
        let sockets = self.own.sockets.take_links();
        mqtt.into_iter().chain(http).chain(question).chain(sockets).collect()
    }
}

//! The state inside, for tests to look at.

use super::Module;
use super::http_exchange::Stage;
use super::mqtt_client::Phase;
use super::sockets::{Family, SocketId};
use crate::view::{HttpPhase, HttpView, MqttPhase, MqttView, SocketView};

impl Module {
    pub(super) fn client_view(&self, index: usize) -> Option<MqttView> {
        let client = self.own.clients.get(index)?;
        let (phase, in_flight) = match &client.phase {
            Phase::Closed => (MqttPhase::Closed, Vec::new()),
            Phase::Opening(_) => (MqttPhase::Opening, Vec::new()),
            Phase::Left => (MqttPhase::Left, Vec::new()),
            Phase::Open(_, session) => {
                let phase = match (session.is_connected(), session.is_connecting()) {
                    (true, _) => MqttPhase::Connected,
                    (false, true) => MqttPhase::Connecting,
                    (false, false) => MqttPhase::Open,
                };
                (phase, session.in_flight().map(|entry| entry.1).collect())
            }
        };
        Some(MqttView {
            phase,
            host: client.host.clone(),
            port: client.port,
            tls: client.config.tls,
            keep_alive_s: client.config.keep_alive_s,
            clean: client.config.clean,
            client_id: client.client_id.clone(),
            username: client.username.clone(),
            subscriptions: client.subscriptions.clone(),
            in_flight,
            published: client.published.clone(),
            lost: client.lost,
        })
    }

    pub(super) fn http_view(&self) -> HttpView {
        let exchange = self.own.http.exchange.as_ref();
        HttpView {
            phase: exchange.map_or(HttpPhase::Idle, |exchange| match exchange.stage {
                Stage::Opening => HttpPhase::Opening,
                Stage::Typing => HttpPhase::Typing,
                Stage::Waiting => HttpPhase::Waiting,
                Stage::Answered => HttpPhase::Answered,
            }),
            url: self.own.http.url.as_ref().map(|url| url.text.clone()),
            status: exchange.and_then(|exchange| Some(exchange.response.head.as_ref()?.status)),
            unread: exchange.map_or(0, |exchange| exchange.response.body.len()),
        }
    }

    pub(super) fn socket_view(&self, family: Family, number: usize) -> Option<SocketView> {
        let id = SocketId::all().find(|id| *id == SocketId { family, number })?;
        let socket = self.own.sockets[id].as_ref()?;
        Some(SocketView {
            state: socket.state,
            host: socket.host.clone(),
            port: socket.port,
            unread: socket.unread.len(),
            unacknowledged: socket.unacknowledged(),
        })
    }
}

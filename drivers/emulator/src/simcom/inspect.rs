//! The state inside, for tests to look at.

use super::Module;
use super::mqtt_client::{Client, Phase};
use super::sh_request::ShRequest;
use super::sm_client::SmPhase;
use super::sockets::{Family, SocketId};
use crate::view::{HttpPhase, HttpView, MqttPhase, MqttView, SocketView};

impl Module {
    /// The one client of family 2.
    pub(super) fn sm_view(&self, index: usize) -> Option<MqttView> {
        let sm = &self.own.lpwa.sm;
        let (phase, in_flight) = match &sm.phase {
            SmPhase::Off => (MqttPhase::Closed, Vec::new()),
            SmPhase::Opening(_) => (MqttPhase::Opening, Vec::new()),
            SmPhase::Open(_, session) if session.is_connected() => {
                (MqttPhase::Connected, session.in_flight().map(|entry| entry.1).collect())
            }
            SmPhase::Open(..) => (MqttPhase::Connecting, Vec::new()),
        };
        let config = &sm.config;
        (index == 0).then(|| MqttView {
            phase,
            host: config.host.clone(),
            port: config.port,
            tls: config.tls.is_some(),
            keep_alive_s: config.keep_alive_s,
            clean: config.clean,
            client_id: config.client_id.clone(),
            username: config.username.clone(),
            subscriptions: sm.subscriptions.clone(),
            in_flight,
            published: sm.published.clone(),
            lost: sm.lost,
        })
    }

    pub(super) fn sh_view(&self) -> HttpView {
        let sh = &self.own.lpwa.sh;
        let phase = match (&sh.request, sh.link) {
            (Some(request), _) if request.is_answered() => HttpPhase::Answered,
            (Some(_), _) => HttpPhase::Waiting,
            (None, Some(_)) if !sh.connected => HttpPhase::Opening,
            (None, _) => HttpPhase::Idle,
        };
        HttpView {
            phase,
            url: sh.url.as_ref().map(|url| url.text.clone()),
            status: sh.request.as_ref().and_then(ShRequest::status),
            unread: sh.request.as_ref().map_or(0, ShRequest::unread),
        }
    }

    pub(super) fn http_view(&self) -> HttpView {
        let Some(http) = &self.own.http else { return HttpView::default() };
        let phase = match (&http.exchange, &http.answer) {
            (Some(exchange), _) if exchange.sent => HttpPhase::Waiting,
            (Some(_), _) => HttpPhase::Opening,
            (None, Some(_)) => HttpPhase::Answered,
            (None, None) => HttpPhase::Idle,
        };
        HttpView {
            phase,
            url: http.config.url.as_ref().map(|url| url.text.clone()),
            status: http.answer.as_ref().map(|answer| answer.status),
            unread: http.answer.as_ref().map_or(0, |answer| answer.body.len()),
        }
    }

    pub(super) fn socket_view(&self, family: Family, number: usize) -> Option<SocketView> {
        let socket = self.own.sockets.get(&SocketId { family, number })?;
        Some(SocketView {
            state: socket.state,
            host: socket.host.clone(),
            port: socket.port,
            unread: socket.unread.len(),
            unacknowledged: socket.unacknowledged(),
        })
    }

    pub(super) fn client_view(&self, index: usize) -> Option<MqttView> {
        let client: &Client = self.own.mqtt.clients.get(index)?;
        let (phase, in_flight) = match &client.phase {
            Phase::Free => (MqttPhase::Closed, Vec::new()),
            Phase::Acquired => (MqttPhase::Left, Vec::new()),
            Phase::Opening(_) => (MqttPhase::Opening, Vec::new()),
            Phase::Open(_, session) if session.is_connected() => {
                (MqttPhase::Connected, session.in_flight().map(|entry| entry.1).collect())
            }
            Phase::Open(..) => (MqttPhase::Connecting, Vec::new()),
        };
        let login = &client.login;
        let username = login.username.as_deref().unwrap_or_default();
        Some(MqttView {
            phase,
            host: login.host.clone(),
            port: login.port,
            tls: client.tls,
            keep_alive_s: login.keep_alive_s,
            clean: login.clean,
            client_id: client.client_id.clone(),
            username: String::from_utf8_lossy(username).into_owned(),
            subscriptions: client.subscriptions.clone(),
            in_flight,
            published: client.published.clone(),
            lost: client.lost,
        })
    }
}

//! The state inside, for tests to look at.

use super::Module;
use super::http_client::Http;
use super::mqtt_client::{Client, Phase};
use crate::view::{HttpPhase, HttpView, MqttPhase, MqttView, SocketView};

impl Module {
    /// There is one client.
    pub(super) fn client_view(&self, index: usize) -> Option<MqttView> {
        let Client { profile, phase, subscriptions, published, lost, .. } =
            Some(&self.own.mqtt).filter(|_| index == 0)?;
        let (phase, in_flight) = match phase {
            Phase::Down => (MqttPhase::Closed, Vec::new()),
            Phase::Opening(_) => (MqttPhase::Opening, Vec::new()),
            Phase::Up(_, session) if session.is_connected() => {
                (MqttPhase::Connected, session.in_flight().map(|entry| entry.1).collect())
            }
            Phase::Up(..) => (MqttPhase::Connecting, Vec::new()),
        };
        Some(MqttView {
            phase,
            host: profile.host().to_owned(),
            port: profile.port,
            tls: profile.tls.is_some(),
            keep_alive_s: profile.keep_alive_s,
            clean: profile.clean,
            client_id: profile.client_id.clone().unwrap_or_default(),
            username: String::from_utf8_lossy(&profile.user).into_owned(),
            subscriptions: subscriptions.clone(),
            in_flight,
            published: published.clone(),
            lost: *lost,
        })
    }

    /// The profile that works, or else profile 0.
    pub(super) fn http_view(&self) -> HttpView {
        let busy = self.own.http.iter().find(|http| http.exchange.is_some());
        let Http { profile, exchange, status } = busy.unwrap_or(&self.own.http[0]);
        let phase = match exchange {
            None if status.is_some() => HttpPhase::Answered,
            None => HttpPhase::Idle,
            Some(exchange) if exchange.sent => HttpPhase::Waiting,
            Some(_) => HttpPhase::Opening,
        };
        let scheme = if profile.tls.is_some() { "https" } else { "http" };
        let url = (!profile.host.is_empty()).then(|| format!("{scheme}://{}:{}", profile.host, profile.port()));
        HttpView { phase, url, status: *status, unread: 0 }
    }

    /// One socket, of those with TLS or of those without.
    pub(super) fn socket_view(&self, id: usize, tls: bool) -> Option<SocketView> {
        let socket = self.own.sockets.list.get(id)?.as_ref().filter(|socket| socket.tls.is_some() == tls)?;
        Some(SocketView {
            state: socket.state(),
            host: socket.host.clone(),
            port: socket.port,
            unread: socket.unread.len(),
            unacknowledged: socket.unacknowledged(),
        })
    }
}

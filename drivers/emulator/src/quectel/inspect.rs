//! The state inside, for tests to look at.

use super::http_exchange::Stage;
use super::module::Module;
use super::mqtt_client::Phase;
use super::power::Supply;
use super::sockets::{Family, SocketId};
use super::tls_config::TlsContext;
use crate::view::{ContextState, HttpPhase, HttpView, MqttPhase, MqttView, SocketView};

impl Module {
    pub(crate) const fn is_on(&self) -> bool {
        matches!(self.power.supply, Supply::On)
    }

    pub(crate) const fn boots(&self) -> u64 {
        self.power.boots
    }

    pub(crate) const fn echo(&self) -> bool {
        self.settings.echo
    }

    pub(crate) const fn error_form(&self) -> u8 {
        self.settings.cmee
    }

    pub(crate) const fn urcs_here(&self) -> bool {
        self.settings.urcs_here
    }

    pub(crate) const fn rate(&self) -> u32 {
        self.settings.rate
    }

    pub(crate) const fn pin_tries_left(&self) -> u8 {
        self.sim.tries_left
    }

    pub(crate) fn sim_ready(&self) -> bool {
        self.sim.check().is_ok()
    }

    pub(crate) const fn registration(&self) -> u8 {
        self.radio.stat
    }

    pub(crate) const fn functionality_level(&self) -> u8 {
        self.radio.functionality
    }

    pub(crate) fn context(&self, id: usize) -> ContextState {
        self.contexts.get(id).map_or(ContextState::Inactive, |context| context.state)
    }

    pub(crate) fn apn(&self, id: usize) -> &str {
        self.contexts.get(id).map_or("", |context| &context.apn)
    }

    pub(crate) fn count(&self, command: &str) -> u64 {
        self.counts.get(&command.to_ascii_uppercase()).copied().unwrap_or(0)
    }

    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        self.flash.read(&super::files::with_drive(name.as_bytes()).ok()?)
    }

    pub(crate) fn file_names(&self) -> Vec<String> {
        self.flash.iter().map(|file| file.0.to_owned()).collect()
    }

    pub(crate) fn put_file(&mut self, name: &str, content: &[u8]) -> bool {
        let name = super::files::with_drive(name.as_bytes());
        name.map(|name| self.flash.write(name, content.to_vec())).is_ok()
    }

    pub(crate) fn tls_context(&self, index: usize) -> Option<&TlsContext> {
        self.tls.get(index)
    }

    pub(crate) const fn port_bytes(&self) -> (u64, u64) {
        (self.bytes_from_host, self.console.output.total())
    }

    pub(crate) fn mqtt(&self, index: usize) -> Option<MqttView> {
        let client = self.clients.get(index)?;
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

    pub(crate) fn http(&self) -> HttpView {
        let exchange = self.http.exchange.as_ref();
        HttpView {
            phase: exchange.map_or(HttpPhase::Idle, |exchange| match exchange.stage {
                Stage::Opening => HttpPhase::Opening,
                Stage::Typing => HttpPhase::Typing,
                Stage::Waiting => HttpPhase::Waiting,
                Stage::Answered => HttpPhase::Answered,
            }),
            url: self.http.url.as_ref().map(|url| url.text.clone()),
            status: exchange.and_then(|exchange| Some(exchange.response.head.as_ref()?.status)),
            unread: exchange.map_or(0, |exchange| exchange.response.body.len()),
        }
    }

    pub(crate) fn tcp_socket(&self, number: usize) -> Option<SocketView> {
        self.socket(Family::Tcp, number)
    }

    pub(crate) fn tls_socket(&self, number: usize) -> Option<SocketView> {
        self.socket(Family::Tls, number)
    }

    fn socket(&self, family: Family, number: usize) -> Option<SocketView> {
        let id = SocketId::all().find(|id| *id == SocketId { family, number })?;
        let socket = self.sockets[id].as_ref()?;
        Some(SocketView {
            state: socket.state,
            host: socket.host.clone(),
            port: socket.port,
            unread: socket.unread.len(),
            unacknowledged: socket.unacknowledged(),
        })
    }
}

//! The state inside, for tests to look at.

use super::module::Module;
use super::mqtt_client::Phase;
use super::power::Supply;
use super::tls_config::TlsContext;

/// A data context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContextState {
    /// Not active.
    #[default]
    Inactive,
    /// Active, as far as the module says.
    Active,
    /// The network took it away; the host has not deactivated it yet.
    Lost,
}

/// Where an MQTT client stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MqttPhase {
    /// Free.
    Closed,
    /// The connection is being opened.
    Opening,
    /// Open; no CONNECT yet, or it was refused.
    Open,
    /// CONNECT sent.
    Connecting,
    /// Accepted by the broker.
    Connected,
    /// Disconnected, and not closed yet.
    Left,
}

/// The last publish that the host handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Topic.
    pub topic: String,
    /// Payload.
    pub payload: Vec<u8>,
    /// QoS.
    pub qos: u8,
    /// Retain flag.
    pub retain: bool,
    /// Message id.
    pub id: u16,
}

/// An MQTT client of the module. There is no password here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MqttView {
    /// Where it stands.
    pub phase: MqttPhase,
    /// Host of the last open.
    pub host: String,
    /// Port of the last open.
    pub port: u16,
    /// Whether TLS is on.
    pub tls: bool,
    /// Keep-alive.
    pub keep_alive_s: u16,
    /// Clean session.
    pub clean: bool,
    /// Client id of the last CONNECT.
    pub client_id: String,
    /// User name of the last CONNECT.
    pub username: String,
    /// What the broker granted: topic and QoS.
    pub subscriptions: Vec<(String, u8)>,
    /// Ids that wait for an answer, oldest first.
    pub in_flight: Vec<u16>,
    /// The last publish, kept when the client closes.
    pub published: Option<Published>,
    /// Messages lost because every slot was taken.
    pub lost: u64,
}

/// Where a socket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketState {
    /// The connection is being opened.
    Opening,
    /// The connection is there.
    Connected,
    /// The other end is gone; the id is in use until the host closes it.
    Closed,
}

/// A socket of the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketView {
    /// Where it stands.
    pub state: SocketState,
    /// Host as it was given.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Bytes that wait to be read.
    pub unread: usize,
}

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
}

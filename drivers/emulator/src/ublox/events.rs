//! What happens by itself, later.

use super::Module;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// `+UUPSDA` is due.
    ProfileDecided,
    /// The bearer follows the registration.
    Bearer,
    /// The connection of the MQTT client took too long.
    LoginTimeout { link: u32 },
    /// The connection of this socket took too long.
    SocketTimeout { id: usize, link: u32 },
    /// The other end has all that this socket had sent by then.
    Acknowledged { id: usize, link: u32, total: usize },
    /// A close that was ordered without waiting for it is over.
    CloseOver { id: usize },
    /// A name took too long.
    NameTimeout { link: u32 },
    /// The request of this HTTP profile took too long.
    HttpTimeout { profile: usize, link: u32 },
    /// The answer to this publish or its like is there without the broker.
    MqttDone { line: String },
}

impl Module {
    pub(super) fn own_happens(&mut self, event: Event) {
        match event {
            Event::ProfileDecided => self.profile_decided(),
            Event::Bearer => self.bearer_comes(),
            Event::LoginTimeout { link } => self.login_timed_out(link),
            Event::SocketTimeout { id, link } => self.socket_timed_out(id, link),
            Event::Acknowledged { id, link, total } => self.acknowledged(id, link, total),
            Event::CloseOver { id } => self.close_over(id),
            Event::NameTimeout { link } => self.name_timed_out(link),
            Event::HttpTimeout { profile, link } => self.http_timed_out(profile, link),
            Event::MqttDone { line } => self.mqtt_result(&line),
        }
    }
}

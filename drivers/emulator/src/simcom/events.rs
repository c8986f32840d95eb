//! What happens by itself, later.

use super::Module;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    MqttStarted,
    MqttStopped,
    /// The CONNECT of this client took too long.
    ConnectTimeout {
        client: usize,
        link: u32,
    },
    /// The PUBACK of this client took too long.
    PublishTimeout {
        client: usize,
        id: u16,
    },
    /// The time server answers.
    TimeServer,
}

impl Module {
    pub(super) fn own_happens(&mut self, event: Event) {
        match event {
            Event::MqttStarted => self.mqtt_start_ends(),
            Event::MqttStopped => self.mqtt_stop_ends(),
            Event::ConnectTimeout { client, link } => self.connect_timed_out(client, link),
            Event::PublishTimeout { client, id } => self.publish_timed_out(client, id),
            Event::TimeServer => self.time_server_answered(),
        }
    }
}

//! What happens by itself, later.

use super::Module;
use super::sockets::SocketId;

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
    NetworkOpened,
    CchStarted,
    /// The open of this socket took too long.
    SocketTimeout {
        id: SocketId,
        link: u32,
    },
    /// The other end has all that this socket had sent by then.
    Acknowledged {
        id: SocketId,
        link: u32,
        total: usize,
    },
    /// The HTTP request or answer on this link took too long.
    HttpTimeout {
        link: u32,
    },
    /// A name took too long.
    NameTimeout {
        link: u32,
    },
    /// The application network goes up, or not.
    AppDecided {
        number: usize,
    },
    /// `AT+SMCONN` took too long.
    SmTimeout {
        link: u32,
    },
    /// `AT+SMCONN` does not block any more.
    SmConnected,
    /// A command whose connection is gone ends all the same.
    SmEndsLate,
    /// `AT+SHCONN` or `AT+SHREQ` took too long.
    ShTimeout {
        link: u32,
    },
    /// `NORMAL POWER DOWN`
    SaysPowerDown,
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
            Event::NetworkOpened => self.network_opened(),
            Event::CchStarted => self.cch_start_ends(),
            Event::SocketTimeout { id, link } => self.socket_timed_out(id, link),
            Event::Acknowledged { id, link, total } => self.acknowledged(id, link, total),
            Event::HttpTimeout { link } => self.http_timed_out(link),
            Event::NameTimeout { link } => self.name_timed_out(link),
            Event::AppDecided { number } => self.app_decided(number),
            Event::SmTimeout { link } => self.sm_timed_out(link),
            Event::SmConnected => self.sm_connected(),
            Event::SmEndsLate => self.sm_ends_late(),
            Event::ShTimeout { link } => self.sh_timed_out(link),
            Event::SaysPowerDown => self.no_prompt(Some("NORMAL POWER DOWN".to_owned())),
            Event::TimeServer => self.time_server_answered(),
        }
    }
}

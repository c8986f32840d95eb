//! What happens by itself, later.

use super::Module;
use super::sockets::SocketId;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The open of this client took too long.
    OpenTimeout { client: usize, link: u32 },
    /// The open of this socket took too long.
    SocketTimeout {
        id: SocketId,
        link: u32,
        /// What it failed with.
        code: u16,
    },
    /// The HTTP request or answer on this link took too long.
    HttpTimeout { link: u32 },
    /// The other end has all that this socket had sent by then.
    Acknowledged { id: SocketId, link: u32, total: usize },
    /// A name took too long.
    NameTimeout { link: u32 },
    /// The server of AT+QNTP answers.
    TimeServer { context: usize },
}

impl Module {
    pub(super) fn own_happens(&mut self, event: Event) {
        match event {
            Event::OpenTimeout { client, link } => self.open_timed_out(client, link),
            Event::SocketTimeout { id, link, code } => self.socket_timed_out(id, link, code),
            Event::HttpTimeout { link } => self.http_timed_out(link),
            Event::Acknowledged { id, link, total } => self.acknowledged(id, link, total),
            Event::NameTimeout { link } => self.name_timed_out(link),
            Event::TimeServer { context } => self.time_server_answered(context),
        }
    }
}

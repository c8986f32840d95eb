//! What stands behind the ids of sockets: TCP and TLS sockets have ids of their own (quectel-at 4, 5).

use std::ops::{Index, IndexMut};

use super::Module;
use crate::engine::internet::LinkId;
use crate::module::command::Parameters;
use crate::module::reply::Refused;
use crate::view::SocketState;

/// Ids are 0 to 11.
const COUNT: usize = 12;
/// The local port of TCP socket 0; each other has the next.
const LOCAL_PORT: usize = 49_152;

/// The two kinds of sockets, which have commands and ids of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// `AT+QIOPEN` and its like.
    Tcp,
    /// `AT+QSSLOPEN` and its like.
    Tls,
}

impl Family {
    pub(super) const fn open(self) -> &'static str {
        match self {
            Self::Tcp => "+QIOPEN",
            Self::Tls => "+QSSLOPEN",
        }
    }

    pub(super) const fn read(self) -> &'static str {
        match self {
            Self::Tcp => "+QIRD",
            Self::Tls => "+QSSLRECV",
        }
    }

    pub(super) const fn urc(self) -> &'static str {
        match self {
            Self::Tcp => "+QIURC",
            Self::Tls => "+QSSLURC",
        }
    }
}

/// Names one socket of the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SocketId {
    pub(super) family: Family,
    pub(super) number: usize,
}

impl SocketId {
    /// The id among the parameters of a command.
    pub(super) fn of(family: Family, parameters: &Parameters, index: usize) -> Result<Self, Refused> {
        Ok(Self { family, number: parameters.need(index, 0, COUNT as u32 - 1)? as usize })
    }

    pub(super) fn all() -> impl Iterator<Item = Self> {
        [Family::Tcp, Family::Tls].into_iter().flat_map(|family| (0..COUNT).map(move |number| Self { family, number }))
    }
}

/// A socket that is in use.
#[derive(Debug)]
pub(super) struct Socket {
    /// While the connection is there.
    pub(super) link: Option<LinkId>,
    pub(super) state: SocketState,
    pub(super) context: usize,
    /// Of a TLS socket.
    pub(super) tls_context: usize,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) local_port: u16,
    /// Data is pushed to the host as it comes (access mode 1); else it waits to be read.
    pub(super) push: bool,
    pub(super) unread: Vec<u8>,
    /// That there is data was said, and nothing was read to its end since.
    pub(super) announced: bool,
    pub(super) sent: usize,
    /// Of what was sent.
    pub(super) acknowledged: usize,
    pub(super) received: usize,
}

impl Socket {
    pub(super) const fn new(context: usize, host: String, port: u16) -> Self {
        Self {
            link: None,
            state: SocketState::Opening,
            context,
            tls_context: 0,
            host,
            port,
            local_port: 0,
            push: false,
            unread: Vec::new(),
            announced: false,
            sent: 0,
            acknowledged: 0,
            received: 0,
        }
    }

    pub(super) const fn unacknowledged(&self) -> usize {
        self.sent - self.acknowledged
    }
}

/// The local port that a TCP socket has when the host does not choose one.
pub(super) const fn local_port(number: usize) -> u16 {
    (LOCAL_PORT + number) as u16
}

/// Every socket of the module, in use or not.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    tcp: [Option<Socket>; COUNT],
    tls: [Option<Socket>; COUNT],
}

impl Index<SocketId> for Sockets {
    type Output = Option<Socket>;

    fn index(&self, id: SocketId) -> &Self::Output {
        match id.family {
            Family::Tcp => &self.tcp[id.number],
            Family::Tls => &self.tls[id.number],
        }
    }
}

impl IndexMut<SocketId> for Sockets {
    fn index_mut(&mut self, id: SocketId) -> &mut Self::Output {
        match id.family {
            Family::Tcp => &mut self.tcp[id.number],
            Family::Tls => &mut self.tls[id.number],
        }
    }
}

impl Sockets {
    /// Frees all of them, and gives the links that they had.
    pub(super) fn take_links(&mut self) -> Vec<LinkId> {
        SocketId::all().filter_map(|id| self[id].take()?.link).collect()
    }
}

impl Module {
    /// A socket whose connection is there. If it is not, `AT+QIGETERROR` has the reason where the table has one.
    pub(super) fn connected_socket(&mut self, id: SocketId) -> Result<&mut Socket, Refused> {
        /// "567 closed" (quectel-at 4).
        const CLOSED: u16 = 567;
        let state = self.own.sockets[id].as_ref().map(|socket| socket.state);
        if state == Some(SocketState::Closed) {
            self.own.last_error = CLOSED;
        }
        self.own.sockets[id].as_mut().filter(|socket| socket.state == SocketState::Connected).ok_or(Refused::Error)
    }

    pub(super) fn socket_of(&self, wanted: LinkId) -> Option<SocketId> {
        SocketId::all().find(|&id| self.own.sockets[id].as_ref().is_some_and(|socket| socket.link == Some(wanted)))
    }

    /// Information lines about the sockets of one family, or about one of them.
    pub(super) fn socket_lines(
        &self,
        family: Family,
        one: Option<SocketId>,
        line: impl Fn(usize, u8, &Socket) -> String,
    ) -> Vec<String> {
        let wanted = |id: &SocketId| id.family == family && one.is_none_or(|one| one == *id);
        let connected = if self.options.client_reads_listening { 3 } else { 2 };
        let described = |id: SocketId| {
            let socket = self.own.sockets[id].as_ref()?;
            let state = match socket.state {
                SocketState::Opening => 1,
                SocketState::Connected => connected,
                SocketState::Closed => 4,
            };
            Some(line(id.number, state, socket))
        };
        SocketId::all().filter(wanted).filter_map(described).collect()
    }
}

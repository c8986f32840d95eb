//! What stands behind the ids of sockets, which the module chooses (ublox-at 5).

use super::Module;
use crate::engine::internet::LinkId;
use crate::module::command::Parameters;
use crate::module::reply::Refused;
use crate::view::SocketState;

/// "7 sockets, ids 0..6, lowest free"
pub(super) const COUNT: usize = 7;

/// `operation not allowed`: also the answer to whoever uses a socket that is gone.
pub(super) const NOT_ALLOWED: Refused = Refused::Cme(3);

/// Errors of sockets, as `AT+USOER` and `AT+USOCTL=<s>,1` tell them.
pub(super) const WOULD_BLOCK: u16 = 11;
pub(super) const TIMED_OUT: u16 = 110;
pub(super) const UNREACHABLE: u16 = 113;
/// "71 EPROTO": what is wrong with TLS.
pub(super) const PROTOCOL: u16 = 71;

/// How a socket is, between its creation and its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Created,
    /// The command that opens it waits, or was answered at once.
    Connecting {
        blocks: bool,
    },
    Connected,
    /// It could not be connected, and has to be closed by the host.
    Failed,
    /// The host closed it; the other end has not answered yet.
    Closing,
}

/// A socket that is in use.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) stage: Stage,
    pub(super) link: Option<LinkId>,
    pub(super) host: String,
    pub(super) port: u16,
    /// TLS profile, and when it was set.
    pub(super) tls: Option<(usize, u64)>,
    pub(super) unread: Vec<u8>,
    /// The peer is gone; the host is told behind the data.
    pub(super) ended: bool,
    pub(super) sent: usize,
    pub(super) acknowledged: usize,
    /// `AT+USOCTL=<s>,1`
    pub(super) error: u16,
}

impl Socket {
    pub(super) const fn new() -> Self {
        Self {
            stage: Stage::Created,
            link: None,
            host: String::new(),
            port: 0,
            tls: None,
            unread: Vec::new(),
            ended: false,
            sent: 0,
            acknowledged: 0,
            error: 0,
        }
    }

    pub(super) const fn unacknowledged(&self) -> usize {
        self.sent - self.acknowledged
    }

    pub(super) fn state(&self) -> SocketState {
        match self.stage {
            Stage::Connected if !self.ended => SocketState::Connected,
            Stage::Created | Stage::Connecting { .. } => SocketState::Opening,
            Stage::Connected | Stage::Failed | Stage::Closing => SocketState::Closed,
        }
    }
}

/// Every socket, in use or not.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    pub(super) list: [Option<Socket>; COUNT],
    /// `AT+USOER`
    pub(super) last_error: u16,
    /// `AT+USOCLCFG=0`
    pub(super) closes_at_once: bool,
}

impl Sockets {
    pub(super) fn take_links(&mut self) -> Vec<LinkId> {
        self.list.iter_mut().filter_map(|socket| socket.take()?.link).collect()
    }

    pub(super) fn free_id(&self) -> Option<usize> {
        self.list.iter().position(Option::is_none)
    }
}

/// The id among the parameters of a command.
pub(super) fn id_at(parameters: &Parameters, index: usize) -> Result<usize, Refused> {
    Ok(parameters.need(index, 0, COUNT as u32 - 1)? as usize)
}

impl Module {
    pub(super) fn socket(&mut self, id: usize) -> Result<&mut Socket, Refused> {
        self.own.sockets.list[id].as_mut().filter(|socket| socket.stage != Stage::Closing).ok_or(NOT_ALLOWED)
    }

    pub(super) fn connected_socket(&mut self, id: usize) -> Result<&mut Socket, Refused> {
        self.socket(id).and_then(|socket| if socket.stage == Stage::Connected { Ok(socket) } else { Err(NOT_ALLOWED) })
    }

    pub(super) fn socket_of(&self, wanted: LinkId) -> Option<usize> {
        let has = |socket: &Option<Socket>| socket.as_ref().is_some_and(|socket| socket.link == Some(wanted));
        self.own.sockets.list.iter().position(has)
    }

    /// What went wrong, for `AT+USOER` and `AT+USOCTL`.
    pub(super) fn socket_error(&mut self, id: usize, code: u16) {
        self.own.sockets.last_error = code;
        if let Some(socket) = &mut self.own.sockets.list[id] {
            socket.error = code;
        }
    }
}

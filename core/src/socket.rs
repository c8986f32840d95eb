//! The TCP and TLS sockets of a module.

use core::net::IpAddr;

use crate::{Module, Plain, Security, SocketLimits, Tls};

/// A module that opens TCP connections.
///
/// A stream, as everywhere: what is written in one call may be read by the other end in several. The general contract
/// stands in the [crate documentation](crate).
pub trait TcpSocket: Module {
    /// How many sockets the model has, and what they take.
    const SOCKETS: SocketLimits;

    /// Opens a connection, and returns when the other end accepted it.
    ///
    /// `host` is a name or an address as text. *Twice*: two connections. *Dropped*: the outcome is unknown; a later call
    /// closes what exists, before that socket of the module is used again. *Kinds*: [`Retry`](crate::ErrorKind::Retry)
    /// (the module has no memory, or is busy), [`Reconnect`](crate::ErrorKind::Reconnect) (the name is not known, nobody
    /// answers there), [`Reattach`](crate::ErrorKind::Reattach), [`Restart`](crate::ErrorKind::Restart),
    /// [`Misuse`](crate::ErrorKind::Misuse) (all sockets are open).
    async fn open(&mut self, host: &str, port: u16) -> Result<Socket, Self::Error>;

    /// Writes all of `data`, and returns when the module has taken it: it is on its way, not acknowledged.
    ///
    /// A module whose buffer is full is waited for. *Twice*: the bytes twice. *Dropped*, or failed with kind
    /// [`Retry`](crate::ErrorKind::Retry): either all of it goes out before anything else does, which
    /// [`has_taken`](Self::has_taken) tells, or none of it; data longer than one block of the module, or than the
    /// driver's transmit buffer, may have been cut between two blocks, and the socket is
    /// [`Closed`](SocketState::Closed) then. *Kinds*:
    /// [`Reconnect`](crate::ErrorKind::Reconnect) (the connection is over), `Retry` (the module stays full),
    /// [`Restart`](crate::ErrorKind::Restart), [`Misuse`](crate::ErrorKind::Misuse) (a socket that was closed).
    async fn write(&mut self, socket: Socket, data: &[u8]) -> Result<(), Self::Error>;

    /// Whether the module takes the data of the last [`write`](Self::write) to this socket, although its future was
    /// dropped. Asked before the next call that writes.
    fn has_taken(&mut self, socket: Socket) -> bool;

    /// Waits for bytes and copies them: at least one, or 0 when the other end closed the connection and all was read.
    ///
    /// It asks the module at once when bytes may wait there, and else listens; what was missed on the line is asked for
    /// in the end. *Dropped*: loses nothing, bytes that were asked for are kept for the next call. *Kinds*:
    /// [`Reconnect`](crate::ErrorKind::Reconnect) (the connection is over, and not by the other end in its orderly way),
    /// [`Retry`](crate::ErrorKind::Retry) (bytes of other sockets that nobody fetches fill the driver's inbox),
    /// [`Restart`](crate::ErrorKind::Restart), [`Misuse`](crate::ErrorKind::Misuse).
    async fn read(&mut self, socket: Socket, buf: &mut [u8]) -> Result<usize, Self::Error>;

    /// Copies bytes as [`read`](Self::read) does, and never listens: `None` when the module answers that none wait.
    ///
    /// It is what several users of one module read with, since none of them keeps the others waiting for a server.
    /// *After `None`*: the state is not [`Readable`](SocketState::Readable) until something more comes. *Dropped* and
    /// *kinds*: as `read`.
    async fn fetch(&mut self, socket: Socket, buf: &mut [u8]) -> Result<Option<usize>, Self::Error>;

    /// What is known of the connection without asking the module. [`Module::idle`] keeps it up to date, also when a line
    /// was lost: a connection that was silent for some minutes is [`Readable`](SocketState::Readable), and told to be.
    fn state(&self, socket: Socket) -> SocketState;

    /// Closes the connection; what was written before is still sent, as far as the module's patience reaches.
    ///
    /// *Twice*: harmless. *Dropped*: a later call closes it. *Kinds*: [`Restart`](crate::ErrorKind::Restart); all else
    /// reaches the aim.
    async fn close(&mut self, socket: Socket) -> Result<(), Self::Error>;

    /// Asks for the first address of a name; an address as text is answered without the network. *Dropped*: nothing is
    /// left. *Kinds*: [`Reconnect`](crate::ErrorKind::Reconnect) (the name is not known or nobody answers),
    /// [`Reattach`](crate::ErrorKind::Reattach), [`Restart`](crate::ErrorKind::Restart).
    async fn resolve(&mut self, host: &str) -> Result<IpAddr, Self::Error>;

    /// Does what the method of the request's name does: one future for all of them, since each future is code, and who
    /// keeps a connection needs them all. Contracts and kinds are those of the methods.
    async fn perform(&mut self, request: SocketRequest<'_>) -> Result<SocketReply, Self::Error> {
        match request {
            SocketRequest::Open { host, port } => self.open(host, port).await.map(SocketReply::Opened),
            SocketRequest::Write(socket, data) => self.write(socket, data).await.map(|()| SocketReply::Done),
            SocketRequest::Read(socket, buf) => self.read(socket, buf).await.map(SocketReply::Read),
            SocketRequest::Close(socket) => self.close(socket).await.map(|()| SocketReply::Done),
        }
    }
}

/// A module whose sockets also speak TLS.
pub trait TlsSocket: TcpSocket {
    /// Opens a connection, and returns when the other end proved what `tls` asks for. All else is as with
    /// [`open`](TcpSocket::open) and a socket of that. *Kinds*: also [`Refused`](crate::ErrorKind::Refused) by
    /// [`Certificate`](crate::Refusal::Certificate), [`Unsupported`](crate::ErrorKind::Unsupported) (the firmware cannot
    /// check what was asked for).
    async fn open_tls(&mut self, host: &str, port: u16, tls: &Tls<'_>) -> Result<Socket, Self::Error>;

    /// As [`perform`](TcpSocket::perform), and what is opened is protected so.
    async fn perform_tls(&mut self, request: SocketRequest<'_>, tls: &Tls<'_>) -> Result<SocketReply, Self::Error> {
        match request {
            SocketRequest::Open { host, port } => self.open_tls(host, port, tls).await.map(SocketReply::Opened),
            request => self.perform(request).await,
        }
    }
}

/// What the owner of a connection asks of a [`TcpSocket`], as a value.
#[derive(Debug)]
pub enum SocketRequest<'a> {
    /// [`TcpSocket::open`], or [`TlsSocket::open_tls`].
    Open {
        /// A name, or an address as text.
        host: &'a str,
        /// Its port.
        port: u16,
    },
    /// [`TcpSocket::write`].
    Write(Socket, &'a [u8]),
    /// [`TcpSocket::read`].
    Read(Socket, &'a mut [u8]),
    /// [`TcpSocket::close`].
    Close(Socket),
}

/// How a [`SocketRequest`] ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketReply {
    /// It is open.
    Opened(Socket),
    /// So many bytes were read.
    Read(usize),
    /// It was written, or closed.
    Done,
}

/// A connection of a [`TcpSocket`], as the driver names it.
///
/// It does not borrow the module, so that one task may hold several. A name that is used after its socket was closed is
/// of kind [`Misuse`](crate::ErrorKind::Misuse), never somebody else's connection: each opening counts a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Socket {
    index: u8,
    generation: u8,
}

impl Socket {
    /// Meant for drivers.
    #[must_use]
    pub const fn new(index: u8, generation: u8) -> Self {
        Self { index, generation }
    }

    /// Which of the driver's sockets it is.
    #[must_use]
    pub const fn index(self) -> u8 {
        self.index
    }

    /// How often that one had been opened before, counted around.
    #[must_use]
    pub const fn generation(self) -> u8 {
        self.generation
    }
}

/// What is known of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SocketState {
    /// Open, and nothing is known to wait.
    Idle,
    /// [`TcpSocket::read`] has something to do: bytes may wait, or the other end closed.
    Readable,
    /// There is no such connection: everything was read, or it was cut, or closed.
    Closed,
}

/// A [`Security`] that the sockets of `M` can give.
///
/// [`Plain`] is for every [`TcpSocket`], [`Tls`] for those that are a [`TlsSocket`].
pub trait Opens<M: TcpSocket>: Security {
    /// Opens a connection that is protected so.
    fn open_on(&self, module: &mut M, host: &str, port: u16) -> impl Future<Output = Result<Socket, M::Error>>;

    /// Does what is asked for; what it opens is protected so.
    fn perform_on(
        &self,
        module: &mut M,
        request: SocketRequest<'_>,
    ) -> impl Future<Output = Result<SocketReply, M::Error>>;
}

impl<M: TcpSocket> Opens<M> for Plain {
    fn open_on(&self, module: &mut M, host: &str, port: u16) -> impl Future<Output = Result<Socket, M::Error>> {
        module.open(host, port)
    }

    fn perform_on(
        &self,
        module: &mut M,
        request: SocketRequest<'_>,
    ) -> impl Future<Output = Result<SocketReply, M::Error>> {
        module.perform(request)
    }
}

impl<M: TlsSocket> Opens<M> for Tls<'_> {
    fn open_on(&self, module: &mut M, host: &str, port: u16) -> impl Future<Output = Result<Socket, M::Error>> {
        module.open_tls(host, port, self)
    }

    fn perform_on(
        &self,
        module: &mut M,
        request: SocketRequest<'_>,
    ) -> impl Future<Output = Result<SocketReply, M::Error>> {
        module.perform_tls(request, self)
    }
}

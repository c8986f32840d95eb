//! The module's sockets (TCP/IP Application Note, SSL Application Note).

use core::net::IpAddr;

use embedded_io_async::{Read, Write};
use wanlink_at::Answer;
use wanlink_core::{
    HasTcpSocket, HasTlsSocket, Socket, SocketLimits, SocketReply, SocketRequest, SocketState, TcpSocket, Tls,
    TlsSocket,
};

use crate::driver::Quectel;
use crate::error::Error;
use crate::model::QuectelModel;
use crate::operation::{Input, Listener, Operation};
use crate::pins::PowerPins;
use crate::sequence::resolve::{self, Found};
use crate::sequence::socket;
use crate::sequence::socket_tls;
use crate::sockets::{Asked, Phase};
use crate::task::{Task, dropped, number};
use crate::urc::BYTES_OF;

impl<M: QuectelModel + HasTcpSocket, R: Read, W: Write, P: PowerPins> TcpSocket for Quectel<'_, M, R, W, P> {
    const SOCKETS: SocketLimits = M::SOCKETS;

    async fn open(&mut self, host: &str, port: u16) -> Result<Socket, Error> {
        self.perform(SocketRequest::Open { host, port }).await.map(opened)
    }

    fn write(&mut self, socket: Socket, data: &[u8]) -> impl Future<Output = Result<(), Error>> {
        // Not in the future: it begins at once.
        let write = self.perform(SocketRequest::Write(socket, data));
        async move { write.await.map(|_| ()) }
    }

    fn has_taken(&mut self, socket: Socket) -> bool {
        let Ok(number) = number(self.modem.engine_mut(), &mut self.state, socket) else { return false };
        self.state.sockets.has_taken(number) && self.state.sockets.phase(number) != Phase::Cut
    }

    async fn read(&mut self, socket: Socket, buf: &mut [u8]) -> Result<usize, Error> {
        self.perform(SocketRequest::Read(socket, buf)).await.map(|reply| read(reply).unwrap_or(0))
    }

    async fn fetch(&mut self, socket: Socket, buf: &mut [u8]) -> Result<Option<usize>, Error> {
        self.work(Task::fetch(socket, buf)).await.map(read)
    }

    fn state(&self, socket: Socket) -> SocketState {
        let sockets = &self.state.sockets;
        let Some(number) = sockets.number(socket) else { return SocketState::Closed };
        match sockets.phase(number) {
            Phase::Free | Phase::Cut => SocketState::Closed,
            Phase::Idle | Phase::Ended if self.modem.engine().has(BYTES_OF + number) => SocketState::Readable,
            Phase::Ended => SocketState::Closed,
            Phase::Idle if sockets.asked != Asked::Dropped(number) => SocketState::Idle,
            _ => SocketState::Readable,
        }
    }

    async fn close(&mut self, socket: Socket) -> Result<(), Error> {
        self.perform(SocketRequest::Close(socket)).await.map(|_| ())
    }

    fn perform(&mut self, request: SocketRequest<'_>) -> impl Future<Output = Result<SocketReply, Error>> {
        let operation = const { &Operation { rules: &socket::rules(&M::SOCKETS), ..socket::OPEN } };
        self.work(Task::new(operation, request, None))
    }

    async fn resolve(&mut self, host: &str) -> Result<IpAddr, Error> {
        if let Some(address) = resolve::parse(host.as_bytes()) {
            return Ok(address.into());
        }
        let operation = const { &Operation { rules: &socket::rules(&M::SOCKETS), ..resolve::RESOLVE } };
        let mut found = Found::Nothing;
        let mut take = |note, answer: Answer<'_>| resolve::take(&mut found, note, answer);
        self.ask(operation, Input::Name(host), Listener::Answers(&mut take)).await?;
        match found {
            Found::Address(address) => Ok(address.into()),
            Found::Error(code) => Err(socket::error(Some(code.into()))),
            Found::Nothing | Found::Some => Err(Error::Unreachable(0)),
        }
    }
}

impl<M: QuectelModel + HasTlsSocket, R: Read, W: Write, P: PowerPins> TlsSocket for Quectel<'_, M, R, W, P> {
    async fn open_tls(&mut self, host: &str, port: u16, tls: &Tls<'_>) -> Result<Socket, Error> {
        self.perform_tls(SocketRequest::Open { host, port }, tls).await.map(opened)
    }

    fn perform_tls(
        &mut self,
        request: SocketRequest<'_>,
        tls: &Tls<'_>,
    ) -> impl Future<Output = Result<SocketReply, Error>> {
        let operation = const { &Operation { rules: &socket::rules(&M::SOCKETS), ..socket_tls::OPEN } };
        self.work(Task::new(operation, request, Some(tls)))
    }
}

impl<M: QuectelModel, R: Read, W: Write, P: PowerPins> Quectel<'_, M, R, W, P> {
    /// Does what the owner of a socket asks for. All that it takes is in [`Task::next`].
    fn work(&mut self, mut task: Task<'_, '_>) -> impl Future<Output = Result<SocketReply, Error>> {
        // At once: a future that is dropped before it was polled has written nothing.
        task.begin(self.modem.engine_mut(), &mut self.state);
        async move {
            let call = Call(self);
            let mut result = Ok(());
            loop {
                let Quectel { modem, state, .. } = &mut *call.0;
                let Some(operation) = task.next(modem.engine_mut(), state, result) else { return task.result };
                result = call.0.ask(operation, Input::Task(&task), Listener::Nobody).await;
            }
        }
    }
}

/// A call that talks to the module for a socket: it knows when it is dropped, and what that leaves.
struct Call<'a, 'b, M, R, W, P>(&'a mut Quectel<'b, M, R, W, P>);

impl<M, R, W, P> Drop for Call<'_, '_, M, R, W, P> {
    fn drop(&mut self) {
        dropped(self.0.modem.engine_mut(), &mut self.0.state);
    }
}

fn opened(reply: SocketReply) -> Socket {
    match reply {
        SocketReply::Opened(socket) => socket,
        // There is no other reply to it.
        _ => Socket::new(u8::MAX, 0),
    }
}

fn read(reply: SocketReply) -> Option<usize> {
    match reply {
        SocketReply::Read(count) => Some(count),
        _ => None,
    }
}

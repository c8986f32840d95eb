//! The module's sockets, for all families.

use core::net::IpAddr;

use embedded_io_async::{Read, Write};
use wanlink_core::{
    HasTcpSocket, HasTlsSocket, Socket, SocketLimits, SocketReply, SocketRequest, SocketState, TcpSocket, Tls,
    TlsSocket,
};

use super::error::Error;
use super::family::SocketFamily;
use super::left::{dropped, number};
use super::lines::tag::BYTES_OF;
use super::model::DriverModel;
use super::operation::{Input, Listener, Operation};
use super::pins::PowerPins;
use super::resolve::{self, Found};
use super::rule::socket_rules;
use super::sockets::{Asked, Phase};
use super::task::Task;
use super::{Driver, Own};
use crate::Answer;

impl<M: DriverModel<Family: SocketFamily> + HasTcpSocket, R: Read, W: Write, P: PowerPins> TcpSocket
    for Driver<'_, M, R, W, P>
{
    const SOCKETS: SocketLimits = M::SOCKETS;

    async fn open(&mut self, host: &str, port: u16) -> Result<Socket, Own<M>> {
        self.perform(SocketRequest::Open { host, port }).await.map(opened)
    }

    fn write(&mut self, socket: Socket, data: &[u8]) -> impl Future<Output = Result<(), Own<M>>> {
        // Not in the future: it begins at once.
        let write = self.perform(SocketRequest::Write(socket, data));
        async move { write.await.map(|_| ()) }
    }

    fn has_taken(&mut self, socket: Socket) -> bool {
        let Ok(number) = number(self.modem.engine_mut(), &mut self.state, socket) else { return false };
        self.state.sockets.has_taken(number) && self.state.sockets.phase(number) != Phase::Cut
    }

    async fn read(&mut self, socket: Socket, buf: &mut [u8]) -> Result<usize, Own<M>> {
        self.perform(SocketRequest::Read(socket, buf)).await.map(|reply| read(reply).unwrap_or(0))
    }

    async fn fetch(&mut self, socket: Socket, buf: &mut [u8]) -> Result<Option<usize>, Own<M>> {
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

    async fn close(&mut self, socket: Socket) -> Result<(), Own<M>> {
        self.perform(SocketRequest::Close(socket)).await.map(|_| ())
    }

    fn perform(&mut self, request: SocketRequest<'_>) -> impl Future<Output = Result<SocketReply, Own<M>>> {
        let operation = const { &Operation { rules: &socket_rules(&M::SOCKETS), ..<M::Family as SocketFamily>::OPEN } };
        self.work(Task::new(operation, request, None))
    }

    async fn resolve(&mut self, host: &str) -> Result<IpAddr, Own<M>> {
        if let Some(address) = resolve::parse(host.as_bytes()) {
            return Ok(address.into());
        }
        let operation =
            const { &Operation { rules: &socket_rules(&M::SOCKETS), ..<M::Family as SocketFamily>::RESOLVE } };
        let mut found = Found::Nothing;
        let mut take = |note, answer: Answer<'_>| <M::Family as SocketFamily>::resolve(&mut found, note, answer);
        self.ask(operation, Input::Name(host), Listener::Answers(&mut take)).await?;
        match found {
            Found::Address(address) => Ok(address.into()),
            Found::Error(code) => Err(<M::Family as SocketFamily>::socket_error(code)),
            Found::Nothing | Found::Some => Err(Error::Unreachable(0)),
        }
    }
}

impl<M: DriverModel<Family: SocketFamily> + HasTlsSocket, R: Read, W: Write, P: PowerPins> TlsSocket
    for Driver<'_, M, R, W, P>
{
    async fn open_tls(&mut self, host: &str, port: u16, tls: &Tls<'_>) -> Result<Socket, Own<M>> {
        self.perform_tls(SocketRequest::Open { host, port }, tls).await.map(opened)
    }

    fn perform_tls(
        &mut self,
        request: SocketRequest<'_>,
        tls: &Tls<'_>,
    ) -> impl Future<Output = Result<SocketReply, Own<M>>> {
        let operation =
            const { &Operation { rules: &socket_rules(&M::SOCKETS), ..<M::Family as SocketFamily>::OPEN_TLS } };
        self.work(Task::new(operation, request, Some(tls)))
    }
}

impl<M: DriverModel<Family: SocketFamily>, R: Read, W: Write, P: PowerPins> Driver<'_, M, R, W, P> {
    /// Does what the owner of a socket asks for. All that it takes is in [`Task::next`].
    fn work(&mut self, mut task: Task<'_, '_, M::Family>) -> impl Future<Output = Result<SocketReply, Own<M>>> {
        // At once: a future that is dropped before it was polled has written nothing.
        task.begin(self.modem.engine_mut(), &mut self.state);
        async move {
            let call = Call(self);
            let mut result = Ok(());
            loop {
                let Driver { modem, state, .. } = &mut *call.0;
                let Some(operation) = task.next(modem.engine_mut(), state, result) else { return task.result };
                result = call.0.ask(operation, Input::Task(&task), Listener::Nobody).await;
            }
        }
    }
}

/// A call that talks to the module for a socket: it knows when it is dropped, and what that leaves.
struct Call<'a, 'b, M: DriverModel<Family: SocketFamily>, R, W, P>(&'a mut Driver<'b, M, R, W, P>);

impl<M: DriverModel<Family: SocketFamily>, R, W, P> Drop for Call<'_, '_, M, R, W, P> {
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

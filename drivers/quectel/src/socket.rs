//! The module's sockets (TCP/IP Application Note, SSL Application Note).

use core::net::IpAddr;

use embedded_io_async::{Read, Write};
use wanlink_at::{Answer, Arg, Left};
use wanlink_core::{
    Error as _, ErrorKind, HasTcpSocket, HasTlsSocket, Socket, SocketLimits, SocketState, TcpSocket, Tls, TlsSocket,
};

use crate::driver::Quectel;
use crate::error::Error;
use crate::model::QuectelModel;
use crate::operation::{Input, Listener, Operation, check};
use crate::pins::PowerPins;
use crate::sequence::resolve::{self, Found};
use crate::sequence::socket::{self, COMMAND_LEN, FETCHES, MOST_READ, MOST_WRITTEN, SETTLES};
use crate::sequence::socket_tls;
use crate::sockets::{Asked, COUNT, Family, HOOK, Phase, Writing};
use crate::state::Session;
use crate::urc::{BYTES, BYTES_OF, SOCKET_BLOCKS};

impl<M: QuectelModel + HasTcpSocket, R: Read, W: Write, P: PowerPins> TcpSocket for Quectel<'_, M, R, W, P> {
    const SOCKETS: SocketLimits = M::SOCKETS;

    fn open(&mut self, host: &str, port: u16) -> impl Future<Output = Result<Socket, Error>> {
        let operation = const { &Operation { rules: &socket::rules(&M::SOCKETS), ..socket::OPEN } };
        self.open_socket(operation, host, port, None)
    }

    fn write(&mut self, socket: Socket, data: &[u8]) -> impl Future<Output = Result<(), Error>> {
        let number = self.number(socket);
        // At once: a future that is dropped before it was polled has written nothing.
        if let Ok(number) = number {
            self.state.sockets.set_taken(number, false);
        }
        async move {
            let number = number?;
            // Each block has its room behind its command: a stream never holds what nobody wrote.
            let most = self.modem.transmit_capacity().saturating_sub(COMMAND_LEN).min(MOST_WRITTEN);
            // Of 0 a panic would be linked: the compiler does not see through `clamp`.
            for (index, block) in data.chunks(most.max(1)).enumerate() {
                let is_part = data.len() > most;
                self.write_block(Writing { number, is_part, is_rest: index > 0, is_due: false, waits: 0 }, block)
                    .await?;
            }
            self.state.sockets.set_taken(number, true);
            Ok(())
        }
    }

    fn has_taken(&mut self, socket: Socket) -> bool {
        self.number(socket)
            .is_ok_and(|number| self.state.sockets.has_taken(number) && self.state.sockets.phase(number) != Phase::Cut)
    }

    async fn read(&mut self, socket: Socket, buf: &mut [u8]) -> Result<usize, Error> {
        Ok(self.take_bytes(socket, buf, 0).await?.unwrap_or(0))
    }

    fn fetch(&mut self, socket: Socket, buf: &mut [u8]) -> impl Future<Output = Result<Option<usize>, Error>> {
        self.take_bytes(socket, buf, FETCHES)
    }

    fn state(&self, socket: Socket) -> SocketState {
        let sockets = &self.state.sockets;
        let Some(number) = sockets.number(socket) else { return SocketState::Closed };
        match sockets.phase(number) {
            Phase::Free | Phase::Cut => SocketState::Closed,
            Phase::Idle | Phase::Ended if self.modem.has(BYTES_OF + number) => SocketState::Readable,
            Phase::Ended => SocketState::Closed,
            Phase::Idle if sockets.asked != Asked::Dropped(number) => SocketState::Idle,
            _ => SocketState::Readable,
        }
    }

    async fn close(&mut self, socket: Socket) -> Result<(), Error> {
        let Ok(number) = self.number(socket) else { return Ok(()) };
        self.state.sockets.set_phase(number, Phase::Free);
        self.discard(BYTES_OF + number);
        if self.state.sockets.hook.is_none() {
            return Ok(());
        }
        let family = self.state.sockets.family(number);
        match self.close_number(number, family).await {
            // The next opening tries once more.
            Err(error) if error.kind() != ErrorKind::Restart => Ok(()),
            result => result,
        }
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
    fn open_tls(&mut self, host: &str, port: u16, tls: &Tls<'_>) -> impl Future<Output = Result<Socket, Error>> {
        let operation = const { &Operation { rules: &socket::rules(&M::SOCKETS), ..socket_tls::OPEN } };
        self.open_socket(operation, host, port, Some(tls))
    }
}

impl<M: QuectelModel, R: Read, W: Write, P: PowerPins> Quectel<'_, M, R, W, P> {
    /// The number of a socket whose owner has not closed it.
    fn number(&mut self, socket: Socket) -> Result<u8, Error> {
        self.review();
        self.state.sockets.number(socket).ok_or(Error::NotOpen)
    }

    async fn open_socket(
        &mut self,
        operation: &'static Operation,
        host: &str,
        port: u16,
        tls: Option<&Tls<'_>>,
    ) -> Result<Socket, Error> {
        check(&[Arg::Text(host.as_bytes())], operation.rules)?;
        self.review();
        if self.state.sockets.hook.is_none() {
            self.modem.set_blocks(SOCKET_BLOCKS);
            self.state.sockets.forget();
            (0..COUNT).for_each(|number| self.discard(BYTES_OF + number));
            self.ask(&socket::LIST, Input::Nothing, Listener::Nobody).await?;
            self.state.sockets.hook = Some(&HOOK);
        }
        let number = self.state.sockets.vacant().ok_or(Error::NoSocket)?;
        while let Some((number, family)) = self.state.sockets.left_over(number) {
            self.close_number(number, family).await?;
        }
        self.discard(BYTES_OF + number);
        let family = if tls.is_some() { Family::Tls } else { Family::Tcp };
        let socket = self.state.sockets.begin(number, family);
        self.ask(operation, Input::Open { number, host, port, tls }, Listener::Nobody).await?;
        Ok(socket)
    }

    /// Closes what the module has under this number, or may have.
    async fn close_number(&mut self, number: u8, family: Family) -> Result<(), Error> {
        let input = Input::Socket { number, family, flags: 0, count: 0, data: &[] };
        self.ask(&socket::CLOSE, input, Listener::Nobody).await?;
        self.state.sockets.hold(number, family, false);
        // What a dropped opening owes will not come now, and what a dropped read owed has come.
        self.modem.forgive(if family == Family::Tls { "+QSSLOPEN" } else { "+QIOPEN" });
        self.has_read(false);
        Ok(())
    }

    /// Writes at most so much as one command takes.
    async fn write_block(&mut self, part: Writing, data: &[u8]) -> Result<(), Error> {
        let number = part.number;
        let family = self.state.sockets.family(number);
        loop {
            // What an earlier write left comes to its end first: without its data, these are not sent.
            let flags = if self.modem.is_unsettled() { SETTLES } else { 0 };
            self.review();
            if flags == 0 {
                self.state.sockets.writing = Some(part);
                self.state.sockets.watched = self.state.sockets.watched.filter(|watched| *watched != number);
            }
            let call = Call(self);
            let input = Input::Socket { number, family, flags, count: data.len(), data };
            let result = call.0.ask(&socket::WRITE, input, Listener::Nobody).await;
            call.0.modem.wipe_body();
            let sockets = &mut call.0.state.sockets;
            if sockets.writing.take().is_none() {
                result?;
                continue;
            }
            return match result {
                Err(Error::SendBufferFull) if part.is_rest => {
                    sockets.cut(number);
                    Err(Error::Disconnected)
                }
                Err(Error::SendBufferFull | Error::Disconnected) | Ok(()) => result,
                Err(_) => {
                    sockets.cut(number);
                    result
                }
            };
        }
    }

    /// Reads, or with [`FETCHES`] looks whether there is something to read.
    async fn take_bytes(&mut self, socket: Socket, buf: &mut [u8], flags: u8) -> Result<Option<usize>, Error> {
        let number = self.number(socket)?;
        self.modem.release();
        self.state.sockets.doubt_at_first(number);
        if flags == FETCHES && self.state.sockets.phase(number) == Phase::Idle {
            self.state.sockets.set_phase(number, Phase::Readable);
        }
        loop {
            let is_settled = self.claim();
            if buf.is_empty() {
                return Ok(Some(0));
            }
            let phase = self.state.sockets.phase(number);
            if self.state.down {
                return Err(Error::Restarted);
            }
            if matches!(phase, Phase::Free | Phase::Cut) {
                return Err(Error::Disconnected);
            }
            if let Some(count) = self.modem.read(BYTES_OF + number, buf) {
                return Ok(Some(count));
            }
            match phase {
                Phase::Ended => return Ok(Some(0)),
                Phase::Idle if flags == FETCHES && is_settled => return Ok(None),
                _ => {}
            }
            let count = self.room().min(MOST_READ).min(buf.len());
            if count == 0 {
                return Err(Error::InboxFull);
            }
            let flags = if is_settled { flags } else { SETTLES };
            if is_settled {
                self.state.sockets.mishaps = self.modem.mishaps();
            }
            let family = self.state.sockets.family(number);
            let call = Call(self);
            let input = Input::Socket { number, family, flags, count, data: &[] };
            let result = call.0.ask(&socket::READ, input, Listener::Nobody).await;
            call.0.has_read(result.is_err());
            result?;
        }
    }

    /// A read came to its end, or what a dropped one had asked for: without its bytes, they are lost, or there were
    /// none.
    fn has_read(&mut self, failed: bool) {
        let sockets = &mut self.state.sockets;
        match sockets.asked {
            Asked::Due(number) if failed => {
                // Its answer may still come.
                sockets.cut(number);
                sockets.asked = Asked::Dropped(number);
            }
            Asked::Due(number) => {
                sockets.was_read(number);
                if sockets.phase(number) == Phase::Doubted {
                    sockets.set_phase(number, Phase::Readable);
                }
                if !self.claim() {
                    self.state.sockets.cut(number);
                    self.state.sockets.asked = Asked::Nothing;
                }
            }
            Asked::Dropped(number) if !failed => {
                self.review();
                if !self.claim() {
                    let sockets = &mut self.state.sockets;
                    sockets.asked = Asked::Nothing;
                    if self.modem.mishaps() != sockets.mishaps {
                        sockets.cut(number);
                    }
                }
            }
            _ => {}
        }
    }

    /// Gives the bytes that were read to their socket. `false`: they have not come.
    fn claim(&mut self) -> bool {
        let sockets = &mut self.state.sockets;
        let (Asked::Due(number) | Asked::Dropped(number)) = sockets.asked else {
            // A block that came twice, or of a read that a restart cut off, is nobody's.
            self.discard(BYTES);
            return true;
        };
        if !self.modem.has(BYTES) {
            return false;
        }
        sockets.asked = Asked::Nothing;
        if matches!(sockets.phase(number), Phase::Free | Phase::Cut) {
            self.discard(BYTES);
        } else {
            self.modem.retag(BYTES, BYTES_OF + number);
        }
        true
    }

    /// Frees what the inbox has under this tag.
    fn discard(&mut self, tag: u8) {
        self.modem.release();
        while self.modem.front_of(tag).is_some() {
            self.modem.release();
        }
    }

    /// How many bytes a read may bring. Messages that come meanwhile need room, too.
    fn room(&self) -> usize {
        let room = self.modem.room();
        if self.state.session == Session::Up { room / 2 } else { room }
    }

    /// Looks what became of a write that was dropped, or of a read. Without its data, the stream is not whole.
    fn review(&mut self) {
        if self.modem.take_failure() {
            let sockets = &mut self.state.sockets;
            if let Some(number) = sockets.watched.take() {
                sockets.cut(number);
            }
            if let Asked::Dropped(number) = sockets.asked
                && !self.modem.has(BYTES)
            {
                sockets.cut(number);
            }
        }
    }

    /// The call that runs was dropped.
    fn dropped(&mut self) {
        self.review();
        let sockets = &mut self.state.sockets;
        if let Asked::Due(number) = sockets.asked {
            let is_out =
                [Family::Tcp, Family::Tls].map(|family| self.modem.leaves(family.read())) != [Left::Nothing; 2];
            sockets.asked = if is_out { Asked::Dropped(number) } else { Asked::Nothing };
        }
        if let Some(Writing { number, is_part, is_rest, is_due, .. }) = sockets.writing.take() {
            let left = if is_due { self.modem.leaves(sockets.family(number).send()) } else { Left::Nothing };
            match left {
                Left::Whole if !is_part => {
                    sockets.set_taken(number, true);
                    sockets.watched = Some(number);
                }
                Left::Nothing if !is_rest => {}
                _ => sockets.cut(number),
            }
        }
    }
}

/// A call that talks to the module for a socket: it knows when it is dropped, and what that leaves.
struct Call<'a, 'b, M, R: Read, W: Write, P>(&'a mut Quectel<'b, M, R, W, P>)
where
    M: QuectelModel,
    P: PowerPins;

impl<M: QuectelModel, R: Read, W: Write, P: PowerPins> Drop for Call<'_, '_, M, R, W, P> {
    fn drop(&mut self) {
        self.0.dropped();
    }
}

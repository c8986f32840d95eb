//! The sockets of a scripted module.

use core::net::{IpAddr, Ipv4Addr};
use std::string::String;

use super::script::{Call, Level};
use super::streamed::{COUNT, End, Peer};
use super::{FakeError, Streaming, step};
use crate::{ErrorKind, Refusal, Socket, SocketLimits, SocketState, TcpSocket, Tls, TlsSocket, Trust};

/// The largest write that goes out as a whole: that of BG95, `AT+QISEND` (quectel-at, 4).
const BLOCK: usize = 1460;

impl Streaming {
    async fn dial(&mut self, host: &str, port: u16, trust: Option<String>) -> Result<Socket, FakeError> {
        self.settle();
        Self::SOCKETS.check_host(host)?;
        self.need(Level::Attached)?;
        let is_verified = trust.is_some();
        self.exchange(Call::Open { host: host.into(), port, trust }).await;
        self.need(Level::Attached)?;
        if !self.script.is_reachable() {
            return Err(ErrorKind::Reconnect.into());
        }
        if is_verified && self.script.refuses_certificate() {
            return Err(ErrorKind::Refused(Refusal::Certificate).into());
        }
        let peer = if host.starts_with("echo") { Peer::Echo } else { Peer::Broker };
        self.feed.open(peer, port, &self.script).ok_or(ErrorKind::Misuse.into())
    }

    /// What a call on a socket needs; whether the connection is open.
    fn is_open(&mut self, socket: Socket) -> Result<bool, FakeError> {
        self.need(Level::On)?;
        let connection = self.feed.connection(socket).ok_or(ErrorKind::Misuse)?;
        if core::mem::take(&mut connection.is_half_written) {
            connection.end = End::Cut;
        }
        Ok(connection.end == End::None)
    }

    fn set_taken(&mut self, socket: Socket, taken: bool, is_half_written: bool) {
        if let Some(connection) = self.feed.connection(socket) {
            (connection.taken, connection.is_half_written) = (taken, is_half_written);
        }
    }

    /// Takes what waits, as far as it fits; `None` when nothing does.
    fn take_bytes(&mut self, socket: Socket, buf: &mut [u8]) -> Result<Option<usize>, FakeError> {
        let is_open = self.is_open(socket)?;
        let Some(connection) = self.feed.connection(socket) else { return Ok(None) };
        if connection.down.is_empty() && !is_open {
            let end = connection.end;
            // Told once.
            connection.end = End::Cut;
            self.need(Level::Attached)?;
            return if end == End::Closed { Ok(Some(0)) } else { Err(ErrorKind::Reconnect.into()) };
        }
        let count = connection.down.len().min(buf.len()).min(self.script.piece());
        buf.iter_mut().zip(connection.down.drain(..count)).for_each(|(to, byte)| *to = byte);
        Ok((count > 0).then_some(count))
    }
}

impl TcpSocket for Streaming {
    const SOCKETS: SocketLimits = SocketLimits::new(COUNT as u8).host(100);

    async fn open(&mut self, host: &str, port: u16) -> Result<Socket, FakeError> {
        self.dial(host, port, None).await
    }

    async fn write(&mut self, socket: Socket, data: &[u8]) -> Result<(), FakeError> {
        self.settle();
        if !self.is_open(socket)? {
            self.need(Level::Attached)?;
            return Err(ErrorKind::Reconnect.into());
        }
        self.set_taken(socket, false, false);
        let is_publish = data.first().is_some_and(|first| first & 0xF0 == 0x30);
        if is_publish && self.script.refuses_publish() {
            return Err(ErrorKind::Retry.into());
        }
        let mut left = data;
        while let Some(block) = left.chunks(BLOCK).next() {
            step::pause().await;
            self.script.room().await;
            left = &left[block.len()..];
            self.set_taken(socket, true, !left.is_empty());
            let Self { feed, script, .. } = self;
            feed.send(socket, block, script);
            step::pause().await;
        }
        self.take_lines();
        self.need(Level::On)
    }

    fn has_taken(&mut self, socket: Socket) -> bool {
        self.feed.connection(socket).is_some_and(|connection| connection.taken)
    }

    async fn read(&mut self, socket: Socket, buf: &mut [u8]) -> Result<usize, FakeError> {
        self.settle();
        step::pause().await;
        loop {
            self.take_lines();
            if let Some(count) = self.take_bytes(socket, buf)? {
                return Ok(count);
            }
            let line = self.script.line().await;
            self.take(line);
        }
    }

    async fn fetch(&mut self, socket: Socket, buf: &mut [u8]) -> Result<Option<usize>, FakeError> {
        self.settle();
        step::pause().await;
        self.take_lines();
        self.take_bytes(socket, buf)
    }

    fn state(&self, socket: Socket) -> SocketState {
        if self.level < Level::On { SocketState::Closed } else { self.feed.state(socket) }
    }

    async fn close(&mut self, socket: Socket) -> Result<(), FakeError> {
        self.settle();
        self.need(Level::On)?;
        self.exchange(Call::Close).await;
        self.need(Level::On)?;
        self.feed.close(socket);
        Ok(())
    }

    async fn resolve(&mut self, host: &str) -> Result<IpAddr, FakeError> {
        self.settle();
        if let Ok(address) = host.parse() {
            return Ok(address);
        }
        self.need(Level::Attached)?;
        step::pause().await;
        self.take_lines();
        self.need(Level::Attached)?;
        if self.script.is_reachable() {
            Ok(Ipv4Addr::new(192, 0, 2, 7).into())
        } else {
            Err(ErrorKind::Reconnect.into())
        }
    }
}

impl TlsSocket for Streaming {
    async fn open_tls(&mut self, host: &str, port: u16, tls: &Tls<'_>) -> Result<Socket, FakeError> {
        let trust = match tls.trust {
            Trust::Root(root) => root.name().into(),
            Trust::Anyone => "anyone".into(),
        };
        self.dial(host, port, Some(trust)).await
    }
}

//! The socket of the module.

use std::collections::VecDeque;
use std::net::IpAddr;

use embassy_time::{Duration, Timer};
use wanlink_core::{ErrorKind, Server, Socket, SocketLimits, SocketState, TcpSocket, Tls, TlsSocket};
use wanlink_platform::ConnId;

use crate::modem::{Failed, Modem, now_us};

/// What stands between the platform and the reader of the socket.
#[derive(Default)]
pub(crate) struct Line {
    /// The socket's name is the number of its connection.
    open: Option<Socket>,
    down: VecDeque<u8>,
    is_closed: bool,
    /// What was written, write by write.
    pub(crate) written: Vec<Vec<u8>>,
}

impl Modem {
    fn check(&self, socket: Socket) -> Result<(), Failed> {
        if self.line.open == Some(socket) { Ok(()) } else { Err(Failed(ErrorKind::Misuse)) }
    }

    fn listen(&mut self) {
        for bytes in self.heard() {
            match bytes {
                Some(bytes) => self.line.down.extend(bytes),
                None => self.line.is_closed = true,
            }
        }
    }

    /// What waits, as far as it fits; 0 behind the end.
    fn take(&mut self, buf: &mut [u8]) -> Option<usize> {
        self.listen();
        let count = self.line.down.len().min(buf.len());
        buf.iter_mut().zip(self.line.down.drain(..count)).for_each(|(to, byte)| *to = byte);
        (count > 0 || self.line.is_closed).then_some(count)
    }
}

impl TcpSocket for Modem {
    const SOCKETS: SocketLimits = SocketLimits::new(1).host(100);

    async fn open(&mut self, _: &str, _: u16) -> Result<Socket, Failed> {
        panic!("a secret never goes over a plain socket")
    }

    async fn write(&mut self, socket: Socket, data: &[u8]) -> Result<(), Failed> {
        self.check(socket)?;
        self.line.written.push(data.to_vec());
        self.platform.borrow_mut().input(now_us(), ConnId(self.connections), data);
        Ok(())
    }

    fn has_taken(&mut self, _: Socket) -> bool {
        true
    }

    async fn read(&mut self, socket: Socket, buf: &mut [u8]) -> Result<usize, Failed> {
        self.check(socket)?;
        loop {
            if let Some(count) = self.take(buf) {
                return Ok(count);
            }
            Timer::after(Duration::from_millis(400)).await;
        }
    }

    async fn fetch(&mut self, socket: Socket, buf: &mut [u8]) -> Result<Option<usize>, Failed> {
        self.check(socket)?;
        Ok(self.take(buf))
    }

    fn state(&self, socket: Socket) -> SocketState {
        match self.check(socket) {
            Err(_) => SocketState::Closed,
            Ok(()) if self.line.is_closed || !self.line.down.is_empty() => SocketState::Readable,
            Ok(()) => SocketState::Idle,
        }
    }

    async fn close(&mut self, socket: Socket) -> Result<(), Failed> {
        if self.check(socket).is_ok() {
            self.line.open = None;
            self.disconnects += 1;
            self.platform.borrow_mut().closed(now_us(), ConnId(self.connections));
        }
        Ok(())
    }

    async fn resolve(&mut self, _: &str) -> Result<IpAddr, Failed> {
        panic!("nobody asks for an address")
    }
}

impl TlsSocket for Modem {
    async fn open_tls(&mut self, host: &str, port: u16, tls: &Tls<'_>) -> Result<Socket, Failed> {
        if self.line.open.is_some() {
            // All sockets are open.
            return Err(Failed(ErrorKind::Misuse));
        }
        self.open(&Server::new(host, port, *tls));
        let socket = Socket::new(0, self.connections as u8);
        let written = std::mem::take(&mut self.line.written);
        self.line = Line { open: Some(socket), written, ..Line::default() };
        Ok(socket)
    }
}

//! The module's sockets, under watch.

use core::net::IpAddr;

use wanlink_core::{Socket, SocketLimits, SocketState, TcpSocket, Tls, TlsSocket};

use super::Witness;
use crate::call::Call;
use crate::pairing::Driver;

impl<M: Driver + TcpSocket> TcpSocket for Witness<'_, M> {
    const SOCKETS: SocketLimits = M::SOCKETS;

    async fn open(&mut self, host: &str, port: u16) -> Result<Socket, M::Error> {
        self.called("open", || Call::Open { host: host.to_owned(), port, tls: None });
        let result = self.module.open(host, port).await;
        self.result(result)
    }

    async fn write(&mut self, socket: Socket, data: &[u8]) -> Result<(), M::Error> {
        self.called("write", || Call::Write { socket: socket.into(), data: data.to_vec() });
        let result = self.module.write(socket, data).await;
        self.result(result)
    }

    fn has_taken(&mut self, socket: Socket) -> bool {
        self.module.has_taken(socket)
    }

    async fn read(&mut self, socket: Socket, buf: &mut [u8]) -> Result<usize, M::Error> {
        self.called("read", || Call::Read { socket: socket.into(), room: buf.len() });
        let result = self.module.read(socket, buf).await;
        self.result(result)
    }

    async fn fetch(&mut self, socket: Socket, buf: &mut [u8]) -> Result<Option<usize>, M::Error> {
        self.called("fetch", || Call::Fetch { socket: socket.into(), room: buf.len() });
        let result = self.module.fetch(socket, buf).await;
        self.result(result)
    }

    fn state(&self, socket: Socket) -> SocketState {
        self.module.state(socket)
    }

    async fn close(&mut self, socket: Socket) -> Result<(), M::Error> {
        self.called("close", || Call::Close { socket: socket.into() });
        let result = self.module.close(socket).await;
        self.result(result)
    }

    async fn resolve(&mut self, host: &str) -> Result<IpAddr, M::Error> {
        self.called("resolve", || Call::Resolve { host: host.to_owned() });
        let result = self.module.resolve(host).await;
        self.result(result)
    }
}

impl<M: Driver + TlsSocket> TlsSocket for Witness<'_, M> {
    async fn open_tls(&mut self, host: &str, port: u16, tls: &Tls<'_>) -> Result<Socket, M::Error> {
        self.called("open_tls", || Call::Open { host: host.to_owned(), port, tls: Some(tls.into()) });
        let result = self.module.open_tls(host, port, tls).await;
        self.result(result)
    }
}

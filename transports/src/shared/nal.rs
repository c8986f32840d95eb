//! The traits of `embedded-nal-async`, so that any client of that ecosystem runs over the module's sockets.

use core::fmt::Write;
use core::net::{IpAddr, SocketAddr};

use embassy_sync::blocking_mutex::raw::RawMutex;
use embedded_nal_async::{AddrType, Dns, TcpConnect};
use wanlink_core::TcpSocket;

use super::{Connection, Error, Shared};

/// The longest address as text, `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`.
const ADDRESS: usize = 45;

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> TcpConnect for Shared<R, M, SEATS> {
    type Error = Error<M::Error>;

    type Connection<'a>
        = Connection<'a, R, M, SEATS>
    where
        Self: 'a;

    /// Nothing protects the connection: an address has no name that TLS could check. For that there is
    /// [`Shared::connect_tls`].
    async fn connect<'a>(&'a self, remote: SocketAddr) -> Result<Self::Connection<'a>, Self::Error> {
        let mut host: heapless::String<ADDRESS> = heapless::String::new();
        // The room is for the longest.
        write!(host, "{}", remote.ip()).map_err(|_| Error::NoAddress)?;
        Self::connect(self, &host, remote.port()).await
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> Dns for Shared<R, M, SEATS> {
    type Error = Error<M::Error>;

    /// The first address that the module tells; [`Error::NoAddress`] when it is not of the wanted version of IP.
    async fn get_host_by_name(&self, host: &str, addr_type: AddrType) -> Result<IpAddr, Self::Error> {
        let seat = self.seat()?;
        let address = self.turn(seat.index).await.resolve(host).await.map_err(Error::Module)?;
        match (addr_type, address) {
            (AddrType::IPv4, IpAddr::V6(_)) | (AddrType::IPv6, IpAddr::V4(_)) => Err(Error::NoAddress),
            _ => Ok(address),
        }
    }

    /// Always [`Error::NoReverseLookup`].
    async fn get_host_by_address(&self, _: IpAddr, _: &mut [u8]) -> Result<usize, Self::Error> {
        Err(Error::NoReverseLookup)
    }
}

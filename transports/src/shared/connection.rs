//! A connection with the traits of `embedded-io-async`.

use embassy_sync::blocking_mutex::raw::RawMutex;
use embedded_io_async::{ErrorType, Read, ReadReady, Write};
use wanlink_core::{Socket, SocketState, TcpSocket};

use super::{CHUNK, Error, Shared};

/// A connection of a [`Shared`] module.
///
/// *Dropped*: the runner closes it. [`close`](Self::close) tells whether that went well.
///
/// After a restart of the module, or when its data context is lost, reads and writes fail at once; nothing waits for a
/// connection that is over.
pub struct Connection<'a, R: RawMutex, M: TcpSocket, const SEATS: usize = 16> {
    shared: &'a Shared<R, M, SEATS>,
    seat: u8,
    socket: Socket,
    /// The other end closed, and all was read.
    ended: bool,
}

impl<'a, R: RawMutex, M: TcpSocket, const SEATS: usize> Connection<'a, R, M, SEATS> {
    pub(super) const fn new(shared: &'a Shared<R, M, SEATS>, seat: u8, socket: Socket) -> Self {
        Self { shared, seat, socket, ended: false }
    }

    /// Closes the connection; what was written before is still sent, as far as the module's patience reaches.
    ///
    /// *Dropped*: the runner closes it.
    ///
    /// # Errors
    /// Those of [`TcpSocket::close`].
    pub async fn close(self) -> Result<(), Error<M::Error>> {
        self.shared.close(self.seat, self.socket).await?;
        self.shared.desk(|desk| desk.stand_up(self.seat));
        // There is nothing left to close, and the seat may be somebody else's.
        core::mem::forget(self);
        Ok(())
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> Drop for Connection<'_, R, M, SEATS> {
    fn drop(&mut self) {
        self.shared.desk(|desk| desk.abandon(self.seat));
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> core::fmt::Debug for Connection<'_, R, M, SEATS> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Connection").field("socket", &self.socket).finish_non_exhaustive()
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> ErrorType for Connection<'_, R, M, SEATS> {
    type Error = Error<M::Error>;
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> Read for Connection<'_, R, M, SEATS> {
    /// *Dropped*: loses nothing.
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        if buf.is_empty() || self.ended {
            return Ok(0);
        }
        let count = self.shared.read(self.seat, self.socket, buf).await?;
        self.ended = count == 0;
        Ok(count)
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> ReadReady for Connection<'_, R, M, SEATS> {
    /// Also when the connection is over: [`read`](Read::read) does not wait then either.
    fn read_ready(&mut self) -> Result<bool, Self::Error> {
        Ok(self.ended || self.shared.desk(|desk| desk.state(self.seat)) != SocketState::Idle)
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> Write for Connection<'_, R, M, SEATS> {
    /// Writes up to [`CHUNK`] bytes. They are on their way then, not acknowledged.
    ///
    /// *Dropped*: either all of them go out, or none.
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Self::Error> {
        if buf.is_empty() {
            return Ok(0);
        }
        let chunk = buf.get(..CHUNK).unwrap_or(buf);
        self.shared.write(self.seat, self.socket, chunk, &mut false).await?;
        Ok(chunk.len())
    }

    /// Nothing is kept back.
    async fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

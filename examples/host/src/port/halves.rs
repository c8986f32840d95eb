//! The two halves of a port, as drivers want them.

use std::fmt;
use std::io;

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::tap::Tap;

/// A half failed in a way that does not heal. The driver gives up on it.
#[derive(Debug)]
pub(super) struct Failure(io::Error);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Failure {}

impl embedded_io_async::Error for Failure {
    fn kind(&self) -> ErrorKind {
        match self.0.kind() {
            io::ErrorKind::ConnectionReset => ErrorKind::ConnectionReset,
            _ => ErrorKind::BrokenPipe,
        }
    }
}

/// The receiving half.
pub(super) struct Reader<P> {
    port: P,
    tap: Tap,
}

impl<P> Reader<P> {
    pub(super) fn new(port: P, tap: Tap) -> Self {
        Self { port, tap }
    }
}

impl<P> ErrorType for Reader<P> {
    type Error = Failure;
}

impl<P: AsyncRead + Unpin> Read for Reader<P> {
    /// Waits for at least one byte; 0 when the other end is gone. A dropped read has taken none.
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Failure> {
        // A tty that was unplugged and a pty whose master is gone give EIO, once or for ever; a network port that was
        // cut, a reset. All of them are the end, and repeating the read would spin.
        let count = self.port.read(buf).await.unwrap_or(0);
        self.tap.received(&buf[..count]);
        Ok(count)
    }
}

/// The transmitting half.
pub(super) struct Writer<P> {
    port: P,
    tap: Tap,
}

impl<P> Writer<P> {
    pub(super) fn new(port: P, tap: Tap) -> Self {
        Self { port, tap }
    }
}

impl<P> ErrorType for Writer<P> {
    type Error = Failure;
}

impl<P: AsyncWrite + Unpin> Write for Writer<P> {
    /// Waits for room for at least one byte. A dropped write has sent none.
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Failure> {
        let count = self.port.write(buf).await.map_err(Failure)?;
        self.tap.sent(&buf[..count]);
        Ok(count)
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        self.port.flush().await.map_err(Failure)
    }
}

//! The two halves of a port, as drivers want them.

use std::fmt;
use std::io;

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::tap::Tap;

/// A half failed in a way that does not heal. The driver gives up on it.
#[derive(Debug)]
pub(crate) struct Failure(io::Error);

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
pub(crate) struct Reader {
    port: Box<dyn AsyncRead + Unpin>,
    tap: Tap,
}

impl Reader {
    pub(crate) fn new(port: impl AsyncRead + Unpin + 'static, tap: Tap) -> Self {
        Self { port: Box::new(port), tap }
    }
}

impl ErrorType for Reader {
    type Error = Failure;
}

impl Read for Reader {
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
pub(crate) struct Writer {
    port: Box<dyn AsyncWrite + Unpin>,
    tap: Tap,
}

impl Writer {
    pub(crate) fn new(port: impl AsyncWrite + Unpin + 'static, tap: Tap) -> Self {
        Self { port: Box::new(port), tap }
    }
}

impl ErrorType for Writer {
    type Error = Failure;
}

impl Write for Writer {
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

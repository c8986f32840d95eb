//! A serial port in memory: two halves for the host's driver, one handle for whoever plays the wire.

mod wire;

use std::fmt;
use std::future::poll_fn;
use std::task::Poll;

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};

pub use wire::Wire;

/// How many bytes one read gives, however many wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Split {
    /// All that wait.
    #[default]
    Whole,
    /// At most so many; 0 counts as 1.
    At(usize),
    /// A number drawn from the seed, mostly small: one byte to 16, sometimes all.
    Random,
}

/// How the wire behaves. The default is an ideal one: no line rate, no loss, whole reads.
#[derive(Clone, Debug, Default)]
pub struct PortOptions {
    /// How reads are split.
    pub split: Split,
    /// Silence between two reads of one burst, in microseconds: the reader has to wait in the middle of a line.
    pub gap_us: u64,
    /// Line rate in bits per second, ten bits a byte, in both directions; `None` carries everything at once.
    pub baud: Option<u32>,
    /// Bytes that the host's receiver holds when nobody reads; more are lost and reported as an overrun. Give a
    /// [`baud`](Self::baud) as well: without it any longer burst overflows, however fast the reader is.
    pub receive_buffer: Option<usize>,
    /// Bytes that the host's transmitter takes before a write has to wait.
    pub transmit_buffer: Option<usize>,
}

/// What a read or write of the port can report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortError {
    /// Received bytes were lost.
    Overrun,
    /// A received byte was no valid character of the line.
    Framing,
    /// The port is gone (writes only: a read gives `Ok(0)`).
    Gone,
}

impl fmt::Display for PortError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overrun => "received bytes were lost",
            Self::Framing => "a received byte was malformed",
            Self::Gone => "the port is gone",
        })
    }
}

impl std::error::Error for PortError {}

impl embedded_io_async::Error for PortError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Overrun | Self::Framing => ErrorKind::Other,
            Self::Gone => ErrorKind::BrokenPipe,
        }
    }
}

/// The host's receiving half.
#[derive(Debug)]
pub struct PortReader(Wire);

/// The host's transmitting half.
#[derive(Debug)]
pub struct PortWriter(Wire);

impl ErrorType for PortReader {
    type Error = PortError;
}

impl ErrorType for PortWriter {
    type Error = PortError;
}

impl Read for PortReader {
    /// Waits for at least one byte. A dropped read has taken none.
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, PortError> {
        if buf.is_empty() {
            return Ok(0);
        }
        poll_fn(|context| match self.0.take_for_host(now_us(), buf) {
            Some(result) => Poll::Ready(result),
            None => self.0.wait_for_bytes(context.waker()),
        })
        .await
    }
}

impl Write for PortWriter {
    /// Waits for room for at least one byte. A dropped write has sent none.
    async fn write(&mut self, buf: &[u8]) -> Result<usize, PortError> {
        if buf.is_empty() {
            return Ok(0);
        }
        poll_fn(|context| match self.0.put_from_host(now_us(), buf) {
            Some(result) => Poll::Ready(result),
            None => self.0.wait_for_room(context.waker()),
        })
        .await
    }

    /// Waits until the last byte has left.
    async fn flush(&mut self) -> Result<(), PortError> {
        poll_fn(|context| match self.0.all_sent() {
            Some(result) => Poll::Ready(result),
            None => self.0.wait_for_room(context.waker()),
        })
        .await
    }
}

/// Two halves of a new port, and its wire. [`World::new`](crate::World::new) makes one of its own.
#[must_use]
pub fn port(options: PortOptions, seed: u64) -> (PortReader, PortWriter, Wire) {
    let wire = Wire::new(options, seed);
    (wire.reader(), wire.writer(), wire)
}

fn now_us() -> u64 {
    embassy_time_driver::now()
}

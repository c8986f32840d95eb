//! What a module is wired to, whatever it is: one type, so that what is generic over it is compiled once.

use std::fmt;
use std::pin::Pin;

use embedded_io_async::{Error, ErrorKind, ErrorType, Read, Write};
use wanlink_at::driver::PowerPins;

/// The port of a module, and its power pins. Drivers borrow it, one after the other.
pub(crate) struct Board {
    pub(crate) reader: Reader,
    pub(crate) writer: Writer,
    pub(crate) pins: Pins,
}

impl Board {
    pub(crate) fn new(
        reader: impl Read + 'static,
        writer: impl Write + 'static,
        pins: impl PowerPins + 'static,
    ) -> Self {
        Self { reader: Reader(Box::new(reader)), writer: Writer(Box::new(writer)), pins: Pins(Box::new(pins)) }
    }
}

/// What is left of a port's own error.
#[derive(Debug)]
pub(crate) struct PortFault(ErrorKind);

impl fmt::Display for PortFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the port failed: {:?}", self.0)
    }
}

impl std::error::Error for PortFault {}

impl Error for PortFault {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

type Step<'s, T> = Pin<Box<dyn Future<Output = Result<T, PortFault>> + 's>>;

/// The receiving half.
pub(crate) struct Reader(Box<dyn AnyRead>);

/// The transmitting half.
pub(crate) struct Writer(Box<dyn AnyWrite>);

trait AnyRead {
    fn read<'s>(&'s mut self, buf: &'s mut [u8]) -> Step<'s, usize>;
}

trait AnyWrite {
    fn write<'s>(&'s mut self, buf: &'s [u8]) -> Step<'s, usize>;

    fn flush(&mut self) -> Step<'_, ()>;
}

impl<R: Read> AnyRead for R {
    fn read<'s>(&'s mut self, buf: &'s mut [u8]) -> Step<'s, usize> {
        Box::pin(async { Read::read(self, buf).await.map_err(|error| PortFault(error.kind())) })
    }
}

impl<W: Write> AnyWrite for W {
    fn write<'s>(&'s mut self, buf: &'s [u8]) -> Step<'s, usize> {
        Box::pin(async { Write::write(self, buf).await.map_err(|error| PortFault(error.kind())) })
    }

    fn flush(&mut self) -> Step<'_, ()> {
        Box::pin(async { Write::flush(self).await.map_err(|error| PortFault(error.kind())) })
    }
}

impl ErrorType for Reader {
    type Error = PortFault;
}

impl Read for Reader {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, PortFault> {
        self.0.read(buf).await
    }
}

impl ErrorType for Writer {
    type Error = PortFault;
}

impl Write for Writer {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, PortFault> {
        self.0.write(buf).await
    }

    async fn flush(&mut self) -> Result<(), PortFault> {
        self.0.flush().await
    }
}

/// The power pins.
pub(crate) struct Pins(Box<dyn PowerPins>);

impl PowerPins for &mut Pins {
    fn key(&mut self, pressed: bool) -> Option<bool> {
        self.0.key(pressed)
    }

    fn reset(&mut self, asserted: bool) -> Option<bool> {
        self.0.reset(asserted)
    }

    fn is_on(&mut self) -> Option<bool> {
        self.0.is_on()
    }
}

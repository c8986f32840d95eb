//! The driver under test, as the suite makes and moves it.

use wanlink_at::driver::{Driver, DriverModel, ErrorOf};
use wanlink_at::{Buffers, SendError, Trace};
use wanlink_core::Module;
use wanlink_emulator::{PortReader, PortWriter};

use crate::pins::Pins;

/// A driver that the suite can make, beside what the traits of its services say.
///
/// [`Driver`] has it for every model. A driver that is made some other way, or a wrapper around one, implements it itself.
pub trait Subject<'b>: Module {
    /// A driver for the module at this port; nothing is sent yet.
    fn new<const R: usize, const T: usize, const I: usize>(
        reader: PortReader,
        writer: PortWriter,
        pins: Pins,
        buffers: &'b mut Buffers<R, T, I>,
    ) -> Self;

    /// Sets the hook that sees the lines of the wire.
    fn set_trace(&mut self, trace: &'b mut dyn Trace);

    /// Runs a command that the driver does not know, `AT` included.
    async fn send(&mut self, line: &str) -> Result<(), SendError>;
}

impl<'b, M: DriverModel> Subject<'b> for Driver<'b, M, PortReader, PortWriter, Pins>
where
    ErrorOf<M>: wanlink_core::Error,
{
    fn new<const R: usize, const T: usize, const I: usize>(
        reader: PortReader,
        writer: PortWriter,
        pins: Pins,
        buffers: &'b mut Buffers<R, T, I>,
    ) -> Self {
        Driver::new(reader, writer, pins, buffers)
    }

    fn set_trace(&mut self, trace: &'b mut dyn Trace) {
        Driver::set_trace(self, trace);
    }

    async fn send(&mut self, line: &str) -> Result<(), SendError> {
        Driver::send(self, &Foreign::of(line)).await.map(|Nothing| ())
    }
}

/// A command line that no driver knows, with its carriage return, which has nothing but a final result.
pub struct Foreign(pub String);

impl Foreign {
    /// This line, without its carriage return.
    pub fn of(line: &str) -> Self {
        Self(format!("{line}\r"))
    }
}

/// The answer to a [`Foreign`] command.
#[derive(Debug, PartialEq)]
pub struct Nothing;

impl atat::AtatResp for Nothing {}

impl atat::AtatCmd for Foreign {
    type Response = Nothing;

    fn write(&self, buffer: &mut [u8]) -> usize {
        buffer[..self.0.len()].copy_from_slice(self.0.as_bytes());
        self.0.len()
    }

    fn parse(&self, answer: Result<&[u8], atat::InternalError<'_>>) -> Result<Nothing, atat::Error> {
        answer.map(|_| Nothing).map_err(atat::Error::from)
    }
}

//! The sleep line: the part that all families have in common. A driver whose pins have none links nothing of it.

use embedded_io_async::{Read, Write};
use wanlink_core::Doze;

use super::error::Error;
use super::family::DozeFamily;
use super::model::DriverModel;
use super::operation::{Input, Listener};
use super::pins::SleepPin;
use super::{Driver, Own};

impl<M: DriverModel<Family: DozeFamily>, R: Read, W: Write, P: SleepPin> Doze for Driver<'_, M, R, W, P> {
    async fn doze(&mut self) -> Result<(), Own<M>> {
        self.ask(M::Family::DOZE, Input::Nothing, Listener::Nobody).await?;
        if self.pins.release() { Ok(()) } else { Err(Error::Pin) }
    }
}

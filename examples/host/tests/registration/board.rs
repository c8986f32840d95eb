//! The flash of a microcontroller whose power may go.

use std::cell::Cell;
use std::future::pending;
use std::rc::Rc;

use embedded_storage_async::nor_flash::{ErrorType, NorFlash, ReadNorFlash};
use wanlink_emulator::{Nor, NorError};

pub(crate) type Chip = Nor<4, 512>;

/// The flash as the microcontroller has it: when its power goes, so goes that of the program.
pub(crate) struct Board<'n> {
    chip: &'n mut Chip,
    is_dark: Rc<Cell<bool>>,
}

impl<'n> Board<'n> {
    /// `is_dark` will be set when the power goes.
    pub(crate) fn new(chip: &'n mut Chip, is_dark: Rc<Cell<bool>>) -> Self {
        Self { chip, is_dark }
    }

    async fn survive<T>(&self, result: Result<T, NorError>) -> Result<T, NorError> {
        if self.chip.is_off() {
            self.is_dark.set(true);
            pending::<()>().await;
        }
        result
    }
}

impl ErrorType for Board<'_> {
    type Error = NorError;
}

impl ReadNorFlash for Board<'_> {
    const READ_SIZE: usize = Chip::READ_SIZE;

    async fn read(&mut self, offset: u32, out: &mut [u8]) -> Result<(), NorError> {
        let result = self.chip.read(offset, out).await;
        self.survive(result).await
    }

    fn capacity(&self) -> usize {
        self.chip.capacity()
    }
}

impl NorFlash for Board<'_> {
    const WRITE_SIZE: usize = Chip::WRITE_SIZE;
    const ERASE_SIZE: usize = Chip::ERASE_SIZE;

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorError> {
        let result = self.chip.write(offset, bytes).await;
        self.survive(result).await
    }

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), NorError> {
        let result = self.chip.erase(from, to).await;
        self.survive(result).await
    }
}

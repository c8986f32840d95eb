//! NOR flash, played by RAM that a restart leaves as it is: the board has none.
//!
//! Bits are kept inverted, since QEMU's RAM begins as zeros and fresh flash is all ones.

use embedded_storage_async::nor_flash::{ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash};

use crate::register::Register;

/// In the PSRAM of AN386, which nothing else uses.
const BASE: usize = 0x2100_0000;
const SIZE: usize = 16 * 1024;
const WORD: usize = 4;
const PAGE: usize = 4 * 1024;

/// 16 KiB of flash in pages of 4 KiB and words of 4 bytes. As most chips have it, a word is written once after an erasure;
/// zeros may be written over anything.
#[derive(Debug)]
pub struct Flash(());

/// Why flash was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlashError {
    /// The addresses are not there, or no whole words or pages.
    Address,
    /// The word has been written since its page was erased.
    Written,
}

impl NorFlashError for FlashError {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::Address => NorFlashErrorKind::OutOfBounds,
            Self::Written => NorFlashErrorKind::Other,
        }
    }
}

impl Flash {
    pub(crate) fn start() -> Self {
        Self(())
    }
}

/// The word of this number, its bits as flash has them.
fn read_word(number: usize) -> u32 {
    !word(number).read()
}

fn write_word(number: usize, bits: u32) {
    word(number).write(!bits);
}

fn word(number: usize) -> Register {
    // SAFETY: a word of RAM that no reference leads to; numbers wrap at the end of the flash.
    unsafe { Register::at(BASE + number % (SIZE / WORD) * WORD) }
}

/// The numbers of the words from `from` to `to`, if those addresses are whole multiples of `unit` in the flash.
fn words(from: usize, to: usize, unit: usize) -> Result<core::ops::Range<usize>, FlashError> {
    if from.is_multiple_of(unit) && to.is_multiple_of(unit) && from <= to && to <= SIZE {
        Ok(from / WORD..to / WORD)
    } else {
        Err(FlashError::Address)
    }
}

impl ErrorType for Flash {
    type Error = FlashError;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 1;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), FlashError> {
        let from = offset as usize;
        words(from, from.saturating_add(bytes.len()), Self::READ_SIZE)?;
        for (address, byte) in (from..).zip(bytes) {
            *byte = (read_word(address / WORD) >> (8 * (address % WORD))) as u8;
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        SIZE
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), FlashError> {
        words(from as usize, to as usize, PAGE)?.for_each(|number| write_word(number, u32::MAX));
        Ok(())
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), FlashError> {
        let from = offset as usize;
        let numbers = words(from, from.saturating_add(bytes.len()), WORD)?;
        for (number, bytes) in numbers.zip(bytes.as_chunks::<WORD>().0) {
            let bits = u32::from_le_bytes(*bytes);
            if bits != 0 && read_word(number) != u32::MAX {
                return Err(FlashError::Written);
            }
            write_word(number, bits);
        }
        Ok(())
    }
}

/// Behind the flash.
// SAFETY: a word of RAM that no reference leads to.
const STARTS: Register = unsafe { Register::at(BASE + SIZE) };

/// Counts a start of the board; which it is since power-on, from 1. Restarts leave the count as they leave the flash.
pub(crate) fn count_start() -> u32 {
    let starts = STARTS.read().wrapping_add(1);
    STARTS.write(starts);
    starts
}

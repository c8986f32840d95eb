//! A queue in NOR flash.

use core::ops::Range;

use embedded_storage_async::nor_flash::MultiwriteNorFlash;
use sequential_storage::Error;
use sequential_storage::cache::{Cache, Uncached};
use sequential_storage::queue::{QueueConfig, QueueStorage};

use super::queue::Queue;
use crate::pages::{Found, Label, LayoutError, Pages, Wear};
use crate::store::flash::{error, find, medium};
use crate::store::{FlashError, StoreError};

/// Three letters and the version of the layout.
const LABEL: Label = [b'w', b'l', b'q', 1];

/// Records in two or more pages of NOR flash, on `sequential-storage`, in pages that are no store's.
///
/// A record is written once when it is pushed, and a part of its head is cleared when it is popped, so the flash has to
/// be one whose written bits can be cleared later ([`MultiwriteNorFlash`]); one with a check code for each word is not. A
/// page is erased when all of its records were popped and its turn comes. [`wear`](Self::wear) counts both.
///
/// Power may go at any time: see [`store::Flash`](crate::store::Flash), whose pages these are.
pub struct Flash<'b, F> {
    pages: Pages<F>,
    room: &'b mut [u8],
}

impl<'b, F: MultiwriteNorFlash> Flash<'b, F> {
    /// A queue in this range of addresses, for records that `room` has room for: give it a word more than the outbox's
    /// longest message. Touches nothing yet.
    ///
    /// # Errors
    /// The range cannot be a queue.
    pub fn new(flash: F, range: Range<u32>, room: &'b mut [u8]) -> Result<Self, LayoutError> {
        let pages = Pages::new(flash, LABEL, range)?;
        QueueConfig::<Pages<F>>::try_new(0..pages.len()).map_err(|_| LayoutError::Size)?;
        Ok(Self { pages, room })
    }

    /// What the flash went through since this value was made.
    pub fn wear(&self) -> Wear {
        self.pages.wear()
    }

    /// Gives the flash back.
    pub fn release(self) -> F {
        self.pages.release()
    }

    /// Erases everything, **whatever it is**. *Dropped*, or power lost: what is left is anything; call it again.
    ///
    /// # Errors
    /// The medium failed.
    pub async fn clear(&mut self) -> Result<(), StoreError<FlashError<F::Error>>> {
        self.pages.clear().await.map_err(medium)
    }
}

type Storage<'p, F> = QueueStorage<&'p mut Pages<F>, Cache<Uncached, Uncached, Uncached, ()>>;

fn storage<F: MultiwriteNorFlash>(pages: &mut Pages<F>) -> Result<Storage<'_, F>, StoreError<FlashError<F::Error>>> {
    // The range was found to be good when the queue was made.
    let config = QueueConfig::try_new(0..pages.len()).map_err(|_| StoreError::NoRoom)?;
    Ok(QueueStorage::new(pages, config, Cache::new_uncached()))
}

impl<F: MultiwriteNorFlash> Queue for Flash<'_, F> {
    type Error = StoreError<FlashError<F::Error>>;

    async fn count(&mut self) -> Result<u32, Self::Error> {
        if find(&mut self.pages).await? == Found::Nothing {
            return Ok(0);
        }
        let mut storage = storage(&mut self.pages)?;
        let mut records = storage.iter().await.map_err(error)?;
        let mut count = 0;
        while records.next(self.room).await.map_err(error)?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    async fn push(&mut self, record: &[u8]) -> Result<bool, Self::Error> {
        if record.len() > self.room.len() {
            return Err(StoreError::NoRoom);
        }
        find(&mut self.pages).await?;
        match storage(&mut self.pages)?.push(record, false).await {
            Ok(()) => Ok(true),
            Err(Error::FullStorage) => Ok(false),
            Err(other) => Err(error(other)),
        }
    }

    async fn peek(&mut self, index: u32, room: &mut [u8]) -> Result<Option<usize>, Self::Error> {
        if find(&mut self.pages).await? == Found::Nothing {
            return Ok(None);
        }
        let mut storage = storage(&mut self.pages)?;
        let mut records = storage.iter().await.map_err(error)?;
        for _ in 0..index {
            if records.next(self.room).await.map_err(error)?.is_none() {
                return Ok(None);
            }
        }
        // A whole word is read at the end, beside which the caller's room may have no more.
        let length = match records.next(self.room).await.map_err(error)? {
            Some(record) => record.len(),
            None => return Ok(None),
        };
        room.iter_mut().zip(self.room.iter()).take(length).for_each(|(place, byte)| *place = *byte);
        Ok(Some(length))
    }

    async fn pop(&mut self) -> Result<(), Self::Error> {
        if find(&mut self.pages).await? != Found::Nothing {
            storage(&mut self.pages)?.pop(self.room).await.map_err(error)?;
        }
        Ok(())
    }
}

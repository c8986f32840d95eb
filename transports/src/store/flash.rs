//! A store in NOR flash.

use core::ops::Range;

use embedded_storage_async::nor_flash::NorFlash;
use sequential_storage::Error;
use sequential_storage::cache::{Cache, Uncached};
use sequential_storage::map::{MapConfig, MapStorage, SerializationError, Value};
use zeroize::Zeroize;

use super::error::StoreError;
use super::frame;
use super::record::LONGEST;
use super::{Fill, Name, Store};
pub use crate::pages::LayoutError;
use crate::pages::{Found, LONGEST_WORD, Label, Pages, Wear};

/// A store in two or more pages of NOR flash, on `sequential-storage`, which spreads the wear over the pages.
///
/// What that crate takes for granted is made true below it: a page whose erasure was cut reads as an erased one. So a
/// loss of power at any time, inside a word and inside an erasure too, leaves either the old record or the new one.
/// Flash that is neither erased nor labelled as ours is [`StoreError::Foreign`].
///
/// A record is known to be whole by its checksum: one that a dying flash damaged later is taken for one whose writing
/// was cut, and the one before it counts, or none.
///
/// Store and crate are 12 KB of a program for `thumbv7em` at `opt-level = "z"`.
///
/// ```
/// use embedded_storage_async::nor_flash::NorFlash;
/// use wanlink_transports::store::{Flash, LayoutError};
/// # fn open<F: NorFlash>(flash: F) -> Result<(), LayoutError> {
/// let mut room = [0; Flash::ROOM];
/// let mut store = Flash::new(flash, 0x0F_E000..0x10_0000, &mut room)?; // pages that the program leaves free
/// # Ok(())
/// # }
/// ```
pub struct Flash<'b, F> {
    pages: Pages<F>,
    room: Room<'b>,
}

/// Wiped in the end, too, since a call that was dropped leaves a record in it.
struct Room<'b>(&'b mut [u8]);

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// The error of a flash's own driver, told by its `Debug`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct FlashError<E>(pub E);

impl<E: core::fmt::Debug> core::fmt::Display for FlashError<E> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: core::fmt::Debug> core::error::Error for FlashError<E> {}

/// Three letters and the version of the layout.
const LABEL: Label = [b'w', b'l', b's', 1];

impl Flash<'_, ()> {
    /// The room that every record fits: the longest with its name, in whole words.
    pub const ROOM: usize = (1 + frame::length(LONGEST)).next_multiple_of(LONGEST_WORD);
}

impl<'b, F: NorFlash> Flash<'b, F> {
    /// A store in this range of addresses. Touches nothing yet.
    ///
    /// # Errors
    /// The range cannot be a store, or `room` is smaller than [`ROOM`](Flash::ROOM).
    pub fn new(flash: F, range: Range<u32>, room: &'b mut [u8]) -> Result<Self, LayoutError> {
        if room.len() < Flash::ROOM {
            return Err(LayoutError::Room(Flash::ROOM));
        }
        let pages = Pages::new(flash, LABEL, range)?;
        MapConfig::<Pages<F>>::try_new(0..pages.len()).map_err(|_| LayoutError::Size)?;
        Ok(Self { pages, room: Room(room) })
    }

    /// What the flash went through since this value was made.
    pub fn wear(&self) -> Wear {
        self.pages.wear()
    }

    /// Gives the flash back.
    pub fn release(self) -> F {
        self.pages.release()
    }

    async fn fetch(&mut self, name: Name, show: &mut dyn FnMut(&[u8])) -> Result<(), StoreError<FlashError<F::Error>>> {
        let found = map(&mut self.pages)?.fetch_item::<&[u8]>(self.room.0, &(name as u8)).await.map_err(error)?;
        // What was erased is an empty one.
        found.filter(|frame| !frame.is_empty()).into_iter().for_each(show);
        Ok(())
    }

    async fn put(&mut self, name: Name, fill: &Fill<'_>) -> Result<(), StoreError<FlashError<F::Error>>> {
        map(&mut self.pages)?.store_item_generic(self.room.0, &(name as u8), &Filled(fill)).await.map_err(error)
    }
}

/// Whether something of ours is there.
pub(crate) async fn find<F: NorFlash>(pages: &mut Pages<F>) -> Result<Found, StoreError<FlashError<F::Error>>> {
    match pages.examine().await.map_err(medium)? {
        Found::Foreign => Err(StoreError::Foreign),
        Found::Version(version) => Err(StoreError::Version(version)),
        found => Ok(found),
    }
}

fn map<F: NorFlash>(pages: &mut Pages<F>) -> Result<Map<'_, F>, StoreError<FlashError<F::Error>>> {
    // The range was found to be good when the store was made.
    let config = MapConfig::try_new(0..pages.len()).map_err(|_| StoreError::NoRoom)?;
    Ok(MapStorage::new(pages, config, Cache::new_uncached()))
}

type Map<'p, F> = MapStorage<u8, &'p mut Pages<F>, Cache<Uncached, Uncached, Uncached, u8>>;

impl<F: NorFlash> Store for Flash<'_, F> {
    type Error = FlashError<F::Error>;

    async fn read(&mut self, name: Name, show: &mut dyn FnMut(&[u8])) -> Result<(), StoreError<FlashError<F::Error>>> {
        if matches!(find(&mut self.pages).await?, Found::Nothing) {
            return Ok(());
        }
        let result = self.fetch(name, show).await;
        self.room.0.zeroize();
        result
    }

    async fn write(&mut self, name: Name, fill: &Fill<'_>) -> Result<(), StoreError<FlashError<F::Error>>> {
        find(&mut self.pages).await?;
        let result = self.put(name, fill).await;
        self.room.0.zeroize();
        result
    }

    async fn erase(&mut self, name: Name) -> Result<(), StoreError<FlashError<F::Error>>> {
        let mut there = false;
        self.read(name, &mut |_| there = true).await?;
        if there { self.write(name, &|_| Some(0)).await } else { Ok(()) }
    }

    async fn clear(&mut self) -> Result<(), StoreError<FlashError<F::Error>>> {
        self.pages.clear().await.map_err(medium)
    }
}

pub(crate) fn medium<E>(error: E) -> StoreError<FlashError<E>> {
    StoreError::Medium(FlashError(error))
}

pub(crate) fn error<E>(error: Error<E>) -> StoreError<FlashError<E>> {
    match error {
        Error::Storage { value, .. } => medium(value),
        Error::FullStorage => StoreError::Full,
        Error::BufferTooBig | Error::BufferTooSmall(_) | Error::SerializationError(_) | Error::ItemTooBig => {
            StoreError::NoRoom
        }
        _ => StoreError::Damaged,
    }
}

/// A record that is made where it is written from.
struct Filled<'a>(&'a Fill<'a>);

impl<'v> Value<'v> for Filled<'_> {
    fn serialize_into(&self, buffer: &mut [u8]) -> Result<usize, SerializationError> {
        // `sequential-storage` takes the length at its word.
        (self.0)(buffer).filter(|length| *length <= buffer.len()).ok_or(SerializationError::BufferTooSmall)
    }

    fn deserialize_from(_: &'v [u8]) -> Result<(Self, usize), SerializationError> {
        // It is only written.
        Err(SerializationError::InvalidFormat)
    }
}

//! Small records that outlive a restart: the secret of a device, its token, and what else must not be asked for twice.
//!
//! A [`Store`] keeps each record under its [`Name`], in a form of its own with version and checksum. What it cannot
//! read is an error and stays as it is until somebody asks for [`clear`](Store::clear). [`Flash`] is a store in NOR
//! flash.
//!
//! A device registers when it holds no identity, and **stores the new one before it is used**.
//! [`Device`](crate::registration::Device) does so; in short:
//!
//! ```
//! # use wanlink_transports::registration::{Applicant, RegistrationError};
//! use wanlink_transports::Identity;
//! use wanlink_transports::store::{Store, StoreError};
//!
//! # enum Error<E> { Store(StoreError<E>), Refused(RegistrationError) }
//! # impl<E> From<StoreError<E>> for Error<E> { fn from(error: StoreError<E>) -> Self { Self::Store(error) } }
//! # impl<E> From<RegistrationError> for Error<E> { fn from(e: RegistrationError) -> Self { Self::Refused(e) } }
//! # async fn ask(applicant: &Applicant) -> Vec<u8> { Vec::new() }
//! async fn identity<S: Store>(store: &mut S, applicant: &Applicant) -> Result<Identity, Error<S::Error>> {
//!     if let Some(identity) = store.load::<Identity>().await? {
//!         return Ok(identity);
//!     }
//!     let reply = ask(applicant).await; // by the module
//!     let identity = applicant.https_reply(&reply)?;
//!     store.save(&identity).await?;
//!     Ok(identity)
//! }
//! ```

mod error;
#[cfg(feature = "flash")]
pub(crate) mod flash;
mod forward;
mod frame;
mod memory;
mod record;

use wanlink_core::__private::is_mutant;

pub use error::{FrameError, StoreError};
#[cfg(feature = "flash")]
pub use flash::{Flash, FlashError, LayoutError};
pub use memory::InMemory;
pub use record::{Decoder, Encoder, HttpsToken, Record};

/// What a record is kept under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
#[repr(u8)]
pub enum Name {
    /// An [`Identity`](crate::Identity).
    Identity = 1,
    /// A [`DeviceToken`](crate::registration::DeviceToken).
    DeviceToken = 2,
    /// An [`HttpsToken`].
    HttpsToken = 3,
}

/// Writes a record into a room and says how long it is; [`None`], or a length beyond the room, when that is too small.
pub type Fill<'a> = dyn Fn(&mut [u8]) -> Option<usize> + 'a;

/// A place for records.
///
/// A product calls [`load`](Self::load), [`save`](Self::save), [`erase`](Self::erase) and [`clear`](Self::clear).
/// Whoever writes a store for another medium writes the methods without a body:
///
/// * After any loss of power, within [`write`](Self::write) too, `read` shows the bytes of the last `write` that
///   ended, or those of the one that was cut; never a mixture, never nothing where there was something.
/// * What is there and is not the store's own is [`StoreError::Foreign`] to all but `clear`, and stays unchanged.
/// * A room that held a record is wiped before the method returns.
pub trait Store {
    /// The medium's own error.
    type Error: core::error::Error;

    /// Calls `show` with the bytes that were written under a name, or not at all when there are none.
    ///
    /// *Dropped*: harmless.
    ///
    /// # Errors
    /// The medium cannot be read, or holds something else.
    async fn read(&mut self, name: Name, show: &mut dyn FnMut(&[u8])) -> Result<(), StoreError<Self::Error>>;

    /// Puts the bytes that `fill` makes in the place of those that are there. `fill` may be called more than once.
    ///
    /// *Dropped*: as a loss of power.
    ///
    /// # Errors
    /// The medium failed, is full, holds something else, or has too little room for one record.
    async fn write(&mut self, name: Name, fill: &Fill<'_>) -> Result<(), StoreError<Self::Error>>;

    /// Makes the store forget a record. *Twice*: harmless. *Dropped*: as a loss of power, and either it is there or
    /// not.
    ///
    /// The medium may still hold its bytes where nobody looks; [`clear`](Self::clear) leaves none.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    async fn erase(&mut self, name: Name) -> Result<(), StoreError<Self::Error>>;

    /// Erases everything, **whatever it is**. *Dropped*, or power lost: what is left is anything; call it again.
    ///
    /// # Errors
    /// The medium failed.
    async fn clear(&mut self) -> Result<(), StoreError<Self::Error>>;

    /// The record of this type, if there is one. *Dropped*: harmless.
    ///
    /// # Errors
    /// The medium cannot be read, or what it holds is not ours, is damaged, or was written by a newer program.
    async fn load<R: Record>(&mut self) -> Result<Option<R>, StoreError<Self::Error>> {
        let mut found = None;
        self.read(R::NAME, &mut |frame| found = Some(frame::decode(frame))).await?;
        Ok(found.transpose()?)
    }

    /// Keeps a record; when this returns `Ok` it was read back. Writes nothing when the same is there.
    ///
    /// *Dropped*: as a loss of power: either the old record is there or the new one.
    ///
    /// # Errors
    /// As [`load`](Self::load), and then nothing was written; or the medium failed or is full.
    async fn save<R: Record>(&mut self, record: &R) -> Result<(), StoreError<Self::Error>> {
        if holds(self, record).await? {
            return Ok(());
        }
        if is_mutant("a store is cleared for each record") {
            self.clear().await?;
        }
        self.write(R::NAME, &|room| frame::encode(record, room)).await?;
        if holds(self, record).await? { Ok(()) } else { Err(StoreError::NotKept) }
    }
}

/// Whether the store has this very record.
async fn holds<S: Store + ?Sized, R: Record>(store: &mut S, record: &R) -> Result<bool, StoreError<S::Error>> {
    let mut result = Ok(false);
    store.read(R::NAME, &mut |frame| result = frame::open(frame, R::NAME).map(|_| frame::equal(record, frame))).await?;
    Ok(result?)
}

#[cfg(test)]
mod tests;

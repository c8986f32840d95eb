//! A store for devices that have none.

use core::convert::Infallible;

use super::{Fill, Name, Store, StoreError};

/// Keeps nothing: what a link has in its own memory is all there is. A device that posts and restarts signs in anew, which
/// costs one request.
#[derive(Debug, Clone, Copy, Default)]
pub struct InMemory;

impl Store for InMemory {
    type Error = Infallible;

    async fn read(&mut self, _: Name, _: &mut dyn FnMut(&[u8])) -> Result<(), StoreError<Infallible>> {
        Ok(())
    }

    async fn write(&mut self, _: Name, _: &Fill<'_>) -> Result<(), StoreError<Infallible>> {
        Ok(())
    }

    async fn erase(&mut self, _: Name) -> Result<(), StoreError<Infallible>> {
        Ok(())
    }

    async fn clear(&mut self) -> Result<(), StoreError<Infallible>> {
        Ok(())
    }
}

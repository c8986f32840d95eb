//! The trait for `&mut S`, so that a link may borrow a store instead of owning it.
#![deny(clippy::missing_trait_methods)]

use super::{Fill, Name, Record, Store, StoreError};

impl<S: Store + ?Sized> Store for &mut S {
    type Error = S::Error;

    fn read(
        &mut self,
        name: Name,
        show: &mut dyn FnMut(&[u8]),
    ) -> impl Future<Output = Result<(), StoreError<Self::Error>>> {
        S::read(self, name, show)
    }

    fn write(&mut self, name: Name, fill: &Fill<'_>) -> impl Future<Output = Result<(), StoreError<Self::Error>>> {
        S::write(self, name, fill)
    }

    fn erase(&mut self, name: Name) -> impl Future<Output = Result<(), StoreError<Self::Error>>> {
        S::erase(self, name)
    }

    fn clear(&mut self) -> impl Future<Output = Result<(), StoreError<Self::Error>>> {
        S::clear(self)
    }

    fn load<R: Record>(&mut self) -> impl Future<Output = Result<Option<R>, StoreError<Self::Error>>> {
        S::load(self)
    }

    fn save<R: Record>(&mut self, record: &R) -> impl Future<Output = Result<(), StoreError<Self::Error>>> {
        S::save(self, record)
    }
}

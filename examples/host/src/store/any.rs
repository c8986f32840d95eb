//! A store of any medium as one type, so that what is generic over it is compiled once.

use std::fmt;
use std::pin::Pin;

use wanlink_transports::https::InMemory;
use wanlink_transports::store::{Fill, Name, Store, StoreError};

use super::FileError;

/// A store, whatever it is on.
pub(crate) struct AnyStore<'a>(Box<dyn Records + 'a>);

impl<'a> AnyStore<'a> {
    pub(crate) fn new(store: impl Store<Error: 'static> + 'a) -> Self {
        Self(Box::new(store))
    }

    /// One that keeps nothing.
    pub(crate) fn none() -> Self {
        Self::new(InMemory)
    }
}

/// What is left of a medium's own error.
#[derive(Debug)]
pub(crate) struct MediumError {
    text: String,
    /// If it is a file.
    pub(crate) file: Option<FileError>,
}

impl MediumError {
    fn of(error: impl std::error::Error + 'static) -> Self {
        let any: &dyn std::any::Any = &error;
        Self { text: error.to_string(), file: any.downcast_ref().cloned() }
    }
}

impl fmt::Display for MediumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for MediumError {}

type Step<'s> = Pin<Box<dyn Future<Output = Result<(), StoreError<MediumError>>> + 's>>;

trait Records {
    fn read<'s>(&'s mut self, name: Name, show: &'s mut dyn FnMut(&[u8])) -> Step<'s>;

    fn write<'s>(&'s mut self, name: Name, fill: &'s Fill<'s>) -> Step<'s>;

    fn erase(&mut self, name: Name) -> Step<'_>;

    fn clear(&mut self) -> Step<'_>;
}

fn step<'s, E: std::error::Error + 'static>(call: impl Future<Output = Result<(), StoreError<E>>> + 's) -> Step<'s> {
    Box::pin(async { call.await.map_err(|error| error.map_medium(MediumError::of)) })
}

impl<S: Store<Error: 'static>> Records for S {
    fn read<'s>(&'s mut self, name: Name, show: &'s mut dyn FnMut(&[u8])) -> Step<'s> {
        step(Store::read(self, name, show))
    }

    fn write<'s>(&'s mut self, name: Name, fill: &'s Fill<'s>) -> Step<'s> {
        step(Store::write(self, name, fill))
    }

    fn erase(&mut self, name: Name) -> Step<'_> {
        step(Store::erase(self, name))
    }

    fn clear(&mut self) -> Step<'_> {
        step(Store::clear(self))
    }
}

impl Store for AnyStore<'_> {
    type Error = MediumError;

    async fn read(&mut self, name: Name, show: &mut dyn FnMut(&[u8])) -> Result<(), StoreError<MediumError>> {
        self.0.read(name, show).await
    }

    async fn write(&mut self, name: Name, fill: &Fill<'_>) -> Result<(), StoreError<MediumError>> {
        self.0.write(name, fill).await
    }

    async fn erase(&mut self, name: Name) -> Result<(), StoreError<MediumError>> {
        self.0.erase(name).await
    }

    async fn clear(&mut self) -> Result<(), StoreError<MediumError>> {
        self.0.clear().await
    }
}

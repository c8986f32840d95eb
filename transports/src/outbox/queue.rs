//! What an outbox keeps its messages in.

/// Records in the order in which they came.
///
/// After a loss of power, or a dropped future, each record is there as a whole or not at all.
pub trait Queue {
    /// The medium's own error.
    type Error: core::fmt::Debug + core::fmt::Display;

    /// How many records there are. *Dropped*: harmless.
    ///
    /// # Errors
    /// The medium cannot be read, or holds something else.
    async fn count(&mut self) -> Result<u32, Self::Error>;

    /// Adds a record at the end; `false` when there is no room for it.
    ///
    /// # Errors
    /// The medium failed, or the record can never fit.
    async fn push(&mut self, record: &[u8]) -> Result<bool, Self::Error>;

    /// Copies the record with this index, of which the oldest has 0, and says how long it is; [`None`] when there are
    /// fewer. *Dropped*: harmless.
    ///
    /// # Errors
    /// The medium cannot be read, or `room` is too small.
    async fn peek(&mut self, index: u32, room: &mut [u8]) -> Result<Option<usize>, Self::Error>;

    /// Removes the oldest record. None there: harmless.
    ///
    /// # Errors
    /// The medium failed.
    async fn pop(&mut self) -> Result<(), Self::Error>;
}

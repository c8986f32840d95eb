//! What can go wrong with a store.

/// Error of a store on a medium whose error is `E`. None holds a byte of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum StoreError<E> {
    /// The medium failed.
    Medium(E),
    /// The medium holds something that no store wrote. Nothing was changed.
    Foreign,
    /// A newer program wrote it, in this version of the form. Nothing was changed.
    Version(u8),
    /// It is ours, and damaged. Nothing was changed.
    Damaged,
    /// What was written does not read back.
    NotKept,
    /// All records together need more room than there is.
    Full,
    /// A record, or a page, is longer than the room that was given to the store, or than a page.
    NoRoom,
}

impl<E> StoreError<E> {
    /// The same with another error of the medium, for stores that stand on stores.
    pub fn map_medium<F>(self, medium: impl FnOnce(E) -> F) -> StoreError<F> {
        match self {
            Self::Medium(error) => StoreError::Medium(medium(error)),
            Self::Foreign => StoreError::Foreign,
            Self::Version(version) => StoreError::Version(version),
            Self::Damaged => StoreError::Damaged,
            Self::NotKept => StoreError::NotKept,
            Self::Full => StoreError::Full,
            Self::NoRoom => StoreError::NoRoom,
        }
    }
}

/// Why bytes are no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum FrameError {
    /// They do not begin as a record does.
    Foreign,
    /// They are of another version of the form.
    Version(u8),
    /// The checksum differs, or the parts make no sense.
    Damaged,
}

impl<E> From<FrameError> for StoreError<E> {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Foreign => Self::Foreign,
            FrameError::Version(version) => Self::Version(version),
            FrameError::Damaged => Self::Damaged,
        }
    }
}

impl<E: core::fmt::Display> core::fmt::Display for StoreError<E> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Medium(error) => write!(f, "the store's medium failed: {error}"),
            Self::Foreign => f.write_str("the store's place holds something else, which was left as it is"),
            Self::Version(version) => {
                write!(f, "the store has form {version} of a newer program and was left as it is")
            }
            Self::Damaged => f.write_str("the store is damaged and was left as it is"),
            Self::NotKept => f.write_str("the store's medium did not keep what was written"),
            Self::Full => f.write_str("the store is full"),
            Self::NoRoom => f.write_str("the record does not fit the store's room or page"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for StoreError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Medium(error) => Some(error),
            _ => None,
        }
    }
}

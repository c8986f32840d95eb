//! What can go wrong with the file, and what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use wanlink_transports::store::StoreError;

use super::MediumError;
use crate::cure::Cure;
use crate::exit::Exit;
use crate::failure::Failure;

/// Why the file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileError {
    /// The system refused.
    System {
        /// What was wanted of the file.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's answer.
        reason: String,
    },
    /// Others than its owner can read or write it, and with it the secret of the device.
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its rights.
        mode: u32,
    },
}

impl FileError {
    pub(super) fn new(verb: &'static str, path: &Path, error: &io::Error) -> Self {
        Self::System { verb, path: path.to_owned(), reason: error.to_string() }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System { verb, path, reason } => write!(f, "cannot {verb} {}: {reason}", path.display()),
            Self::Exposed { path, mode } => write!(f, "{} has the rights {mode:03o}", path.display()),
        }
    }
}

impl std::error::Error for FileError {}

impl From<FileError> for StoreError<FileError> {
    fn from(error: FileError) -> Self {
        Self::Medium(error)
    }
}

/// An error of the store in this file, as the program tells it.
pub(crate) fn failure(path: &Path, error: &StoreError<FileError>) -> Failure {
    let message = match error {
        // It names the file.
        StoreError::Medium(error) => error.to_string(),
        error => format!("{}: {error}", path.display()),
    };
    Failure::new(message, cure(error))
}

/// As [`cure`], of a store on any medium.
pub(crate) fn cure_of(error: &StoreError<MediumError>) -> Cure {
    match error {
        StoreError::Medium(MediumError { file: Some(error), .. }) => cure(&StoreError::Medium(error.clone())),
        StoreError::Foreign => cure(&StoreError::Foreign),
        StoreError::Version(version) => cure(&StoreError::Version(*version)),
        StoreError::Damaged => cure(&StoreError::Damaged),
        _ => cure(&StoreError::NotKept),
    }
}

/// What an error of the store means, and what to do.
#[must_use]
pub fn cure(error: &StoreError<FileError>) -> Cure {
    let (meaning, cure) = match error {
        StoreError::Medium(FileError::System { .. }) => {
            ("", "look at the path and its rights, or give another --store")
        }
        StoreError::Medium(FileError::Exposed { .. }) => (
            "others can read the secret of the device",
            "`chmod 600` the file; where others may have read it, have the secret reset in the console",
        ),
        StoreError::Foreign => {
            ("the file was written by another program", "give another --store; this one is never overwritten")
        }
        StoreError::Version(_) => ("a newer wanlink wrote the file", "use that one, or give another --store"),
        StoreError::Damaged => (
            "the file was changed or cut",
            "put a copy back; without one, remove the file, and reset the device in the console before it registers again",
        ),
        _ => ("the disk did not keep what was written", "look for room and health of the disk"),
    };
    Cure { kind: "store", code: None, exit: Exit::File, meaning, cure }
}

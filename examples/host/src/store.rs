//! A store in a file: what `--store` names.

mod any;
mod contents;
mod error;

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use wanlink_transports::store::{Fill, Name, Store, StoreError};
use zeroize::Zeroizing;

pub(crate) use self::any::{AnyStore, MediumError};
use self::contents::Contents;
pub use self::error::{FileError, cure};
pub(crate) use self::error::{cure_of, failure};

/// Records in a file that only its owner can read.
///
/// Each change makes a new file beside the old one and puts it in its place, so that a loss of power leaves the old or
/// the new one. Two programs that change one file at the same time may undo each other's changes.
///
/// The file is read and written at once: nothing else of the thread goes on meanwhile.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
}

type Error = StoreError<FileError>;

/// Read and write for the owner, nothing for others.
const MODE: u32 = 0o600;
/// Far above what all records need; a longer file is somebody else's.
const LONGEST: u64 = 64 * 1024;
/// Room for one record.
const ROOM: usize = 4096;

impl FileStore {
    /// The store in this file, which need not exist yet. Touches nothing.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// What is in the file; nothing when there is none.
    fn contents(&self) -> Result<Contents, Error> {
        let cannot = |error| FileError::new("read", &self.path, &error);
        let about = match fs::metadata(&self.path) {
            Ok(about) => about,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Contents::default()),
            Err(error) => return Err(cannot(error).into()),
        };
        // Nothing is opened that may wait, as a pipe does.
        if !about.is_file() || about.len() > LONGEST {
            return Err(StoreError::Foreign);
        }
        // A room that grows would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST as usize + 1));
        File::open(&self.path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes)).map_err(cannot)?;
        let contents = Contents::parse(&bytes)?;
        if about.mode() & 0o077 != 0 {
            return Err(FileError::Exposed { path: self.path.clone(), mode: about.mode() & 0o777 }.into());
        }
        Ok(contents)
    }

    /// Puts a file with these contents in the place of the old one.
    fn replace(&self, contents: &Contents) -> Result<(), Error> {
        // The file that a link points to is replaced, not the link.
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let cannot = |error| FileError::new("write", &self.path, &error);
        let beside = beside(&path);
        let result = fill(&beside, &contents.bytes()).and_then(|()| fs::rename(&beside, &path));
        if result.is_err() {
            // There may be none. What counts is why it could not be made.
            let _ = fs::remove_file(&beside);
        }
        result.and_then(|()| sync_folder(&path)).map_err(|error| cannot(error).into())
    }
}

/// A name in the same folder that no other program takes.
fn beside(path: &Path) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}-{}.new", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
    path.with_file_name(name)
}

/// Makes a file and waits until its bytes are on the disk.
fn fill(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(path)?;
    // A mask could have taken the owner's own rights away.
    file.set_permissions(Permissions::from_mode(MODE))?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Waits until the file's name is on the disk.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

impl Store for FileStore {
    type Error = FileError;

    async fn read(&mut self, name: Name, show: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        self.contents()?.get(name).into_iter().for_each(show);
        Ok(())
    }

    async fn write(&mut self, name: Name, fill: &Fill<'_>) -> Result<(), Error> {
        let mut contents = self.contents()?;
        let mut room = Zeroizing::new(vec![0; ROOM]);
        let record = fill(&mut room).and_then(|length| room.get(..length)).ok_or(StoreError::NoRoom)?;
        contents.set(name, record);
        self.replace(&contents)
    }

    async fn erase(&mut self, name: Name) -> Result<(), Error> {
        let mut contents = self.contents()?;
        if contents.remove(name) { self.replace(&contents) } else { Ok(()) }
    }

    /// Removes the file. The disk may still hold its bytes.
    async fn clear(&mut self) -> Result<(), Error> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(FileError::new("remove", &self.path, &error).into())
            }
            Err(_) => Ok(()),
            Ok(()) => sync_folder(&self.path).map_err(|error| FileError::new("remove", &self.path, &error).into()),
        }
    }
}

#[cfg(test)]
mod tests;

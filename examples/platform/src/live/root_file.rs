//! The file with the root certificate.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A file that was written; a temporary one is removed when this is dropped.
pub(super) struct RootFile {
    path: PathBuf,
    temporary: bool,
}

impl RootFile {
    /// Writes to this path, whatever was there.
    pub(super) fn at(path: PathBuf, pem: &str) -> io::Result<Self> {
        fs::write(&path, pem)?;
        Ok(Self { path, temporary: false })
    }

    /// Writes a new file among the temporary ones.
    pub(super) fn temporary(pem: &str) -> io::Result<Self> {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let folder = std::env::temp_dir();
        loop {
            let n = LAST.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!("wanlink-platform-{}-{n}.pem", std::process::id()));
            // Never through a file or a link that someone else put there.
            match File::create_new(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(mut file) => {
                    let written = Self { path, temporary: true };
                    file.write_all(pem.as_bytes())?;
                    return Ok(written);
                }
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for RootFile {
    fn drop(&mut self) {
        if self.temporary {
            // Nothing is lost if it stays.
            let _ = fs::remove_file(&self.path);
        }
    }
}

//! Files of `--store`, and devices that keep what they get in one.

use std::path::PathBuf;

use crate::program::{NEW_NAME, PRODUCT_SECRET, Process, command};

/// A place for the file of `--store`, which is removed with it.
pub(crate) struct Store(PathBuf);

impl Store {
    /// No file is there yet.
    pub(crate) fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("wanlink-live-{name}-{}.store", std::process::id())))
    }

    /// A file with these bytes.
    pub(crate) fn with(name: &str, bytes: &[u8]) -> Self {
        let store = Self::new(name);
        std::fs::write(&store.0, bytes).unwrap();
        store
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    /// What is in it, if it is there.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        std::fs::read(&self.0).ok()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// `wanlink connect --json` as the device without a secret, which registers, with the secret of the product, and keeps what it gets in
/// this file.
pub(crate) fn register(port: &str, store: &Store, more: &[&str]) -> Process {
    register_as(PRODUCT_SECRET, port, store, more)
}

pub(crate) fn register_as(secret: &str, port: &str, store: &Store, more: &[&str]) -> Process {
    let name = if more.contains(&"--device-name") { &[][..] } else { &["--device-name", NEW_NAME] };
    let mut command = command(port, &[&["--store", store.path()], name, more].concat());
    command.env("WANLINK_PRODUCT_SECRET", secret);
    Process::start(command)
}

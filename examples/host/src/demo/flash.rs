//! What the demo's device keeps from run to run, as a real one does in its flash.

use std::cell::Cell;
use std::path::PathBuf;

use embassy_futures::block_on;
use wanlink_transports::Identity;
use wanlink_transports::store::{Store, StoreError};

use super::{DEVICE_NAME, PRODUCT_KEY};
use crate::cli::DemoArgs;
use crate::cure;
use crate::failure::Failure;
use crate::store::{self, AnyStore, FileStore};

/// The file, and what it had when the run began.
pub(super) struct Flash {
    path: PathBuf,
    kept: Cell<Option<Identity>>,
    has_identity: bool,
}

impl Flash {
    /// Looks what earlier runs kept, or forgets it if that is asked for. A file of somebody else stays as it is.
    pub(super) fn open(args: &DemoArgs) -> Result<Self, Failure> {
        let path = args.store.clone().unwrap_or_else(usual);
        let mut store = FileStore::new(&path);
        let mut kept = block_on(store.load::<Identity>());
        let is_foreign = matches!(kept, Err(StoreError::Foreign | StoreError::Medium(_)));
        if args.forget && !is_foreign {
            kept = block_on(store.clear()).map(|()| None);
        }
        let kept = kept.map_err(|error| store::failure(&path, &error))?;
        if let Some(other) = kept.as_ref().filter(|kept| !is_own(kept)) {
            let (key, name) = (other.product_key(), other.device_name());
            let message = format!("{} belongs to another device, {name} of product {key}", path.display());
            return Err(Failure::new(message, cure::OTHER_DEVICE));
        }
        Ok(Self { path, has_identity: kept.is_some(), kept: Cell::new(kept) })
    }

    /// Whether the device registered in an earlier run.
    pub(super) fn has_identity(&self) -> bool {
        self.has_identity
    }

    /// What it got then; once.
    pub(super) fn take_identity(&self) -> Option<Identity> {
        self.kept.take()
    }

    pub(super) fn store(&self) -> AnyStore<'_> {
        AnyStore::new(FileStore::new(&self.path))
    }

    /// Where it is, for humans.
    pub(super) fn shown(&self) -> String {
        self.path.display().to_string()
    }
}

fn is_own(kept: &Identity) -> bool {
    (kept.product_key(), kept.device_name()) == (PRODUCT_KEY, DEVICE_NAME)
}

/// One file for each user of this system.
fn usual() -> PathBuf {
    std::env::temp_dir().join(format!("wanlink-demo-{}.store", rustix::process::getuid().as_raw()))
}

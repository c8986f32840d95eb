//! Options of `wanlink replay`.

use std::path::PathBuf;

use clap::Args;

/// What is to be replayed.
///
/// The driver is called as the trace notes it, at the same times of a virtual clock. What it writes is compared with the
/// trace, and what the module wrote is given to it. Exit code 0 when all is the same, 1 when something differs.
#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Trace of `wanlink connect --trace`; secrets that are redacted in it match anything
    pub(crate) file: PathBuf,
}

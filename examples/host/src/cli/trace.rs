//! Options of `wanlink trace`.

use std::path::PathBuf;

use clap::Args;

/// What is to be shown.
///
/// Each command has a line: when it was written, how long its answer took, the bytes both ways, and what was heard between
/// its answer and the next command. Where the trace notes the calls of a driver, as those of `wanlink connect` do, they are
/// shown around their commands.
#[derive(Debug, Args)]
pub(crate) struct TraceArgs {
    /// Trace of `wanlink connect --trace`, of `wanlink simulate --seed`, or of a field test
    pub(crate) file: PathBuf,
    /// Draw a time line into this file
    #[arg(long, value_name = "OUT")]
    pub(crate) svg: Option<PathBuf>,
    /// Leave out what came before, in seconds
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) from_s: u64,
    /// Leave out what came later, in seconds
    #[arg(long, value_name = "S")]
    pub(crate) to_s: Option<u64>,
    /// Print one JSON object per line, and nothing else, on stdout
    #[arg(long)]
    pub(crate) json: bool,
}

//! Options of `wanlink explain`.

use clap::Args;

use super::PathArg;
use crate::models::Module;

/// What is explained.
///
/// Each operation in the order in which a device runs them, from the tables that the driver runs: what is sent, what is
/// waited for and how long, when a step is left out, what an error leads to, and the chapter of the manual; then the lines
/// that the module may send by itself. A secret is a name in angle brackets.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Model of the module
    #[arg(long, value_enum)]
    pub(crate) module: Module,
    /// Connection path
    #[arg(long, value_enum)]
    pub(crate) path: PathArg,
    /// Print one JSON object per line, and nothing else, on stdout
    #[arg(long)]
    pub(crate) json: bool,
}

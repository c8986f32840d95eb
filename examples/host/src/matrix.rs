//! Each model on each path: there, or not and why; and `wanlink matrix`, which runs all that is there.

pub(crate) mod command;
mod markdown;
mod table;

use clap::ValueEnum;

pub use self::markdown::markdown;
use crate::cli::PathArg;
use crate::models::MODELS;

/// A model on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// The model's name, as on the command line.
    pub module: &'static str,
    /// The path's.
    pub path: &'static str,
    /// Why it is not there, if it is not.
    pub lack: Option<&'static str>,
}

/// All models on all paths.
pub fn cells() -> impl Iterator<Item = Cell> {
    MODELS.iter().flat_map(|module| {
        let cell = |path: &PathArg| Cell { module: module.label(), path: path.name(), lack: module.lack(*path) };
        PathArg::value_variants().iter().map(cell)
    })
}

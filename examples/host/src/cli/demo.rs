//! Options of `wanlink demo`.

use std::path::PathBuf;

use clap::Args;

use super::PathArg;
use crate::models::{MODELS, Module};

/// What the demo shows.
///
/// The device registers in the first run, and keeps its secret in a file: later runs do not register again.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Model of the emulated module
    #[arg(long, default_value = "bg95", value_enum)]
    pub(crate) module: Module,
    /// Connection path
    #[arg(long, default_value = "mqtt")]
    pub(crate) path: PathArg,
    /// What the device keeps over runs; from the start a file among the temporary ones of this system
    #[arg(long, value_name = "FILE")]
    pub(crate) store: Option<PathBuf>,
    /// Forget first what earlier runs kept
    #[arg(long)]
    pub(crate) forget: bool,
    /// Seed of everything that is drawn
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Seconds of the module's time that pass in one second; 0 for as fast as possible. On a terminal 15, else 0
    #[arg(long)]
    pub(crate) speed: Option<u32>,
    /// Print one JSON object per line, and nothing else, on stdout
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the bytes of the wire to this file, secrets redacted
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
}

impl Default for DemoArgs {
    fn default() -> Self {
        Self {
            module: MODELS[0],
            path: PathArg::Mqtt,
            store: None,
            forget: false,
            seed: 1,
            speed: None,
            json: false,
            trace: None,
        }
    }
}

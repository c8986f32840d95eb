#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod command;
mod telemetry;
mod text;

pub use command::Command;
pub use telemetry::Telemetry;

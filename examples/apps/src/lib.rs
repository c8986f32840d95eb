#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod command;
mod product;
mod telemetry;
mod text;

pub use command::Command;
pub use product::Settings;
#[cfg(feature = "bg95-mqtt")]
pub use product::bg95_mqtt;
pub use telemetry::Telemetry;

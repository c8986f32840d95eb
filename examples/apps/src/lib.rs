#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod command;
#[cfg(feature = "_product")]
mod path;
#[cfg(feature = "_product")]
mod product;
mod settings;
mod telemetry;
mod text;

pub use command::Command;
#[cfg(feature = "a7670-mqtt")]
pub use product::a7670_mqtt;
#[cfg(feature = "bg95-https")]
pub use product::bg95_https;
#[cfg(feature = "bg95-mqtt")]
pub use product::bg95_mqtt;
#[cfg(feature = "bg95-tcp")]
pub use product::bg95_tcp;
#[cfg(feature = "sara-r5-mqtt")]
pub use product::sara_r5_mqtt;
#[cfg(feature = "sim7080-tcp")]
pub use product::sim7080_tcp;
pub use settings::Settings;
pub use telemetry::Telemetry;
pub use wanlink_transports::roots;

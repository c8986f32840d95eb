#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod cmqtt;
mod lpwa;
mod models;
mod sequence;

pub use cmqtt::CmqttFamily;
pub use lpwa::{DynamicRegistration, NewDevice, Sim7000Family, Sim7080Family};
pub use models::*;
#[cfg(feature = "trace")]
pub use wanlink_at::Trace;
pub use wanlink_at::driver::{
    Buffers, DriverModel, Lack, NoPins, PowerPins, Service, SimFault, SleepLine, SleepPin, Wired,
};
pub use wanlink_at::{Code, Fault, SendError};

/// A SIMCom module of model `M` behind the port halves `R` and `W`, with the power pins `P`.
pub type Simcom<'b, M, R, W, P> = wanlink_at::driver::Driver<'b, M, R, W, P>;

/// Why a method of a model of this family failed. That of A7670 and SIM7600 is [`cmqtt::Error`], too.
pub type Error<F = Sim7080Family> = wanlink_at::driver::Error<F>;

/// A command by its name in errors.
pub type Command<F = Sim7080Family> = wanlink_at::driver::Command<F>;

#[cfg(test)]
use wanlink_emulator as _;

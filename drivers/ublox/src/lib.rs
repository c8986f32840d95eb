#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod family;
mod models;
mod own;
pub mod quirk;
mod request;
mod sequence;
mod urc;

pub use family::UbloxFamily;
pub use models::*;
#[cfg(feature = "trace")]
pub use wanlink_at::Trace;
pub use wanlink_at::driver::{Buffers, DriverModel, Lack, NoPins, PowerPins, Service, SimFault, Wired};
pub use wanlink_at::{Code, Fault, SendError};

/// A u-blox module of model `M` behind the port halves `R` and `W`, with the power pins `P`.
pub type Ublox<'b, M, R, W, P> = wanlink_at::driver::Driver<'b, M, R, W, P>;

/// Why a method failed.
pub type Error = wanlink_at::driver::Error<UbloxFamily>;

/// A command by its name in errors.
pub type Command = wanlink_at::driver::Command<UbloxFamily>;

type State = wanlink_at::driver::State<UbloxFamily>;
type Operation = wanlink_at::driver::Operation<UbloxFamily>;
type Running<'a, 'b> = wanlink_at::driver::Running<'a, 'b, UbloxFamily>;
type Input<'a, 'b> = wanlink_at::driver::Input<'a, 'b, UbloxFamily>;

#[cfg(test)]
use wanlink_emulator as _;

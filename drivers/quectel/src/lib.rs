#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod family;
mod models;
mod request;
mod sequence;
mod urc;

pub use family::QuectelFamily;
pub use models::Bg95;
#[cfg(feature = "trace")]
pub use wanlink_at::Trace;
pub use wanlink_at::driver::{Buffers, DriverModel, NoPins, PowerPins, SimFault, Wired};
pub use wanlink_at::{Code, Fault, SendError};

/// A Quectel module of model `M` behind the port halves `R` and `W`, with the power pins `P`.
pub type Quectel<'b, M, R, W, P> = wanlink_at::driver::Driver<'b, M, R, W, P>;

/// Why a method failed.
pub type Error = wanlink_at::driver::Error<QuectelFamily>;

/// A command by its name in errors.
pub type Command = wanlink_at::driver::Command<QuectelFamily>;

type State = wanlink_at::driver::State<QuectelFamily>;
type Operation = wanlink_at::driver::Operation<QuectelFamily>;
type Running<'a, 'b> = wanlink_at::driver::Running<'a, 'b, QuectelFamily>;
type Input<'a, 'b> = wanlink_at::driver::Input<'a, 'b, QuectelFamily>;

#[cfg(test)]
use wanlink_emulator as _;

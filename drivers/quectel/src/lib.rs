#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod ec;
mod family;
mod models;
mod own;
mod poster;
mod request;
mod sequence;
mod urc;

pub use ec::{EcFamily, Group, Qc, Ua};
pub use family::QuectelFamily;
pub use models::*;
#[cfg(feature = "trace")]
pub use wanlink_at::Trace;
pub use wanlink_at::driver::{
    Buffers, DriverModel, Lack, NoPins, PowerPins, Service, SimFault, SleepLine, SleepPin, Wired,
};
pub use wanlink_at::{Code, Fault, SendError};

/// A Quectel module of model `M` behind the port halves `R` and `W`, with the power pins `P`.
pub type Quectel<'b, M, R, W, P> = wanlink_at::driver::Driver<'b, M, R, W, P>;

/// Why a method failed.
pub type Error<F = QuectelFamily> = wanlink_at::driver::Error<F>;

/// A command by its name in errors.
pub type Command<F = QuectelFamily> = wanlink_at::driver::Command<F>;

type State<F> = wanlink_at::driver::State<F>;
type Operation<F> = wanlink_at::driver::Operation<F>;
type Running<'a, 'b, F> = wanlink_at::driver::Running<'a, 'b, F>;
type Input<'a, 'b, F> = wanlink_at::driver::Input<'a, 'b, F>;

#[cfg(test)]
use wanlink_emulator as _;

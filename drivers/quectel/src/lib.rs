#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]
// The traits are for executors of one core; a `Send` bound would exclude the ports of most boards.
#![allow(async_fn_in_trait)]

mod command;
mod driver;
mod error;
mod https;
mod model;
mod models;
mod module;
mod mqtt;
mod operation;
mod pins;
mod request;
mod sequence;
mod socket;
mod sockets;
mod state;
mod task;
mod urc;

pub use command::Command;
pub use driver::{Buffers, Quectel};
pub use error::{Error, SimFault};
pub use model::QuectelModel;
pub use models::Bg95;
pub use pins::{NoPins, PowerPins, Wired};
#[cfg(feature = "trace")]
pub use wanlink_at::Trace;
pub use wanlink_at::{Code, Fault, SendError};

#[cfg(test)]
use wanlink_emulator as _;

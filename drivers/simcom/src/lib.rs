#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub use wanlink_at::driver::{Buffers, DriverModel, NoPins, PowerPins, SimFault, Wired};
pub use wanlink_at::{Code, Fault, SendError};

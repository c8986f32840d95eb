#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]
// Worlds of one thread; see wanlink-core.
#![allow(async_fn_in_trait)]

mod bench;
mod drawn;
mod pins;
mod rig;
mod subject;
mod suite;

pub mod native;
pub mod sockets;

pub use bench::{Bench, DriverFor, DriverOf, Drives, ErrorOf, FamilyOf, MqttBench, NativeBench, SocketBench};
pub use pins::Pins;
pub use rig::{
    APN, BROKER, DOWN, FILE, KEY, LOGIN, NAME, Rig, SECURE_LOGIN, UP, attach, broker, connect, other_root, published,
    push, root, secure_broker,
};
pub use subject::Subject;

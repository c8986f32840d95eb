#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]
// Worlds of one thread; see wanlink-core.
#![allow(async_fn_in_trait)]

#[doc(hidden)]
pub mod absent;
mod bench;
mod drawn;
mod dropped;
mod pins;
mod rig;
mod subject;
mod suite;

pub mod hostile;
pub mod module;
pub mod mqtt;
pub mod native;
pub mod sockets;

pub use bench::{
    Bench, DriverFor, DriverOf, Drives, ErrorOf, FamilyOf, ModuleBench, MqttBench, NativeBench, SocketBench,
};
pub use pins::Pins;
pub use rig::{
    APN, BROKER, DOWN, FILE, KEY, LOGIN, NAME, Recorder, Rig, SECURE_LOGIN, UP, attach, broker, connect, other_root,
    published, push, root, secure_broker,
};
pub use subject::{Foreign, Nothing, Subject};
pub use suite::GROUPS;

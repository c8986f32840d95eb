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

pub mod doze;
pub mod gaps;
pub mod hostile;
pub mod https;
pub mod module;
pub mod mqtt;
pub mod native;
pub mod opening;
pub mod replay;
pub mod sockets;
pub mod tls;
pub mod tls_session;
pub mod trap;

pub use bench::{
    Bench, DozeBench, DozeSessionBench, DriverFor, DriverOf, Drives, ErrorOf, FamilyOf, HttpsBench, ModuleBench,
    MqttBench, NativeBench, SocketBench, TlsBench, TlsSessionBench,
};
pub use pins::Pins;
pub use rig::{
    APN, BROKER, DOWN, FILE, KEY, LOGIN, NAME, Recorder, Rig, SECURE_LOGIN, UP, attach, broker, connect, other_root,
    published, push, root, secure_broker,
};
pub use subject::{Foreign, Nothing, Subject};
pub use suite::GROUPS;

#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod config;
mod connection;
mod device;
mod fault;
mod limits;
#[cfg(feature = "live")]
pub mod live;
mod login;
mod packet;
mod permission;
mod platform;
mod record;
mod session;
mod signature;
mod statistics;
mod timers;
#[cfg(feature = "tls")]
pub mod tls;
mod topic;

pub use config::{Config, ForeignPublish, KeepAlive, Limits, Rejection, ReturnCode};
pub use connection::{ConnId, Peer};
pub use device::{Access, DeviceId, Product, TopicClass};
pub use fault::{Away, Fault, FaultError, TimedFault, TlsFault};
pub use packet::{PacketType, Qos, Summary};
pub use platform::{Action, Platform, Pushed};
pub use record::{Direction, Entry, Finding, Handshake, Judgement, Record, TlsVersion};
pub use statistics::Statistics;

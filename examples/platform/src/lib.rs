#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod config;
mod connection;
mod device;
mod endpoint;
mod fault;
mod http;
mod limits;
#[cfg(feature = "live")]
pub mod live;
mod login;
mod mint;
mod packet;
mod permission;
mod platform;
mod record;
mod registration;
mod session;
mod signature;
mod statistics;
mod timers;
#[cfg(feature = "tls")]
pub mod tls;
mod token;
mod topic;

pub use config::{
    BodyEnd, Config, ForeignPublish, HttpRules, JsonForm, KeepAlive, Limits, RegistrationRules, Rejection, ReturnCode,
};
pub use connection::{ConnId, Peer, Service};
pub use device::{Access, DeviceId, Product, Registration, TopicClass};
pub use fault::{Away, Fault, FaultError, TimedFault, TlsFault};
pub use packet::{PacketType, Qos, Summary};
pub use platform::{Action, Platform, Pushed};
pub use record::{Direction, Entry, Finding, Handshake, Judgement, Record, TlsVersion};
pub use statistics::Statistics;

#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]
// The traits are for executors of one core; a `Send` bound would exclude the ports of most boards.
#![allow(async_fn_in_trait)]

#[cfg(test)]
extern crate std;

#[cfg(any(feature = "mqtt", feature = "tcp"))]
mod account;
mod credentials;
mod device_name;
mod endpoint;
mod error;
mod forward;
#[cfg(feature = "https")]
pub mod https;
mod identity;
pub mod json;
mod link;
#[cfg(feature = "mqtt")]
pub mod mqtt;
#[cfg(feature = "native")]
pub mod native;
#[cfg(feature = "outbox")]
pub mod outbox;
mod pace;
#[cfg(feature = "flash")]
mod pages;
mod principal;
mod reason;
pub mod registration;
pub mod roots;
mod session;
#[cfg(feature = "shared")]
pub mod shared;
mod sign;
#[cfg(feature = "store")]
pub mod store;
#[cfg(feature = "tcp")]
pub mod tcp;
mod text;
pub mod topic;

pub use credentials::{ClientId, Credentials, SecureMode};
pub use device_name::DeviceName;
pub use endpoint::{Endpoint, HostName, Region};
pub use error::{LinkError, Lost};
pub use identity::{Identity, IdentityError};
pub use link::{Connect, Downlink, Request, Uplink};
pub use pace::Pace;
#[cfg(feature = "flash")]
pub use pages::Wear;
pub use principal::{Principal, Protects};
pub use reason::{Malformed, Reason};
pub use session::{Budget, Event, Observer, Quiet, Session, Stats};
pub use sign::{HmacMd5, HmacSha1, HmacSha256, Sign, Signature, sign};

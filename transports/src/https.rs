//! The `https` path: the module posts, uplink only.
//!
//! A device signs once, gets a token for seven days, and posts each message with it (aliyun-iot, 4). There is nothing to
//! receive: the [`Link`] is an [`Uplink`](crate::Uplink) and no [`Downlink`](crate::Downlink), so that a program that
//! waits for commands does not compile.

mod answer;
mod endpoint;
mod link;
mod request;

pub use crate::store::InMemory;
pub use endpoint::{Endpoint, Region};
pub use link::Link;

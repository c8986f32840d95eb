//! Connections inside TLS: what they are verified against, by two real TLS stacks that share nothing but the bytes between
//! them and the root that the driver uploads.
//!
//! Most checks are those of every [`Opening`](crate::opening::Opening).

pub mod data;
pub mod doubled;
pub mod trust;
pub mod upload;

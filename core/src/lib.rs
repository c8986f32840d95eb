//! Contracts of wanlink: the traits, limits and error kinds that cellular drivers and transports share
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

//! Quectel cellular modules for wanlink
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

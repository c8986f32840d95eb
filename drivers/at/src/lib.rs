//! AT command engine of wanlink: chunk-invariant, cancel-safe, tables instead of code
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

//! Application logic shared by the board examples and the host program
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

//! The driver's sockets on an emulated BG95, with small servers behind it.

mod bench;
mod data;
mod dropped;
mod opens;
mod storm;

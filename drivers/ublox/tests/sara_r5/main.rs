//! The driver on an emulated SARA-R5, with the platform stand-in behind it; on the other models where they differ.

mod bench;
mod drawn;
mod happy;
mod https;
mod network;
mod power;
#[cfg(feature = "trace")]
mod secrets;
mod sockets;
mod status;
mod tls;

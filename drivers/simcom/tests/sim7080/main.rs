//! The driver on an emulated SIM7080 or SIM7000, with the platform stand-in behind it.

mod bench;
mod drawn;
mod dropped;
mod happy;
mod network;
mod payloads;
mod power;
mod receive;
mod sockets;
mod status;
mod tls;

//! The driver on an emulated SIM7080 or SIM7000, with the platform stand-in behind it.

mod bench;
mod happy;
mod network;
mod power;

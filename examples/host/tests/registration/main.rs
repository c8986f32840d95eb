//! Devices that register and log in, over each path of an emulated BG95, inside verified TLS, with a store in flash.

mod bench;
mod board;
mod dropped;
mod once;
mod pacing;
mod power;
mod refused;
mod secrets;

//! The MQTT client of the `tcp` path, without a port.
//!
//! `statements.rs` is the table of the specification's normative statements; each test it names is in this folder.

#![cfg(feature = "tcp")]

mod check;
mod delivery;
mod hostile;
mod inbound;
mod packets;
mod pieces;
mod platform;
mod refusals;
mod rig;
mod session;
mod statements;

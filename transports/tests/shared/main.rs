//! Many tasks over one module.

#![allow(missing_docs)]

mod client;
mod contract;
mod executor;
mod handles;
mod interleavings;
mod modem;
mod net;
mod tasks;

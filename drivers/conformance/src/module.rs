//! The module itself: power, card, network, clock, recovery.

pub mod drawn;
pub mod dropped;
pub mod network;
pub mod power;
pub mod secrets;
pub mod status;

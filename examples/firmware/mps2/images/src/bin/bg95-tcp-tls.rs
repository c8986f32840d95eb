//! The device with our own MQTT client inside TLS, as a product has it.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use images::ROOT;
use wanlink_core::Trust;
use wanlink_transports::{Endpoint, Region};

#[entry]
fn main() -> ! {
    images::run_tcp(Endpoint::public(Region::Shanghai).with_trust(Trust::Root(ROOT)))
}

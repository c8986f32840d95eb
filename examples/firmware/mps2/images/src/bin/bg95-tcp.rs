//! The device with our own MQTT client, without TLS.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use wanlink_transports::{Endpoint, Region};

#[entry]
fn main() -> ! {
    images::run_tcp(Endpoint::plain_public(Region::Shanghai))
}

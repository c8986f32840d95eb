//! The device that posts by the module's HTTPS client, as a product has it.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use images::{ROOT, poster};
use wanlink_core::Trust;
use wanlink_transports::https::{Endpoint, Region};

#[entry]
fn main() -> ! {
    poster::run(Endpoint::public(Region::Shanghai).with_trust(Trust::Root(ROOT)))
}

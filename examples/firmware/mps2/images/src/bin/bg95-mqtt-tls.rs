//! The device with TLS, as a product has it. Its root is that of the stand-in which the run meets.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use wanlink_core::{Root, Trust};
use wanlink_transports::{Endpoint, Region};

/// The stand-in makes the same of `root.key`; a test of the host compares.
const ROOT: Root<'static> = Root::new("wl-29f67351.pem", include_bytes!("../../../root.pem"));

#[entry]
fn main() -> ! {
    images::run_mqtt(Endpoint::public(Region::Shanghai).with_trust(Trust::Root(ROOT)))
}

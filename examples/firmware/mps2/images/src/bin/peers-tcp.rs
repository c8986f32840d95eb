//! The peers' work by our own MQTT client over a socket of the module.

#![no_std]
#![no_main]

use cortex_m_rt::entry;

#[entry]
fn main() -> ! {
    images::peers::run_tcp()
}

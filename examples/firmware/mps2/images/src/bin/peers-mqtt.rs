//! The peers' work by the module's own MQTT client.

#![no_std]
#![no_main]

use cortex_m_rt::entry;

#[entry]
fn main() -> ! {
    images::peers::run_mqtt()
}

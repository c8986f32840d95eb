//! Instructions of a publish and of a received message, by the module's own MQTT client.

#![no_std]
#![no_main]

use board::Board;
use cortex_m_rt::entry;
use wanlink_quectel::Buffers;
use wanlink_transports::{Endpoint, Region, mqtt};

#[entry]
fn main() -> ! {
    let Some(board) = Board::take() else { board::exit(1) };
    let mut buffers: Buffers = Buffers::new();
    let identity = images::identity();
    let mut modem = images::modem(board, &mut buffers);
    images::count::run(mqtt::Link::new(&mut modem, &identity, Endpoint::plain_public(Region::Shanghai)))
}

//! Instructions of a publish and of a received message, by our own over a socket of the module.

#![no_std]
#![no_main]

use board::Board;
use cortex_m_rt::entry;
use wanlink_quectel::Buffers;
use wanlink_transports::{Endpoint, Region, tcp};

#[entry]
fn main() -> ! {
    let Some(board) = Board::take() else { board::exit(1) };
    let (mut buffers, mut packets): (Buffers, tcp::Buffers<1152, 1152>) = (Buffers::new(), tcp::Buffers::new());
    let identity = images::identity();
    let mut modem = images::modem(board, &mut buffers);
    let endpoint = Endpoint::plain_public(Region::Shanghai);
    images::count::run(tcp::Link::new(&mut modem, &identity, endpoint, &mut packets))
}

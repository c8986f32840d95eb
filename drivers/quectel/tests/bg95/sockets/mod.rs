//! The driver's sockets on an emulated BG95, with small servers behind it.

mod data;
mod dropped;
mod opens;
mod storm;

use wanlink_core::{Socket, TcpSocket};
use wanlink_emulator::{Options, PortOptions};
use wanlink_scene::Service;

use crate::bench::{Bench, Driver, Error, attach};

const HOST: &str = "server.example";
/// The platform.
const MQTT: u16 = 1883;
/// A server that sends back what it gets.
const ECHO: u16 = 7;
/// A server that keeps what it gets, and sends what the test gives it.
const SINK: u16 = 9;

/// A bench with these servers.
fn bench(options: Options) -> Bench {
    bench_with(options, PortOptions::default(), 1)
}

/// As [`bench`], with another port.
fn bench_with(options: Options, port: PortOptions, seed: u64) -> Bench {
    let bench = Bench::with_port(options, port, seed);
    for (number, service) in [(ECHO, Service::Echo), (SINK, Service::Keep)] {
        bench.scene.borrow_mut().servers.serve(number, service);
    }
    bench
}

/// Attaches, and opens a connection to this port.
async fn open(modem: &mut Driver<'_>, port: u16) -> Socket {
    attach(modem).await.unwrap();
    modem.open(HOST, port).await.unwrap()
}

/// Reads exactly so many bytes.
async fn read_all(modem: &mut Driver<'_>, socket: Socket, count: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; count];
    let mut at = 0;
    while at < count {
        match modem.read(socket, &mut bytes[at..]).await? {
            0 => break,
            read => at += read,
        }
    }
    bytes.truncate(at);
    Ok(bytes)
}

/// Bytes that have everything that an answer could have, and are different everywhere.
fn noise(length: usize, seed: u8) -> Vec<u8> {
    let words: [&[u8]; 6] =
        [b"\r\nOK\r\n", b"\r\n> ", b"\r\n+QIRD: 5\r\n", b"\r\n+QIURC: \"closed\",0\r\n", b"\0\x1a\x1b", b"ERROR"];
    let mut bytes = Vec::new();
    let mut state = u32::from(seed) + 1;
    while bytes.len() < length {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.extend(words[(state >> 24) as usize % words.len()]);
        bytes.extend((state >> 8).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

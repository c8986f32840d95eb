//! TCP sockets, with small servers behind the module.

pub mod beside;
pub mod data;
pub mod dropped;
pub mod opens;
pub mod storm;

use wanlink_at::driver::SocketFamily;
use wanlink_at::driver::sockets::Protocol;
use wanlink_core::{HasTcpSocket, Socket, TcpSocket};
use wanlink_emulator::{Options, PortOptions};
use wanlink_scene::Service;
use wanlink_scene::bench::{SharedScene, count};

use crate::bench::{FamilyOf, SocketBench};
use crate::rig::{Rig, attach};

pub(crate) const HOST: &str = "server.example";
/// A server that sends back what it gets.
pub(crate) const ECHO: u16 = 7;
/// A server that keeps what it gets, and sends what the test gives it.
pub(crate) const SINK: u16 = 9;

/// A rig with these servers.
fn rig<B: SocketBench>(options: Options) -> Rig<B> {
    rig_with(options, PortOptions::default(), 1)
}

/// As [`rig`], with another port.
pub(crate) fn rig_with<B: SocketBench>(options: Options, port: PortOptions, seed: u64) -> Rig<B> {
    let rig = Rig::with_port(options, port, seed);
    for (number, service) in [(ECHO, Service::Echo), (SINK, Service::Keep)] {
        rig.scene.borrow_mut().servers.serve(number, service);
    }
    rig
}

/// The most that one command writes.
fn most<B: SocketBench>() -> usize {
    FamilyOf::<B>::MOST_WRITTEN
}

/// How many sockets the model has.
fn number_of_sockets<B: SocketBench>() -> usize {
    B::Model::SOCKETS.count.into()
}

/// How often the module was given the command that writes.
fn writes<B: SocketBench>(scene: &SharedScene) -> u64 {
    counted::<B>(scene, 1)
}

/// How often the module was given the command that reads.
fn reads<B: SocketBench>(scene: &SharedScene) -> u64 {
    counted::<B>(scene, 2)
}

fn counted<B: SocketBench>(scene: &SharedScene, which: usize) -> u64 {
    count(scene, &format!("AT{}", FamilyOf::<B>::commands(Protocol::Tcp)[which]))
}

/// Bytes that the module was sent so far.
fn sent(scene: &SharedScene) -> u64 {
    scene.borrow().module.port_bytes().0
}

/// Attaches, and opens a connection to this port.
async fn open(modem: &mut impl TcpSocket, port: u16) -> Socket {
    attach(modem).await.unwrap();
    modem.open(HOST, port).await.unwrap()
}

/// Reads exactly so many bytes.
async fn read_all<D: TcpSocket>(modem: &mut D, socket: Socket, count: usize) -> Result<Vec<u8>, D::Error> {
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

/// Reads to the end, and how that came.
async fn read_to_end<D: TcpSocket>(modem: &mut D, socket: Socket) -> (Vec<u8>, Result<(), D::Error>) {
    let (mut bytes, mut buf) = (Vec::new(), [0; 700]);
    loop {
        match modem.read(socket, &mut buf).await {
            Ok(0) => return (bytes, Ok(())),
            Ok(count) => bytes.extend(&buf[..count]),
            Err(error) => return (bytes, Err(error)),
        }
    }
}

/// Bytes that have everything that an answer could have, and are different everywhere.
fn noise<B: SocketBench>(length: usize, seed: u8) -> Vec<u8> {
    let [head, end] = B::FORGED.map(|line| format!("\r\n{line}\r\n").into_bytes());
    let words: [&[u8]; 6] = [b"\r\nOK\r\n", b"\r\n> ", &head, &end, b"\0\x1a\x1b", b"ERROR"];
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

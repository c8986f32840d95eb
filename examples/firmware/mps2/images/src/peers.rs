//! The work that other libraries were measured by: bring the module up, sign, connect, subscribe and publish with QoS 1,
//! and take one message, all without TLS. There is no session: what fails ends the run. Inlined as `run_mqtt` of the root is.

use board::{Board, finish};
use wanlink_core::{Module, Plain, Qos};
use wanlink_quectel::Buffers;
use wanlink_transports::{Connect, Downlink, Endpoint, Region, topic};

use crate::{identity, modem, network};

const ENDPOINT: Endpoint<'static, Plain> = Endpoint::plain_public(Region::Shanghai);

/// As long as theirs.
const PAYLOAD: &[u8] = b"{\"id\":\"1\",\"version\":\"1.0\",\"params\":{\"temperature\":121.50}}";
const _: () = assert!(PAYLOAD.len() == 58);

/// By the module's own MQTT client.
#[cfg(feature = "mqtt")]
#[inline(always)]
pub fn run_mqtt() -> ! {
    let Some(board) = Board::take() else { board::exit(1) };
    let mut buffers: Buffers<256, 384, 256> = Buffers::new();
    let identity = identity();
    let mut modem = modem(board, &mut buffers);
    serve(&mut wanlink_transports::mqtt::Link::new(&mut modem, &identity, ENDPOINT))
}

/// By our own, over a socket of the module.
#[cfg(feature = "tcp")]
#[inline(always)]
pub fn run_tcp() -> ! {
    use wanlink_transports::tcp;

    let Some(board) = Board::take() else { board::exit(1) };
    let mut buffers: Buffers<256, 352, 256> = Buffers::new();
    let mut packets: tcp::Buffers<256, 320> = tcp::Buffers::new();
    let identity = identity();
    let mut modem = modem(board, &mut buffers);
    serve(&mut tcp::Link::new(&mut modem, &identity, ENDPOINT, &mut packets))
}

fn serve(link: &mut (impl Connect + Downlink)) -> ! {
    finish(if board::block_on(work(link)).is_some() { 0 } else { 3 })
}

async fn work(link: &mut (impl Connect + Downlink)) -> Option<()> {
    link.module().start().await.ok()?;
    link.module().attach(&network(), &mut |_| ()).await.ok()?;
    link.connect().await.ok()?;
    link.subscribe(topic::user("get")).await.ok()?;
    link.publish(topic::sys("thing/event/property/post"), PAYLOAD, Qos::AtLeastOnce).await.ok()?;
    (link.receive().await.ok()?.payload == b"stop").then_some(())
}

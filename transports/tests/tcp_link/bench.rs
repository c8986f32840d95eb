//! The world of these tests.

use std::sync::LazyLock;

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Timer};
use wanlink_core::fake::{Call, FakeError, Script, Streaming};
use wanlink_core::{Inbound, Module, Network};
use wanlink_emulator::World;
use wanlink_transports::{Downlink, Endpoint, Identity, LinkError, Region, tcp, topic};

pub(crate) type Error = LinkError<FakeError>;
pub(crate) type Link = tcp::Link<'static, Streaming>;

pub(crate) const GET: &str = "/pk/dn/user/get";
pub(crate) const UPDATE: topic::Topic<'_> = topic::user("update");

static IDENTITY: LazyLock<Identity> = LazyLock::new(|| Identity::new("pk", "dn", "secret").unwrap());

/// Runs a future in virtual time. Nothing is on the wire of this world: the scripted module needs none.
pub(crate) fn in_world<T>(future: impl Future<Output = T>) -> T {
    World::new(1).run(&mut wanlink_emulator::Script::new(), future).unwrap()
}

/// A link that is not connected, on a module with a context. The buffers are leaked: a test is short.
pub(crate) async fn link() -> (Link, Script) {
    let (mut module, script) = Streaming::new();
    module.start().await.unwrap();
    module.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
    let buffers: &mut tcp::Buffers<256, 288> = Box::leak(Box::default());
    (tcp::Link::new(module, &IDENTITY, Endpoint::public(Region::Shanghai), buffers), script)
}

pub(crate) async fn connected() -> (Link, Script) {
    let (mut link, script) = link().await;
    link.connect().await.unwrap();
    (link, script)
}

/// The module comes up again, as a session would have it.
pub(crate) async fn start(link: &mut Link) {
    link.module().start().await.unwrap();
    link.module().attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
}

/// Lets `future` run for some milliseconds at most; `None` when it was still running.
pub(crate) async fn for_ms<T>(ms: u64, future: impl Future<Output = T>) -> Option<T> {
    match select(future, Timer::after(Duration::from_millis(ms))).await {
        Either::First(output) => Some(output),
        Either::Second(()) => None,
    }
}

pub(crate) async fn after_s(seconds: u64) {
    Timer::after(Duration::from_secs(seconds)).await;
}

/// How often a socket was opened.
pub(crate) fn opens(script: &Script) -> usize {
    script.count(|call| matches!(call, Call::Open { .. }))
}

/// The payload in front.
pub(crate) fn front(link: &mut Link) -> Vec<u8> {
    match link.front() {
        Some(Inbound::Message(message)) => message.payload.to_vec(),
        other => panic!("{other:?}"),
    }
}

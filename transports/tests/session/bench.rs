//! The world of these tests.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::LazyLock;

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Instant, Timer};
use wanlink_core::fake::{Announcing, Call, FakeError, Pushing, Script, Streaming};
use wanlink_core::{ErrorType, Network, Tls};
use wanlink_emulator::World;
use wanlink_transports::registration::DeviceToken;
use wanlink_transports::{Connect, Downlink, Endpoint, Identity, LinkError, Region, Session, Stats, mqtt, tcp};

pub(crate) type Error = LinkError<FakeError>;
pub(crate) type Over<L> = Session<'static, L, Stats>;

/// A link over any of the scripted modules.
pub(crate) trait Path: Connect<Module: ErrorType<Error = FakeError>> + Downlink {}

impl<L: Connect<Module: ErrorType<Error = FakeError>> + Downlink> Path for L {}

pub(crate) const GET: &str = "/pk/dn/user/get";
pub(crate) const NETWORK: Network<'_> = Network::apn("cmiot");

const PUBLIC: Endpoint<'_> = Endpoint::public(Region::Shanghai);

static IDENTITY: LazyLock<Identity> = LazyLock::new(|| Identity::new("pk", "dn", "secret").unwrap());
static TOKEN: LazyLock<DeviceToken> = LazyLock::new(|| DeviceToken::new("pk", "dn", "c0ffee", "token").unwrap());

/// Runs each check over each path and module, and with a device token on each path, each in a world of its own.
macro_rules! over_all {
    ($($name:ident)*) => {
        mod pushing {
            $(#[test] fn $name() {
                let (link, script) = crate::bench::pushing();
                crate::bench::in_world(super::$name(link, script));
            })*
        }
        mod announcing {
            $(#[test] fn $name() {
                let (link, script) = crate::bench::announcing();
                crate::bench::in_world(super::$name(link, script));
            })*
        }
        mod streaming {
            $(#[test] fn $name() {
                let (link, script) = crate::bench::streaming();
                crate::bench::in_world(super::$name(link, script));
            })*
        }
        mod pushing_with_token {
            $(#[test] fn $name() {
                let (link, script) = crate::bench::pushing_with_token();
                crate::bench::in_world(super::$name(link, script));
            })*
        }
        mod streaming_with_token {
            $(#[test] fn $name() {
                let (link, script) = crate::bench::streaming_with_token();
                crate::bench::in_world(super::$name(link, script));
            })*
        }
    };
}
pub(crate) use over_all;

/// Runs a future in virtual time. Nothing is on the wire of this world: the scripted modules need none.
pub(crate) fn in_world<T>(future: impl Future<Output = T>) -> T {
    World::new(1).run(&mut wanlink_emulator::Script::new(), future).unwrap()
}

/// The path `mqtt`, messages pushed in pieces.
pub(crate) fn pushing() -> (mqtt::Link<'static, Pushing>, Script) {
    let (module, script) = Pushing::new();
    (mqtt::Link::new(module, &IDENTITY, PUBLIC), script)
}

/// The path `mqtt`, messages announced and read.
pub(crate) fn announcing() -> (mqtt::Link<'static, Announcing>, Script) {
    let (module, script) = Announcing::new();
    (mqtt::Link::new(module, &IDENTITY, PUBLIC), script)
}

/// The path `tcp`. The buffers are leaked: a test is short.
pub(crate) fn streaming() -> (tcp::Link<'static, Streaming>, Script) {
    let (module, script) = Streaming::new();
    let buffers: &mut tcp::Buffers<512> = Box::leak(Box::default());
    (tcp::Link::new(module, &IDENTITY, PUBLIC, buffers), script)
}

/// The path `mqtt`, with a device token.
pub(crate) fn pushing_with_token() -> (mqtt::Link<'static, Pushing, Tls<'static>, DeviceToken>, Script) {
    let (module, script) = Pushing::new();
    (mqtt::Link::new(module, &TOKEN, PUBLIC), script)
}

/// The path `tcp`, with a device token.
pub(crate) fn streaming_with_token() -> (tcp::Link<'static, Streaming, Tls<'static>, DeviceToken>, Script) {
    let (module, script) = Streaming::new();
    let buffers: &mut tcp::Buffers<512> = Box::leak(Box::default());
    (tcp::Link::new(module, &TOKEN, PUBLIC, buffers), script)
}

pub(crate) fn session<L: Path>(link: L, seed: u64) -> Over<L> {
    Session::observed(link, NETWORK, seed, Stats::new())
}

/// The times of all logins, in milliseconds, as the module saw them.
pub(crate) fn login_times(script: &Script) -> Rc<RefCell<Vec<u64>>> {
    let times = Rc::new(RefCell::new(Vec::new()));
    let noted = times.clone();
    script.watch(move |call| {
        if is_login(call) {
            noted.borrow_mut().push(Instant::now().as_millis());
        }
    });
    times
}

/// Lets `future` run for some seconds at most; `None` when it was still running.
pub(crate) async fn for_s<T>(seconds: u64, future: impl Future<Output = T>) -> Option<T> {
    match select(future, Timer::after(Duration::from_secs(seconds))).await {
        Either::First(output) => Some(output),
        Either::Second(()) => None,
    }
}

/// A try to log in. On the path `tcp` it is seen when its socket is opened: the broker on it, which is told no host, may
/// never get it.
pub(crate) fn is_login(call: &Call) -> bool {
    matches!(call, Call::Open { .. }) || matches!(call, Call::Connect { host, .. } if !host.is_empty())
}

/// What the module was asked to do, without the arguments and without what only sockets need.
pub(crate) fn steps(script: &Script) -> Vec<&'static str> {
    script
        .calls()
        .iter()
        .filter_map(|call| match call {
            Call::Start => Some("start"),
            Call::Attach { .. } => Some("attach"),
            Call::Subscribe(_) => Some("subscribe"),
            Call::Unsubscribe(_) => Some("unsubscribe"),
            Call::Publish(_) => Some("publish"),
            Call::Recover(_) => Some("recover"),
            call if is_login(call) => Some("connect"),
            Call::Connect { .. } | Call::Close | Call::Ping => None,
            _ => Some("other"),
        })
        .collect()
}

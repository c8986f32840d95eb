//! The world of these tests.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::LazyLock;

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Instant, Timer};
use wanlink_core::fake::{Call, FakeError, Script};
use wanlink_core::{MqttAt, Network};
use wanlink_emulator::World;
use wanlink_transports::{Endpoint, Identity, LinkError, Region, Session, mqtt};

pub(crate) type Error = LinkError<FakeError>;
pub(crate) type Over<M> = Session<'static, mqtt::Link<'static, M>>;

pub(crate) const GET: &str = "/pk/dn/user/get";
pub(crate) const NETWORK: Network<'_> = Network::apn("cmiot");

static IDENTITY: LazyLock<Identity> = LazyLock::new(|| Identity::new("pk", "dn", "secret").unwrap());

/// Runs each check over both modules, each in a world of its own.
macro_rules! over_both {
    ($($name:ident)*) => {
        mod pushing {
            $(#[test] fn $name() {
                let (module, script) = wanlink_core::fake::Pushing::new();
                crate::bench::in_world(super::$name(module, script));
            })*
        }
        mod announcing {
            $(#[test] fn $name() {
                let (module, script) = wanlink_core::fake::Announcing::new();
                crate::bench::in_world(super::$name(module, script));
            })*
        }
    };
}
pub(crate) use over_both;

/// Runs a future in virtual time. Nothing is on the wire of this world: the scripted modules need none.
pub(crate) fn in_world<T>(future: impl Future<Output = T>) -> T {
    World::new(1).run(&mut wanlink_emulator::Script::new(), future).unwrap()
}

pub(crate) fn link<M: MqttAt>(module: M) -> mqtt::Link<'static, M> {
    mqtt::Link::new(module, &IDENTITY, Endpoint::public(Region::Shanghai))
}

pub(crate) fn session<M: MqttAt>(module: M, seed: u64) -> Over<M> {
    Session::new(link(module), NETWORK, seed)
}

/// The times of all logins, in milliseconds, as the module saw them.
pub(crate) fn login_times(script: &Script) -> Rc<RefCell<Vec<u64>>> {
    let times = Rc::new(RefCell::new(Vec::new()));
    let noted = times.clone();
    script.watch(move |call| {
        if matches!(call, Call::Connect { .. }) {
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

pub(crate) fn is_login(call: &Call) -> bool {
    matches!(call, Call::Connect { .. })
}

/// What the module was asked to do, without the arguments.
pub(crate) fn steps(script: &Script) -> Vec<&'static str> {
    script
        .calls()
        .iter()
        .map(|call| match call {
            Call::Start => "start",
            Call::Attach { .. } => "attach",
            Call::Connect { .. } => "connect",
            Call::Subscribe(_) => "subscribe",
            Call::Unsubscribe(_) => "unsubscribe",
            Call::Publish(_) => "publish",
            Call::Recover(_) => "recover",
            _ => "other",
        })
        .collect()
}

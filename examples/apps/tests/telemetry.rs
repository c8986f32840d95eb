//! `Telemetry` over both paths and all scripted modules, behind a session and behind a bare link.

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Instant, Timer};
use wanlink_apps::Telemetry;
use wanlink_core::fake::{Announcing, Pushing, Script, Streaming};
use wanlink_core::{Error, ErrorKind, Module, Network, Qos, Refusal};
use wanlink_emulator::World;
use wanlink_transports::{Connect, Downlink, Endpoint, Identity, Region, Session, mqtt, tcp};

const GET: &str = "/pk/dn/user/get";
const UPDATE: &str = "/pk/dn/user/update";

fn in_world<T>(future: impl Future<Output = T>) -> T {
    World::new(1).run(&mut wanlink_emulator::Script::new(), future).unwrap()
}

fn identity() -> Identity {
    Identity::new("pk", "dn", "secret").unwrap()
}

/// Runs the application while `events` happen; they end last.
async fn play<L: Downlink>(mut link: L, events: impl Future<Output = ()>) {
    let mut value = 200;
    let sensor = || {
        value += 1;
        value
    };
    let mut app = Telemetry::new(sensor, 60);
    match select(app.run(&mut link), events).await {
        Either::First(error) => panic!("ended early: {error:?}"),
        Either::Second(()) => {}
    }
}

async fn after(seconds: u64) {
    Timer::after(Duration::from_secs(seconds)).await;
}

/// What the broker has got since the last look.
fn news(script: &Script, seen: &mut usize) -> Vec<String> {
    let published = script.published();
    let new = published.get(*seen..).unwrap_or_default();
    assert!(new.iter().all(|p| p.topic == UPDATE && p.qos == Qos::AtLeastOnce));
    *seen = published.len();
    new.iter().map(|p| String::from_utf8(p.payload.clone()).unwrap()).collect()
}

const PUBLIC: Endpoint<'_> = Endpoint::public(Region::Shanghai);

/// Runs each check over each path and module.
macro_rules! over_all {
    ($($name:ident)*) => {
        mod pushing {
            $(#[test] fn $name() {
                let ((module, script), identity) = (super::Pushing::new(), super::identity());
                super::$name(super::mqtt::Link::new(module, &identity, super::PUBLIC), script);
            })*
        }
        mod announcing {
            $(#[test] fn $name() {
                let ((module, script), identity) = (super::Announcing::new(), super::identity());
                super::$name(super::mqtt::Link::new(module, &identity, super::PUBLIC), script);
            })*
        }
        mod streaming {
            $(#[test] fn $name() {
                let ((module, script), identity) = (super::Streaming::new(), super::identity());
                let mut buffers: super::tcp::Buffers<256> = super::tcp::Buffers::new();
                super::$name(super::tcp::Link::new(module, &identity, super::PUBLIC, &mut buffers), script);
            })*
        }
    };
}

over_all! {
    readings_go_up_and_commands_are_obeyed
    a_bare_link_ends_the_application_when_the_session_is_lost
    a_refusal_ends_the_application
}

fn readings_go_up_and_commands_are_obeyed<L: Connect + Downlink>(link: L, script: Script) {
    let session = Session::new(link, Network::apn("cmiot"), 1);
    in_world(play(session, async {
        let mut seen = 0;
        after(1).await;
        assert_eq!(news(&script, &mut seen), ["{\"seq\":1,\"value\":201}"]);
        assert_eq!(script.subscriptions(), [GET]);
        after(120).await;
        assert_eq!(news(&script, &mut seen), ["{\"seq\":2,\"value\":202}", "{\"seq\":3,\"value\":203}"]);

        script.queue(GET, b"interval 5");
        after(11).await;
        let expected = ["interval 5", "{\"seq\":4,\"value\":204}", "{\"seq\":5,\"value\":205}"];
        assert_eq!(news(&script, &mut seen), expected);

        script.queue(GET, b"interval 600");
        script.queue(GET, b"report");
        script.queue(GET, b"make coffee");
        script.queue("/pk/dn/user/other", b"report");
        after(1).await;
        let expected = ["interval 600", "{\"seq\":6,\"value\":206}", "unknown command"];
        assert_eq!(news(&script, &mut seen), expected);

        // Lost commands, a lost session and a restart cost time, but no reading.
        script.queue(GET, &[b'x'; 1000]);
        script.restart();
        after(600).await;
        script.queue(GET, b"report");
        after(1).await;
        let expected = ["{\"seq\":7,\"value\":207}", "{\"seq\":8,\"value\":208}"];
        assert_eq!(news(&script, &mut seen), expected);
        assert_eq!(script.subscriptions(), [GET]);
    }));
}

fn a_bare_link_ends_the_application_when_the_session_is_lost<L: Connect + Downlink>(mut link: L, script: Script) {
    in_world(async {
        assert!(link.module().start().await.is_ok());
        assert!(link.module().attach(&Network::apn("cmiot"), &mut |_| ()).await.is_ok());
        link.connect().await.unwrap();
        let mut app = Telemetry::new(|| 1, 60);
        let lose = async {
            after(90).await;
            script.lose_session();
            std::future::pending::<()>().await
        };
        let Either::First(error) = select(app.run(&mut link), lose).await else { unreachable!("never ends") };
        assert_eq!((error.kind(), Instant::now().as_secs()), (ErrorKind::Reconnect, 90));
        // The numbers go on in the next connection.
        link.connect().await.unwrap();
        assert!(matches!(select(app.run(&mut link), after(100)).await, Either::Second(())));
        let last = script.published().last().map(|p| String::from_utf8_lossy(&p.payload).into_owned());
        assert_eq!(last.as_deref(), Some("{\"seq\":4,\"value\":1}"));
    });
}

fn a_refusal_ends_the_application<L: Connect + Downlink>(link: L, script: Script) {
    script.refuse_logins(Some(Refusal::Connack(4)));
    let refusal = if L::GIVES_REASON { Refusal::Connack(4) } else { Refusal::Unexplained };
    in_world(async {
        let mut session = Session::new(link, Network::apn("cmiot"), 1);
        let error = Telemetry::new(|| 1, 60).run(&mut session).await;
        assert_eq!(error.kind(), ErrorKind::Refused(refusal));
    });
}

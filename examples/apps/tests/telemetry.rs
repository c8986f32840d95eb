//! `Telemetry` over both scripted modules, behind a session and behind a bare link.

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Instant, Timer};
use wanlink_apps::Telemetry;
use wanlink_core::fake::{Announcing, FakeError, Pushing, Script};
use wanlink_core::{Error, ErrorKind, Module, MqttAt, Network, Qos, Refusal};
use wanlink_emulator::World;
use wanlink_transports::{Downlink, Endpoint, Identity, Region, Session, mqtt};

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

fn readings<M: MqttAt<Error = FakeError>>((module, script): (M, Script)) {
    let identity = identity();
    let link = mqtt::Link::new(module, &identity, Endpoint::public(Region::Shanghai));
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

#[test]
fn readings_over_a_module_that_pushes() {
    readings(Pushing::new());
}

#[test]
fn readings_over_a_module_that_announces() {
    readings(Announcing::new());
}

#[test]
fn a_bare_link_ends_the_application_when_the_session_is_lost() {
    let (mut module, script) = Pushing::new();
    let identity = identity();
    in_world(async {
        module.start().await.unwrap();
        module.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
        let mut link = mqtt::Link::new(&mut module, &identity, Endpoint::public(Region::Shanghai));
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

#[test]
fn a_refusal_ends_the_application() {
    let (module, script) = Pushing::new();
    let identity = identity();
    script.refuse_logins(Some(Refusal::Connack(4)));
    in_world(async {
        let link = mqtt::Link::new(module, &identity, Endpoint::public(Region::Shanghai));
        let mut session = Session::new(link, Network::apn("cmiot"), 1);
        let error = Telemetry::new(|| 1, 60).run(&mut session).await;
        assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Connack(4)));
    });
}

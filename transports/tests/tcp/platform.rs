//! Against the stand-in of the platform, in memory.

use wanlink_core::{Login, Qos};
use wanlink_platform::{Action, Config, ConnId, Peer, Platform, Product, Pushed, Qos as Theirs};
use wanlink_transports::tcp::{Client, Event, Want};
use wanlink_transports::{ClientId, Credentials, Identity, SecureMode};

use crate::rig::*;

const PRODUCT: &str = "a1X2bEnP82z";
const DEVICE: &str = "example1";
const SECRET: &str = "ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe";
const UPDATE: &str = "/a1X2bEnP82z/example1/user/update";
const GET: &str = "/a1X2bEnP82z/example1/user/get";

/// Carries bytes to and fro until neither side has any, and returns what happened.
fn carry(client: &mut Client<'_>, platform: &mut Platform, conn: ConnId) -> Vec<Event> {
    let mut events = vec![];
    loop {
        match client.advance(0) {
            Want::Write => {
                platform.input(0, conn, client.unsent());
                client.sent(client.unsent().len(), 0);
            }
            Want::Event(event) => events.push(event),
            Want::Read(_) => {
                let mut down = vec![];
                for action in platform.take_actions() {
                    match action {
                        Action::Send { bytes, .. } => down.extend(bytes),
                        other => panic!("the platform does not like it: {other:?}"),
                    }
                }
                if down.is_empty() {
                    return events;
                }
                events.extend(hear_all(client, &down));
            }
        }
    }
}

fn hear_all(client: &mut Client<'_>, bytes: &[u8]) -> Vec<Event> {
    client.room()[..bytes.len()].copy_from_slice(bytes);
    client.filled(bytes.len(), 0);
    vec![]
}

#[test]
fn a_session_with_the_platform() {
    let mut platform = Platform::new(Config::default());
    platform.add_product(Product::new(PRODUCT, "").device(DEVICE, SECRET));
    let identity = Identity::new(PRODUCT, DEVICE, SECRET).unwrap();
    let credentials = Credentials::new(&identity, ClientId::FULL, SecureMode::Tls);
    let login = Login {
        client_id: credentials.client_id(),
        user: credentials.user(),
        password: credentials.password(),
        ..PERSISTENT
    };
    let mut client = client(512, 512);
    let mut carried = vec![];
    for conn in 1..=2 {
        platform.open(0, ConnId(conn), Peer::tls());
        client.connect(&login).unwrap();
        carried.push(carry(&mut client, &mut platform, ConnId(conn)));
        client.subscribe(GET, Qos::AtLeastOnce).unwrap();
        carried.push(carry(&mut client, &mut platform, ConnId(conn)));
        client.publish(UPDATE, b"21.5", Qos::AtLeastOnce).unwrap();
        carried.push(carry(&mut client, &mut platform, ConnId(conn)));
        assert_eq!(platform.push(0, PRODUCT, DEVICE, GET, b"on", Theirs::AtLeastOnce), Pushed::Sent);
        carried.push(carry(&mut client, &mut platform, ConnId(conn)));
        assert_eq!(take(&mut client).unwrap(), (GET.into(), b"on".to_vec()));
        carried.push(carry(&mut client, &mut platform, ConnId(conn)));
        client.unsubscribe(GET).unwrap();
        carried.push(carry(&mut client, &mut platform, ConnId(conn)));
        client.closed();
        platform.closed(0, ConnId(conn));
    }
    let session = |session_present| {
        vec![
            vec![Event::Connected { session_present }],
            vec![Event::Subscribed],
            vec![Event::Acknowledged],
            vec![Event::Message],
            vec![],
            vec![Event::Unsubscribed],
        ]
    };
    assert_eq!(carried, [session(false), session(true)].concat());
    assert_eq!(platform.record().published(PRODUCT, DEVICE).count(), 2);
}

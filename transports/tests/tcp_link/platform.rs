//! A session over the socket with the stand-in of the platform behind it.

use std::cell::RefCell;
use std::rc::Rc;

use embassy_futures::join::join;
use embassy_time::Instant;
use wanlink_core::fake::{Script, Server, Streaming};
use wanlink_core::{Delivery, Network, Qos};
use wanlink_platform::{Action, Config, ConnId, Judgement, Peer, Platform, Product, Pushed, Qos as Theirs};
use wanlink_transports::{Downlink, Endpoint, Identity, Region, Session, Uplink, tcp, topic};

use crate::bench::{UPDATE, after_s, in_world};

const PRODUCT: &str = "a1X2bEnP82z";
const DEVICE: &str = "example1";
const SECRET: &str = "ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe";
const GET: &str = "/a1X2bEnP82z/example1/user/get";

/// The platform at the other end.
struct Other {
    platform: Rc<RefCell<Platform>>,
    conn: u64,
}

impl Server for Other {
    fn opened(&mut self, _port: u16) {
        let mut platform = self.platform.borrow_mut();
        platform.closed(now_us(), ConnId(self.conn));
        self.conn += 1;
        platform.open(now_us(), ConnId(self.conn), Peer::tls());
    }

    fn input(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        let mut platform = self.platform.borrow_mut();
        platform.input(now_us(), ConnId(self.conn), bytes);
        answers(&mut platform, out)
    }
}

fn now_us() -> u64 {
    Instant::now().as_micros()
}

/// What the platform has to say; whether the connection stays.
fn answers(platform: &mut Platform, out: &mut Vec<u8>) -> bool {
    let mut stays = true;
    for action in platform.take_actions() {
        match action {
            Action::Send { bytes, .. } => out.extend(bytes),
            Action::Close { .. } => stays = false,
        }
    }
    stays
}

fn platform(script: &Script) -> Rc<RefCell<Platform>> {
    let mut platform = Platform::new(Config::default());
    platform.add_product(Product::new(PRODUCT, "").device(DEVICE, SECRET));
    let platform = Rc::new(RefCell::new(platform));
    script.serve(Other { platform: platform.clone(), conn: 0 });
    platform
}

/// 200 messages; every fifth acknowledgement gets lost, and before every fiftieth the connection breaks. What came twice
/// came so since its acknowledgement was lost, and the second one is marked.
#[test]
fn nothing_is_lost_and_nothing_doubled_but_for_lost_acknowledgements() {
    for clean in [true, false] {
        let (module, script) = Streaming::new();
        let identity = Identity::new(PRODUCT, DEVICE, SECRET).unwrap();
        let mut buffers: tcp::Buffers<512> = tcp::Buffers::new();
        let link = tcp::Link::new(module, &identity, Endpoint::public(Region::Shanghai), &mut buffers);
        let mut session = Session::new(link.clean_session(clean), Network::apn("cmiot"), 1);
        let platform = platform(&script);
        in_world(async {
            session.subscribe(topic::user("get")).await.unwrap();
            platform.borrow_mut().drop_puback(5);
            for n in 0..200_u8 {
                if n % 50 == 0 {
                    platform.borrow_mut().kill_before_puback(50);
                }
                script.set_piece(1 + usize::from(n % 9));
                let sent = session.publish(UPDATE, &[n], Qos::AtLeastOnce).await;
                assert_eq!(sent, Ok(Delivery::Acknowledged));
            }
        });
        let platform = platform.borrow();
        let record = platform.record();
        let came: Vec<_> =
            record.published(PRODUCT, DEVICE).map(|entry| (entry.payload()[0], entry.is_dup())).collect();
        let expected: Vec<_> =
            came.chunk_by(|a, b| a.0 == b.0).flat_map(|same| (0..same.len()).map(|at| (same[0].0, at > 0))).collect();
        assert_eq!(came, expected, "only the second of a message is marked; clean session {clean}");
        let messages: Vec<_> = came.iter().filter(|(_, is_dup)| !is_dup).map(|(n, _)| *n).collect();
        assert_eq!(messages, (0..200).collect::<Vec<_>>());
        let faults = record.judged(Judgement::Fault).count();
        assert_eq!(came.len() - 200, faults, "one more for each acknowledgement that was lost");
        assert!((45..60).contains(&faults), "{faults}");
        assert_eq!(record.judged(Judgement::Violation).count(), 0);
        assert!(record.most_connects_in_a_minute(PRODUCT, DEVICE) <= 5);
        assert_eq!(session.connection() as usize, 2 * faults + 1, "a login, and a loss and a login for each fault");
    }
}

#[test]
fn commands_reach_a_device_that_listens() {
    let (module, script) = Streaming::new();
    let identity = Identity::new(PRODUCT, DEVICE, SECRET).unwrap();
    let mut buffers: tcp::Buffers<512> = tcp::Buffers::new();
    let link = tcp::Link::new(module, &identity, Endpoint::public(Region::Shanghai), &mut buffers);
    let mut session = Session::new(link, Network::apn("cmiot"), 1);
    let platform = platform(&script);
    in_world(async {
        session.subscribe(topic::user("get")).await.unwrap();
        for n in 0..20_u8 {
            let (received, ()) = join(session.ready(), async {
                after_s(100).await;
                let mut platform = platform.borrow_mut();
                let pushed = platform.push(now_us(), PRODUCT, DEVICE, GET, &[n], Theirs::AtLeastOnce);
                assert_eq!(pushed, Pushed::Sent);
                let mut out = vec![];
                assert!(answers(&mut platform, &mut out));
                script.send(&out);
            })
            .await;
            received.unwrap();
            assert_eq!(session.receive().await.unwrap().payload, [n]);
        }
        session.disconnect().await.unwrap();
    });
    let platform = platform.borrow();
    assert_eq!(platform.record().connects(PRODUCT, DEVICE).len(), 1);
    assert_eq!(platform.record().findings(), []);
}

//! A thousand publishes of our MQTT client beside two sockets that stream, on one BG95: the connection to the platform
//! is killed every 50 publishes, and every fifth PUBACK is dropped.

use std::cell::Cell;

use embassy_futures::join::join;
use embassy_futures::select::{Either, select};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_time::{Duration, Instant, Timer};
use embedded_io_async::{Read, Write};
use wanlink_core::{Delivery, Network, Qos};
use wanlink_emulator::PortOptions;
use wanlink_platform::{Judgement, PacketType};
use wanlink_scene::Scene;
use wanlink_transports::shared::Shared;
use wanlink_transports::{Endpoint, Identity, Region, Session, Uplink, tcp, topic};

use crate::internet::{self, DEVICES, Driver, ECHO, KEY, SECRET, SharedScene};

const APN: Network<'static> = Network::apn("cmiot");
const COUNT: usize = 1000;
/// Publishes between two kills.
const KILLED: usize = 50;
/// Which PUBACK of how many is dropped.
const DROPPED: u32 = 5;
/// Bytes of a stream, each way, and how many at once.
const STREAM: usize = 100_000;
const CHUNK: usize = 1_000;

/// Publishes the numbers from 0 up; each has to be acknowledged.
async fn publish<L: Uplink>(session: &mut L, internet: &SharedScene, published: &Cell<usize>) {
    internet.borrow_mut().platform.drop_puback(DROPPED);
    for number in 0..COUNT {
        if number % KILLED == KILLED - 1 {
            internet.borrow_mut().platform.kill_before_puback(1);
        }
        let text = number.to_string();
        let Ok(delivery) = session.publish(topic::user("update"), text.as_bytes(), Qos::AtLeastOnce).await else {
            panic!("message {number} ended the session");
        };
        assert_eq!(delivery, Delivery::Acknowledged);
        published.set(number + 1);
    }
}

/// Sends bytes to a server that echoes, as far as the publishes have come, and compares what comes back.
async fn stream(shared: &Shared<NoopRawMutex, Driver<'_>>, seed: u8, published: &Cell<usize>) -> usize {
    let mut connection = shared.connect("echo.example", ECHO).await.unwrap();
    let mut came = 0;
    for chunk in 0..STREAM / CHUNK {
        while published.get() < chunk * COUNT * CHUNK / STREAM {
            Timer::after(Duration::from_millis(50)).await;
        }
        let data: Vec<u8> = (0..CHUNK).map(|at| (at * 7 + chunk * 13) as u8 ^ seed).collect();
        connection.write_all(&data).await.unwrap();
        let mut echo = vec![0; CHUNK];
        connection.read_exact(&mut echo).await.unwrap();
        assert_eq!(echo, data);
        came += echo.len();
    }
    connection.close().await.unwrap();
    came
}

/// For each message its copies in the platform's raw list: whether they are marked DUP.
fn copies(internet: &Scene) -> Vec<Vec<bool>> {
    let mut copies = vec![Vec::new(); COUNT];
    for entry in internet.platform.record().published(KEY, DEVICES[1]) {
        let number: usize = std::str::from_utf8(entry.payload()).unwrap().parse().unwrap();
        copies[number].push(entry.is_dup());
    }
    copies
}

#[test]
fn a_thousand_publishes_beside_two_streams() {
    internet::run(1, PortOptions::default(), async |modem, internet: &SharedScene| {
        let identity = Identity::new(KEY, DEVICES[1], SECRET).unwrap();
        let mut buffers = tcp::Buffers::<512, 512>::new();
        let mut shared: Shared<NoopRawMutex, Driver<'_>> = Shared::new(modem);
        let (shared, mut runner) = shared.split();
        let published = Cell::new(0);
        let work = async {
            let handle = shared.handle().unwrap();
            let link = tcp::Link::new(handle, &identity, Endpoint::plain_public(Region::Shanghai), &mut buffers);
            let mut session = Session::new(link, APN, 1).backoff(Duration::from_secs(1), Duration::from_secs(2));
            // Its first step brings the module up anew, which ends what others have open.
            session.online().await.unwrap();
            let streams = join(stream(shared, 0x55, &published), stream(shared, 0xaa, &published));
            let (came, ()) = join(streams, publish(&mut session, internet, &published)).await;
            assert_eq!(came, (STREAM, STREAM));
        };
        match select(runner.run(), work).await {
            Either::First(never) => never,
            Either::Second(()) => {}
        }
        let internet = internet.borrow();
        let copies = copies(&internet);
        let lost = copies.iter().filter(|copies| copies.is_empty()).count();
        let repeated: usize = copies.iter().map(|copies| copies.len().saturating_sub(1)).sum();
        let unmarked = copies.iter().filter(|copies| copies[0] || !copies[1..].iter().all(|&dup| dup)).count();
        let record = internet.platform.record();
        let acks = record.entries().iter().filter(|entry| entry.packet_type() == Some(PacketType::Puback)).count();
        let faults = record.judged(Judgement::Fault).count();
        let connects = record.connects(KEY, DEVICES[1]).len();
        println!(
            "{COUNT} publishes in {} s: {lost} lost, {repeated} repeated, {unmarked} of them not marked DUP; {faults} \
             acknowledgements were kept back, {connects} logins, {acks} PUBACKs; beside it 2 x {STREAM} bytes each way",
            Instant::now().as_secs(),
        );
        assert_eq!((lost, unmarked), (0, 0));
        assert_eq!(repeated, faults, "a message goes out again where its acknowledgement was lost, and only there");
        assert!(faults >= COUNT / KILLED + COUNT / DROPPED as usize);
    });
}

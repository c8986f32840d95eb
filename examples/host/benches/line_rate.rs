//! How much of the UART's line rate back-to-back publishes of 1 KB with QoS 1 reach: `cargo bench -p wanlink --bench
//! line_rate`.
//!
//! On the virtual clock, so that the figures are the same on every machine. The network takes no time here, and the
//! BG95's manual demands no gaps: what is left of the time is the wire's, ours, and the module's own for each answer,
//! of which the emulator's guess is left out in one row and in the other not. The wire is busy with one direction at a
//! time, as a command waits for its answer. Times are whole microseconds: a share may be 0.1 % too large.

use std::cell::RefCell;
use std::rc::Rc;

use wanlink_core::{Delivery, Network, Plain, Qos};
use wanlink_emulator::{Emulator, Options, PortOptions, PortReader, PortWriter, Profile};
use wanlink_platform::{Config, Limits, Platform, Product};
use wanlink_quectel::{Bg95, Buffers, NoPins, Quectel};
use wanlink_scene::Scene;
use wanlink_scene::bench::{Bench, running};
use wanlink_transports::{Connect, Endpoint, Identity, Region, Uplink, mqtt, tcp, topic};

const COUNT: u64 = 100;
const PAYLOAD: [u8; 1024] = [b'x'; 1024];
const KEY: &str = "a1B2c3D4e5F";
const NAME: &str = "meter-0042";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

type Driver<'b> = Quectel<'b, Bg95, PortReader, PortWriter, NoPins>;

/// What the publishes took: bytes to and from the module, and microseconds.
struct Taken {
    to: u64,
    from: u64,
    us: u64,
}

fn main() {
    println!("{COUNT} publishes of {} bytes, QoS 1, one after the other, by an emulated BG95", PAYLOAD.len());
    println!("path  baud    latency ms  ms each  bytes to+from  wire busy %  payload share %");
    for (path, publish) in [("mqtt", over_mqtt as fn(u32, u64) -> Taken), ("tcp", over_tcp)] {
        for baud in [115_200, 921_600] {
            for latency_us in [0, Options::default().latency_us] {
                let taken = publish(baud, latency_us);
                let wire_us = |bytes: u64| (bytes * 10 * 1_000_000) as f64 / f64::from(baud);
                let percent = |bytes| 100.0 * wire_us(bytes) / taken.us as f64;
                println!(
                    "{path:5} {baud:7} {:10.1} {:8.2} {:7}+{:<6} {:11.1} {:16.1}",
                    latency_us as f64 / 1000.0,
                    taken.us as f64 / 1000.0 / COUNT as f64,
                    taken.to / COUNT,
                    taken.from / COUNT,
                    percent(taken.to + taken.from),
                    percent(COUNT * PAYLOAD.len() as u64),
                );
            }
        }
    }
}

fn bench(baud: u32, latency_us: u64) -> Bench {
    let mut platform = Platform::new(Config { limits: Limits::none(), ..Config::default() });
    platform.add_product(Product::new(KEY, "product secret").device(NAME, SECRET));
    let options = Options { latency_us, jitter_us: 0, ..running() };
    let module = Emulator::new(Profile::bg95(), options, 1);
    let port = PortOptions { baud: Some(baud), ..PortOptions::default() };
    Bench::new(Scene::new(module, platform), port, 1)
}

fn over_mqtt(baud: u32, latency_us: u64) -> Taken {
    bench(baud, latency_us).run(async |reader, writer, scene| {
        let mut buffers: Buffers = Buffers::new();
        let modem: Driver<'_> = Quectel::new(reader, writer, NoPins, &mut buffers);
        let identity = identity();
        publish(mqtt::Link::new(modem, &identity, endpoint()), scene).await
    })
}

fn over_tcp(baud: u32, latency_us: u64) -> Taken {
    bench(baud, latency_us).run(async |reader, writer, scene| {
        let mut buffers: Buffers = Buffers::new();
        let modem: Driver<'_> = Quectel::new(reader, writer, NoPins, &mut buffers);
        let mut room: tcp::Buffers<1152, 1152> = tcp::Buffers::new();
        let identity = identity();
        publish(tcp::Link::new(modem, &identity, endpoint(), &mut room), scene).await
    })
}

fn identity() -> Identity {
    Identity::new(KEY, NAME, SECRET).unwrap()
}

fn endpoint() -> Endpoint<'static, Plain> {
    Endpoint::plain_public(Region::Shanghai)
}

async fn publish<L: Connect + Uplink>(mut link: L, scene: &Rc<RefCell<Scene>>) -> Taken {
    use wanlink_core::Module as _;
    assert!(link.module().start().await.is_ok());
    assert!(link.module().attach(&Network::apn("cmiot"), &mut |_| ()).await.is_ok());
    assert!(link.connect().await.is_ok());
    let now = || {
        let scene = scene.borrow();
        (scene.module.port_bytes(), embassy_time::Instant::now().as_micros())
    };
    let ((to, from), begun_us) = now();
    for _ in 0..COUNT {
        let delivery = link.publish(topic::user("update"), &PAYLOAD, Qos::AtLeastOnce).await;
        assert_eq!(delivery.ok(), Some(Delivery::Acknowledged));
    }
    let ((to_end, from_end), end_us) = now();
    Taken { to: to_end - to, from: from_end - from, us: end_us - begun_us }
}

//! Devices whose port sleeps between two messages, and whose connection is kept all the same.

use embassy_time::{Duration, Instant, Timer, with_timeout};
use wanlink_core::{Doze, Inbound, Network, Plain, Qos, TcpSocket};
use wanlink_emulator::{Emulator, HostOutput, Options, PortOptions, PortReader, PortWriter, Profile};
use wanlink_platform::{Config, Platform, Product, Pushed};
use wanlink_quectel::{Bg95, Quectel};
use wanlink_scene::Scene;
use wanlink_scene::bench::{Bench, SharedScene};
use wanlink_simcom::{Sim7080, Simcom};
use wanlink_transports::{Downlink, Endpoint, Identity, Region, Session, Uplink, tcp, topic};

const KEY: &str = "a1B2c3D4e5F";
const NAME: &str = "meter-0042";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Quectel's and SIMCom's are one type behind their names.
type Pins = wanlink_quectel::SleepLine<wanlink_quectel::NoPins, HostOutput>;

fn bench(profile: &'static Profile) -> Bench {
    let mut platform = Platform::new(Config::default());
    platform.add_product(Product::new(KEY, "product secret").device(NAME, SECRET));
    let options = Options { start: wanlink_emulator::Start::Running, ..Options::default() };
    Bench::new(Scene::new(Emulator::new(profile, options, 1), platform), PortOptions::default(), 1)
}

fn pins(scene: &SharedScene) -> Pins {
    Pins::new(wanlink_quectel::NoPins, scene.borrow().module.pins().dtr())
}

/// A message every half hour, and one down each time; the keep-alive of five minutes is due in between.
async fn half_a_day<M: TcpSocket + Doze>(mut modem: M, scene: &SharedScene) {
    let identity = Identity::new(KEY, NAME, SECRET).unwrap();
    let mut buffers = tcp::Buffers::<512, 512>::new();
    let link = tcp::Link::new(&mut modem, &identity, Endpoint::<Plain>::plain_public(Region::Shanghai), &mut buffers);
    let mut session: Session<'_, _> = Session::new(link, Network::apn("cmiot"), 1);
    assert!(session.next_deadline().is_some_and(|deadline| deadline <= Instant::now()), "to come on line");
    session.subscribe(topic::user("get")).await.unwrap();
    for number in 0..24u8 {
        session.publish(topic::user("update"), &[number], Qos::AtLeastOnce).await.unwrap();
        let due = Instant::now() + Duration::from_secs(1_800);
        let (mut naps, mut received) = (0, 0);
        while Instant::now() < due {
            session.link().module().doze().await.unwrap();
            let deadline = session.next_deadline().expect("the connection is kept");
            assert!(deadline > Instant::now());
            Timer::at(deadline.min(due)).await;
            naps += 1;
            if naps == 2 {
                let mut scene = scene.borrow_mut();
                let (now_us, topic) = (Instant::now().as_micros(), format!("/{KEY}/{NAME}/user/get"));
                let pushed =
                    scene.platform.push(now_us, KEY, NAME, &topic, &[number], wanlink_platform::Qos::AtLeastOnce);
                assert_eq!(pushed, Pushed::Sent);
            }
            if let Ok(result) = with_timeout(Duration::from_secs(2), session.ready()).await {
                result.unwrap();
                let Some(Inbound::Message(message)) = session.front() else { panic!("none is lost") };
                assert_eq!(message.payload, [number]);
                received += 1;
            }
        }
        assert_eq!(received, 1);
        assert!((6..=9).contains(&naps), "{naps} naps");
    }
    assert_eq!(session.connection(), 1, "one login, and no loss");
    let scene = scene.borrow();
    let record = scene.platform.record();
    let published: Vec<_> = record.published(KEY, NAME).map(|entry| entry.payload()[0]).collect();
    assert_eq!(published, (0..24).collect::<Vec<_>>());
    assert_eq!(record.connects(KEY, NAME).len(), 1);
}

#[test]
fn a_bg95_keeps_its_connection_asleep() {
    bench(Profile::bg95()).run(async |reader, writer, scene| {
        let mut buffers: wanlink_quectel::Buffers = wanlink_quectel::Buffers::new();
        let modem: Quectel<'_, Bg95, PortReader, PortWriter, Pins> =
            Quectel::new(reader, writer, pins(scene), &mut buffers);
        half_a_day(modem, scene).await;
    });
}

#[test]
fn a_sim7080_keeps_its_connection_asleep() {
    bench(Profile::sim7080()).run(async |reader, writer, scene| {
        let mut buffers: wanlink_simcom::Buffers = wanlink_simcom::Buffers::new();
        let modem: Simcom<'_, Sim7080, PortReader, PortWriter, Pins> =
            Simcom::new(reader, writer, pins(scene), &mut buffers);
        half_a_day(modem, scene).await;
    });
}

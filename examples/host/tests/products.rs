//! The products of `examples/apps`, whole devices but for their board: each registers once, keeps its identity in flash,
//! and lives on when its module restarts and when it restarts itself.

use embassy_futures::select::{Either, select};
use wanlink_apps::{Settings, a7670_mqtt, bg95_https, bg95_mqtt, bg95_tcp, sara_r5_mqtt, sim7080_tcp};
use wanlink_core::{ErrorKind, Root};
use wanlink_emulator::{Emulator, HostInput, HostOutput, Nor, Options, PortOptions, Profile, Wire};
use wanlink_platform::{Config, Platform, Product, Pushed, Qos};
use wanlink_quectel::Wired;
use wanlink_scene::bench::{Bench, SharedScene, module, pass_ms};
use wanlink_scene::{Scene, root_pem};
use wanlink_transports::roots::name_of;
use wanlink_transports::store::{Flash, Store as _};

const KEY: &str = "a1B2c3D4e5F";
const NAME: &str = "meter-0042";
const SECRET: &str = "8LQwOYSZMwp3DFBd";
const PAGE: usize = 2048;

type Memory = Nor<8, PAGE>;

fn bench(profile: &'static Profile) -> Bench {
    let mut platform = Platform::new(Config::default());
    platform.add_product(Product::new(KEY, SECRET).preregistered(NAME));
    let module = Emulator::new(profile, Options::default(), 1);
    Bench::new(Scene::new(module, platform), PortOptions::default(), 1)
}

fn pins(scene: &SharedScene) -> Wired<HostOutput, HostOutput, HostInput> {
    let pins = scene.borrow().module.pins();
    Wired::new(pins.pwrkey(), pins.reset_n(), pins.status())
}

/// What the device published since the last look.
fn news(scene: &SharedScene, seen: &mut usize) -> Vec<String> {
    let scene = scene.borrow();
    let published = scene.platform.record().published(KEY, NAME).skip(*seen);
    let texts: Vec<_> = published.map(|entry| String::from_utf8(entry.payload().to_vec()).unwrap()).collect();
    *seen += texts.len();
    texts
}

fn say(scene: &SharedScene, text: &str) {
    let mut scene = scene.borrow_mut();
    let (now, topic) = (scene.now_us, format!("/{KEY}/{NAME}/user/get"));
    assert_eq!(scene.platform.push(now, KEY, NAME, &topic, text.as_bytes(), Qos::AtLeastOnce), Pushed::Sent);
}

fn readings(numbers: std::ops::RangeInclusive<u32>) -> Vec<String> {
    numbers.map(|number| format!("{{\"seq\":{number},\"value\":215}}")).collect()
}

/// Two lives of a device, by `$product`; with commands if it `$obeys`.
macro_rules! lives {
    ($name:ident, $product:ident, $profile:ident, obeys: $obeys:literal) => {
        #[test]
        fn $name() {
            let mut bench = bench(Profile::$profile());
            let wire: Wire = bench.world.wire();
            bench.run(async |_, _, scene| {
                let mut flash = Memory::new(4);
                let mut seen = 0;
                for life in 1..=2 {
                    let (reader, writer) = wire.halves();
                    let name = name_of(root_pem().as_bytes());
                    let settings = settings(SECRET, Root::new(name.as_str(), root_pem().as_bytes()));
                    let mut room = [0; Flash::ROOM];
                    let mut store = Flash::new(&mut flash, 0..4 * PAGE as u32, &mut room).unwrap();
                    let device =
                        $product::register_and_run(reader, writer, pins(scene), &mut store, &settings, 7, || 215);
                    let events = async {
                        pass_ms(150_000).await;
                        assert_eq!(news(scene, &mut seen), readings(1..=3), "life {life}");
                        if $obeys {
                            say(scene, "interval 600");
                            say(scene, "report");
                            pass_ms(1000).await;
                            let expected = ["interval 600".to_owned(), readings(4..=4).remove(0)];
                            assert_eq!(news(scene, &mut seen), expected);
                            module(scene).reset();
                            pass_ms(700_000).await;
                            assert_eq!(news(scene, &mut seen), readings(5..=5));
                        } else {
                            module(scene).reset();
                            pass_ms(180_000).await;
                            assert_eq!(news(scene, &mut seen), readings(4..=6));
                        }
                    };
                    // The board loses its power while its module keeps it.
                    let ended = select(device, events).await;
                    assert!(matches!(ended, Either::Second(())), "life {life} ended early: {ended:?}");
                }
                let statistics = scene.borrow().platform.record().statistics();
                assert_eq!((statistics.registrations, statistics.refused), (1, 0));
                assert_eq!(statistics.tokens, u64::from(!$obeys), "a token is kept, too");
            });
        }
    };
}

lives!(mqtt_registers_once_and_obeys_in_each_life, bg95_mqtt, bg95, obeys: true);
lives!(tcp_registers_once_and_obeys_in_each_life, bg95_tcp, bg95, obeys: true);
lives!(https_registers_once_and_posts_in_each_life, bg95_https, bg95, obeys: false);
lives!(a7670_registers_once_and_obeys_in_each_life, a7670_mqtt, a7670, obeys: true);
lives!(sim7080_registers_once_and_obeys_in_each_life, sim7080_tcp, sim7080, obeys: true);
lives!(sara_r5_registers_once_and_obeys_in_each_life, sara_r5_mqtt, sara_r5, obeys: true);

fn settings<'a>(secret: &'a str, root: Root<'a>) -> Settings<'a> {
    Settings { product_key: KEY, device_name: NAME, secret, root, apn: "cmiot", pin: None, interval_s: 60 }
}

/// A refused registration ends `$product`, and leaves nothing in its store.
macro_rules! refused {
    ($name:ident, $product:ident) => {
        #[test]
        fn $name() {
            bench(Profile::bg95()).run(async |reader, writer, scene| {
                let mut flash = Memory::new(4);
                let name = name_of(root_pem().as_bytes());
                let settings = settings("wrong", Root::new(name.as_str(), root_pem().as_bytes()));
                let mut room = [0; Flash::ROOM];
                let mut store = Flash::new(&mut flash, 0..4 * PAGE as u32, &mut room).unwrap();
                let ended =
                    $product::register_and_run(reader, writer, pins(scene), &mut store, &settings, 7, || 215).await;
                assert!(matches!(ended, ErrorKind::Refused(_)), "{ended:?}");
                assert!(matches!(store.load::<wanlink_transports::Identity>().await, Ok(None)));
                assert_eq!(scene.borrow().platform.record().statistics().registrations, 0);
            });
        }
    };
}

refused!(mqtt_stops_when_its_registration_is_refused, bg95_mqtt);
refused!(tcp_stops_when_its_registration_is_refused, bg95_tcp);
refused!(https_stops_when_its_registration_is_refused, bg95_https);

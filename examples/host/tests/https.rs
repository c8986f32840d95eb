//! A device that registers, keeps its secret and posts, by the HTTPS client of an emulated BG95, inside verified TLS.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use wanlink::store::FileStore;
use wanlink_core::{Error, ErrorKind, Module, Network, Qos, Refusal, Root, Tls, Trust};
use wanlink_emulator::{Emulator, HostInput, HostOutput, Options, PortReader, PortWriter, Profile, World};
use wanlink_platform::{Config, Platform, Product};
use wanlink_quectel::{Bg95, Buffers, Quectel, Wired};
use wanlink_scene::{Scene, root_pem};
use wanlink_transports::registration::{Applicant, Device, DeviceError, Random, https_host};
use wanlink_transports::{Endpoint, Region, Session, Uplink, https, roots, topic};

const KEY: &str = "a1B2c3D4e5F";
const NAME: &str = "meter-0042";
const PRODUCT_SECRET: &str = "8LQwOYSZMwp3DFBd";

type Driver<'b> = Quectel<'b, Bg95, PortReader, PortWriter, Wired<HostOutput, HostOutput, HostInput>>;

/// One device, its file, and the platform.
struct Bench {
    scene: Rc<RefCell<Scene>>,
    store: PathBuf,
    lives: u64,
}

impl Bench {
    fn new(name: &str) -> Self {
        let mut platform = Platform::new(Config::default());
        platform.add_product(Product::new(KEY, PRODUCT_SECRET).preregistered(NAME));
        let module = Emulator::new(Profile::bg95(), Options::default(), 1);
        let store = std::env::temp_dir().join(format!("wanlink-https-{}-{name}", std::process::id()));
        Self { scene: Rc::new(RefCell::new(Scene::new(module, platform))), store, lives: 0 }
    }

    /// A life of the microcontroller; the module stays on and the file is kept.
    fn live<T>(&mut self, story: impl AsyncFnOnce(&mut Driver<'_>, &mut FileStore, &Rc<RefCell<Scene>>) -> T) -> T {
        self.lives += 1;
        let mut world = World::new(self.lives);
        let (reader, writer) = world.halves();
        let pins = self.scene.borrow().module.pins();
        let pins = Wired::new(pins.pwrkey(), pins.reset_n(), pins.status());
        let mut buffers: Buffers = Buffers::new();
        let mut modem: Driver<'_> = Quectel::new(reader, writer, pins, &mut buffers);
        let mut store = FileStore::new(&self.store);
        let scene = self.scene.clone();
        let peer = &mut self.scene.clone();
        let life = async {
            modem.start().await.unwrap();
            modem.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
            story(&mut modem, &mut store, &scene).await
        };
        world.run(peer, life).unwrap()
    }

    fn registrations(&self) -> u64 {
        self.scene.borrow().platform.record().statistics().registrations
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.store);
    }
}

/// The stand-in's own root, for as long as its name is at hand.
fn root(name: &roots::RootName) -> Root<'_> {
    Root::new(name.as_str(), root_pem().as_bytes())
}

async fn register(
    modem: &mut Driver<'_>,
    store: &mut FileStore,
    secret: &str,
) -> Result<wanlink_transports::Identity, DeviceError<wanlink_quectel::Error, wanlink::store::FileError>> {
    let name = roots::name_of(root_pem().as_bytes());
    let host = https_host(Region::Shanghai);
    let endpoint = Endpoint::custom(host.as_str(), 443, Tls::verified(root(&name)));
    let applicant = Applicant::new(KEY, NAME, secret).unwrap();
    Device::new(applicant, store).identity_over_https(modem, endpoint, &Random::from_bits(7)).await
}

#[test]
fn a_device_registers_once_and_posts_in_each_life() {
    let mut bench = Bench::new("story");
    for life in 0..3 {
        bench.live(async |modem, store, scene| {
            let identity = register(modem, store, PRODUCT_SECRET).await.unwrap();
            let name = roots::name_of(root_pem().as_bytes());
            let trust = Trust::Root(root(&name));
            let endpoint = https::Endpoint::public(https::Region::Shanghai).with_trust(trust);
            let link = https::Link::new(modem, &identity, endpoint).with_store(store);
            let mut session = Session::new(link, Network::apn("cmiot"), 3);
            for number in 0..50 {
                if (life, number) == (1, 25) {
                    let mut scene = scene.borrow_mut();
                    let now_us = scene.now_us;
                    scene.platform.expire_tokens(now_us);
                }
                let text = format!("{life}.{number}");
                session.publish(topic::user("update"), text.as_bytes(), Qos::AtLeastOnce).await.unwrap();
            }
        });
    }
    let scene = bench.scene.borrow();
    let record = scene.platform.record();
    let posted: Vec<_> = record.published(KEY, NAME).map(|entry| entry.payload().to_vec()).collect();
    let expected = (0..3).flat_map(|life| (0..50).map(move |number| format!("{life}.{number}").into_bytes()));
    assert_eq!(posted, expected.collect::<Vec<_>>(), "each once, in order");
    let statistics = record.statistics();
    assert_eq!((statistics.registrations, statistics.tokens), (1, 2), "a start with a store asks for neither");
}

#[test]
fn a_device_that_is_active_and_lost_its_file_is_told_so_and_keeps_nothing() {
    let mut bench = Bench::new("active");
    bench.live(async |modem, store, _| {
        let identity = register(modem, store, PRODUCT_SECRET).await.unwrap();
        let endpoint = https::Endpoint::public(https::Region::Shanghai).with_trust(Trust::Anyone);
        let mut link = https::Link::new(modem, &identity, endpoint);
        link.publish(topic::user("update"), b"active now", Qos::AtLeastOnce).await.unwrap();
    });
    std::fs::remove_file(&bench.store).unwrap();
    for _ in 0..2 {
        let error = bench.live(async |modem, store, _| register(modem, store, PRODUCT_SECRET).await.unwrap_err());
        assert!(matches!(error, DeviceError::AlreadyActive), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Code(6289)));
        assert!(!bench.store.exists(), "nothing is kept");
    }
    assert_eq!(bench.registrations(), 1);
}

#[test]
fn a_wrong_product_secret_is_refused_and_nothing_is_kept() {
    let mut bench = Bench::new("wrong");
    let error = bench.live(async |modem, store, _| register(modem, store, "wrong").await.unwrap_err());
    assert!(matches!(error.kind(), ErrorKind::Refused(_)), "{error:?}");
    assert!(!bench.store.exists() && bench.registrations() == 0);
}

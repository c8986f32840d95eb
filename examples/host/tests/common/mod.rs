//! A simulated world with one BG95, the platform, and a session over both.

// Every test binary takes its own part.
#![allow(dead_code)]

use wanlink_core::{Network, Plain};
use wanlink_emulator::{Emulator, HostInput, HostOutput, Options, PortOptions, PortReader, PortWriter, Profile};
use wanlink_platform::{Config, Limits, Platform, Product};
use wanlink_quectel::{Bg95, Buffers, Quectel, Wired};
use wanlink_scene::Scene;
use wanlink_scene::bench::SharedScene;
use wanlink_transports::{Endpoint, Identity, Observer, Region, Session, mqtt};

pub(crate) const KEY: &str = "a1B2c3D4e5F";
pub(crate) const NAME: &str = "meter-0042";
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";

pub(crate) type Driver<'b> = Quectel<'b, Bg95, PortReader, PortWriter, Wired<HostOutput, HostOutput, HostInput>>;
pub(crate) type Link<'a, 'b> = mqtt::Link<'a, &'a mut Driver<'b>, Plain>;

pub(crate) struct Bench {
    base: wanlink_scene::bench::Bench,
    pub(crate) secret: &'static str,
}

impl Bench {
    pub(crate) fn new(port: PortOptions, seed: u64) -> Self {
        // The limit of CONNECTs a minute stays on: it is what the session promises to keep.
        let limits = Limits { connects_per_minute: Some(5), ..Limits::none() };
        let mut platform = Platform::new(Config { limits, ..Config::default() });
        platform.add_product(Product::new(KEY, "product secret").device(NAME, SECRET));
        let mut module = Emulator::new(Profile::bg95(), Options::default(), seed);
        module.slow(20_000);
        let base = wanlink_scene::bench::Bench::new(Scene::new(module, platform), port, seed);
        Self { base, secret: SECRET }
    }

    /// Runs `story` over a session of this world.
    pub(crate) fn run<T, O: Observer>(
        &mut self,
        observer: O,
        story: impl AsyncFnOnce(&mut Session<'_, Link<'_, '_>, O>, &SharedScene) -> T,
    ) -> T {
        let secret = self.secret;
        self.base.run(async |reader, writer, scene| {
            let pins = scene.borrow().module.pins();
            let pins = Wired::new(pins.pwrkey(), pins.reset_n(), pins.status());
            let mut buffers: Buffers = Buffers::new();
            let mut modem: Driver<'_> = Quectel::new(reader, writer, pins, &mut buffers);
            let identity = Identity::new(KEY, NAME, secret).unwrap();
            let link = mqtt::Link::new(&mut modem, &identity, Endpoint::plain_public(Region::Shanghai));
            let mut session = Session::observed(link, Network::apn("cmiot"), 7, observer);
            story(&mut session, scene).await
        })
    }

    /// How often the platform accepted each of the messages `0..count`, whose payloads are their numbers.
    pub(crate) fn copies(&self, count: usize) -> Vec<usize> {
        let scene = self.scene.borrow();
        let mut copies = vec![0; count];
        for entry in scene.platform.record().published(KEY, NAME) {
            let text = std::str::from_utf8(entry.payload()).unwrap();
            copies[text.trim().parse::<usize>().unwrap()] += 1;
        }
        copies
    }
}

impl std::ops::Deref for Bench {
    type Target = wanlink_scene::bench::Bench;

    fn deref(&self) -> &Self::Target {
        &self.base
    }
}

impl std::ops::DerefMut for Bench {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.base
    }
}

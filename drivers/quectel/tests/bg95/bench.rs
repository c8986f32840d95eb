//! A world with one BG95 and one platform, and the driver of it.

use std::cell::RefCell;
use std::rc::Rc;

use wanlink_core::{Login, Plain, Server};
use wanlink_emulator::{Emulator, HostInput, HostOutput, Options, PortOptions, PortReader, PortWriter, Profile, World};
use wanlink_platform::{Config, Limits, Platform, Product};
use wanlink_quectel::{Bg95, Buffers, Quectel, Wired};

use crate::scene::Scene;

pub(crate) type Pins = Wired<HostOutput, HostOutput, HostInput>;
pub(crate) type Driver<'b> = Quectel<'b, Bg95, PortReader, PortWriter, Pins>;

pub(crate) const HOST: &str = "pk.iot-as-mqtt.cn-shanghai.aliyuncs.com";
pub(crate) const KEY: &str = "pk";
pub(crate) const NAME: &str = "device";

/// Golden vector G1c of the platform's facts: no timestamp, hmacsha256, secret `secret`.
pub(crate) const LOGIN: Login<'static> = Login {
    client_id: "12345|securemode=3,signmethod=hmacsha256|",
    user: "device&pk",
    password: "c8cb3dcb7159682438e5fd9a9c34f398e41bb8edb6f222795e307bafee151090",
    keep_alive_s: 300,
    clean_session: true,
};

pub(crate) fn broker() -> Server<'static, Plain> {
    Server::new(HOST, 1883, Plain)
}

pub(crate) struct Bench {
    pub(crate) world: World,
    pub(crate) scene: Rc<RefCell<Scene>>,
}

impl Bench {
    pub(crate) fn new(options: Options) -> Self {
        Self::with_port(options, PortOptions::default(), 1)
    }

    pub(crate) fn with_port(options: Options, port: PortOptions, seed: u64) -> Self {
        let config = Config { limits: Limits { connects_per_minute: Some(5), ..Limits::none() }, ..Config::default() };
        let mut platform = Platform::new(config);
        platform.add_product(Product::new(KEY, "product secret").device(NAME, "secret"));
        let mut module = Emulator::new(Profile::bg95(), options, seed);
        module.slow(40_000);
        let scene = Rc::new(RefCell::new(Scene::new(module, platform)));
        Self { world: World::with_port(seed, port), scene }
    }

    /// Runs `story` with a driver of this world; the handle to the scene lets it order faults and look inside.
    pub(crate) fn run<T>(&mut self, story: impl AsyncFnOnce(&mut Driver<'_>, &Rc<RefCell<Scene>>) -> T) -> T {
        let (reader, writer) = self.world.halves();
        let pins = self.scene.borrow().module.pins();
        let pins = Wired::new(pins.pwrkey(), pins.reset_n(), pins.status());
        let mut buffers: Buffers = Buffers::new();
        let mut driver: Driver<'_> = Quectel::new(reader, writer, pins, &mut buffers);
        let scene = self.scene.clone();
        let mut peer = self.scene.clone();
        self.world.run(&mut peer, story(&mut driver, &scene)).unwrap()
    }
}

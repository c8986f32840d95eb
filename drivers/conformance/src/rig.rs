//! A world with one module and one platform, and the driver of it.

use std::borrow::Cow;
use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use wanlink_at::Trace;
use wanlink_at::driver::Buffers;
use wanlink_core::{Login, Module, MqttAt, Network, Plain, Root, Server, Tls};
use wanlink_emulator::trace::Direction;
use wanlink_emulator::{Emulator, Options, PortOptions};
use wanlink_platform::{Config, Limits, Platform, Product, Pushed, Qos};
use wanlink_scene::Scene;
use wanlink_scene::bench::SharedScene;

use crate::bench::{DriverOf, Drives};
use crate::pins::Pins;
use crate::subject::Subject;

/// Host name of the broker.
pub const BROKER: &str = "pk.iot-as-mqtt.cn-shanghai.aliyuncs.com";
/// Product key of the device.
pub const KEY: &str = "pk";
/// Name of the device.
pub const NAME: &str = "device";
/// A topic that the device publishes to.
pub const UP: &str = "/pk/device/user/update";
/// A topic that the device subscribes to.
pub const DOWN: &str = "/pk/device/user/get";
/// The network.
pub const APN: Network<'static> = Network::apn("cmiot");

/// Golden vector G1c of the platform's facts: no timestamp, hmacsha256, secret `secret`.
pub const LOGIN: Login<'static> = Login {
    client_id: "12345|securemode=3,signmethod=hmacsha256|",
    user: "device&pk",
    password: "c8cb3dcb7159682438e5fd9a9c34f398e41bb8edb6f222795e307bafee151090",
    keep_alive_s: 300,
    clean_session: true,
};

/// As [`LOGIN`], inside TLS.
pub const SECURE_LOGIN: Login<'static> = Login { client_id: "12345|securemode=2,signmethod=hmacsha256|", ..LOGIN };

/// The file of the platform's root.
pub const FILE: &str = "wl-0a1b2c3d.pem";

/// The broker.
pub fn broker() -> Server<'static, Plain> {
    Server::new(BROKER, 1883, Plain)
}

/// The broker inside TLS, verified.
pub fn secure_broker() -> Server<'static, Tls<'static>> {
    Server::new(BROKER, 8883, Tls::verified(root()))
}

/// The platform's root.
pub fn root() -> Root<'static> {
    Root::new(FILE, wanlink_scene::root_pem().as_bytes())
}

/// Another root, under its own name.
pub fn other_root() -> Root<'static> {
    Root::new("wl-ffffffff.pem", wanlink_scene::other_root_pem().as_bytes())
}

/// A module, the platform behind it, and the driver of it: what every check runs on.
pub struct Rig<B> {
    base: wanlink_scene::bench::Bench,
    presses: Rc<Cell<u32>>,
    bench: PhantomData<B>,
}

impl<B: Drives> Rig<B> {
    /// One with a module of these settings.
    pub fn new(options: Options) -> Self {
        Self::with_port(options, PortOptions::default(), 1)
    }

    /// As [`new`](Self::new), behind a port of its own; all chance is drawn from `seed`.
    pub fn with_port(options: Options, port: PortOptions, seed: u64) -> Self {
        let limits = Limits { connects_per_minute: Some(5), ..Limits::none() };
        Self::with_platform(options, port, seed, Config { limits, ..Config::default() })
    }

    /// As [`with_port`](Self::with_port), with another platform.
    pub fn with_platform(options: Options, port: PortOptions, seed: u64, config: Config) -> Self {
        let mut platform = Platform::new(config);
        platform.add_product(Product::new(KEY, "product secret").device(NAME, "secret"));
        // Of the golden vectors of HTTPS (aliyun-iot, 6).
        platform.add_product(Product::new("a1X2bEnP82z", "").device("example1", "ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe"));
        let mut module = Emulator::new(B::profile(), options, seed);
        module.slow(40_000);
        let base = wanlink_scene::bench::Bench::new(Scene::new(module, platform), port, seed);
        Self { base, presses: Rc::default(), bench: PhantomData }
    }

    /// Runs `story` with a new driver of this world; the handle to the scene lets it order faults and look inside.
    pub fn run<T>(&mut self, story: impl AsyncFnOnce(&mut DriverOf<'_, B>, &SharedScene) -> T) -> T {
        self.run_with(&mut Buffers::<256, 1600, 1600>::new(), story)
    }

    /// As [`run`](Self::run), with other buffers.
    pub fn run_with<const R: usize, const T: usize, const I: usize, O>(
        &mut self,
        buffers: &mut Buffers<R, T, I>,
        story: impl AsyncFnOnce(&mut DriverOf<'_, B>, &SharedScene) -> O,
    ) -> O {
        let presses = self.presses.clone();
        self.base.run(async |reader, writer, scene| {
            let pins = Pins::of(&scene.borrow().module, presses);
            let mut driver = DriverOf::<'_, B>::new(reader, writer, pins, buffers);
            story(&mut driver, scene).await
        })
    }

    /// As [`run`](Self::run), with a hook that sees the lines of the wire.
    pub fn run_traced<T>(
        &mut self,
        trace: &mut dyn Trace,
        story: impl AsyncFnOnce(&mut DriverOf<'_, B>, &SharedScene) -> T,
    ) -> T {
        let presses = self.presses.clone();
        self.base.run(async |reader, writer, scene| {
            let mut buffers: Buffers = Buffers::new();
            let pins = Pins::of(&scene.borrow().module, presses);
            let mut driver = DriverOf::<'_, B>::new(reader, writer, pins, &mut buffers);
            driver.set_trace(trace);
            story(&mut driver, scene).await
        })
    }

    /// How often the module said this so far.
    pub fn heard(&self, text: &str) -> usize {
        let entries = self.world.trace().entries;
        let heard = entries.into_iter().filter(|entry| entry.direction == Direction::ToHost);
        let all: Vec<u8> = heard.flat_map(|entry| entry.bytes).collect();
        all.windows(text.len()).filter(|window| *window == text.as_bytes()).count()
    }

    /// How often the driver pressed the key.
    pub fn presses(&self) -> u32 {
        self.presses.get()
    }
}

impl<B> Deref for Rig<B> {
    type Target = wanlink_scene::bench::Bench;

    fn deref(&self) -> &Self::Target {
        &self.base
    }
}

impl<B> DerefMut for Rig<B> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.base
    }
}

/// A hook of the wire that keeps what it sees.
#[derive(Default)]
pub struct Recorder(Vec<u8>);

impl Recorder {
    /// All of it.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl Trace for Recorder {
    fn sent(&mut self, piece: &[u8]) {
        self.0.extend(piece);
    }

    fn received(&mut self, line: &[u8]) {
        self.0.extend(line);
        self.0.push(b'\n');
    }
}

/// Starts and attaches.
///
/// # Errors
/// As the driver's.
pub async fn attach<D: Module>(modem: &mut D) -> Result<(), D::Error> {
    modem.start().await?;
    modem.attach(&APN, &mut |_| ()).await
}

/// Starts, attaches and connects to the broker.
///
/// # Errors
/// As the driver's.
pub async fn connect<D: MqttAt>(modem: &mut D) -> Result<(), D::Error> {
    attach(modem).await?;
    modem.connect(&broker(), &LOGIN).await
}

/// The payloads that the platform took from the device, repeated ones as often as they came.
pub fn published(scene: &SharedScene) -> Vec<Vec<u8>> {
    scene.borrow().platform.record().published(KEY, NAME).map(|entry| entry.payload().to_vec()).collect()
}

/// The platform sends this to the device.
///
/// # Panics
/// When the device has no session, or no subscription for it.
pub fn push(scene: &SharedScene, payload: &[u8]) {
    let mut scene = scene.borrow_mut();
    let now = embassy_time::Instant::now().as_micros();
    let pushed = scene.platform.push(now, KEY, NAME, DOWN, payload, Qos::AtLeastOnce);
    assert_eq!(pushed, Pushed::Sent);
}

//! A world with one module and one platform, and the driver of it.

use std::cell::Cell;
use std::marker::PhantomData;
use std::rc::Rc;

use wanlink_at::driver::{HttpsFamily, PsmFamily, SocketFamily};
use wanlink_core::{
    HasHttps, HasPsm, HasTlsSocket, Inbound, Login, Message, Module, MqttAt, Network, Plain, Root, Server, Tls,
};
use wanlink_emulator::{Emulator, HostInput, HostOutput, Options, PortOptions, PortReader, PortWriter, Profile};
use wanlink_platform::{Config, Limits, Platform, Product, Qos};
use wanlink_simcom::{Buffers, DriverModel, PowerPins, Sim7000, Sim7080, Simcom, Wired};

pub(crate) use wanlink_scene::Scene;
pub(crate) use wanlink_scene::bench::{SharedScene as Shared, count, crumbs, module, pass_ms, within_ms};

/// What a test of both models has to know of each.
pub(crate) trait Tested:
    DriverModel<Family: SocketFamily + HttpsFamily + PsmFamily> + HasTlsSocket + HasHttps + HasPsm
{
    fn profile() -> &'static Profile;
}

impl Tested for Sim7080 {
    fn profile() -> &'static Profile {
        Profile::sim7080()
    }
}

impl Tested for Sim7000 {
    fn profile() -> &'static Profile {
        Profile::sim7000()
    }
}

/// A test of both models.
macro_rules! both {
    ($(#[$doc:meta])* fn $name:ident<$model:ident>() $story:block) => {
        $(#[$doc])*
        #[test]
        fn $name() {
            fn story<$model: Tested>() $story
            story::<Sim7080>();
            story::<Sim7000>();
        }
    };
}
pub(crate) use both;

/// The pins as a board has them, counting how often the key was pressed.
pub(crate) struct Pins {
    wired: Wired<HostOutput, HostOutput, HostInput>,
    presses: Rc<Cell<u32>>,
}

impl Pins {
    fn of(scene: &Shared, presses: Rc<Cell<u32>>) -> Self {
        let pins = scene.borrow().module.pins();
        Self { wired: Wired::new(pins.pwrkey(), pins.reset_n(), pins.status()), presses }
    }
}

impl PowerPins for Pins {
    fn key(&mut self, pressed: bool) -> Option<bool> {
        self.presses.set(self.presses.get() + u32::from(pressed));
        self.wired.key(pressed)
    }

    fn reset(&mut self, asserted: bool) -> Option<bool> {
        self.wired.reset(asserted)
    }

    fn is_on(&mut self) -> Option<bool> {
        self.wired.is_on()
    }
}

pub(crate) type Driver<'b, M = Sim7080> = Simcom<'b, M, PortReader, PortWriter, Pins>;
/// The error of a model.
pub(crate) type ErrorOf<M> = wanlink_simcom::Error<<M as DriverModel>::Family>;

pub(crate) type Error = ErrorOf<Sim7080>;

pub(crate) const HOST: &str = "pk.iot-as-mqtt.cn-shanghai.aliyuncs.com";
pub(crate) const KEY: &str = "pk";
pub(crate) const NAME: &str = "device";
pub(crate) const UP: &str = "/pk/device/user/update";
pub(crate) const DOWN: &str = "/pk/device/user/get";
pub(crate) const APN: Network<'static> = Network::apn("cmiot");

/// Golden vector G1c of the platform's facts: no timestamp, hmacsha256, secret `secret`.
pub(crate) const LOGIN: Login<'static> = Login {
    client_id: "12345|securemode=3,signmethod=hmacsha256|",
    user: "device&pk",
    password: "c8cb3dcb7159682438e5fd9a9c34f398e41bb8edb6f222795e307bafee151090",
    keep_alive_s: 300,
    clean_session: true,
};

/// As [`LOGIN`], inside TLS.
pub(crate) const SECURE_LOGIN: Login<'static> =
    Login { client_id: "12345|securemode=2,signmethod=hmacsha256|", ..LOGIN };

pub(crate) fn broker() -> Server<'static, Plain> {
    Server::new(HOST, 1883, Plain)
}

/// The file of the platform's root.
pub(crate) const FILE: &str = "wl-0a1b2c3d.pem";

/// The platform's root.
pub(crate) fn root() -> Root<'static> {
    Root::new(FILE, wanlink_scene::root_pem().as_bytes())
}

/// Another root, under its own name.
pub(crate) fn other_root() -> Root<'static> {
    Root::new("wl-ffffffff.pem", wanlink_scene::other_root_pem().as_bytes())
}

/// A module that runs since long and was set up by this driver before, so that a start does not restart it.
pub(crate) fn running() -> Options {
    wanlink_scene::bench::running()
}

pub(crate) struct Bench<M = Sim7080> {
    base: wanlink_scene::bench::Bench,
    presses: Rc<Cell<u32>>,
    model: PhantomData<M>,
}

impl<M: Tested> Bench<M> {
    pub(crate) fn new(options: Options) -> Self {
        Self::with_port(options, PortOptions::default(), 1)
    }

    pub(crate) fn with_port(options: Options, port: PortOptions, seed: u64) -> Self {
        let limits = Limits { connects_per_minute: Some(5), ..Limits::none() };
        Self::with_platform(options, port, seed, Config { limits, ..Config::default() })
    }

    pub(crate) fn with_platform(options: Options, port: PortOptions, seed: u64, config: Config) -> Self {
        let mut platform = Platform::new(config);
        platform.add_product(Product::new(KEY, "product secret").device(NAME, "secret"));
        // Of the golden vectors of HTTPS (aliyun-iot, 6).
        platform.add_product(Product::new("a1X2bEnP82z", "").device("example1", "ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe"));
        let mut module = Emulator::new(M::profile(), options, seed);
        module.slow(40_000);
        let base = wanlink_scene::bench::Bench::new(Scene::new(module, platform), port, seed);
        Self { base, presses: Rc::default(), model: PhantomData }
    }

    /// Runs `story` with a new driver of this world; the handle to the scene lets it order faults and look inside.
    pub(crate) fn run<T>(&mut self, story: impl AsyncFnOnce(&mut Driver<'_, M>, &Shared) -> T) -> T {
        self.run_with(&mut Buffers::<256, 1600, 1600>::new(), story)
    }

    /// As [`run`](Self::run), with other buffers.
    pub(crate) fn run_with<const R: usize, const T: usize, const I: usize, O>(
        &mut self,
        buffers: &mut Buffers<R, T, I>,
        story: impl AsyncFnOnce(&mut Driver<'_, M>, &Shared) -> O,
    ) -> O {
        let presses = self.presses.clone();
        self.base.run(async |reader, writer, scene| {
            let mut driver: Driver<'_, M> = Simcom::new(reader, writer, Pins::of(scene, presses), buffers);
            story(&mut driver, scene).await
        })
    }

    /// As [`run`](Self::run), with a hook that sees the lines of the wire.
    #[cfg(feature = "trace")]
    pub(crate) fn run_traced<T>(
        &mut self,
        trace: &mut dyn wanlink_simcom::Trace,
        story: impl AsyncFnOnce(&mut Driver<'_, M>, &Shared) -> T,
    ) -> T {
        let presses = self.presses.clone();
        self.base.run(async |reader, writer, scene| {
            let mut buffers: Buffers = Buffers::new();
            let pins = Pins::of(scene, presses);
            let mut driver: Driver<'_, M> = Simcom::new(reader, writer, pins, &mut buffers);
            driver.set_trace(trace);
            story(&mut driver, scene).await
        })
    }

    /// How often the driver pressed the key.
    pub(crate) fn presses(&self) -> u32 {
        self.presses.get()
    }
}

impl<M> std::ops::Deref for Bench<M> {
    type Target = wanlink_scene::bench::Bench;

    fn deref(&self) -> &Self::Target {
        &self.base
    }
}

impl<M> std::ops::DerefMut for Bench<M> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.base
    }
}

/// What the hook of the wire saw.
#[cfg(feature = "trace")]
#[derive(Default)]
pub(crate) struct Recorder(Vec<u8>);

#[cfg(feature = "trace")]
impl Recorder {
    pub(crate) fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

#[cfg(feature = "trace")]
impl wanlink_simcom::Trace for Recorder {
    fn sent(&mut self, piece: &[u8]) {
        self.0.extend(piece);
    }

    fn received(&mut self, line: &[u8]) {
        self.0.extend(line);
        self.0.push(b'\n');
    }
}

/// A command that the driver does not know.
pub(crate) struct Foreign(String);

impl Foreign {
    /// The line of this text.
    pub(crate) fn of(line: &str) -> Self {
        Self(format!("{line}\r"))
    }
}

pub(crate) struct Nothing;

impl atat::AtatResp for Nothing {}

impl atat::AtatCmd for Foreign {
    type Response = Nothing;

    fn write(&self, buffer: &mut [u8]) -> usize {
        buffer[..self.0.len()].copy_from_slice(self.0.as_bytes());
        self.0.len()
    }

    fn parse(&self, answer: Result<&[u8], atat::InternalError>) -> Result<Nothing, atat::Error> {
        answer.map(|_| Nothing).map_err(|_| atat::Error::Parse)
    }
}

pub(crate) async fn attach<M: Tested>(modem: &mut Driver<'_, M>) -> Result<(), ErrorOf<M>> {
    modem.start().await?;
    modem.attach(&APN, &mut |_| ()).await
}

pub(crate) async fn connect(modem: &mut Driver<'_>) -> Result<(), Error> {
    attach(modem).await?;
    modem.connect(&broker(), &LOGIN).await
}

/// The payloads that the platform took from the device, repeated ones as often as they came.
pub(crate) fn published(scene: &Shared) -> Vec<Vec<u8>> {
    scene.borrow().platform.record().published(KEY, NAME).map(|entry| entry.payload().to_vec()).collect()
}

/// The platform sends this to the device.
pub(crate) fn push(scene: &Shared, payload: &[u8]) {
    let mut scene = scene.borrow_mut();
    let now = embassy_time::Instant::now().as_micros();
    let pushed = scene.platform.push(now, KEY, NAME, DOWN, payload, Qos::AtLeastOnce);
    assert_eq!(pushed, wanlink_platform::Pushed::Sent);
}

/// The whole way, from start to stop; everything has to work.
pub(crate) async fn whole_way(modem: &mut Driver<'_>, scene: &Shared) {
    connect(modem).await.unwrap();
    assert_eq!(modem.describe().await.unwrap().imei(), "866349040000017");
    modem.subscribe(DOWN, wanlink_core::Qos::AtLeastOnce).await.unwrap();
    let before = published(scene).len();
    for (payload, qos) in [(b"zero", wanlink_core::Qos::AtMostOnce), (b"once", wanlink_core::Qos::AtLeastOnce)] {
        modem.publish(UP, payload, qos).await.unwrap();
        push(scene, payload);
        let message = Message::new(DOWN.as_bytes(), payload);
        assert_eq!(modem.receive().await, Ok(Inbound::Message(message)));
    }
    assert_eq!(published(scene)[before..], [b"zero", b"once"]);
    modem.unsubscribe(DOWN).await.unwrap();
    modem.disconnect().await.unwrap();
    modem.stop().await.unwrap();
    pass_ms(5000).await;
    assert!(!scene.borrow().module.is_on());
}

/// Where TLS is.
pub(crate) fn secure_broker() -> Server<'static, Tls<'static>> {
    Server::new(HOST, 8883, Tls::verified(root()))
}

//! A world with one BG95 and one platform, and the driver of it.

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;

use wanlink_core::{Inbound, Login, Message, Module, MqttAt, Network, Plain, Server};
use wanlink_emulator::trace::Direction;
use wanlink_emulator::{
    Emulator, HostInput, HostOutput, Options, Peer, PortOptions, PortReader, PortWriter, Profile, Split, Start, World,
};
use wanlink_platform::{Config, Limits, Platform, Product, Qos};
use wanlink_quectel::{Bg95, Buffers, Error, PowerPins, Quectel, Wired};

pub(crate) use wanlink_scene::Scene;

/// The pins as a board has them, counting how often the key was pressed.
pub(crate) struct Pins {
    wired: Wired<HostOutput, HostOutput, HostInput>,
    presses: Rc<Cell<u32>>,
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

pub(crate) type Driver<'b> = Quectel<'b, Bg95, PortReader, PortWriter, Pins>;
pub(crate) type Shared = Rc<RefCell<Scene>>;

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

pub(crate) fn broker() -> Server<'static, Plain> {
    Server::new(HOST, 1883, Plain)
}

/// A module that runs since long, as a microcontroller that restarted finds it.
pub(crate) fn running() -> Options {
    Options { start: Start::Running, ..Options::default() }
}

/// A port that gives and takes few bytes at once, with pauses: many points at which a future can be dropped.
pub(crate) fn crumbs() -> PortOptions {
    PortOptions { split: Split::At(3), gap_us: 50, transmit_buffer: Some(8), ..PortOptions::default() }
}

pub(crate) struct Bench {
    pub(crate) world: World,
    pub(crate) scene: Shared,
    presses: Rc<Cell<u32>>,
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
        Self { world: World::with_port(seed, port), scene, presses: Rc::default() }
    }

    /// Runs `story` with a new driver of this world; the handle to the scene lets it order faults and look inside.
    pub(crate) fn run<T>(&mut self, story: impl AsyncFnOnce(&mut Driver<'_>, &Shared) -> T) -> T {
        self.run_with(&mut Buffers::<256, 1280, 1160>::new(), story)
    }

    /// As [`run`](Self::run), with other buffers.
    pub(crate) fn run_with<const R: usize, const T: usize, const I: usize, O>(
        &mut self,
        buffers: &mut Buffers<R, T, I>,
        story: impl AsyncFnOnce(&mut Driver<'_>, &Shared) -> O,
    ) -> O {
        let (reader, writer) = self.world.halves();
        let pins = self.scene.borrow().module.pins();
        let wired = Wired::new(pins.pwrkey(), pins.reset_n(), pins.status());
        let pins = Pins { wired, presses: self.presses.clone() };
        let mut driver: Driver<'_> = Quectel::new(reader, writer, pins, buffers);
        let scene = self.scene.clone();
        let mut peer = self.scene.clone();
        self.world.run(&mut peer, story(&mut driver, &scene)).unwrap()
    }

    /// How often the driver pressed the key.
    pub(crate) fn presses(&self) -> u32 {
        self.presses.get()
    }

    /// The command lines and payloads that the driver sent so far, secrets redacted.
    pub(crate) fn sent(&self) -> Vec<String> {
        let entries = self.world.trace().entries;
        let sent = entries.into_iter().filter(|entry| entry.direction == Direction::ToModule);
        sent.map(|entry| String::from_utf8_lossy(&entry.bytes).trim_end().to_owned()).collect()
    }
}

/// Lets virtual time pass while nobody reads the port.
pub(crate) async fn pass_ms(ms: u64) {
    embassy_time::Timer::after_millis(ms).await;
}

/// Drops `future` after so many virtual milliseconds; its output if it came to its end before.
pub(crate) async fn within_ms<F: Future>(ms: u64, future: F) -> Option<F::Output> {
    match embassy_futures::select::select(future, pass_ms(ms)).await {
        embassy_futures::select::Either::First(output) => Some(output),
        embassy_futures::select::Either::Second(()) => None,
    }
}

pub(crate) async fn attach(modem: &mut Driver<'_>) -> Result<(), Error> {
    modem.start().await?;
    modem.attach(&APN, &mut |_| ()).await
}

pub(crate) async fn connect(modem: &mut Driver<'_>) -> Result<(), Error> {
    attach(modem).await?;
    modem.connect(&broker(), &LOGIN).await
}

/// The module, to order something of it now.
pub(crate) fn module(scene: &Shared) -> RefMut<'_, Emulator> {
    let mut scene = scene.borrow_mut();
    scene.poll(embassy_time::Instant::now().as_micros());
    RefMut::map(scene, |scene| &mut scene.module)
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
    pass_ms(3000).await;
    assert!(!scene.borrow().module.is_on());
}

//! A module, the way between, and the platform behind TLS of its own: two real stacks that share nothing but the bytes
//! between them and the root that the driver uploads.

use std::cell::{RefCell, RefMut};
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::sync::OnceLock;

use wanlink_core::{Body, ContentType, HttpsAt, Module, Network, Post, Reply, Root, Server, Tls};
use wanlink_emulator::{
    Emulator, LinkId, NetEvent, NetRequest, Options, Peer, PortOptions, PortReader, PortWriter, Profile, Start, World,
};
use wanlink_platform::tls::{Certificates, Front, KeyType};
use wanlink_platform::{Action, Config, ConnId, Platform, Product};
use wanlink_quectel::{Bg95, Buffers, Error, NoPins, Quectel};

pub(crate) type Driver<'b> = Quectel<'b, Bg95, PortReader, PortWriter, NoPins>;
pub(crate) type Shared = Rc<RefCell<Scene>>;

pub(crate) const HOST: &str = "iot-as-http.cn-shanghai.aliyuncs.com";
/// The file of the platform's root.
pub(crate) const FILE: &str = "wl-0a1b2c3d.pem";
/// The body of golden vector G4's login (aliyun-iot, 6).
pub(crate) const LOGIN: &str = concat!(
    r#"{"clientId":"a1X2bEnP82z.example1","signmethod":"hmacsha256","deviceName":"example1","#,
    r#""productKey":"a1X2bEnP82z","timestamp":"2524608000000","#,
    r#""sign":"b8ce8f1d706dd3c61d13bfd9855def7e321b785084ca9c93f0169a2b46785dd2"}"#
);
pub(crate) const AUTH: Post<'static> = Post { path: "/auth", content: ContentType::Json, headers: &[] };
/// 2026-01-01, when the emulated world begins.
const BEGIN_S: u64 = 1_767_225_600;
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// Two platforms' certificates, made once.
fn certificates(index: usize) -> &'static Certificates {
    static MADE: OnceLock<[Certificates; 2]> = OnceLock::new();
    let one = || Certificates::new(&Config::default(), &[], BEGIN_S, KeyType::Ed25519).unwrap();
    &MADE.get_or_init(|| [one(), one()])[index]
}

/// The platform's root.
pub(crate) fn root() -> Root<'static> {
    Root::new(FILE, certificates(0).root_pem().as_bytes())
}

/// Another root of the same length, under its own name.
pub(crate) fn other_root() -> Root<'static> {
    Root::new("wl-ffffffff.pem", certificates(1).root_pem().as_bytes())
}

pub(crate) fn verified() -> Server<'static, Tls<'static>> {
    Server::new(HOST, 443, Tls::verified(root()))
}

pub(crate) struct Scene {
    pub(crate) module: Emulator,
    pub(crate) front: Front,
    now_us: u64,
}

impl Scene {
    fn answer(&mut self, request: NetRequest) {
        let now_us = self.now_us;
        let conn = |link: LinkId| ConnId(link.into());
        match request {
            NetRequest::Resolve { link, .. } => {
                self.module.network_event(now_us, NetEvent::Resolved { link, addresses: vec![ADDRESS] });
            }
            NetRequest::Open { link, host, port } => {
                let peer = wanlink_platform::Peer { tls: port == 443, ..Default::default() };
                self.front.open(now_us, conn(link), peer.at(&host, port));
                self.module.network_event(now_us, NetEvent::Opened { link });
            }
            NetRequest::Send { link, bytes } => self.front.input(now_us, conn(link), &bytes),
            NetRequest::Close { link } => self.front.closed(now_us, conn(link)),
        }
    }

    fn carry(&mut self) -> bool {
        let requests = self.module.take_requests();
        let mut carried = !requests.is_empty();
        requests.into_iter().for_each(|request| self.answer(request));
        self.front.poll(self.now_us);
        for action in self.front.take_actions() {
            carried = true;
            let link = |conn: ConnId| LinkId::try_from(conn.0).unwrap();
            let event = match action {
                Action::Send { conn, bytes } => NetEvent::Data { link: link(conn), bytes },
                Action::Close { conn } => NetEvent::Closed { link: link(conn) },
            };
            self.module.network_event(self.now_us, event);
        }
        carried
    }
}

impl Peer for Scene {
    fn input(&mut self, now_us: u64, bytes: &[u8]) {
        self.now_us = now_us;
        self.module.input(now_us, bytes);
    }

    fn poll(&mut self, now_us: u64) {
        self.now_us = now_us;
        self.module.poll(now_us);
        while self.carry() {
            self.module.poll(now_us);
        }
    }

    fn next(&self) -> Option<u64> {
        [self.module.next(), self.front.next()].into_iter().flatten().min()
    }

    fn output(&mut self) -> Vec<u8> {
        self.module.output()
    }
}

pub(crate) struct Bench {
    pub(crate) world: World,
    pub(crate) scene: Shared,
}

impl Bench {
    pub(crate) fn new(options: Options) -> Self {
        Self::with_port(options, PortOptions::default())
    }

    pub(crate) fn with_port(options: Options, port: PortOptions) -> Self {
        Self::with_platform(options, port, Config::default())
    }

    pub(crate) fn with_platform(options: Options, port: PortOptions, config: Config) -> Self {
        let mut platform = Platform::new(config);
        platform.add_product(Product::new("a1X2bEnP82z", "").device("example1", "ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe"));
        let front = Front::new(platform, certificates(0).clone());
        let mut module = Emulator::new(Profile::bg95(), options, 1);
        module.slow(40_000);
        let scene = Scene { module, front, now_us: 0 };
        Self { world: World::with_port(1, port), scene: Rc::new(RefCell::new(scene)) }
    }

    /// Runs `story` with a new driver of this world.
    pub(crate) fn run<T>(&mut self, story: impl AsyncFnOnce(&mut Driver<'_>, &Shared) -> T) -> T {
        self.run_with(&mut Buffers::<256, 1280, 1160>::new(), story)
    }

    /// As [`run`](Self::run), with a hook that sees the lines of the wire.
    #[cfg(feature = "trace")]
    pub(crate) fn run_traced<T>(
        &mut self,
        trace: &mut dyn wanlink_quectel::Trace,
        story: impl AsyncFnOnce(&mut Driver<'_>, &Shared) -> T,
    ) -> T {
        let (reader, writer) = self.world.halves();
        let mut buffers: Buffers = Buffers::new();
        let mut driver: Driver<'_> = Quectel::new(reader, writer, NoPins, &mut buffers);
        driver.set_trace(trace);
        let (scene, mut peer) = (self.scene.clone(), self.scene.clone());
        self.world.run(&mut peer, story(&mut driver, &scene)).unwrap()
    }

    /// As [`run`](Self::run), with other buffers.
    pub(crate) fn run_with<const T: usize, O>(
        &mut self,
        buffers: &mut Buffers<256, T, 1160>,
        story: impl AsyncFnOnce(&mut Driver<'_>, &Shared) -> O,
    ) -> O {
        let (reader, writer) = self.world.halves();
        let mut driver: Driver<'_> = Quectel::new(reader, writer, NoPins, buffers);
        let (scene, mut peer) = (self.scene.clone(), self.scene.clone());
        self.world.run(&mut peer, story(&mut driver, &scene)).unwrap()
    }
}

/// A module that runs since long.
pub(crate) fn running() -> Options {
    Options { start: Start::Running, ..Options::default() }
}

pub(crate) async fn attach(modem: &mut Driver<'_>) -> Result<(), Error> {
    modem.start().await?;
    modem.attach(&Network::apn("cmiot"), &mut |_| ()).await
}

/// The module, to order something of it now.
pub(crate) fn module(scene: &Shared) -> RefMut<'_, Emulator> {
    let mut scene = scene.borrow_mut();
    scene.poll(embassy_time::Instant::now().as_micros());
    RefMut::map(scene, |scene| &mut scene.module)
}

/// How often the module carried out or refused this command.
pub(crate) fn count(scene: &Shared, command: &str) -> u64 {
    scene.borrow().module.command_count(command)
}

/// Logs in; the token, from an answer that is read whole.
pub(crate) async fn token(modem: &mut Driver<'_>) -> String {
    let mut reply = [0; 256];
    let reply = modem.post(&verified(), &AUTH, Body::Bytes(LOGIN.as_bytes()), &mut reply).await.unwrap();
    assert_eq!((reply.status, reply.cut), (200, 0));
    let text = std::str::from_utf8(reply.body).unwrap();
    text.split_once("\"token\":\"").unwrap().1.split_once('"').unwrap().0.to_owned()
}

/// Posts a message under a token.
pub(crate) async fn message<'r>(
    modem: &mut Driver<'_>,
    token: &str,
    body: Body<'_>,
    reply: &'r mut [u8],
) -> Result<Reply<'r>, Error> {
    let headers = [("password", token)];
    let path = "/topic/a1X2bEnP82z/example1/user/update";
    modem.post(&verified(), &Post { path, content: ContentType::Octets, headers: &headers }, body, reply).await
}

/// What the platform took of the device.
pub(crate) fn messages(scene: &Shared) -> Vec<Vec<u8>> {
    let scene = scene.borrow();
    let published = scene.front.platform().record().published("a1X2bEnP82z", "example1");
    published.map(|entry| entry.payload().to_vec()).collect()
}

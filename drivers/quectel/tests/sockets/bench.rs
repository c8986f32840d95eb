//! A world with one BG95, and an internet of servers that echo, or say what the test lets them say.

use std::cell::{RefCell, RefMut};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;

use wanlink_core::{Module, Network, Socket, TcpSocket};
use wanlink_emulator::{
    Emulator, LinkId, NetEvent, NetRequest, Options, Peer, PortOptions, PortReader, PortWriter, Profile, Split, Start,
    World,
};
use wanlink_platform::{Action, Config, ConnId, Platform, Product};
use wanlink_quectel::{Bg95, Buffers, Error, NoPins, Quectel};

pub(crate) type Driver<'b> = Quectel<'b, Bg95, PortReader, PortWriter, NoPins>;
pub(crate) type Shared = Rc<RefCell<Internet>>;

pub(crate) const HOST: &str = "server.example";
/// A server that sends back what it gets.
pub(crate) const ECHO: u16 = 7;
/// A server that keeps what it gets, and sends what the test gives it.
pub(crate) const SINK: u16 = 9;
/// The platform.
pub(crate) const MQTT: u16 = 1883;
pub(crate) const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// What a server has of a connection.
pub(crate) struct Conn {
    pub(crate) port: u16,
    pub(crate) received: Vec<u8>,
    pub(crate) is_open: bool,
}

/// The module, and all that it can reach.
pub(crate) struct Internet {
    pub(crate) module: Emulator,
    pub(crate) platform: Platform,
    /// In the order of their opening.
    pub(crate) conns: BTreeMap<LinkId, Conn>,
    /// What a name leads to.
    pub(crate) addresses: Vec<IpAddr>,
    now_us: u64,
}

impl Internet {
    fn answer(&mut self, request: NetRequest) {
        let now_us = self.now_us;
        match request {
            NetRequest::Resolve { link, .. } => {
                let addresses = self.addresses.clone();
                self.module.network_event(now_us, NetEvent::Resolved { link, addresses });
            }
            NetRequest::Open { link, host, port: MQTT } => {
                self.platform.open(now_us, ConnId(link.into()), wanlink_platform::Peer::plain().at(&host, MQTT));
                self.module.network_event(now_us, NetEvent::Opened { link });
            }
            NetRequest::Open { link, port, .. } => {
                self.conns.insert(link, Conn { port, received: Vec::new(), is_open: true });
                self.module.network_event(now_us, NetEvent::Opened { link });
            }
            NetRequest::Send { link, bytes } => match self.conns.get_mut(&link) {
                Some(conn) => {
                    conn.received.extend(&bytes);
                    if conn.port == ECHO {
                        self.module.network_event(now_us, NetEvent::Data { link, bytes });
                    }
                }
                None => self.platform.input(now_us, ConnId(link.into()), &bytes),
            },
            NetRequest::Close { link } => match self.conns.get_mut(&link) {
                Some(conn) => conn.is_open = false,
                None => self.platform.closed(now_us, ConnId(link.into())),
            },
        }
    }

    fn carry(&mut self) -> bool {
        let requests = self.module.take_requests();
        let mut carried = !requests.is_empty();
        requests.into_iter().for_each(|request| self.answer(request));
        self.platform.poll(self.now_us);
        for action in self.platform.take_actions() {
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

    fn link(&self, index: usize) -> LinkId {
        *self.conns.keys().nth(index).unwrap()
    }

    /// What the server got on the connection that was opened as this one.
    pub(crate) fn received(&self, index: usize) -> &[u8] {
        &self.conns[&self.link(index)].received
    }

    pub(crate) fn open_conns(&self) -> usize {
        self.conns.values().filter(|conn| conn.is_open).count()
    }

    /// The server sends this.
    pub(crate) fn send(&mut self, index: usize, bytes: &[u8]) {
        let event = NetEvent::Data { link: self.link(index), bytes: bytes.to_vec() };
        self.module.network_event(embassy_time::Instant::now().as_micros(), event);
    }

    /// The server closes.
    pub(crate) fn close(&mut self, index: usize) {
        let event = NetEvent::Closed { link: self.link(index) };
        self.module.network_event(embassy_time::Instant::now().as_micros(), event);
    }
}

impl Peer for Internet {
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
        [self.module.next(), self.platform.next()].into_iter().flatten().min()
    }

    fn output(&mut self) -> Vec<u8> {
        self.module.output()
    }

    fn redact(&self, bytes: &[u8]) -> Vec<u8> {
        self.module.redact(bytes)
    }

    fn notes(&mut self) -> Vec<String> {
        self.module.notes()
    }
}

pub(crate) struct Bench {
    pub(crate) world: World,
    pub(crate) internet: Shared,
}

impl Bench {
    pub(crate) fn new(options: Options) -> Self {
        Self::with_port(options, PortOptions::default(), 1)
    }

    pub(crate) fn with_port(options: Options, port: PortOptions, seed: u64) -> Self {
        let mut platform = Platform::new(Config::default());
        platform.add_product(Product::new("pk", "product secret").device("device", "secret"));
        let mut module = Emulator::new(Profile::bg95(), options, seed);
        module.slow(40_000);
        let internet = Internet { module, platform, conns: BTreeMap::new(), addresses: vec![ADDRESS], now_us: 0 };
        Self { world: World::with_port(seed, port), internet: Rc::new(RefCell::new(internet)) }
    }

    /// Runs `story` with a new driver of this world.
    pub(crate) fn run<T>(&mut self, story: impl AsyncFnOnce(&mut Driver<'_>, &Shared) -> T) -> T {
        self.run_with(&mut Buffers::<256, 1600, 1600>::new(), story)
    }

    /// As [`run`](Self::run), with other buffers.
    pub(crate) fn run_with<const T: usize, const I: usize, O>(
        &mut self,
        buffers: &mut Buffers<256, T, I>,
        story: impl AsyncFnOnce(&mut Driver<'_>, &Shared) -> O,
    ) -> O {
        let (reader, writer) = self.world.halves();
        let mut driver: Driver<'_> = Quectel::new(reader, writer, NoPins, buffers);
        let internet = self.internet.clone();
        let mut peer = self.internet.clone();
        let world = &mut self.world;
        let run = std::panic::AssertUnwindSafe(|| world.run(&mut peer, story(&mut driver, &internet)).unwrap());
        std::panic::catch_unwind(run).unwrap_or_else(|panic| {
            println!("{}", self.world.trace());
            std::panic::resume_unwind(panic)
        })
    }
}

/// A module that runs since long.
pub(crate) fn running() -> Options {
    Options { start: Start::Running, ..Options::default() }
}

/// A port that gives and takes few bytes at once, with pauses: many points at which a future can be dropped.
pub(crate) fn crumbs() -> PortOptions {
    PortOptions { split: Split::At(3), gap_us: 50, transmit_buffer: Some(8), ..PortOptions::default() }
}

pub(crate) async fn attach(modem: &mut Driver<'_>) -> Result<(), Error> {
    modem.start().await?;
    modem.attach(&Network::apn("cmiot"), &mut |_| ()).await
}

/// Attaches, and opens a connection to this port.
pub(crate) async fn open(modem: &mut Driver<'_>, port: u16) -> Socket {
    attach(modem).await.unwrap();
    modem.open(HOST, port).await.unwrap()
}

/// Reads exactly so many bytes.
pub(crate) async fn read_all(modem: &mut Driver<'_>, socket: Socket, count: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; count];
    let mut at = 0;
    while at < count {
        match modem.read(socket, &mut bytes[at..]).await? {
            0 => break,
            read => at += read,
        }
    }
    bytes.truncate(at);
    Ok(bytes)
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

/// The module, to order something of it now.
pub(crate) fn module(internet: &Shared) -> RefMut<'_, Emulator> {
    let mut internet = internet.borrow_mut();
    internet.poll(embassy_time::Instant::now().as_micros());
    RefMut::map(internet, |internet| &mut internet.module)
}

/// How often the module carried out or refused this command.
pub(crate) fn count(internet: &Shared, command: &str) -> u64 {
    internet.borrow().module.command_count(command)
}

/// Bytes that have everything that an answer could have, and are different everywhere.
pub(crate) fn noise(length: usize, seed: u8) -> Vec<u8> {
    let words: [&[u8]; 6] =
        [b"\r\nOK\r\n", b"\r\n> ", b"\r\n+QIRD: 5\r\n", b"\r\n+QIURC: \"closed\",0\r\n", b"\0\x1a\x1b", b"ERROR"];
    let mut bytes = Vec::new();
    let mut state = u32::from(seed) + 1;
    while bytes.len() < length {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.extend(words[(state >> 24) as usize % words.len()]);
        bytes.extend((state >> 8).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

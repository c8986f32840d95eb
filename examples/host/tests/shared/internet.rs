//! What a module reaches here: servers that echo, one with a page, and the platform.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;

use wanlink_emulator::{
    Emulator, LinkId, NetEvent, NetRequest, Options, Peer, PortOptions, PortReader, PortWriter, Profile, Start, World,
};
use wanlink_platform::{Action, Config, ConnId, Limits, Platform, Product};
use wanlink_quectel::{Bg95, Buffers, NoPins, Quectel};

pub(crate) type Driver<'b> = Quectel<'b, Bg95, PortReader, PortWriter, NoPins>;

/// A server that sends back what it gets.
pub(crate) const ECHO: u16 = 7;
const HTTP: u16 = 80;
const MQTT: u16 = 1883;

pub(crate) const KEY: &str = "a1B2c3D4e5F";
/// The device of the module's own MQTT client, and that of ours.
pub(crate) const DEVICES: [&str; 2] = ["meter-0042", "meter-0043"];
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// The address of a name: one that shows whose it is.
pub(crate) fn address(host: &str) -> IpAddr {
    let sum = host.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    IpAddr::V4(Ipv4Addr::from_bits(sum & 0x00ff_ffff | 0x0a00_0000))
}

/// A page of 5,000 bytes that do not repeat.
pub(crate) fn page() -> String {
    (0..1000).map(|line| format!("{line:04}\n")).collect()
}

struct Conn {
    port: u16,
    received: Vec<u8>,
}

/// The module, and all that it can reach.
pub(crate) struct Internet {
    pub(crate) module: Emulator,
    pub(crate) platform: Platform,
    conns: BTreeMap<LinkId, Conn>,
    /// What the server with the page was asked.
    pub(crate) requests: Vec<String>,
    /// Commands that the module was given.
    pub(crate) commands: u64,
    now_us: u64,
}

impl Internet {
    fn tell(&mut self, event: NetEvent) {
        self.module.network_event(self.now_us, event);
    }

    fn answer(&mut self, request: NetRequest) {
        match request {
            NetRequest::Resolve { link, host } => {
                self.tell(NetEvent::Resolved { link, addresses: vec![address(&host)] });
            }
            NetRequest::Open { link, host, port } => {
                if port == MQTT {
                    let peer = wanlink_platform::Peer::plain().at(&host, port);
                    self.platform.open(self.now_us, ConnId(link.into()), peer);
                } else {
                    self.conns.insert(link, Conn { port, received: Vec::new() });
                }
                self.tell(NetEvent::Opened { link });
            }
            NetRequest::Send { link, bytes } => self.receive(link, bytes),
            NetRequest::Close { link } => {
                if self.conns.remove(&link).is_none() {
                    self.platform.closed(self.now_us, ConnId(link.into()));
                }
            }
        }
    }

    fn receive(&mut self, link: LinkId, bytes: Vec<u8>) {
        let Some(conn) = self.conns.get_mut(&link) else {
            return self.platform.input(self.now_us, ConnId(link.into()), &bytes);
        };
        if conn.port == ECHO {
            return self.tell(NetEvent::Data { link, bytes });
        }
        conn.received.extend(bytes);
        if conn.port == HTTP && conn.received.ends_with(b"\r\n\r\n") {
            let request = std::mem::take(&mut conn.received);
            self.requests.push(String::from_utf8(request).unwrap());
            let page = page();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{page}", page.len());
            self.tell(NetEvent::Data { link, bytes: answer.into_bytes() });
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
            self.tell(match action {
                Action::Send { conn, bytes } => NetEvent::Data { link: link(conn), bytes },
                Action::Close { conn } => NetEvent::Closed { link: link(conn) },
            });
        }
        carried
    }
}

impl Peer for Internet {
    fn input(&mut self, now_us: u64, bytes: &[u8]) {
        self.now_us = now_us;
        // Counts a little too many: a few packets of MQTT have this byte, too.
        self.commands += bytes.iter().filter(|&&byte| byte == b'\r').count() as u64;
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

/// Runs `story` over the driver of a BG95 that is on.
pub(crate) fn run<T>(
    seed: u64,
    port: PortOptions,
    story: impl AsyncFnOnce(Driver<'_>, &Rc<RefCell<Internet>>) -> T,
) -> T {
    let limits = Limits { connects_per_minute: None, ..Limits::none() };
    let mut platform = Platform::new(Config { limits, ..Config::default() });
    let product =
        DEVICES.iter().fold(Product::new(KEY, "product secret"), |product, name| product.device(name, SECRET));
    platform.add_product(product);
    let mut module = Emulator::new(Profile::bg95(), Options { start: Start::Running, ..Options::default() }, seed);
    module.slow(20_000);
    let (conns, requests) = (BTreeMap::new(), Vec::new());
    let internet = Internet { module, platform, conns, requests, commands: 0, now_us: 0 };
    let internet = Rc::new(RefCell::new(internet));
    let mut world = World::with_port(seed, port);
    let (reader, writer) = world.halves();
    let mut buffers = Buffers::<256, 1600, 4096>::new();
    let driver: Driver<'_> = Quectel::new(reader, writer, NoPins, &mut buffers);
    world.run(&mut internet.clone(), story(driver, &internet)).unwrap()
}

//! A platform with three known devices, and short ways to drive it.

use crate::packets::{Connect, connack};
use wanlink_platform::{Action, Config, ConnId, Judgement, Peer, Platform, Product, Pushed, Qos, Registration};

pub(crate) const PRODUCT: &str = "a1X2bEnP82z";
pub(crate) const DEVICE: &str = "example1";
/// A custom topic of that device.
pub(crate) const UPDATE: &str = "/a1X2bEnP82z/example1/user/update";
/// Another one.
pub(crate) const GET: &str = "/a1X2bEnP82z/example1/user/get";

pub(crate) const SECOND: u64 = 1_000_000;

pub(crate) struct Bench {
    pub(crate) platform: Platform,
    pub(crate) now: u64,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(Config::default())
    }

    pub(crate) fn with(config: Config) -> Self {
        let mut platform = Platform::new(config);
        let secret = "ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe";
        platform.add_product(Product::new(PRODUCT, "").device(DEVICE, secret));
        let secret = "fef32adf6dad46c2c7cbf335d3a7b021";
        platform.add_product(Product::new("k1hipglLdjU", "").device("868488076506128", secret));
        let secret = "0123456789abcdef0123456789abcdef";
        platform.add_product(Product::new("a1ABCDEFGHI", "").device("Temperature01", secret));
        Self { platform, now: 0 }
    }

    /// With the devices of vectors G5 and G6, which have yet to register.
    pub(crate) fn unregistered_with(config: Config, registration: Registration) -> Self {
        let mut bench = Self::with(config);
        let product = Product::new("a1ExpAkj9Hi", "ffFnFlKQW3HYjjPR").preregistered("Example_dyn1");
        bench.platform.add_product(product.registration(registration));
        let product = Product::new("k1hipglLdjU", "8LQwOYSZMwp3DFBd").preregistered("868488076506128");
        bench.platform.add_product(product.registration(registration));
        bench
    }

    /// The same, each by the rules.
    pub(crate) fn unregistered() -> Self {
        Self::unregistered_with(Config::default(), Registration::Preregistered)
    }

    /// With the example device connected as connection 1.
    pub(crate) fn connected() -> Self {
        Self::connected_with(Config::default())
    }

    pub(crate) fn connected_with(config: Config) -> Self {
        let mut bench = Self::with(config);
        bench.expect_connect(1, &Connect::example());
        bench
    }

    pub(crate) fn open(&mut self, conn: u64, peer: Peer) {
        self.platform.open(self.now, ConnId(conn), peer);
    }

    /// Bytes of a device, and what the platform does about them.
    pub(crate) fn send(&mut self, conn: u64, bytes: &[u8]) -> Vec<Action> {
        self.platform.input(self.now, ConnId(conn), bytes);
        self.platform.take_actions()
    }

    /// Time passes, up to what the platform does next.
    pub(crate) fn wait(&mut self, us: u64) -> Vec<Action> {
        self.now += us;
        self.platform.poll(self.now);
        self.platform.take_actions()
    }

    /// Opens a TLS connection and sends the CONNECT.
    pub(crate) fn connect(&mut self, conn: u64, connect: &Connect) -> Vec<Action> {
        self.open(conn, Peer::tls());
        self.send(conn, &connect.bytes())
    }

    pub(crate) fn expect_connect(&mut self, conn: u64, connect: &Connect) {
        assert_eq!(self.connect(conn, connect), [sent(conn, &connack(0))]);
    }

    pub(crate) fn push(&mut self, topic: &str, payload: &[u8], qos: Qos) -> Pushed {
        self.platform.push(self.now, PRODUCT, DEVICE, topic, payload, qos)
    }

    /// Reasons of one kind so far.
    pub(crate) fn reasons(&self, judgement: Judgement) -> Vec<&str> {
        let findings = self.platform.record().judged(judgement);
        findings.map(|finding| finding.reason.as_str()).collect()
    }

    /// Payloads accepted from the example device.
    pub(crate) fn published(&self) -> Vec<&[u8]> {
        let entries = self.platform.record().published(PRODUCT, DEVICE);
        entries.map(|entry| entry.payload()).collect()
    }
}

pub(crate) fn sent(conn: u64, bytes: &[u8]) -> Action {
    Action::Send { conn: ConnId(conn), bytes: bytes.to_vec() }
}

pub(crate) fn closed(conn: u64) -> Action {
    Action::Close { conn: ConnId(conn) }
}

//! The internet of a run: the platform, with TLS in front of its port for it.

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use wanlink_core::Root;
use wanlink_platform::tls::{Authority, Certificates, Front};
use wanlink_platform::{Action, Config, ConnId, Peer, Platform, TlsFault};
use wanlink_transports::roots;

use crate::scene::Site;

/// The port that speaks TLS (aliyun-iot, 2).
const MQTTS: u16 = 8883;

/// One root for all runs, so that equal seeds upload equal bytes. Its key opens nothing else.
const ROOT_KEY: &str = include_str!("../../../firmware/mps2/root.key");

struct Trusted {
    certificates: Certificates,
    root_name: roots::RootName,
}

fn trusted() -> &'static Trusted {
    static TRUSTED: OnceLock<Trusted> = OnceLock::new();
    TRUSTED.get_or_init(|| {
        let utc_s = wanlink_emulator::Options::default().utc_at_start;
        let authority = Authority::of_key("wanlink test root", utc_s, ROOT_KEY).expect("the key is one of Ed25519");
        let host = format!("{}.iot-as-mqtt.cn-shanghai.aliyuncs.com", super::PRODUCT_KEY);
        let certificates = Certificates::signed_by(authority, &Config::default(), &[&host], utc_s);
        let certificates = certificates.expect("the names are names");
        let root_name = roots::name_of(certificates.root_pem().as_bytes());
        Trusted { certificates, root_name }
    })
}

/// What a device of these runs trusts.
pub(super) fn root() -> Root<'static> {
    let Trusted { certificates, root_name } = trusted();
    Root::new(root_name.as_str(), certificates.root_pem().as_bytes())
}

pub(super) struct Internet {
    front: Front,
    fault: Option<TlsFault>,
    /// Connections that somebody else answered.
    strangers: BTreeSet<u64>,
}

impl Internet {
    pub(super) fn new(platform: Platform) -> Self {
        let front = Front::new(platform, trusted().certificates.clone());
        Self { front, fault: None, strangers: BTreeSet::new() }
    }

    /// As [`Platform::break_tls`].
    pub(super) fn break_tls(&mut self, fault: Option<TlsFault>) {
        self.fault = fault;
        self.front.platform_mut().break_tls(fault);
    }

    /// As [`Platform::call_off`].
    pub(super) fn call_off(&mut self, now_us: u64) {
        self.fault = None;
        self.front.platform_mut().call_off(now_us);
    }

    /// Whether somebody else answered this connection.
    pub(super) fn is_stranger(&self, conn: ConnId) -> bool {
        self.strangers.contains(&conn.0)
    }
}

impl Deref for Internet {
    type Target = Platform;

    fn deref(&self) -> &Platform {
        self.front.platform()
    }
}

impl DerefMut for Internet {
    fn deref_mut(&mut self) -> &mut Platform {
        self.front.platform_mut()
    }
}

impl Site for Internet {
    fn open(&mut self, now_us: u64, conn: ConnId, host: &str, port: u16) {
        let peer = if port == MQTTS { Peer::tls() } else { Peer::plain() };
        if port == MQTTS && matches!(self.fault, Some(TlsFault::WrongCertificate | TlsFault::WrongName)) {
            self.strangers.insert(conn.0);
        }
        self.front.open(now_us, conn, peer.at(host, port));
    }

    fn input(&mut self, now_us: u64, conn: ConnId, bytes: &[u8]) {
        self.front.input(now_us, conn, bytes);
    }

    fn closed(&mut self, now_us: u64, conn: ConnId) {
        self.front.closed(now_us, conn);
    }

    fn poll(&mut self, now_us: u64) {
        self.front.poll(now_us);
    }

    fn next(&self) -> Option<u64> {
        self.front.next()
    }

    fn take_actions(&mut self) -> Vec<Action> {
        self.front.take_actions()
    }
}

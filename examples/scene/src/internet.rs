//! What every name of the internet leads to: the platform, with TLS in front of its ports for it.

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use wanlink_platform::tls::{Authority, Certificates, Front, KeyType};
use wanlink_platform::{Config, ConnId, Peer, Platform, TlsFault};

/// Ports that speak TLS (aliyun-iot, 2).
const TLS: [u16; 2] = [443, 8883];

/// One root for all runs, so that equal seeds upload equal bytes: that of the firmware images. Its key opens nothing else.
const ROOT: &str = include_str!("../authority/root.pem");
const ROOT_KEY: &str = include_str!("../authority/root.key");

/// The certificates of the kept key, made once.
fn kept() -> &'static Certificates {
    static KEPT: OnceLock<Certificates> = OnceLock::new();
    KEPT.get_or_init(|| {
        let utc_s = wanlink_emulator::Options::default().utc_at_start;
        let authority = Authority::from_pem(ROOT, ROOT_KEY, KeyType::Ed25519).expect("the key is that of the root");
        Certificates::signed_by(authority, &Config::default(), &[], utc_s).expect("the names are names")
    })
}

/// The root that devices have to trust, in PEM, where an [`Internet`] was not made of other certificates.
pub fn root_pem() -> &'static str {
    kept().root_pem()
}

/// A root of the same length that has signed nothing here.
pub fn other_root_pem() -> &'static str {
    static OTHER: OnceLock<String> = OnceLock::new();
    OTHER.get_or_init(|| {
        let utc_s = wanlink_emulator::Options::default().utc_at_start;
        Authority::new("wanlink test root", utc_s, KeyType::Ed25519).expect("the name is a name").root_pem().to_owned()
    })
}

/// The platform at the end of every connection; it stands for the platform itself.
pub struct Internet {
    front: Front,
    fault: Option<TlsFault>,
    /// Connections that somebody else answered.
    strangers: BTreeSet<u64>,
}

/// With the certificates of the kept key.
impl From<Platform> for Internet {
    fn from(platform: Platform) -> Self {
        Front::new(platform, kept().clone()).into()
    }
}

impl From<Front> for Internet {
    fn from(front: Front) -> Self {
        Self { front, fault: None, strangers: BTreeSet::new() }
    }
}

impl Internet {
    /// A connection to this name and port is open.
    pub(crate) fn open(&mut self, now_us: u64, conn: ConnId, host: &str, port: u16) {
        let is_tls = TLS.contains(&port);
        if is_tls && matches!(self.fault, Some(TlsFault::WrongCertificate | TlsFault::WrongName)) {
            self.strangers.insert(conn.0);
        }
        let peer = if is_tls { Peer::tls() } else { Peer::plain() };
        self.front.open(now_us, conn, peer.at(host, port));
    }

    pub(crate) fn front(&self) -> &Front {
        &self.front
    }

    pub(crate) fn front_mut(&mut self) -> &mut Front {
        &mut self.front
    }

    /// As [`Platform::break_tls`].
    pub fn break_tls(&mut self, fault: Option<TlsFault>) {
        self.fault = fault;
        self.front.platform_mut().break_tls(fault);
    }

    /// As [`Platform::call_off`].
    pub fn call_off(&mut self, now_us: u64) {
        self.fault = None;
        self.front.platform_mut().call_off(now_us);
    }

    /// Whether somebody else answered this connection: with another authority's certificate, or with another name.
    pub fn is_stranger(&self, conn: ConnId) -> bool {
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

//! A device's TLS, in memory, against a platform behind TLS.

use crate::bench::{DEVICE, PRODUCT};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, RootCertStore, SupportedProtocolVersion};
use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;
use wanlink_platform::tls::{Certificates, Front, KeyType};
use wanlink_platform::{Action, Config, ConnId, Handshake, Peer, Platform, Product};

/// Begin of the year 2026.
pub(crate) const START_S: u64 = 1_767_225_600;

pub(crate) const HOST: &str = "a1X2bEnP82z.iot-as-mqtt.cn-shanghai.aliyuncs.com";

pub(crate) fn certificates() -> Certificates {
    Certificates::new(&Config::default(), &[], START_S, KeyType::Ed25519).expect("certificates")
}

/// A clock that stands still.
#[derive(Debug)]
struct At(u64);

impl TimeProvider for At {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0)))
    }
}

/// What a device trusts, expects and speaks.
pub(crate) struct Trust<'a> {
    pub(crate) root_pem: &'a str,
    pub(crate) host: &'a str,
    pub(crate) utc_s: u64,
    pub(crate) versions: Vec<&'static SupportedProtocolVersion>,
}

impl<'a> Trust<'a> {
    pub(crate) fn in_root(root_pem: &'a str) -> Self {
        Self { root_pem, host: HOST, utc_s: START_S, versions: vec![&TLS12, &TLS13] }
    }

    pub(crate) fn config(&self) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        let pem = CertificateDer::from_pem_slice(self.root_pem.as_bytes()).expect("a certificate in PEM");
        roots.add(pem).expect("a root");
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_details(provider, Arc::new(At(self.utc_s)));
        builder
            .with_protocol_versions(&self.versions)
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth()
    }

    fn client(&self) -> ClientConnection {
        let name = ServerName::try_from(self.host.to_string()).expect("a name");
        ClientConnection::new(Arc::new(self.config()), name).expect("a client")
    }
}

/// One device on connection 1, and the platform.
pub(crate) struct TlsBench {
    pub(crate) front: Front,
    pub(crate) now: u64,
    pub(crate) client: ClientConnection,
    /// What the device read, decrypted.
    pub(crate) received: Vec<u8>,
    /// Sizes of what the platform sent, encrypted.
    pub(crate) sizes: Vec<usize>,
    /// Whether the platform closed the connection.
    pub(crate) closed: bool,
    /// Why the device's TLS gave up.
    pub(crate) error: Option<rustls::Error>,
    /// How many bytes of the device arrive in one piece.
    pub(crate) piece: usize,
}

impl TlsBench {
    /// The connection is open, nothing is sent.
    pub(crate) fn new(certificates: &Certificates, trust: &Trust<'_>, prepare: impl FnOnce(&mut Platform)) -> Self {
        let mut platform = Platform::new(Config::default());
        platform.add_product(Product::new(PRODUCT, "").device(DEVICE, "ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe"));
        prepare(&mut platform);
        let mut front = Front::new(platform, certificates.clone());
        front.open(0, ConnId(1), Peer::tls());
        let mut bench = Self {
            front,
            now: 0,
            client: trust.client(),
            received: Vec::new(),
            sizes: Vec::new(),
            closed: false,
            error: None,
            piece: usize::MAX,
        };
        bench.obey();
        bench
    }

    /// The handshake ran to its end, good or bad.
    pub(crate) fn shaken(certificates: &Certificates, trust: &Trust<'_>, prepare: impl FnOnce(&mut Platform)) -> Self {
        let mut bench = Self::new(certificates, trust, prepare);
        bench.pump();
        bench
    }

    /// After a handshake without a fault.
    pub(crate) fn good() -> Self {
        let certificates = certificates();
        Self::shaken(&certificates, &Trust::in_root(certificates.root_pem()), |_| {})
    }

    /// Carries bytes both ways until nobody has anything to say.
    pub(crate) fn pump(&mut self) {
        while self.client.wants_write() && !self.closed {
            let mut bytes = Vec::new();
            self.client.write_tls(&mut bytes).expect("a vector takes all");
            self.send_raw(&bytes);
        }
        self.obey();
    }

    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(self.piece) {
            self.front.input(self.now, ConnId(1), piece);
            self.obey();
        }
    }

    pub(crate) fn send(&mut self, plain: &[u8]) -> Vec<u8> {
        self.client.writer().write_all(plain).expect("a short message");
        self.pump();
        std::mem::take(&mut self.received)
    }

    pub(crate) fn wait(&mut self, us: u64) {
        self.now += us;
        self.front.poll(self.now);
        self.obey();
    }

    /// Does what the platform wants.
    pub(crate) fn obey(&mut self) {
        for action in self.front.take_actions() {
            match action {
                Action::Send { bytes, .. } => {
                    assert!(!self.closed, "nothing comes after the close");
                    self.sizes.push(bytes.len());
                    self.receive(&bytes);
                }
                Action::Close { .. } => self.closed = true,
            }
        }
    }

    fn receive(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.error.is_none() {
            self.client.read_tls(&mut bytes).expect("a slice can be read");
            self.error = self.client.process_new_packets().err();
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = self.client.reader().read(&mut buffer) {
                self.received.extend_from_slice(&buffer[..n]);
            }
        }
    }

    /// The only handshake so far.
    pub(crate) fn handshake(&self) -> &Handshake {
        match self.front.platform().record().handshakes() {
            [one] => one,
            others => panic!("{others:?}"),
        }
    }

    /// Whether the device saw the end announced.
    pub(crate) fn saw_goodbye(&mut self) -> bool {
        matches!(self.client.reader().read(&mut [0]), Ok(0))
    }
}

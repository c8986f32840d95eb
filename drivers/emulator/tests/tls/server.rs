//! A TLS server over bytes, in front of the bench's broker.

use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::rc::Rc;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::server::WebPkiClientVerifier;
use rustls::{ProtocolVersion, RootCertStore, ServerConfig, ServerConnection, SupportedProtocolVersion};

use super::authority::{Authority, Leaf};
use super::bench::broker::Front;

/// What the server saw.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) name: Option<String>,
    pub(crate) version: Option<ProtocolVersion>,
    pub(crate) suite: Option<u16>,
    pub(crate) client_certificates: usize,
    /// How the session went wrong.
    pub(crate) error: Option<rustls::Error>,
    /// The module said that it ends the session.
    pub(crate) closed: bool,
}

pub(crate) struct Server {
    config: Arc<ServerConfig>,
    connection: Option<ServerConnection>,
    seen: Rc<RefCell<Seen>>,
}

impl Server {
    /// A server with this certificate; `clients`: whose certificates it asks for.
    pub(crate) fn new(
        leaf: &Leaf,
        versions: &[&'static SupportedProtocolVersion],
        clients: Option<&Authority>,
    ) -> (Self, Rc<RefCell<Seen>>) {
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(versions).unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.root()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
                builder.with_client_cert_verifier(verifier)
            }
        };
        let config = builder.with_single_cert(leaf.chain.clone(), leaf.key.clone_key()).unwrap();
        let seen = Rc::new(RefCell::new(Seen::default()));
        (Self { config: Arc::new(config), connection: None, seen: seen.clone() }, seen)
    }
}

impl Front for Server {
    fn begin(&mut self) {
        self.connection = Some(ServerConnection::new(self.config.clone()).unwrap());
        *self.seen.borrow_mut() = Seen::default();
    }

    fn input(&mut self, mut bytes: &[u8]) -> Option<Vec<u8>> {
        let connection = self.connection.as_mut().unwrap();
        let mut seen = self.seen.borrow_mut();
        let mut plain = Vec::new();
        while !bytes.is_empty() {
            connection.read_tls(&mut bytes).unwrap();
            let state = match connection.process_new_packets() {
                Ok(state) => state,
                Err(error) => {
                    seen.error = Some(error);
                    return None;
                }
            };
            let mut part = vec![0; state.plaintext_bytes_to_read()];
            if !part.is_empty() {
                connection.reader().read_exact(&mut part).unwrap();
            }
            plain.extend(part);
            seen.closed |= state.peer_has_closed();
        }
        seen.name = connection.server_name().map(str::to_owned);
        seen.version = connection.protocol_version();
        seen.suite = connection.negotiated_cipher_suite().map(|suite| suite.suite().into());
        seen.client_certificates = connection.peer_certificates().map_or(0, <[_]>::len);
        Some(plain)
    }

    fn wrap(&mut self, plain: &[u8]) {
        self.connection.as_mut().unwrap().writer().write_all(plain).unwrap();
    }

    fn output(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let connection = self.connection.as_mut().unwrap();
        while connection.wants_write() {
            connection.write_tls(&mut bytes).unwrap();
        }
        bytes
    }
}

/// Something that is no TLS server at all.
pub(crate) struct Words(pub(crate) &'static [u8], pub(crate) bool);

impl Front for Words {
    fn begin(&mut self) {}

    /// Says its words to whatever comes, and hangs up if it is one that does.
    fn input(&mut self, _: &[u8]) -> Option<Vec<u8>> {
        (!self.1).then(Vec::new)
    }

    fn wrap(&mut self, _: &[u8]) {}

    fn output(&mut self) -> Vec<u8> {
        self.0.to_vec()
    }
}

/// A server of whose bytes one is damaged on the way.
pub(crate) struct Damaged {
    pub(crate) server: Server,
    pub(crate) at: usize,
    /// Bytes so far.
    pub(crate) said: Rc<Cell<usize>>,
}

impl Front for Damaged {
    fn begin(&mut self) {
        self.server.begin();
    }

    fn input(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.server.input(bytes)
    }

    fn wrap(&mut self, plain: &[u8]) {
        self.server.wrap(plain);
    }

    fn output(&mut self) -> Vec<u8> {
        let mut bytes = self.server.output();
        let place = self.at.checked_sub(self.said.get());
        if let Some(byte) = place.and_then(|place| bytes.get_mut(place)) {
            *byte ^= 0x41;
        }
        self.said.set(self.said.get() + bytes.len());
        bytes
    }
}

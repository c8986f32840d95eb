//! A platform on loopback, and devices that come to it over real sockets.

use crate::bench::{DEVICE, PRODUCT};
use crate::requests::{Request, answer};
use crate::tls_bench::{HOST, Trust};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wanlink_platform::live::{Addresses, BindError, Handle, Listen, Server};
use wanlink_platform::{Config, Platform, Product};

pub(crate) const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Longer than anything takes here; a test that needs it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The rules, without a deadline that a busy machine could miss.
pub(crate) fn patient() -> Config {
    Config { connect_deadline_us: 60_000_000, ..Config::default() }
}

/// A server in a thread of its own; it ends with this.
pub(crate) struct Live {
    pub(crate) addresses: Addresses,
    pub(crate) handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Live {
    pub(crate) fn new(config: Config) -> Self {
        let mut platform = Platform::new(config);
        platform.add_product(Product::new(PRODUCT, "").device(DEVICE, "ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe"));
        let secret = "fef32adf6dad46c2c7cbf335d3a7b021";
        platform.add_product(Product::new("k1hipglLdjU", "").device("868488076506128", secret));
        let both = Listen { mqtt: Some(ANY_PORT), mqtts: Some(ANY_PORT), ..Listen::default() };
        Self::bind(platform, both).expect("ports on loopback")
    }

    pub(crate) fn bind(platform: Platform, listen: Listen) -> Result<Self, BindError> {
        let (told, tell) = std::sync::mpsc::sync_channel(1);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                match Server::bind(platform, listen).await {
                    Err(error) => told.send(Err(error)).expect("a test"),
                    Ok(server) => {
                        told.send(Ok((server.addresses().clone(), server.handle()))).expect("a test");
                        server.run().await;
                    }
                }
            });
        });
        let (addresses, handle) = tell.recv().expect("an answer")?;
        Ok(Self { addresses, handle, thread: Some(thread) })
    }

    pub(crate) fn plain(&self) -> Device<TcpStream> {
        Device(connect(self.addresses.mqtt.expect("a plain port")))
    }

    /// By the root in the file; the handshake runs with the first bytes.
    pub(crate) fn tls(&self) -> Device<StreamOwned<ClientConnection, TcpStream>> {
        self.tls_at(HOST)
    }

    pub(crate) fn tls_at(&self, host: &str) -> Device<StreamOwned<ClientConnection, TcpStream>> {
        self.tls_with(&self.tls_config(), host)
    }

    /// Trusts the root in the file.
    pub(crate) fn tls_config(&self) -> Arc<ClientConfig> {
        let root = self.addresses.root.as_ref().expect("a file");
        let root_pem = std::fs::read_to_string(root).expect("the root");
        let utc_s = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock that is set").as_secs();
        Arc::new(Trust { utc_s, ..Trust::in_root(&root_pem) }.config())
    }

    pub(crate) fn tls_with(
        &self,
        config: &Arc<ClientConfig>,
        host: &str,
    ) -> Device<StreamOwned<ClientConnection, TcpStream>> {
        tls_to(self.addresses.mqtts.expect("a TLS port"), config, host)
    }

    /// To the port for HTTPS, by the root in the file.
    pub(crate) fn https(&self, host: &str) -> Device<StreamOwned<ClientConnection, TcpStream>> {
        tls_to(self.addresses.https.expect("a port for HTTPS"), &self.tls_config(), host)
    }

    /// Ends the server and waits until it has.
    pub(crate) fn stop(&mut self) {
        self.handle.stop();
        if let Some(thread) = self.thread.take() {
            thread.join().expect("a server without a panic");
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.handle.stop();
        if let Some(thread) = self.thread.take() {
            // A panic of the test itself says more.
            let _ = thread.join();
        }
    }
}

fn tls_to(
    address: SocketAddr,
    config: &Arc<ClientConfig>,
    host: &str,
) -> Device<StreamOwned<ClientConnection, TcpStream>> {
    let name = ServerName::try_from(host.to_string()).expect("a name");
    let client = ClientConnection::new(Arc::clone(config), name).expect("a client");
    Device(StreamOwned::new(client, connect(address)))
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a listener");
    stream.set_nodelay(true).expect("a socket");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    stream
}

pub(crate) struct Device<S>(pub(crate) S);

impl<S: Read + Write> Device<S> {
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).expect("an open connection");
    }

    pub(crate) fn expect(&mut self, bytes: &[u8]) {
        let mut seen = vec![0; bytes.len()];
        self.0.read_exact(&mut seen).expect("an answer");
        assert_eq!(seen, bytes);
    }

    pub(crate) fn exchange(&mut self, bytes: &[u8], answer: &[u8]) {
        self.send(bytes);
        self.expect(answer);
    }

    /// Sends a request; status and body of the answer, which has a length.
    pub(crate) fn ask(&mut self, request: &Request) -> (u16, String) {
        self.send(&request.bytes());
        let mut bytes = Vec::new();
        let length = loop {
            let mut byte = [0];
            self.0.read_exact(&mut byte).expect("an answer");
            bytes.extend(byte);
            if bytes.ends_with(b"\r\n\r\n") {
                break content_length(&bytes);
            }
        };
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("a body");
        answer(&[bytes, body].concat())
    }

    /// The platform closed, and nothing came before.
    pub(crate) fn expect_end(&mut self) {
        match self.0.read(&mut [0; 64]) {
            Ok(0) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            other => panic!("{other:?}"),
        }
    }
}

fn content_length(head: &[u8]) -> usize {
    let text = std::str::from_utf8(head).expect("a head in ASCII");
    let (_, rest) = text.split_once("Content-Length: ").expect("a length");
    rest.split_once("\r\n").and_then(|(length, _)| length.parse().ok()).expect("a number")
}

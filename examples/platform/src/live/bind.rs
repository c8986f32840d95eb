//! Opening the ports.

use super::Server;
use super::root_file::RootFile;
use super::shared::Shared;
use crate::connection::Peer;
use crate::platform::Platform;
use crate::tls::{Authority, CertificateError, Certificates, Front, KeyType};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{fmt, io};
use tokio::net::TcpListener;

/// Where to listen. Port 0 stands for any free one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listen {
    /// For MQTT over plain TCP.
    pub mqtt: Option<SocketAddr>,
    /// For MQTT inside TLS, and for HTTPS where a device asks for a host that speaks it.
    pub mqtts: Option<SocketAddr>,
    /// For HTTPS.
    pub https: Option<SocketAddr>,
    /// For HTTP without TLS, which the real platform does not serve.
    pub http: Option<SocketAddr>,
    /// Where to write the root certificate; without a path, to a temporary file that goes with the server.
    pub root: Option<PathBuf>,
    /// Host names or addresses by which devices reach this machine, beside `localhost`, the address listened on, and the
    /// names of the platform itself.
    pub names: Vec<String>,
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// For MQTT over plain TCP.
    pub mqtt: Option<SocketAddr>,
    /// For MQTT inside TLS.
    pub mqtts: Option<SocketAddr>,
    /// For HTTPS.
    pub https: Option<SocketAddr>,
    /// For HTTP without TLS.
    pub http: Option<SocketAddr>,
    /// The file with the root certificate that devices have to trust, in PEM; there is one if anything listens for TLS.
    pub root: Option<PathBuf>,
}

/// Why a server cannot begin.
#[derive(Debug)]
#[non_exhaustive]
pub enum BindError {
    /// An address cannot be listened on.
    Listen {
        /// This one.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The certificates cannot be made.
    Certificates(CertificateError),
    /// The root certificate cannot be written.
    RootFile {
        /// To this file; `None` is a temporary one.
        path: Option<PathBuf>,
        /// Why.
        source: io::Error,
    },
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen { address, source } => write!(f, "cannot listen on {address}: {source}"),
            Self::Certificates(error) => error.fmt(f),
            Self::RootFile { path: Some(path), source } => {
                write!(f, "cannot write the root certificate to {}: {source}", path.display())
            }
            Self::RootFile { path: None, source } => {
                write!(f, "cannot write the root certificate to a temporary file: {source}")
            }
        }
    }
}

impl std::error::Error for BindError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Listen { source, .. } | Self::RootFile { source, .. } => Some(source),
            Self::Certificates(error) => Some(error),
        }
    }
}

/// Each with what comes in there.
pub(super) type Listeners = Vec<(TcpListener, Peer)>;

/// Without an authority it makes one.
pub(super) async fn bind(
    mut platform: Platform,
    listen: Listen,
    authority: Option<Authority>,
) -> Result<Server, BindError> {
    let config = platform.config_mut();
    config.hosts.push("localhost".into());
    config.hosts.extend(listen.names);
    config.http.plain |= listen.http.is_some();
    let utc_s = unix_time();
    config.start_utc_s = config.start_utc_s.or(Some(utc_s));
    // A listener on a certain address is reached by it.
    let certain = [listen.mqtts, listen.https].into_iter().flatten().map(|address| address.ip());
    let certain: Vec<_> = certain.filter(|ip| !ip.is_unspecified()).map(|ip| ip.to_string()).collect();
    let more: Vec<_> = certain.iter().map(String::as_str).collect();
    let certificates = match authority {
        Some(authority) => Certificates::signed_by(authority, config, &more, utc_s),
        None => Certificates::new(config, &more, utc_s, KeyType::EcdsaP256),
    };
    let certificates = certificates.map_err(BindError::Certificates)?;
    let mut listeners = Listeners::new();
    let mut addresses = Addresses {
        mqtt: open(&mut listeners, listen.mqtt, Peer::plain()).await?,
        mqtts: open(&mut listeners, listen.mqtts, Peer::tls()).await?,
        https: open(&mut listeners, listen.https, Peer::https()).await?,
        http: open(&mut listeners, listen.http, Peer::http()).await?,
        root: None,
    };
    let root_file = match addresses.mqtts.or(addresses.https) {
        None => None,
        Some(_) => Some(write_root(listen.root, certificates.root_pem())?),
    };
    addresses.root = root_file.as_ref().map(|file| file.path().into());
    let shared = Arc::new(Shared::new(Front::new(platform, certificates)));
    Ok(Server { shared, listeners, addresses, _root_file: root_file })
}

async fn open(
    listeners: &mut Listeners,
    address: Option<SocketAddr>,
    peer: Peer,
) -> Result<Option<SocketAddr>, BindError> {
    let Some(address) = address else {
        return Ok(None);
    };
    let failed = |source| BindError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let found = listener.local_addr().map_err(failed)?;
    listeners.push((listener, peer));
    Ok(Some(found))
}

fn write_root(path: Option<PathBuf>, pem: &str) -> Result<RootFile, BindError> {
    let written = match path.clone() {
        Some(path) => RootFile::at(path, pem),
        None => RootFile::temporary(pem),
    };
    written.map_err(|source| BindError::RootFile { path, source })
}

/// A clock before 1970 counts as 1970.
fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

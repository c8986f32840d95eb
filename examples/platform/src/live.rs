//! Real sockets and real time around [`Front`](crate::tls::Front).
//!
//! ```no_run
//! use wanlink_platform::live::{Listen, Server};
//! use wanlink_platform::{Config, Platform, Product};
//!
//! # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
//! let mut platform = Platform::new(Config::default());
//! platform.add_product(Product::new("a1B2c3D4e5F", "product secret").device("meter-0042", "device secret"));
//!
//! let any = "127.0.0.1:0".parse()?;
//! let server = Server::bind(platform, Listen { mqtt: Some(any), mqtts: Some(any), https: Some(any), ..Listen::default() }).await?;
//! println!("{:?}", server.addresses());
//!
//! let handle = server.handle();                       // looks in from outside, and stops the server
//! tokio::spawn(async move {
//!     handle.with(|platform, _now| platform.drop_puback(3));
//! });
//! server.run().await;
//! # Ok(()) }
//! ```
//!
//! Time counts from [`Server::bind`]. A device is taken to have asked for the host that its TLS hello names, and for an
//! unknown one over plain TCP, where nothing names it; the port is unknown always. Timestamps of devices are checked by
//! this machine's clock.

mod bind;
mod connection;
mod root_file;
mod shared;

pub use bind::{Addresses, BindError, Listen};

use self::bind::Listeners;
use self::root_file::RootFile;
use self::shared::Shared;
use crate::connection::Peer;
use crate::platform::Platform;
use crate::tls::Authority;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How long connections may take to end after [`Handle::stop`].
const STOP_TIME: Duration = Duration::from_secs(2);

/// Pause after an `accept` that failed, most often for want of file descriptors: at once it would fail again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A platform that listens.
pub struct Server {
    shared: Arc<Shared>,
    listeners: Listeners,
    addresses: Addresses,
    /// Removed with the server if it is a temporary one.
    _root_file: Option<RootFile>,
}

impl Server {
    /// Opens the ports, makes the certificates and writes their root to a file, if anything is to listen for TLS.
    ///
    /// Devices are taken from the moment of [`run`](Self::run); who connects before waits.
    pub async fn bind(platform: Platform, listen: Listen) -> Result<Self, BindError> {
        bind::bind(platform, listen, None).await
    }

    /// The same with certificates of an authority that is kept, so that devices can have its root built in.
    pub async fn bind_under(authority: Authority, platform: Platform, listen: Listen) -> Result<Self, BindError> {
        bind::bind(platform, listen, Some(authority)).await
    }

    /// Where it listens, with the ports that were found for port 0.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// A way in from outside.
    pub fn handle(&self) -> Handle {
        Handle { shared: Arc::clone(&self.shared) }
    }

    /// Serves until [`Handle::stop`]; then it closes every connection, in TLS with its goodbye, and the ports are free.
    /// Dropped, it closes everything at once.
    pub async fn run(self) {
        let mut tasks = JoinSet::new();
        for (listener, peer) in self.listeners {
            tasks.spawn(accept(Arc::clone(&self.shared), listener, peer));
        }
        tokio::select! {
            () = self.shared.keep_time() => {}
            () = self.shared.stopped() => {}
        }
        self.shared.hang_up_all();
        // Accepting ends by itself, and so does each connection.
        let _ = timeout(STOP_TIME, async { while tasks.join_next().await.is_some() {} }).await;
    }
}

/// Takes connections until the server stops.
async fn accept(shared: Arc<Shared>, listener: TcpListener, peer: Peer) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = shared.stopped() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection::serve(Arc::clone(&shared), stream, peer.clone()));
                }
                Err(_) => sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// A way into a server that runs, from any thread.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

impl Handle {
    /// Looks at the platform or tells it something; `now` is for the methods that want the time. What it decides to send
    /// goes out at once.
    ///
    /// The platform stands still meanwhile, so `f` should be short; it must not call `with` again.
    pub fn with<R>(&self, f: impl FnOnce(&mut Platform, u64) -> R) -> R {
        self.shared.with(|front, now| f(front.platform_mut(), now))
    }

    /// Ends [`Server::run`].
    pub fn stop(&self) {
        self.shared.stop();
    }
}

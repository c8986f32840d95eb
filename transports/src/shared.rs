//! One module for many tasks.
//!
//! [`Shared`] owns or borrows a driver and lends it in turns: first come, first served. `docs/sharing.md` tells what a
//! task waits for at most, and what a dropped future leaves.
//!
//! | for | take |
//! |---|---|
//! | a client of the `embedded-nal-async` ecosystem | [`&Shared`](Shared), which is `TcpConnect` and `Dns` |
//! | a connection inside TLS | [`Shared::connect_tls`] |
//! | `tcp::Link`, with or without a `Session` | a [`Handle`], which is a [`TcpSocket`] and a [`TlsSocket`] |
//! | `mqtt::Link`, the same | an [`Mqtt`] handle, which is a [`MqttAt`](wanlink_core::MqttAt) |
//! | the module's own HTTPS client | a [`Handle`], which is an [`HttpsAt`](wanlink_core::HttpsAt) |
//! | anything else of the driver | [`Shared::with`] |
//!
//! ```no_run
//! # async fn example(modem: impl wanlink_core::TcpSocket) -> Result<(), impl core::fmt::Debug> {
//! use embassy_futures::select::{Either, select};
//! use embassy_sync::blocking_mutex::raw::NoopRawMutex;
//! use embedded_io_async::{Read, Write};
//! use wanlink_transports::shared::Shared;
//!
//! let mut shared: Shared<NoopRawMutex, _> = Shared::new(modem);
//! let (shared, mut runner) = shared.split();
//! let work = async {
//!     let mut connection = shared.connect("example.com", 7).await?;
//!     connection.write_all(b"hello").await?;
//!     let mut answer = [0; 16];
//!     let count = connection.read(&mut answer).await?;
//!     assert_eq!(answer.get(..count), Some(&b"hello"[..]));
//!     connection.close().await
//! };
//! match select(runner.run(), work).await {
//!     Either::First(never) => never,
//!     Either::Second(result) => result,
//! }
//! # }
//! ```

mod connection;
mod desk;
mod error;
mod handle;
mod https;
#[cfg(feature = "mqtt")]
mod mqtt;
mod nal;
mod news;
mod runner;
mod sockets;
mod turn;

use core::cell::RefCell;
use core::future::poll_fn;
use core::task::Poll;

use embassy_sync::blocking_mutex::Mutex as BlockingMutex;
use embassy_sync::blocking_mutex::raw::RawMutex;
use embassy_sync::mutex::Mutex;
use embassy_time::Duration;
use wanlink_core::{Opens, Plain, SocketState, TcpSocket, Tls, TlsSocket};

use self::desk::Desk;
use self::turn::{Place, Seat, Turn};

pub use self::connection::Connection;
pub use self::error::Error;
pub use self::handle::Handle;
#[cfg(feature = "mqtt")]
pub use self::mqtt::Mqtt;
pub use self::runner::Runner;

/// Bytes that one turn writes at most. The default transmit buffers of the drivers hold them behind their command, so
/// that a write that was dropped is completed with its true bytes.
pub const CHUNK: usize = 1024;

/// What the module may take its time for is given up after so long when somebody else waits, and tried again.
pub const SLICE: Duration = Duration::from_secs(1);

/// A module for many tasks.
///
/// `R` says how far apart they are: `NoopRawMutex` for tasks of one executor, `CriticalSectionRawMutex` for several.
/// `SEATS` is how many may be there at a time: each connection and each handle has one, and so has each future of
/// [`connect`](Self::connect), `Dns` and [`with`](Self::with) while it runs. Connections that were dropped have theirs
/// until the runner closed them.
pub struct Shared<R: RawMutex, M: TcpSocket, const SEATS: usize = 16> {
    module: Mutex<R, M>,
    desk: BlockingMutex<R, RefCell<Desk<SEATS>>>,
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> Shared<R, M, SEATS> {
    /// Shares `module`, which may be borrowed (`&mut modem`). Sends nothing.
    pub const fn new(module: M) -> Self {
        Self { module: Mutex::new(module), desk: BlockingMutex::new(RefCell::new(Desk::new())) }
    }

    /// What the tasks use, and what has to run beside them. The runner is one: it ends with the borrow.
    pub fn split(&mut self) -> (&Self, Runner<'_, R, M, SEATS>) {
        (self, Runner::new(self))
    }

    /// The module again.
    pub fn into_inner(self) -> M {
        self.module.into_inner()
    }

    /// Opens a connection that nothing protects, to a name or an address as text.
    ///
    /// *Dropped*: what was opened meanwhile is closed.
    ///
    /// # Errors
    /// [`Error::NoSeat`], and those of [`TcpSocket::open`].
    pub async fn connect(&self, host: &str, port: u16) -> Result<Connection<'_, R, M, SEATS>, Error<M::Error>> {
        self.open(host, port, &Plain).await
    }

    /// Opens a connection inside TLS; the name is checked and told to the server as far as the model does.
    ///
    /// *Dropped*: what was opened meanwhile is closed.
    ///
    /// # Errors
    /// [`Error::NoSeat`], and those of [`TlsSocket::open_tls`].
    pub async fn connect_tls(
        &self,
        host: &str,
        port: u16,
        tls: &Tls<'_>,
    ) -> Result<Connection<'_, R, M, SEATS>, Error<M::Error>>
    where
        M: TlsSocket,
    {
        self.open(host, port, tls).await
    }

    /// Takes a turn for whatever the driver can do beside: signal, clock, commands of its own.
    ///
    /// `act` has the module alone, so it must end soon and must not wait for another task, nor for another turn.
    /// *Dropped*: drops `act`.
    ///
    /// # Errors
    /// [`Error::NoSeat`].
    pub async fn with<T>(&self, act: impl AsyncFnOnce(&mut M) -> T) -> Result<T, Error<M::Error>> {
        let seat = self.seat()?;
        let mut turn = self.turn(seat.index).await;
        Ok(act(&mut turn).await)
    }

    /// A handle for what wants a module of its own: a link, or a session.
    ///
    /// # Errors
    /// [`Error::NoSeat`].
    pub fn handle(&self) -> Result<Handle<'_, R, M, SEATS>, Error<M::Error>> {
        Ok(Handle::new(self, self.seat()?.keep()))
    }

    /// A handle for the module's own MQTT client, of which there is one. `buffer` holds a message's topic and payload:
    /// one that is larger is lost, and said to be.
    ///
    /// # Errors
    /// [`Error::NoSeat`].
    #[cfg(feature = "mqtt")]
    pub fn mqtt<'a>(&'a self, buffer: &'a mut [u8]) -> Result<Mqtt<'a, R, M, SEATS>, Error<M::Error>>
    where
        M: wanlink_core::MqttAt,
    {
        Ok(Mqtt::new(self.handle()?, buffer))
    }

    async fn open<S: Opens<M>>(
        &self,
        host: &str,
        port: u16,
        security: &S,
    ) -> Result<Connection<'_, R, M, SEATS>, Error<M::Error>> {
        let seat = self.seat()?;
        let mut turn = self.turn(seat.index).await;
        let socket = security.open_on(&mut turn, host, port).await.map_err(Error::Module)?;
        let state = turn.state(socket);
        self.desk(|desk| desk.opened(seat.index, socket, None, state));
        drop(turn);
        Ok(Connection::new(self, seat.keep(), socket))
    }

    fn seat(&self) -> Result<Seat<'_, R, M, SEATS>, Error<M::Error>> {
        let index = self.desk(Desk::sit).ok_or(Error::NoSeat)?;
        Ok(Seat::new(self, index))
    }

    /// Waits for the turn of this seat.
    async fn turn(&self, seat: u8) -> Turn<'_, R, M, SEATS> {
        Place::reached(self, seat).await.turn().await
    }

    /// Waits, as the one who has the turn, until somebody else wants it.
    async fn wanted(&self) {
        poll_fn(|context| match self.desk(|desk| desk.is_wanted(context.waker())) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }

    /// Waits until there is something to do for the connection on this seat.
    async fn stirred(&self, seat: u8) -> SocketState {
        poll_fn(|context| {
            let state = self.desk(|desk| desk.stirred(seat, context.waker()));
            state.map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    fn desk<T>(&self, act: impl FnOnce(&mut Desk<SEATS>) -> T) -> T {
        self.desk.lock(|desk| act(&mut desk.borrow_mut()))
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> core::fmt::Debug for Shared<R, M, SEATS> {
    /// Without the module: somebody may have it.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Shared").field("seats", &SEATS).finish_non_exhaustive()
    }
}

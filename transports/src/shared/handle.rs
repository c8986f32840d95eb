//! A shared module as a module of one's own, for links and sessions.

use core::future::poll_fn;
use core::net::IpAddr;
use core::task::Poll;
use core::time::Duration;

use embassy_sync::blocking_mutex::raw::RawMutex;
use wanlink_core::{
    ErrorType, Info, Module, Network, Notice, Opens, Plain, Progress, Rung, Signal, Socket, SocketLimits, SocketState,
    TcpSocket, Tls, TlsSocket,
};

use super::turn::Turn;
use super::{Connection, Error, Shared, news};

/// So long the search for a network goes on before it lets others try.
const SEARCH: embassy_time::Duration = embassy_time::Duration::from_secs(10);

/// A [`Shared`] module as its user sees it: a [`Module`] with [`TcpSocket`]s.
///
/// Each method takes a turn, and gives it up where it only waits. Several users may heal the module, as two sessions
/// do: what one of them [started](Module::start) since another last did is started for that one, too, so that nobody
/// tears down what the others have just built.
///
/// *Dropped*: the runner closes its connections.
pub struct Handle<'a, R: RawMutex, M: TcpSocket, const SEATS: usize = 16> {
    shared: &'a Shared<R, M, SEATS>,
    seat: u8,
    /// The start of the module that it knows of.
    life: u16,
    /// Whether the last write to this socket goes out.
    taken: Option<(Socket, bool)>,
}

impl<'a, R: RawMutex, M: TcpSocket, const SEATS: usize> Handle<'a, R, M, SEATS> {
    pub(super) const fn new(shared: &'a Shared<R, M, SEATS>, seat: u8) -> Self {
        Self { shared, seat, life: 0, taken: None }
    }

    pub(super) fn turn(&self) -> impl Future<Output = Turn<'a, R, M, SEATS>> {
        self.shared.turn(self.seat)
    }

    /// Whether somebody else started the module since this one last did.
    fn was_started(&mut self) -> bool {
        let life = self.shared.desk(|desk| desk.life());
        core::mem::replace(&mut self.life, life) != life
    }

    /// Waits until it was told something of these kinds.
    pub(super) async fn told(&self, kinds: u8) {
        poll_fn(|context| match self.shared.desk(|desk| desk.is_told(self.seat, kinds, context.waker())) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }

    /// Whether it was told something of these kinds, which is forgotten then.
    #[cfg(feature = "mqtt")]
    pub(super) fn takes_news(&self, kinds: u8) -> bool {
        self.shared.desk(|desk| desk.take_news(self.seat, kinds))
    }

    fn find(&self, socket: Socket) -> Option<u8> {
        self.shared.desk(|desk| desk.find(self.seat, socket))
    }

    async fn open_with<S: Opens<M>>(&self, host: &str, port: u16, security: &S) -> Result<Socket, Error<M::Error>> {
        let seat = self.shared.seat()?;
        let mut turn = self.turn().await;
        let socket = security.open_on(&mut turn, host, port).await.map_err(Error::Module)?;
        let state = turn.state(socket);
        self.shared.desk(|desk| desk.opened(seat.keep(), socket, Some(self.seat), state));
        Ok(socket)
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> Drop for Handle<'_, R, M, SEATS> {
    fn drop(&mut self) {
        self.shared.desk(|desk| desk.abandon_all(self.seat));
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> core::fmt::Debug for Handle<'_, R, M, SEATS> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Handle").field("seat", &self.seat).finish_non_exhaustive()
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> ErrorType for Handle<'_, R, M, SEATS> {
    type Error = Error<M::Error>;
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> Module for Handle<'_, R, M, SEATS> {
    async fn start(&mut self) -> Result<(), Self::Error> {
        let mut turn = self.turn().await;
        if self.was_started() && !matches!(turn.glance(), Poll::Ready(Err(_))) {
            return Ok(());
        }
        turn.start().await.map_err(Error::Module)?;
        self.life = self.shared.desk(|desk| desk.began_life());
        Ok(())
    }

    async fn describe(&mut self) -> Result<Info, Self::Error> {
        self.turn().await.describe().await.map_err(Error::Module)
    }

    /// Lets others try now and then; they fail as long as there is no network.
    async fn attach(&mut self, network: &Network<'_>, progress: &mut dyn FnMut(Progress)) -> Result<(), Self::Error> {
        loop {
            let mut turn = self.turn().await;
            let attached = turn.sliced(SEARCH, async |module| module.attach(network, progress).await).await;
            if let Some(result) = attached {
                return result.map_err(Error::Module);
            }
        }
    }

    async fn signal(&mut self) -> Result<Signal, Self::Error> {
        self.turn().await.signal().await.map_err(Error::Module)
    }

    async fn clock(&mut self) -> Result<Option<Duration>, Self::Error> {
        self.turn().await.clock().await.map_err(Error::Module)
    }

    /// Everybody who idles is told everything.
    async fn idle(&mut self) -> Result<Notice, Self::Error> {
        loop {
            let told = self.shared.desk(|desk| desk.take_notice(self.seat));
            if let Some(notice) = told {
                return Ok(notice);
            }
            let mut turn = self.turn().await;
            match turn.glance() {
                Poll::Ready(Ok(())) => continue,
                Poll::Ready(Err(error)) => return Err(Error::Module(error)),
                Poll::Pending => {}
            }
            drop(turn);
            self.told(news::ANY).await;
        }
    }

    async fn recover(&mut self, rung: Rung) -> Result<(), Self::Error> {
        let mut turn = self.turn().await;
        if self.shared.desk(|desk| desk.life()) != self.life {
            return Ok(());
        }
        turn.recover(rung).await.map_err(Error::Module)
    }

    async fn stop(&mut self) -> Result<(), Self::Error> {
        self.turn().await.stop().await.map_err(Error::Module)
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> TcpSocket for Handle<'_, R, M, SEATS> {
    const SOCKETS: SocketLimits = M::SOCKETS;

    async fn open(&mut self, host: &str, port: u16) -> Result<Socket, Self::Error> {
        self.open_with(host, port, &Plain).await
    }

    async fn write(&mut self, socket: Socket, data: &[u8]) -> Result<(), Self::Error> {
        let seat = self.find(socket).ok_or(Error::Closed)?;
        let (_, taken) = self.taken.insert((socket, false));
        self.shared.write(seat, socket, data, taken).await
    }

    fn has_taken(&mut self, socket: Socket) -> bool {
        self.taken == Some((socket, true))
    }

    async fn read(&mut self, socket: Socket, buf: &mut [u8]) -> Result<usize, Self::Error> {
        let seat = self.find(socket).ok_or(Error::Closed)?;
        self.shared.read(seat, socket, buf).await
    }

    async fn fetch(&mut self, socket: Socket, buf: &mut [u8]) -> Result<Option<usize>, Self::Error> {
        self.turn().await.fetch(socket, buf).await.map_err(Error::Module)
    }

    fn state(&self, socket: Socket) -> SocketState {
        self.find(socket).map_or(SocketState::Closed, |seat| self.shared.desk(|desk| desk.state(seat)))
    }

    async fn close(&mut self, socket: Socket) -> Result<(), Self::Error> {
        match self.find(socket) {
            Some(seat) => Connection::new(self.shared, seat, socket).close().await,
            None => Ok(()),
        }
    }

    async fn resolve(&mut self, host: &str) -> Result<IpAddr, Self::Error> {
        self.turn().await.resolve(host).await.map_err(Error::Module)
    }
}

impl<R: RawMutex, M: TlsSocket, const SEATS: usize> TlsSocket for Handle<'_, R, M, SEATS> {
    async fn open_tls(&mut self, host: &str, port: u16, tls: &Tls<'_>) -> Result<Socket, Self::Error> {
        self.open_with(host, port, tls).await
    }
}

//! The serial line, as this machine has it.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};

use super::pty::Pty;

/// What the host's program opens as its serial port.
#[derive(Debug)]
pub struct Line(Kind);

#[derive(Debug)]
enum Kind {
    Pty(Pty),
    Tcp { listener: TcpListener, address: SocketAddr, host: Option<TcpStream> },
    Memory(Option<DuplexStream>),
}

/// Bytes that wait between the two ends of a line in memory.
const MEMORY: usize = 4_096;

/// What happened on the line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Activity {
    /// So many bytes came.
    Read(usize),
    /// So many bytes went.
    Written(usize),
    /// A host came.
    Came,
    /// The host went away.
    Went,
}

impl Line {
    /// A pseudo-terminal; programs may come and go. Its name is [`path`](Self::path).
    ///
    /// # Errors
    /// Whatever the system says when it has none.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn pty() -> io::Result<Self> {
        Pty::new().map(Kind::Pty).map(Self)
    }

    /// A TCP socket that takes one client at a time; the next may come when it has gone. Port 0 takes a free one:
    /// [`address`](Self::address) says which.
    ///
    /// # Errors
    /// Whatever the system says when it cannot listen there.
    pub async fn listen(address: impl ToSocketAddrs) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self(Kind::Tcp { listener, address, host: None }))
    }

    /// A line in memory, and its other end.
    #[must_use]
    pub fn memory() -> (Self, DuplexStream) {
        let (near, far) = duplex(MEMORY);
        (Self(Kind::Memory(Some(near))), far)
    }

    /// The pseudo-terminal's name, `/dev/pts/3`.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.0 {
            Kind::Pty(pty) => Some(pty.path()),
            Kind::Tcp { .. } | Kind::Memory(_) => None,
        }
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> Option<SocketAddr> {
        match &self.0 {
            Kind::Tcp { address, .. } => Some(*address),
            Kind::Pty(_) | Kind::Memory(_) => None,
        }
    }

    /// Whether bytes for the host have somebody to go to. A pty does not tell.
    pub(super) const fn has_host(&self) -> bool {
        match &self.0 {
            Kind::Pty(_) => true,
            Kind::Tcp { host, .. } => host.is_some(),
            Kind::Memory(end) => end.is_some(),
        }
    }

    /// Waits for the next thing to happen, and writes what waits meanwhile.
    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
        outgoing: &[u8],
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<Activity>> {
        match &mut self.0 {
            Kind::Pty(pty) => poll_stream(&mut pty.end, context, outgoing, buf),
            Kind::Tcp { listener, host, .. } => match host {
                Some(stream) => went_on_error(poll_stream(stream, context, outgoing, buf), host),
                None => {
                    let stream = ready!(accept(listener, context))?;
                    *host = Some(stream);
                    Poll::Ready(Ok(Activity::Came))
                }
            },
            Kind::Memory(end) => match end {
                Some(stream) => went_on_error(poll_stream(stream, context, outgoing, buf), end),
                None => Poll::Pending,
            },
        }
    }
}

/// The next host that is still there when it is its turn.
fn accept(listener: &TcpListener, context: &mut Context<'_>) -> Poll<io::Result<TcpStream>> {
    loop {
        match ready!(listener.poll_accept(context)) {
            Ok((stream, _)) => {
                // It makes answers prompt; a host that has gone already shows at the first read.
                let _ = stream.set_nodelay(true);
                return Poll::Ready(Ok(stream));
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => return Poll::Ready(Err(error)),
        }
    }
}

/// A host that hung up, in whatever way, has gone; the line is still there.
fn went_on_error<T>(polled: Poll<io::Result<Activity>>, host: &mut Option<T>) -> Poll<io::Result<Activity>> {
    match polled {
        Poll::Ready(Err(_) | Ok(Activity::Went)) => {
            *host = None;
            Poll::Ready(Ok(Activity::Went))
        }
        other => other,
    }
}

fn poll_stream<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    context: &mut Context<'_>,
    outgoing: &[u8],
    buf: &mut ReadBuf<'_>,
) -> Poll<io::Result<Activity>> {
    if !outgoing.is_empty()
        && let Poll::Ready(written) = Pin::new(&mut *stream).poll_write(context, outgoing)
    {
        return Poll::Ready(written.map(|count| if count > 0 { Activity::Written(count) } else { Activity::Went }));
    }
    let before = buf.filled().len();
    ready!(Pin::new(stream).poll_read(context, buf))?;
    let count = buf.filled().len() - before;
    Poll::Ready(Ok(if count > 0 { Activity::Read(count) } else { Activity::Went }))
}

//! A driver of the simulated module, as strict as the contract: what a call left is settled by the next one, and it
//! panics where a shared module must not use it.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::net::{IpAddr, Ipv4Addr};
use std::task::{Context, Poll};

use embassy_time::{Duration, Instant, with_timeout};
use wanlink_core::{
    ErrorKind, ErrorType, Info, Module, Network, Notice, Progress, Rung, Signal, Socket, SocketLimits, SocketState,
    TcpSocket,
};

use crate::net::{Answer, Command, Line, Net, SOCKETS, State};

/// A socket that was silent for so long may have bytes that were told by a line that was lost.
pub(crate) const DOUBTED: Duration = Duration::from_secs(120);
/// A full module is asked again after so long.
const RETRY: Duration = Duration::from_millis(300);
/// And so long at most.
const PATIENCE: Duration = Duration::from_secs(40);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failed(pub(crate) ErrorKind);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl std::error::Error for Failed {}

impl wanlink_core::Error for Failed {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

/// What the driver knows of a socket.
struct Known {
    generation: u8,
    is_open: bool,
    state: SocketState,
    /// Of a fetch that was dropped.
    kept: VecDeque<u8>,
    is_taken: bool,
}

/// What a dropped call left.
#[derive(Clone, Copy)]
enum Owed {
    Open,
    Write(usize),
    Fetch(usize),
    Other,
}

pub(crate) struct Modem {
    pub(crate) net: Net,
    known: [Known; SOCKETS],
    owed: Option<Owed>,
    notices: VecDeque<Notice>,
    pub(crate) inbox: VecDeque<Vec<u8>>,
    pub(crate) is_lent: bool,
    /// The message at the front of the inbox was told.
    is_told: bool,
    is_down: bool,
    pub(crate) session: Result<(), ErrorKind>,
}

impl Modem {
    pub(crate) fn new(net: &Net) -> Self {
        let known = || Known {
            generation: 0,
            is_open: false,
            state: SocketState::Closed,
            kept: VecDeque::new(),
            is_taken: false,
        };
        Self {
            net: net.clone(),
            known: std::array::from_fn(|_| known()),
            owed: None,
            notices: VecDeque::new(),
            inbox: VecDeque::new(),
            is_lent: false,
            is_told: false,
            is_down: false,
            session: Err(ErrorKind::Reconnect),
        }
    }

    /// Takes the lines of the wire.
    fn take_lines(&mut self, context: &Context<'_>) {
        loop {
            let line = self.net.with(|net| {
                net.watch(context.waker());
                net.line()
            });
            match line {
                None | Some(Line::Answer(_)) => return,
                Some(Line::Received(n) | Line::Closed(n)) => {
                    let known = &mut self.known[n];
                    if known.is_open && known.state == SocketState::Idle {
                        known.state = SocketState::Readable;
                        self.notices.push_back(Notice::Socket);
                    }
                }
                Some(Line::Message) => {
                    let message = self.net.with(|net| net.messages.pop_front());
                    self.is_told &= !self.inbox.is_empty();
                    self.inbox.extend(message);
                }
                Some(Line::ContextLost) => {
                    self.all_closed();
                    self.session = Err(ErrorKind::Reattach);
                    self.notices.push_back(Notice::ContextLost);
                }
                Some(Line::Booted) => {
                    self.all_closed();
                    self.session = Err(ErrorKind::Restart);
                    self.is_down = true;
                }
            }
        }
    }

    fn all_closed(&mut self) {
        for known in &mut self.known {
            (known.state, known.is_open) = (SocketState::Closed, false);
            known.kept.clear();
        }
    }

    async fn answer(&mut self) -> Answer {
        poll_fn(|context| {
            self.take_lines(context);
            self.net.with(State::answer).map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// Hears what the module says, for ever.
    pub(crate) async fn listen<T>(&mut self, mut until: impl FnMut(&mut Self) -> Option<T>) -> T {
        poll_fn(|context| {
            self.take_lines(context);
            until(self).map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    async fn pause(&mut self) {
        with_timeout(RETRY, self.listen(|_| None::<()>)).await.ok();
    }

    /// What every method does first.
    pub(crate) async fn begin(&mut self) -> Result<(), Failed> {
        if std::mem::take(&mut self.is_lent) {
            self.inbox.pop_front();
            self.is_told = false;
        }
        while let Some(owed) = self.owed {
            let answer = self.answer().await;
            self.settle(owed, answer);
        }
        if self.is_down { Err(Failed(ErrorKind::Restart)) } else { Ok(()) }
    }

    /// Takes the answer to a call that was dropped.
    fn settle(&mut self, owed: Owed, answer: Answer) {
        self.owed = match (owed, answer) {
            (Owed::Open, Answer::Opened(n)) => {
                self.net.with(|net| net.ask(Command::Close(n)));
                Some(Owed::Other)
            }
            (Owed::Fetch(n), Answer::Bytes(bytes)) => {
                self.known[n].kept.extend(bytes);
                None
            }
            (Owed::Fetch(n), Answer::Done) => {
                self.known[n].state = SocketState::Idle;
                None
            }
            // The caller was told that these bytes go out: without them the stream is not whole.
            (Owed::Write(n), Answer::Full | Answer::Error) => {
                self.known[n].state = SocketState::Closed;
                None
            }
            _ => None,
        };
    }

    async fn exchange(&mut self, command: Command, owed: Owed) -> Result<Answer, Failed> {
        self.net.with(|net| net.ask(command));
        self.owed = Some(owed);
        let answer = self.answer().await;
        self.owed = None;
        let (is_up, has_context) = self.net.with(|net| (net.is_up, net.has_context));
        match answer {
            Answer::Restarted => Err(Failed(ErrorKind::Restart)),
            Answer::Error if !is_up => Err(Failed(ErrorKind::Restart)),
            Answer::Error if !has_context => Err(Failed(ErrorKind::Reattach)),
            answer => Ok(answer),
        }
    }

    pub(crate) async fn done(&mut self, command: Command, kind: ErrorKind) -> Result<(), Failed> {
        self.begin().await?;
        match self.exchange(command, Owed::Other).await? {
            Answer::Done => Ok(()),
            _ => Err(Failed(kind)),
        }
    }

    /// The socket of this name, if it is still that connection's.
    fn index(&self, socket: Socket) -> Result<usize, Failed> {
        let n = usize::from(socket.index());
        let known = &self.known[n];
        let is_its = known.generation == socket.generation() && known.is_open;
        if is_its { Ok(n) } else { Err(Failed(ErrorKind::Misuse)) }
    }
}

impl ErrorType for Modem {
    type Error = Failed;
}

impl Module for Modem {
    async fn start(&mut self) -> Result<(), Failed> {
        self.begin().await.ok();
        self.exchange(Command::Start, Owed::Other).await?;
        self.all_closed();
        (self.is_down, self.session) = (false, Err(ErrorKind::Reconnect));
        Ok(())
    }

    async fn describe(&mut self) -> Result<Info, Failed> {
        Ok(Info::default())
    }

    async fn attach(&mut self, _: &Network<'_>, progress: &mut dyn FnMut(Progress)) -> Result<(), Failed> {
        self.done(Command::Attach, ErrorKind::Retry).await?;
        progress(Progress::ContextUp);
        Ok(())
    }

    async fn signal(&mut self) -> Result<Signal, Failed> {
        self.done(Command::Signal, ErrorKind::Retry).await?;
        Ok(Signal { rssi_dbm: None })
    }

    async fn clock(&mut self) -> Result<Option<std::time::Duration>, Failed> {
        Ok(None)
    }

    async fn idle(&mut self) -> Result<Notice, Failed> {
        self.begin().await?;
        let news = self.listen(|modem| {
            if let Some(notice) = modem.notices.pop_front() {
                return Some(Ok(notice));
            }
            if !modem.inbox.is_empty() && !std::mem::replace(&mut modem.is_told, true) {
                return Some(Ok(Notice::Message));
            }
            modem.is_down.then_some(Err(Failed(ErrorKind::Restart)))
        });
        if let Ok(news) = with_timeout(DOUBTED, news).await {
            return news;
        }
        for known in self.known.iter_mut().filter(|known| known.state == SocketState::Idle) {
            known.state = SocketState::Readable;
        }
        Ok(Notice::Socket)
    }

    async fn recover(&mut self, _: Rung) -> Result<(), Failed> {
        self.begin().await.ok();
        Ok(())
    }

    async fn stop(&mut self) -> Result<(), Failed> {
        Ok(())
    }
}

impl TcpSocket for Modem {
    const SOCKETS: SocketLimits = SocketLimits::new(SOCKETS as u8);

    async fn open(&mut self, _: &str, _: u16) -> Result<Socket, Failed> {
        self.begin().await?;
        let Answer::Opened(n) = self.exchange(Command::Open, Owed::Open).await? else {
            return Err(Failed(ErrorKind::Reconnect));
        };
        let known = &mut self.known[n];
        known.generation = known.generation.wrapping_add(1);
        (known.state, known.is_open) = (SocketState::Idle, true);
        known.kept.clear();
        Ok(Socket::new(n as u8, known.generation))
    }

    async fn write(&mut self, socket: Socket, data: &[u8]) -> Result<(), Failed> {
        let n = self.index(socket)?;
        self.known[n].is_taken = false;
        self.begin().await?;
        let until = Instant::now() + PATIENCE;
        loop {
            self.index(socket)?;
            // In the transmit buffer: completed even if nobody waits for it.
            self.known[n].is_taken = true;
            match self.exchange(Command::Write(n, data.to_vec()), Owed::Write(n)).await? {
                Answer::Done => return Ok(()),
                Answer::Full => self.known[n].is_taken = false,
                _ => {
                    (self.known[n].is_taken, self.known[n].state) = (false, SocketState::Closed);
                    return Err(Failed(ErrorKind::Reconnect));
                }
            }
            if Instant::now() >= until {
                return Err(Failed(ErrorKind::Retry));
            }
            self.pause().await;
        }
    }

    fn has_taken(&mut self, socket: Socket) -> bool {
        self.index(socket).is_ok_and(|n| self.known[n].is_taken)
    }

    async fn read(&mut self, _: Socket, _: &mut [u8]) -> Result<usize, Failed> {
        panic!("a shared module is never listened to by one of its users");
    }

    async fn fetch(&mut self, socket: Socket, buf: &mut [u8]) -> Result<Option<usize>, Failed> {
        if self.state(socket) == SocketState::Idle {
            self.net.with(|net| net.guesses += 1);
        }
        self.begin().await?;
        let n = self.index(socket)?;
        let known = &mut self.known[n];
        if !known.kept.is_empty() {
            let count = buf.len().min(known.kept.len());
            buf.iter_mut().zip(known.kept.drain(..count)).for_each(|(to, from)| *to = from);
            return Ok(Some(count));
        }
        if known.state == SocketState::Closed {
            return Err(Failed(ErrorKind::Reconnect));
        }
        match self.exchange(Command::Fetch(n, buf.len()), Owed::Fetch(n)).await? {
            Answer::Bytes(bytes) => {
                buf[..bytes.len()].copy_from_slice(&bytes);
                self.known[n].state = SocketState::Readable;
                Ok(Some(bytes.len()))
            }
            Answer::Done => {
                self.known[n].state = SocketState::Idle;
                Ok(None)
            }
            Answer::End => {
                self.known[n].state = SocketState::Closed;
                Ok(Some(0))
            }
            _ => {
                self.known[n].state = SocketState::Closed;
                Err(Failed(ErrorKind::Reconnect))
            }
        }
    }

    fn state(&self, socket: Socket) -> SocketState {
        match self.index(socket) {
            Ok(n) if !self.known[n].kept.is_empty() => SocketState::Readable,
            Ok(n) => self.known[n].state,
            Err(_) => SocketState::Closed,
        }
    }

    async fn close(&mut self, socket: Socket) -> Result<(), Failed> {
        self.begin().await?;
        let Ok(n) = self.index(socket) else { return Ok(()) };
        self.exchange(Command::Close(n), Owed::Other).await?;
        (self.known[n].state, self.known[n].is_open) = (SocketState::Closed, false);
        Ok(())
    }

    async fn resolve(&mut self, host: &str) -> Result<IpAddr, Failed> {
        self.done(Command::Resolve, ErrorKind::Reconnect).await?;
        Ok(address(host))
    }
}

/// The address of a name: one that shows whether it is this name's.
pub(crate) fn address(host: &str) -> IpAddr {
    let sum = host.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    IpAddr::V4(Ipv4Addr::from_bits(sum))
}

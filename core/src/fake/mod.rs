//! Scripted modules for tests and examples of this workspace: private, host only, outside semver.
//!
//! They hold no AT text, but they keep the contracts the way real dialects do: what comes from the module stands on a
//! wire until a method takes it off, a message may be half there when a future is dropped, and what is lost is told.
//!
//! | module | how inbound messages come |
//! |---|---|
//! | [`Pushing`] | pushed in pieces with announced sizes, as SIMCom's CMQTT service does; a missing piece is a loss |
//! | [`Announcing`] | announced by a count, then read when there is room, as u-blox's UMQTTC does |
//! | [`Streaming`] | as bytes of its TCP and TLS sockets, behind which a broker stands, or an echo |
//!
//! One [`Script`] orders what happens to any of them and tells what they were asked, so that a test of a session need not
//! know which it is.
//!
//! What they do not show: time (every step takes none), the bytes of the serial port and their framing, power saving.

mod announced;
mod broker;
mod feed;
mod https;
mod inbox;
mod mqtt;
mod pushed;
mod script;
mod step;
mod streamed;
mod tcp;

use core::time::Duration;

use self::feed::{Feed, Line};
use self::inbox::Inbox;
use self::script::{Broken, Level};
use crate::{ErrorKind, ErrorType, Info, Module, Network, Notice, Progress, Rung, Signal, TooLong};

pub use self::announced::Announced;
pub use self::pushed::Pushed;
pub use self::script::{Call, Posted, Publish, Script, Server};
pub use self::step::{block_on, poll_times};
pub use self::streamed::Streamed;

/// A module that pushes messages in pieces.
pub type Pushing = Fake<Pushed>;

/// A module that announces messages and is read.
pub type Announcing = Fake<Announced>;

/// A module that opens sockets.
pub type Streaming = Fake<Streamed>;

/// A scripted module; [`Pushing`], [`Announcing`] or [`Streaming`].
#[derive(Debug)]
pub struct Fake<F> {
    script: Script,
    inbox: Inbox,
    feed: F,
    /// How far the driver knows the module to be; a line on the wire tells it of a loss.
    level: Level,
}

impl<F: Feed> Fake<F> {
    /// A module that is switched off, and the handle that tells it what to do.
    #[must_use]
    pub fn new() -> (Self, Script) {
        Self::with_inbox(256)
    }

    /// As [`new`](Self::new), with an inbox of `room` bytes.
    #[must_use]
    pub fn with_inbox(room: usize) -> (Self, Script) {
        let script = Script::new(F::arrive);
        let fake = Self { script: script.clone(), inbox: Inbox::new(room), feed: F::default(), level: Level::Off };
        (fake, script)
    }

    /// What every method does first: gives the lent message up and takes the lines that have come.
    fn settle(&mut self) {
        self.inbox.release();
        self.take_lines();
    }

    fn take_lines(&mut self) {
        while let Some(line) = self.script.next_line() {
            self.take(line);
        }
    }

    fn take(&mut self, line: Line) {
        match line {
            Line::Broken(broken) => {
                self.feed.broken(broken, &mut self.inbox);
                self.level = self.level.min(broken.level());
            }
            other => self.feed.take(other, &mut self.inbox),
        }
    }

    /// The kind of error that a method reports which needs more than there is.
    fn need(&self, level: Level) -> Result<(), FakeError> {
        match self.level.min(level) {
            reached if reached == level => Ok(()),
            Level::Off => Err(ErrorKind::Restart.into()),
            Level::On => Err(ErrorKind::Reattach.into()),
            Level::Attached | Level::Connected => Err(ErrorKind::Reconnect.into()),
        }
    }

    /// One exchange with the module: two places where a future can be dropped, and the module acts in between.
    async fn exchange(&mut self, call: Call) {
        step::pause().await;
        self.script.note(call);
        step::pause().await;
        self.take_lines();
    }
}

impl<F> ErrorType for Fake<F> {
    type Error = FakeError;
}

impl<F: Feed> Module for Fake<F> {
    async fn start(&mut self) -> Result<(), FakeError> {
        self.settle();
        self.exchange(Call::Start).await;
        if self.script.is_mute() {
            return Err(ErrorKind::Restart.into());
        }
        self.level = Level::On;
        Ok(())
    }

    async fn describe(&mut self) -> Result<Info, FakeError> {
        self.settle();
        self.need(Level::On)?;
        Ok(Info::new(b"FAKE", b"1.0", b"866349040000017", b"89860320045510000017"))
    }

    async fn attach(&mut self, network: &Network<'_>, progress: &mut dyn FnMut(Progress)) -> Result<(), FakeError> {
        self.settle();
        self.need(Level::On)?;
        progress(Progress::SimReady);
        self.exchange(Call::Attach { apn: network.apn.into() }).await;
        self.script.network().await;
        self.need(Level::On)?;
        self.level = self.level.max(Level::Attached);
        progress(Progress::ContextUp);
        Ok(())
    }

    async fn signal(&mut self) -> Result<Signal, FakeError> {
        self.settle();
        self.need(Level::On)?;
        Ok(Signal { rssi_dbm: Some(-71) })
    }

    async fn clock(&mut self) -> Result<Option<Duration>, FakeError> {
        self.settle();
        step::pause().await;
        self.need(Level::On)?;
        Ok(None)
    }

    async fn idle(&mut self) -> Result<Notice, FakeError> {
        self.inbox.release();
        loop {
            self.need(Level::On)?;
            if let Some(notice) = self.feed.news() {
                return Ok(notice);
            }
            let line = self.script.line().await;
            let notice = match &line {
                Line::Broken(Broken::Session) => Some(Notice::SessionLost),
                Line::Broken(Broken::Context) => Some(Notice::ContextLost),
                _ => None,
            };
            self.take(line);
            if let Some(notice) = notice.or((!self.inbox.is_empty()).then_some(Notice::Message)) {
                return Ok(notice);
            }
        }
    }

    async fn recover(&mut self, rung: Rung) -> Result<(), FakeError> {
        self.settle();
        self.exchange(Call::Recover(rung)).await;
        if let Some(kind) = self.script.treatment_refusal() {
            return Err(kind.into());
        }
        if rung >= Rung::Restart {
            self.script.restart();
        }
        Ok(())
    }

    async fn stop(&mut self) -> Result<(), FakeError> {
        self.settle();
        self.exchange(Call::Stop).await;
        self.script.restart();
        self.take_lines();
        Ok(())
    }
}

/// What a [`Fake`] reports: the evidence is the kind itself, or the limit that was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FakeError {
    /// As the script told, or as the state of the module is.
    Kind(ErrorKind),
    /// A limit was passed.
    TooLong(TooLong),
}

impl From<ErrorKind> for FakeError {
    fn from(kind: ErrorKind) -> Self {
        Self::Kind(kind)
    }
}

impl From<TooLong> for FakeError {
    fn from(error: TooLong) -> Self {
        Self::TooLong(error)
    }
}

impl core::fmt::Display for FakeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Kind(kind) => write!(f, "the scripted module reports {kind:?}"),
            Self::TooLong(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for FakeError {}

impl crate::Error for FakeError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Kind(kind) => *kind,
            Self::TooLong(_) => ErrorKind::Misuse,
        }
    }
}

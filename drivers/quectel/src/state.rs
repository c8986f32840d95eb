//! What the driver knows of its module, and what unsolicited lines change in it.

use embassy_time::{Duration, Instant};
use wanlink_at::{Answer, Effect, Notes, Verdict, field, fields, int};
use wanlink_core::Notice;

use crate::error::{Error, SimFault};
use crate::urc::id;

/// Flag of an operation that needs the session: its loss, and that of the context, end it.
pub(crate) const SESSION: u8 = 0x40;
/// Flag of an operation that brings SIM and network up: a card that is taken out ends it.
pub(crate) const ATTACH: u8 = 0x20;
/// Flag of an operation that is of use although the module restarted and was not set up again.
pub(crate) const ANYWAY: u8 = 0x10;

/// A `+QMTSTAT` that tells of our own close comes at most so late: "during the next QMTOPEN" has been seen.
const LATE: Duration = Duration::from_secs(5);

/// The lines of a boot come within this time of its first.
const BOOT: Duration = Duration::from_secs(20);

/// State of registration (3GPP TS 27.007, 10.1.22).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Registration {
    #[default]
    Unknown,
    Searching,
    Denied,
    Home,
    Roaming,
}

impl Registration {
    pub(crate) fn from_stat(stat: i32) -> Self {
        match stat {
            1 => Self::Home,
            2 => Self::Searching,
            3 => Self::Denied,
            5 => Self::Roaming,
            _ => Self::Unknown,
        }
    }

    pub(crate) fn is_up(self) -> bool {
        matches!(self, Self::Home | Self::Roaming)
    }
}

/// State of the one MQTT client that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Session {
    /// Whether the module has one is not known: close it before the next.
    Unknown,
    /// There is none.
    Closed,
    /// The network connection is being opened.
    Opening,
    /// The login is under way.
    LoggingIn,
    /// Logged in.
    Up,
    /// It ended by itself, with this cause; the module has closed it.
    Lost(u8),
}

/// What became of the PIN. One that the card did not take is never sent again by this value, nor is another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pin {
    /// None was sent, or the card took each: its tries are all there.
    Unsent,
    /// It is the next command, and out unless the call is dropped before.
    Due,
    /// Sent, and the card has not said that it is ready since.
    Sent,
    /// Refused.
    Refused,
}

pub(crate) struct State {
    /// Registration in LTE and in GPRS.
    pub(crate) registration: [Registration; 2],
    pub(crate) context_up: bool,
    pub(crate) session: Session,
    /// Until then a `+QMTSTAT` may still tell of our own close.
    pub(crate) late_until: Instant,
    /// The session may be gone, with this cause: the module has to be asked.
    pub(crate) doubt: Option<u8>,
    /// The module said that the session is there.
    pub(crate) confirmed: bool,
    /// Until then the lines of a boot that we know of may come, and an answer be missing.
    pub(crate) boots_until: Instant,
    /// The module went off or restarted, and was not started since.
    pub(crate) down: bool,
    /// Flags of the operation that runs.
    pub(crate) flags: u8,
    pub(crate) pin: Pin,
    /// What [`Module::idle`](wanlink_core::Module::idle) shall report.
    pub(crate) notice: Option<Notice>,
    /// Why a note ended an operation.
    pub(crate) cause: Option<Error>,
}

impl State {
    pub(crate) const fn new() -> Self {
        Self {
            registration: [Registration::Unknown; 2],
            context_up: false,
            session: Session::Unknown,
            late_until: Instant::MIN,
            doubt: None,
            confirmed: false,
            boots_until: Instant::MIN,
            down: false,
            flags: 0,
            pin: Pin::Unsent,
            notice: None,
            cause: None,
        }
    }

    /// Ends the operation for this reason.
    pub(crate) fn fail(&mut self, cause: Error) -> Verdict {
        self.cause = Some(cause);
        Verdict::Fail
    }

    pub(crate) fn is_registered(&self) -> bool {
        self.registration.iter().any(|r| r.is_up())
    }

    /// Takes a registration line; the stat stands behind `<n>` in an answer.
    pub(crate) fn register(&mut self, network: usize, line: &[u8], index: usize) {
        if let (Some(stat), Some(slot)) = (int(line, index), self.registration.get_mut(network)) {
            *slot = Registration::from_stat(stat);
        }
    }

    /// A session ended: the line that tells it may still come.
    pub(crate) fn ended(&mut self) {
        self.late_until = Instant::now().saturating_add(LATE);
    }

    fn stat(&mut self, line: &[u8]) -> Effect {
        let cause = int(line, 1).and_then(|n| u8::try_from(n).ok()).unwrap_or(0);
        let may_be_late = cause == 1 && Instant::now() < self.late_until;
        match self.session {
            // It tells of the session before this one, or of this one: only the module knows.
            Session::Up if may_be_late => {
                self.doubt = Some(cause);
                Effect::Woken
            }
            Session::Up => {
                self.session = Session::Lost(cause);
                self.notice = Some(Notice::SessionLost);
                self.end(SESSION, Error::SessionLost(cause))
            }
            // The broker refused or is silent: the result line may not come any more.
            Session::LoggingIn if !may_be_late => {
                self.session = Session::Unknown;
                self.end(SESSION, Error::NoConnack)
            }
            _ => Effect::None,
        }
    }

    fn lose_context(&mut self) -> Effect {
        self.context_up = false;
        self.notice = Some(Notice::ContextLost);
        if self.session != Session::Closed {
            self.session = Session::Lost(7);
        }
        self.end(SESSION, Error::NoContext)
    }

    /// Ends the operation that runs if it is of this kind.
    fn end(&mut self, kind: u8, cause: Error) -> Effect {
        if self.flags & kind == 0 {
            return Effect::Woken;
        }
        self.cause = Some(cause);
        Effect::End
    }
}

impl Notes for State {
    fn note(&mut self, _note: u8, _answer: Answer<'_>) -> Verdict {
        Verdict::Default
    }

    fn urc(&mut self, id: u8, line: &[u8]) -> Effect {
        match id {
            id::APP_READY if Instant::now() < self.boots_until => Effect::None,
            id::BOOT => {
                self.boots_until = Instant::now().saturating_add(BOOT);
                Effect::Restarted
            }
            id::APP_READY | id::OFF => Effect::Restarted,
            id::CEREG | id::CGREG => {
                self.register(usize::from(id == id::CGREG), line, 0);
                self.notice = self.notice.or(Some(Notice::Registration));
                Effect::Woken
            }
            id::STAT if int(line, 0) == Some(0) => self.stat(line),
            id::TCPIP if fields(line).next() == Some(b"\"pdpdeact\"") && int(line, 1) == Some(1) => self.lose_context(),
            id::SIM if field(line, 0) == Some(b"NOT INSERTED") => self.end(ATTACH, Error::Sim(SimFault::Absent)),
            _ => Effect::None,
        }
    }

    fn restarted(&mut self) {
        self.registration = [Registration::Unknown; 2];
        self.context_up = false;
        self.session = Session::Closed;
        self.down = true;
    }
}

/// How an operation takes the answers to its steps.
pub(crate) type Take<'a> = &'a mut dyn FnMut(&mut State, u8, Answer<'_>) -> Verdict;

/// One operation's way to take answers, beside the state that all share.
pub(crate) struct Op<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) take: Take<'a>,
}

impl Notes for Op<'_> {
    fn note(&mut self, note: u8, answer: Answer<'_>) -> Verdict {
        (self.take)(self.state, note, answer)
    }

    fn urc(&mut self, id: u8, line: &[u8]) -> Effect {
        self.state.urc(id, line)
    }

    fn restarted(&mut self) {
        self.state.restarted();
    }
}

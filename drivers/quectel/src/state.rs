//! What the driver knows of its module, and what unsolicited lines change in it.

use wanlink_at::{Answer, Effect, Notes, Verdict, field, fields, int};
use wanlink_core::Notice;

use crate::error::{Error, SimFault};
use crate::urc::id;

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

pub(crate) struct State {
    /// Registration in LTE and in GPRS.
    pub(crate) registration: [Registration; 2],
    pub(crate) context_up: bool,
    pub(crate) session: Session,
    /// Our own close may still be reported by a late `+QMTSTAT`.
    pub(crate) late_stat: bool,
    /// The module said that the session is there.
    pub(crate) confirmed: bool,
    /// `APP RDY` of a boot that we know of may still come.
    pub(crate) boots: bool,
    /// A PIN was sent: never again by this value.
    pub(crate) pin_sent: bool,
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
            late_stat: false,
            confirmed: false,
            boots: true,
            pin_sent: false,
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

    fn stat(&mut self, line: &[u8]) -> Effect {
        let cause = int(line, 1).and_then(|n| u8::try_from(n).ok()).unwrap_or(0);
        let may_be_late = core::mem::take(&mut self.late_stat);
        match self.session {
            Session::Up => self.lose_session(cause),
            // The broker refused or is silent: the result line may not come any more.
            Session::LoggingIn if matches!(cause, 3 | 4) || !may_be_late => {
                self.cause = Some(Error::NoConnack);
                self.session = Session::Unknown;
                Effect::End
            }
            _ => Effect::None,
        }
    }

    fn lose_session(&mut self, cause: u8) -> Effect {
        self.session = Session::Lost(cause);
        self.cause = Some(Error::SessionLost(cause));
        self.notice = Some(Notice::SessionLost);
        Effect::End
    }

    fn lose_context(&mut self) -> Effect {
        self.context_up = false;
        self.notice = Some(Notice::ContextLost);
        self.cause = Some(Error::NoContext);
        let concerned = self.session != Session::Closed;
        if concerned {
            self.session = Session::Lost(7);
        }
        if concerned { Effect::End } else { Effect::Woken }
    }
}

impl Notes for State {
    fn note(&mut self, _note: u8, _answer: Answer<'_>) -> Verdict {
        Verdict::Default
    }

    fn urc(&mut self, id: u8, line: &[u8]) -> Effect {
        match id {
            id::BOOT | id::OFF => {
                self.boots = true;
                Effect::Restarted
            }
            id::APP_READY if core::mem::take(&mut self.boots) => Effect::None,
            id::APP_READY => Effect::Restarted,
            id::CEREG | id::CGREG => {
                self.register(usize::from(id == id::CGREG), line, 0);
                self.notice = self.notice.or(Some(Notice::Registration));
                Effect::Woken
            }
            id::STAT if int(line, 0) == Some(0) => self.stat(line),
            id::TCPIP if fields(line).next() == Some(b"\"pdpdeact\"") && int(line, 1) == Some(1) => self.lose_context(),
            id::SIM if field(line, 0) == Some(b"NOT INSERTED") => {
                self.cause = Some(Error::Sim(SimFault::Absent));
                Effect::Woken
            }
            _ => Effect::None,
        }
    }

    fn restarted(&mut self) {
        self.registration = [Registration::Unknown; 2];
        self.context_up = false;
        self.session = Session::Closed;
        self.late_stat = false;
    }
}

/// One operation's way to take answers, beside the state that all share.
pub(crate) struct Op<'a, F> {
    pub(crate) state: &'a mut State,
    pub(crate) take: F,
}

impl<F: FnMut(&mut State, u8, Answer<'_>) -> Verdict> Notes for Op<'_, F> {
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

//! What the driver knows of its module, and what unsolicited lines change in it.

use embassy_time::Instant;
use wanlink_at::{Effect, End, Engine, Job, Verdict, field, fields, int, later};
use wanlink_core::Notice;

use crate::error::{Error, SimFault};
use crate::operation::flag;
use crate::sockets::Sockets;
use crate::urc::id;

/// A `+QMTSTAT` that tells of our own close comes at most so late: "during the next QMTOPEN" has been seen.
const LATE_MS: u32 = 5_000;

/// The lines of a boot come within this time of its first.
const BOOT_MS: u32 = 20_000;

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

/// Times of the model.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    /// How long PWRKEY is held to switch on.
    pub(crate) key_ms: u32,
    /// How long RESET_N is held.
    pub(crate) reset_ms: u32,
    /// The longest time to the first answer.
    pub(crate) boot_ms: u32,
}

/// The order of the fields is kept, flags first: Thumb's short loads reach 32 bytes (`docs/sizes.md`).
#[repr(C)]
pub(crate) struct State {
    /// Flags of the operation that runs.
    pub(crate) flags: u8,
    pub(crate) pin: Pin,
    /// A restart hid once already whether the card took the PIN.
    pub(crate) pin_in_doubt: bool,
    /// The module has our settings.
    pub(crate) set_up: bool,
    /// The module went off or restarted, and was not started since.
    pub(crate) down: bool,
    /// How many ways to find the module were tried.
    pub(crate) searched: u8,
    /// Registration in LTE and in GPRS, and what was told of it last.
    pub(crate) registration: [Registration; 2],
    pub(crate) told: Option<Registration>,
    /// The network denied registration once already and was given its time.
    pub(crate) denied: bool,
    pub(crate) context_up: bool,
    pub(crate) session: Session,
    /// A client that was still occupied was freed once already.
    pub(crate) freed: bool,
    /// An open that failed without a reason was looked into.
    pub(crate) diagnosed: bool,
    /// The root was uploaded for this session.
    pub(crate) uploaded: bool,
    /// The root's file may be incomplete.
    pub(crate) is_stale: bool,
    /// The session may be gone, with this cause: the module has to be asked.
    pub(crate) doubt: Option<u8>,
    /// The module said that the session is there.
    pub(crate) confirmed: bool,
    /// What [`Module::idle`](wanlink_core::Module::idle) shall report.
    pub(crate) notice: Option<Notice>,
    /// Why a note ended an operation.
    pub(crate) cause: Option<Error>,
    pub(crate) keep_alive_s: u16,
    /// The last packet identifier.
    pub(crate) message_id: u16,
    pub(crate) times: &'static Times,
    pub(crate) sockets: Sockets,
    /// Until then a `+QMTSTAT` may still tell of our own close.
    pub(crate) late_until: Instant,
    /// Until then the lines of a boot that we know of may come, and an answer be missing.
    pub(crate) boots_until: Instant,
}

impl State {
    pub(crate) const fn new(times: &'static Times) -> Self {
        Self {
            times,
            registration: [Registration::Unknown; 2],
            told: None,
            denied: false,
            context_up: false,
            session: Session::Unknown,
            keep_alive_s: 0,
            message_id: 0,
            freed: false,
            diagnosed: false,
            uploaded: false,
            is_stale: false,
            late_until: Instant::MIN,
            doubt: None,
            confirmed: false,
            boots_until: Instant::MIN,
            searched: 0,
            set_up: false,
            down: false,
            flags: 0,
            pin: Pin::Unsent,
            pin_in_doubt: false,
            notice: None,
            cause: None,
            sockets: Sockets::new(),
        }
    }

    /// Begins an operation with these flags.
    pub(crate) fn begin(&mut self, flags: u8) -> Result<(), Error> {
        if flags & Job::BRING_UP != 0 {
            self.restarted();
            self.searched = 0;
        } else if self.down && flags & flag::ANYWAY == 0 {
            return Err(Error::Restarted);
        }
        (self.flags, self.cause) = (flags, None);
        Ok(())
    }

    /// How an operation ended: the state knows better why a note or an unsolicited line ended it.
    pub(crate) fn end(&mut self, engine: &Engine<'_>) -> Result<(), Error> {
        let (end, cause) = (engine.end(), self.cause.take());
        if self.flags & flag::ANYWAY != 0 && matches!(end, End::Done | End::Restarted) {
            // That is what was asked for.
            self.restarted();
            self.expect_boot();
            return Ok(());
        }
        match (end, cause) {
            (End::Done, _) => Ok(()),
            (End::Ended | End::Error | End::Silent, Some(cause)) => Err(cause),
            _ => Err(Error::of(engine)),
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
        self.late_until = later(Instant::now(), LATE_MS);
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
                self.cut_short(flag::SESSION, Error::SessionLost(cause))
            }
            // The broker refused or is silent: the result line may not come any more.
            Session::LoggingIn if !may_be_late => {
                self.session = Session::Unknown;
                self.cut_short(flag::SESSION, Error::NoConnack)
            }
            _ => Effect::None,
        }
    }

    fn lose_context(&mut self) -> Effect {
        self.context_up = false;
        self.sockets.hook = None;
        self.notice = Some(Notice::ContextLost);
        if self.session != Session::Closed {
            self.session = Session::Lost(7);
        }
        // Whether it needs the session, or a socket.
        self.cut_short(self.flags & flag::ATTACH | flag::SESSION, Error::NoContext)
    }

    /// Ends the operation that runs if it is of this kind.
    fn cut_short(&mut self, kind: u8, cause: Error) -> Effect {
        if self.flags & flag::SOCKET != kind {
            return Effect::Woken;
        }
        self.cause = Some(cause);
        Effect::End
    }

    /// Takes an unsolicited line.
    pub(crate) fn urc(&mut self, id: u8, line: &[u8]) -> Effect {
        match id {
            id::APP_READY if Instant::now() < self.boots_until => Effect::None,
            id::BOOT => {
                self.boots_until = later(Instant::now(), BOOT_MS);
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
            id::TCPIP | id::TLS => self.sockets.hook.map_or(Effect::None, |hook| (hook.line)(self, id, line)),
            id::SIM if field(line, 0) == Some(b"NOT INSERTED") => {
                self.forget_pin();
                self.cut_short(flag::ATTACH, Error::Sim(SimFault::Absent))
            }
            _ => Effect::None,
        }
    }

    /// What became of a PIN will not be told any more: it may be sent again. Once: a wrong one is then sent twice at most,
    /// and the card is not locked before the third.
    pub(crate) fn forget_pin(&mut self) {
        if matches!(self.pin, Pin::Due | Pin::Sent) && !self.pin_in_doubt {
            (self.pin, self.pin_in_doubt) = (Pin::Unsent, true);
        }
    }

    /// The module restarted or is about to: all it knew at run time is gone.
    pub(crate) fn restarted(&mut self) {
        self.forget_pin();
        self.registration = [Registration::Unknown; 2];
        self.context_up = false;
        self.sockets.hook = None;
        self.session = Session::Closed;
        (self.set_up, self.down) = (false, true);
    }

    /// From now on the module has its time to boot.
    pub(crate) fn expect_boot(&mut self) {
        self.boots_until = later(Instant::now(), self.times.boot_ms);
    }

    /// When a listening step without a bound of its own is over: a pulse has its length, a session is asked for after one
    /// keep-alive of silence, and sockets have times of their own.
    pub(crate) fn until(&mut self, last_read: Instant) -> Instant {
        let now = Instant::now();
        if self.flags & (Job::BRING_UP | flag::ANYWAY) != 0 {
            let pulse = if self.flags & Job::BRING_UP != 0 { self.times.key_ms } else { self.times.reset_ms };
            return later(now, pulse);
        }
        if self.flags & flag::SOCKET != flag::SESSION || self.keep_alive_s == 0 {
            return self.sockets.hook.map_or(Instant::MAX, |hook| (hook.until)(self));
        }
        let until = later(last_read, 1000 * u32::from(self.keep_alive_s));
        if until <= now {
            // A session that ended may have been told by a line that was lost.
            self.doubt = Some(0);
        }
        until
    }

    /// What keeps an operation from its session.
    pub(crate) fn check_session(&self) -> Result<(), Error> {
        match self.session {
            Session::Up => Ok(()),
            Session::Lost(cause) => Err(Error::SessionLost(cause)),
            _ => Err(Error::NotConnected),
        }
    }

    /// Packet identifiers from 1 to 65535.
    pub(crate) fn next_id(&mut self) -> u32 {
        self.message_id = self.message_id.checked_add(1).unwrap_or(1);
        self.message_id.into()
    }
}

#[cfg(test)]
impl Default for State {
    fn default() -> Self {
        Self::new(&Times { key_ms: 1000, reset_ms: 1000, boot_ms: 1000 })
    }
}

//! What the driver knows of its module, and what unsolicited lines change in it.

use embassy_time::Instant;
use wanlink_core::Notice;

use super::error::{Error, SimFault};
use super::family::Family;
use super::lines::id;
use super::operation::flag;
use super::sockets::Sockets;
use crate::{Effect, End, Engine, Job, Verdict, field, int, later};

/// A line that tells of our own close comes at most so late: "during the next open" has been seen.
const LATE_MS: u32 = 5_000;

/// The lines of a boot come within this time of its first.
const BOOT_MS: u32 = 20_000;

/// State of registration (3GPP TS 27.007, 10.1.22).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Registration {
    /// The module has not said.
    #[default]
    Unknown,
    /// Not registered, and searching.
    Searching,
    /// Denied.
    Denied,
    /// Registered at home.
    Home,
    /// Registered and roaming.
    Roaming,
}

impl Registration {
    /// The state with this number; those that allow less than data are none.
    pub fn from_stat(stat: i32) -> Self {
        match stat {
            1 => Self::Home,
            2 => Self::Searching,
            3 => Self::Denied,
            5 => Self::Roaming,
            _ => Self::Unknown,
        }
    }

    /// Whether data can be had.
    pub fn is_up(self) -> bool {
        matches!(self, Self::Home | Self::Roaming)
    }
}

/// State of the one MQTT client that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
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
pub enum Pin {
    /// None was sent, or the card took each: its tries are all there.
    Unsent,
    /// It is the next command, and out unless the call is dropped before.
    Due,
    /// Sent, and the card has not said that it is ready since.
    Sent,
    /// Refused.
    Refused,
}

/// Times of the model, and where it is special.
#[derive(Clone, Copy)]
pub struct Times {
    /// How long PWRKEY is held to switch on.
    pub key_ms: u32,
    /// How long RESET_N is held.
    pub reset_ms: u32,
    /// The longest time to the first answer.
    pub boot_ms: u32,
    /// See [`DriverModel::QUIRKS`](super::DriverModel::QUIRKS).
    pub quirks: u8,
}

/// The order of the fields is kept, flags first: Thumb's short loads reach 32 bytes (`docs/sizes.md`).
#[repr(C)]
pub struct State<F: Family> {
    /// Flags of the operation that runs.
    pub flags: u8,
    /// What became of the PIN.
    pub pin: Pin,
    /// A restart hid once already whether the card took the PIN.
    pub pin_in_doubt: bool,
    /// The module has our settings.
    pub set_up: bool,
    /// The module went off or restarted, and was not started since.
    pub down: bool,
    /// How many ways to find the module were tried.
    pub searched: u8,
    /// Registration in LTE and in GPRS.
    pub registration: [Registration; 2],
    /// What of it the caller of an attach was told last.
    pub told: Option<Registration>,
    /// The network denied registration once already and was given its time.
    pub denied: bool,
    /// The data context is up.
    pub context_up: bool,
    /// The session with the broker.
    pub session: Session,
    /// A client that was still occupied was freed once already.
    pub freed: bool,
    /// An open that failed without a reason was looked into.
    pub diagnosed: bool,
    /// The root was uploaded for this session.
    pub uploaded: bool,
    /// The root's file may be incomplete.
    pub is_stale: bool,
    /// The session may be gone, with this cause: the module has to be asked.
    pub doubt: Option<u8>,
    /// The module said that the session is there.
    pub confirmed: bool,
    /// What [`Module::idle`](wanlink_core::Module::idle) shall report.
    pub notice: Option<Notice>,
    /// Why a note ended an operation.
    pub cause: Option<Error<F>>,
    /// Keep-alive of the session in seconds.
    pub keep_alive_s: u16,
    /// The last packet identifier.
    pub message_id: u16,
    /// Those of the model.
    pub times: &'static Times,
    /// The module's sockets.
    pub sockets: Sockets<F>,
    /// Until then an unsolicited line may still tell of our own close.
    pub late_until: Instant,
    /// Until then the lines of a boot that we know of may come, and an answer be missing.
    pub boots_until: Instant,
    /// When the module fell asleep, as it was asked to.
    pub asleep: Option<Instant>,
    /// After how many seconds it shall wake by itself.
    pub update_s: u32,
    /// What only this family has.
    pub own: F::Own,
}

impl<F: Family> State<F> {
    /// Of a module of which nothing is known.
    pub const fn new(times: &'static Times) -> Self {
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
            asleep: None,
            update_s: 0,
            own: F::OWN,
        }
    }

    /// Begins an operation with these flags.
    pub fn begin(&mut self, flags: u8) -> Result<(), Error<F>> {
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
    pub fn end(&mut self, engine: &Engine<'_, F>) -> Result<(), Error<F>> {
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
    pub fn fail(&mut self, cause: Error<F>) -> Verdict {
        self.cause = Some(cause);
        Verdict::Fail
    }

    /// Whether one of the two networks has us.
    pub fn is_registered(&self) -> bool {
        self.registration.iter().any(|r| r.is_up())
    }

    /// Takes a registration line; the stat stands behind `<n>` in an answer.
    pub fn register(&mut self, network: usize, line: &[u8], index: usize) {
        if let (Some(stat), Some(slot)) = (int(line, index), self.registration.get_mut(network)) {
            *slot = Registration::from_stat(stat);
        }
    }

    /// A session ended: the line that tells it may still come.
    pub fn ended(&mut self) {
        self.late_until = later(Instant::now(), LATE_MS);
    }

    /// The network took the context away; session and sockets are gone with it.
    pub fn lose_context(&mut self) -> Effect {
        self.context_up = false;
        self.sockets.hook = None;
        F::context_lost(&mut self.own);
        self.notice = Some(Notice::ContextLost);
        if self.session != Session::Closed {
            self.session = Session::Lost(7);
        }
        // Whether it needs the session, or a socket.
        self.cut_short(self.flags & flag::ATTACH | flag::SESSION, Error::NoContext)
    }

    /// Ends the operation that runs if it is of this kind.
    pub fn cut_short(&mut self, kind: u8, cause: Error<F>) -> Effect {
        if self.flags & flag::SOCKET != kind {
            return Effect::Woken;
        }
        self.cause = Some(cause);
        Effect::End
    }

    /// Takes an unsolicited line.
    pub(crate) fn urc(&mut self, id: u8, line: &[u8]) -> Effect {
        match id {
            id::READY if Instant::now() < self.boots_until => Effect::None,
            id::BOOT => {
                self.boots_until = later(Instant::now(), BOOT_MS);
                Effect::Restarted
            }
            id::READY | id::OFF => Effect::Restarted,
            id::CEREG | id::CGREG => {
                self.register(usize::from(id == id::CGREG), line, 0);
                self.notice = self.notice.or(Some(Notice::Registration));
                Effect::Woken
            }
            id::SIM if field(line, 0) == Some(b"NOT INSERTED") => {
                self.forget_pin();
                self.cut_short(flag::ATTACH, Error::Sim(SimFault::Absent))
            }
            id::SIM | id::NOISE => Effect::None,
            _ => F::urc(self, id, line),
        }
    }

    /// The session ended by itself, as a line says.
    pub fn lose_session(&mut self, cause: u8) -> Effect {
        self.session = Session::Lost(cause);
        self.notice = Some(Notice::SessionLost);
        self.cut_short(flag::SESSION, Error::SessionLost(cause))
    }

    /// What became of a PIN will not be told any more: it may be sent again. Once: a wrong one is then sent twice at most,
    /// and the card is not locked before the third.
    pub fn forget_pin(&mut self) {
        if matches!(self.pin, Pin::Due | Pin::Sent) && !self.pin_in_doubt {
            (self.pin, self.pin_in_doubt) = (Pin::Unsent, true);
        }
    }

    /// The module restarted or is about to: all it knew at run time is gone.
    pub fn restarted(&mut self) {
        self.forget_pin();
        self.registration = [Registration::Unknown; 2];
        self.context_up = false;
        self.sockets.hook = None;
        self.session = Session::Closed;
        F::restarted(&mut self.own);
        (self.set_up, self.down) = (false, true);
    }

    /// From now on the module has its time to boot.
    pub fn expect_boot(&mut self) {
        self.boots_until = later(Instant::now(), self.times.boot_ms);
    }

    /// When a listening step without a bound of its own is over: a pulse has its length, a session is asked for after one
    /// keep-alive of silence, and sockets have times of their own.
    pub fn until(&mut self, last_read: Instant) -> Instant {
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
    pub fn check_session(&self) -> Result<(), Error<F>> {
        match self.session {
            Session::Up => Ok(()),
            Session::Lost(cause) => Err(Error::SessionLost(cause)),
            _ => Err(Error::NotConnected),
        }
    }

    /// Packet identifiers from 1 to 65535.
    pub fn next_id(&mut self) -> u32 {
        self.message_id = self.message_id.checked_add(1).unwrap_or(1);
        self.message_id.into()
    }
}

/// Of a model with times of no meaning.
impl<F: Family> Default for State<F> {
    fn default() -> Self {
        Self::new(&Times { key_ms: 1000, reset_ms: 1000, boot_ms: 1000, quirks: 0 })
    }
}

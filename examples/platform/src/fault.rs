//! Faults that are waiting to happen. The verbs that ask for them are methods of [`Platform`](crate::Platform).

mod http;
mod named;
mod parse;
mod timed;

pub(crate) use http::{HttpFaults, SecretFate};
pub use named::Fault;
pub use parse::FaultError;
pub use timed::TimedFault;

use crate::config::ReturnCode;
use crate::packet::PacketType;
use std::fmt;

/// How a platform that is away behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Away {
    /// Connections are taken and then nothing is answered, not even a close.
    Silent,
    /// Every connection is closed at once.
    Closes,
}

/// A fault of the TLS in front of the platform, for connections opened from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsFault {
    /// A certificate of another authority, for the right name.
    WrongCertificate,
    /// A certificate for another name.
    WrongName,
    /// A certificate that was valid until the day before.
    ExpiredCertificate,
    /// A certificate that will be valid in a year.
    NotYetValidCertificate,
    /// No TLS at all: a line of plain text in answer to the hello.
    PlainText,
    /// TLS 1.3 and nothing else.
    Tls13Only,
    /// The connection is closed in the middle of the server's first flight.
    CutHandshake,
    /// Every connection that the platform closes ends without close_notify, also those opened before.
    NoCloseNotify,
}

impl TlsFault {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::WrongCertificate,
        Self::WrongName,
        Self::ExpiredCertificate,
        Self::NotYetValidCertificate,
        Self::PlainText,
        Self::Tls13Only,
        Self::CutHandshake,
        Self::NoCloseNotify,
    ];

    /// As the user names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WrongCertificate => "wrong-certificate",
            Self::WrongName => "wrong-name",
            Self::ExpiredCertificate => "expired-certificate",
            Self::NotYetValidCertificate => "not-yet-valid-certificate",
            Self::PlainText => "plain-text",
            Self::Tls13Only => "tls13-only",
            Self::CutHandshake => "cut-handshake",
            Self::NoCloseNotify => "no-close-notify",
        }
    }
}

impl fmt::Display for TlsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What becomes of one PUBACK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PubackFate {
    Sent,
    Dropped,
    Doubled,
    /// The connection is closed in its place.
    Killed,
}

/// Every n-th of something; 0 is off.
#[derive(Debug, Default)]
pub(crate) struct Every {
    nth: u32,
    count: u32,
}

impl Every {
    pub(crate) fn of(nth: u32) -> Self {
        Self { nth, count: 0 }
    }

    /// Counts one more, and says whether it is such a one.
    fn is_due(&mut self) -> bool {
        if self.nth == 0 {
            return false;
        }
        self.count = (self.count + 1) % self.nth;
        self.count == 0
    }
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// PUBACKs until the one that is replaced by a close; 0 is off.
    pub(crate) kill_in: u32,
    pub(crate) drop_pubacks: Every,
    pub(crate) double_pubacks: Every,
    /// How long each PUBACK is held back.
    pub(crate) puback_delay_us: u64,
    /// How much later the bytes of a device are looked at.
    pub(crate) slow_us: u64,
    /// So long after a login a second device of the same identity comes, and for how many logins.
    pub(crate) kick: Option<(u64, u32)>,
    /// Code of the next refused CONNECTs, and how many.
    pub(crate) refuse: Option<(ReturnCode, u32)>,
    /// The next packet of this type ends after so many bytes.
    pub(crate) cut: Option<(PacketType, usize)>,
    pub(crate) tls: Option<TlsFault>,
    pub(crate) http: HttpFaults,
    /// Until when the platform is away, and how.
    away: Option<(u64, Away)>,
}

impl Faults {
    pub(crate) fn go_away(&mut self, until: u64, how: Away) {
        self.away = Some((until, how));
    }

    /// How the platform is away at this time, if it is, and until when.
    pub(crate) fn away(&self, now: u64) -> Option<(u64, Away)> {
        self.away.filter(|&(until, _)| now < until)
    }

    /// Decides about the next PUBACK.
    pub(crate) fn next_puback(&mut self) -> PubackFate {
        if self.kill_in > 0 {
            self.kill_in -= 1;
            if self.kill_in == 0 {
                return PubackFate::Killed;
            }
        }
        if self.drop_pubacks.is_due() {
            PubackFate::Dropped
        } else if self.double_pubacks.is_due() {
            PubackFate::Doubled
        } else {
            PubackFate::Sent
        }
    }

    /// The code with which the next CONNECT is refused, if one is.
    pub(crate) fn next_refusal(&mut self) -> Option<ReturnCode> {
        let (code, left) = self.refuse.as_mut()?;
        *left = left.checked_sub(1)?;
        Some(*code)
    }

    /// How long after the next login a second device comes, if one does.
    pub(crate) fn next_kick(&mut self) -> Option<u64> {
        let (after_us, left) = self.kick.as_mut()?;
        *left = left.checked_sub(1)?;
        Some(*after_us)
    }

    /// How many bytes of this packet go out, if it is the one to be cut.
    pub(crate) fn take_cut(&mut self, packet_type: PacketType) -> Option<usize> {
        let (_, keep) = self.cut.take_if(|cut| cut.0 == packet_type)?;
        Some(keep)
    }
}

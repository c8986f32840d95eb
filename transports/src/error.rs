//! What can go wrong above the driver.

use wanlink_core::{Error, ErrorKind, Refusal, TooLong};

use crate::reason::Reason;
use crate::topic::TopicError;

/// Inbound messages that could not be kept. The session goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Lost {
    /// How many since the last report.
    pub count: u16,
    /// The inbox, in bytes, that the largest of them would have needed; 0 when its length is unknown, 65,535 also for
    /// more.
    pub longest: u16,
}

impl Lost {
    /// As [`Inbound::Lost`](wanlink_core::Inbound::Lost) tells it.
    #[must_use]
    pub fn new(count: u16, longest: usize) -> Self {
        Self { count, longest: longest.try_into().unwrap_or(u16::MAX) }
    }
}

impl core::fmt::Display for Lost {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} inbound messages were lost, the largest needed {} bytes", self.count, self.longest)
    }
}

impl core::error::Error for Lost {}

/// Error of a link over a driver whose error is `E`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum LinkError<E> {
    /// The driver's error, with its evidence.
    Module(E),
    /// Longer than the model takes. Nothing was sent.
    TooLong(TooLong),
    /// The topic cannot be used. Nothing was sent.
    Topic(TopicError),
    /// The connection of the path `tcp` is over.
    Closed(Reason),
    /// The platform said no: over `tcp` to the login or to a subscription, over `https` to a request.
    Refused(Refusal),
    /// The path `https` got an answer that is none: of this HTTP status, and not what the platform writes.
    #[cfg(feature = "https")]
    Answer(u16),
    /// The platform answered a request with this code, which may heal.
    #[cfg(feature = "https")]
    Code(u16),
    /// Inbound messages were lost; kind [`Retry`](ErrorKind::Retry), since the session goes on.
    Lost(Lost),
    /// A session found no network in its time.
    NotAttached,
    /// The session ended earlier on this refusal and was not told to go on. Nothing was sent.
    Ended(Refusal),
}

impl<E: Error> Error for LinkError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Module(error) => error.kind(),
            Self::TooLong(_) | Self::Topic(_) => ErrorKind::Misuse,
            Self::Closed(_) => ErrorKind::Reconnect,
            Self::Lost(_) => ErrorKind::Retry,
            #[cfg(feature = "https")]
            Self::Answer(_) => ErrorKind::Retry,
            #[cfg(feature = "https")]
            Self::Code(code) => crate::reason::kind_of(*code),
            Self::NotAttached => ErrorKind::Reattach,
            Self::Refused(refusal) | Self::Ended(refusal) => ErrorKind::Refused(*refusal),
        }
    }
}

impl<E: core::fmt::Display> core::fmt::Display for LinkError<E> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Module(error) => error.fmt(f),
            Self::TooLong(error) => error.fmt(f),
            Self::Topic(error) => error.fmt(f),
            Self::Closed(reason) => reason.fmt(f),
            Self::Refused(Refusal::Connack(code)) => write!(f, "the broker refused the login with code {code}"),
            Self::Refused(Refusal::Subscription) => f.write_str("the broker refused the subscription"),
            Self::Refused(Refusal::Code(code)) => write!(f, "the platform refused with code {code}"),
            #[cfg(feature = "https")]
            Self::Answer(status) => write!(f, "the server answered with status {status}, and not as the platform does"),
            #[cfg(feature = "https")]
            Self::Code(code) => write!(f, "the platform answered with code {code}"),
            Self::Refused(refusal) => write!(f, "the broker refused ({refusal:?})"),
            Self::Lost(error) => error.fmt(f),
            Self::NotAttached => f.write_str("no network was found within ten minutes"),
            Self::Ended(refusal) => write!(f, "the session ended on a refusal ({refusal:?})"),
        }
    }
}

impl<E: core::error::Error> core::error::Error for LinkError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Module(error) => error.source(),
            _ => None,
        }
    }
}

impl<E> From<TooLong> for LinkError<E> {
    fn from(error: TooLong) -> Self {
        Self::TooLong(error)
    }
}

impl<E> From<TopicError> for LinkError<E> {
    fn from(error: TopicError) -> Self {
        Self::Topic(error)
    }
}

impl<E> From<Lost> for LinkError<E> {
    fn from(error: Lost) -> Self {
        Self::Lost(error)
    }
}

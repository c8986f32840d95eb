//! What can go wrong with an outbox.

use wanlink_core::TooLong;

use super::record::Unfit;
use crate::topic::TopicError;

/// Why a message was not kept; `E` is the error of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum OutboxError<E> {
    /// It is longer than the outbox takes.
    TooLong(TooLong),
    /// Nothing can be published to its topic.
    Topic(TopicError),
    /// There is no room for it.
    Full,
    /// The queue failed.
    Queue(E),
}

/// Why messages were not delivered; `U` is the error of the uplink, `Q` that of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum DeliverError<U, Q> {
    /// The uplink cannot send.
    Uplink(U),
    /// The queue failed.
    Queue(Q),
}

impl<E> From<Unfit> for OutboxError<E> {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::TooLong(too_long) => Self::TooLong(too_long),
            Unfit::Topic(error) => Self::Topic(error),
        }
    }
}

impl<E: core::fmt::Display> core::fmt::Display for OutboxError<E> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::TooLong(error) => error.fmt(f),
            Self::Topic(error) => error.fmt(f),
            Self::Full => f.write_str("the outbox is full"),
            Self::Queue(error) => write!(f, "the outbox cannot use its queue: {error}"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for OutboxError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Queue(error) => Some(error),
            _ => None,
        }
    }
}

impl<U: core::fmt::Display, Q: core::fmt::Display> core::fmt::Display for DeliverError<U, Q> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Uplink(error) => error.fmt(f),
            Self::Queue(error) => write!(f, "the outbox cannot use its queue: {error}"),
        }
    }
}

impl<U: core::error::Error + 'static, Q: core::error::Error + 'static> core::error::Error for DeliverError<U, Q> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Uplink(error) => Some(error),
            Self::Queue(error) => Some(error),
        }
    }
}

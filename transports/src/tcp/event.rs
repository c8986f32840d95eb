//! What the client wants, tells and refuses.

use crate::reason::Reason;

/// What [`Client::advance`](super::Client::advance) wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// To have [`unsent`](super::Client::unsent) written.
    Write,
    /// To have [`room`](super::Client::room) filled, at most until this time; `None` is for ever. A time that has
    /// passed asks for what waits in the port.
    Read(Option<u32>),
    /// Something happened; ask again.
    Event(Event),
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Event {
    /// The server accepted the login.
    Connected {
        /// Whether it still knows the subscriptions of the last session.
        session_present: bool,
    },
    /// The server refused the login with this return code (MQTT 3.1.1, table 3.1). The socket is to be closed.
    Refused(u8),
    /// The QoS 1 publish was acknowledged.
    Acknowledged,
    /// The server took the subscription.
    Subscribed,
    /// The server refused the subscription.
    NotSubscribed,
    /// The server ended the subscription.
    Unsubscribed,
    /// [`front`](super::Client::front) has something. When it comes again although nothing was released, there is no
    /// room, and nothing is read before something is.
    Message,
    /// The connection is over, and the socket is to be closed.
    Closed(Reason),
}

/// Why a call was refused. Nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error {
    /// The buffer needs so many bytes: [`SPARE`](super::SPARE) of them to receive, or those of the packet to send, and
    /// for a QoS 1 publish those of what has to find room behind it.
    NoRoom {
        /// Bytes needed.
        needed: usize,
    },
    /// A text that MQTT cannot carry: longer than 65,535 bytes, with a NUL, empty where it must not be, or with a
    /// wildcard in a wrong place.
    Text,
    /// A packet is not written yet, or the QoS 1 publish before is not acknowledged. Call again when it is.
    Busy,
    /// The login was not accepted yet, or the connection is over.
    Offline,
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NoRoom { needed } => write!(f, "the buffer is too small, {needed} bytes are needed"),
            Self::Text => f.write_str("MQTT cannot carry this text: check length, NUL and wildcards"),
            Self::Busy => f.write_str("the packet before is not finished"),
            Self::Offline => f.write_str("there is no session"),
        }
    }
}

impl core::error::Error for Error {}

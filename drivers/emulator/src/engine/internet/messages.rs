//! What module and internet say to each other.

use std::net::IpAddr;

/// Names one connection for as long as it lives; numbers are not used again.
pub type LinkId = u32;

/// What the module wants from the internet: names and plain TCP. TLS is the module's own business; the bytes of a link
/// that speaks it are what really goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetRequest {
    /// Look a name up. Answer with [`NetEvent::Resolved`], or [`NetEvent::OpenFailed`] when there is none.
    Resolve {
        /// Names this question, among the links.
        link: LinkId,
        /// The name.
        host: String,
    },
    /// Open a connection. Answer with [`NetEvent::Opened`] or [`NetEvent::OpenFailed`].
    Open {
        /// The new link.
        link: LinkId,
        /// Name or address.
        host: String,
        /// TCP port.
        port: u16,
    },
    /// Bytes for the other end.
    Send {
        /// The link.
        link: LinkId,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// The module closed the connection, or gave up opening it. No answer is expected.
    Close {
        /// The link.
        link: LinkId,
    },
}

impl NetRequest {
    pub(super) const fn link(&self) -> LinkId {
        match self {
            Self::Resolve { link, .. } | Self::Open { link, .. } | Self::Send { link, .. } | Self::Close { link } => {
                *link
            }
        }
    }
}

/// Why a connection could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenFailure {
    /// The name has no address.
    Dns,
    /// Nobody listens there.
    Refused,
    /// No answer.
    Timeout,
    /// The connection is there, but the TLS handshake or the certificate failed. The module finds that out by itself;
    /// an internet without TLS may say so in its place.
    Tls,
}

/// What the internet tells the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetEvent {
    /// The addresses of a name.
    Resolved {
        /// The question.
        link: LinkId,
        /// The addresses, at least one.
        addresses: Vec<IpAddr>,
    },
    /// The connection is open.
    Opened {
        /// The link.
        link: LinkId,
    },
    /// It could not be opened.
    OpenFailed {
        /// The link.
        link: LinkId,
        /// Why.
        why: OpenFailure,
    },
    /// Bytes from the other end.
    Data {
        /// The link.
        link: LinkId,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// The other end closed or reset the connection.
    Closed {
        /// The link.
        link: LinkId,
    },
}

impl NetEvent {
    pub(crate) const fn link(&self) -> LinkId {
        match self {
            Self::Resolved { link, .. }
            | Self::Opened { link }
            | Self::OpenFailed { link, .. }
            | Self::Data { link, .. }
            | Self::Closed { link } => *link,
        }
    }
}

//! TLS as the module speaks it: what a link asks for, and how it can fail.

#[cfg(not(feature = "tls"))]
mod absent;
#[cfg(feature = "tls")]
mod session;
#[cfg(feature = "tls")]
mod verify;

use std::fmt;

#[cfg(not(feature = "tls"))]
pub(crate) use absent::Session;
#[cfg(feature = "tls")]
pub(crate) use session::Session;

/// How a link is to be secured.
#[derive(Debug)]
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "nothing reads it where no TLS is built in"))]
pub(crate) struct TlsSettings {
    /// Whether TLS 1.2, the only version spoken here, is among those that were asked for.
    pub(crate) tls12: bool,
    /// One cipher suite, or 0xffff for all.
    pub(crate) suite: u16,
    /// Tell the server the host name.
    pub(crate) sni: bool,
    /// The name that is told to the server and looked for in its certificate, where it is not the host.
    pub(crate) name: Option<String>,
    /// `None`: any certificate will do.
    pub(crate) trust: Option<Trust>,
    /// Certificate and key of the client, as PEM.
    pub(crate) identity: Option<(Vec<u8>, Vec<u8>)>,
}

/// What a server's certificate is measured by.
#[derive(Debug)]
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "nothing reads it where no TLS is built in"))]
pub(crate) struct Trust {
    /// The only roots, as PEM.
    pub(crate) roots: Vec<u8>,
    /// The certificate must be for the host.
    pub(crate) check_name: bool,
    pub(crate) ignore_dates: bool,
    /// What the module holds for the time, seconds since 1970.
    pub(crate) now_s: u64,
}

/// Why a link could not be secured. The host learns next to nothing of it (`+QMTOPEN: 0,-1`): it is here for tests.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsFailure {
    /// This build has no TLS: the crate's feature `tls` is off.
    NotBuilt,
    /// A version or cipher suite is asked for that is not played here.
    Unsupported,
    /// There is no file of that name.
    FileMissing(String),
    /// The file of roots has no whole certificate in it, or a broken one.
    BadRoots,
    /// Certificate or key of the client cannot be read.
    BadIdentity,
    /// The host is no name and no address.
    BadName,
    /// No trusted root stands behind the certificate.
    UnknownIssuer,
    /// The certificate is for another host.
    WrongName,
    /// A certificate of the chain is over.
    Expired,
    /// A certificate of the chain is not valid yet.
    NotYetValid,
    /// Anything else about the certificate.
    BadCertificate(String),
    /// The server refused, with this alert.
    Alert(String),
    /// What the server said is not TLS.
    NotTls,
    /// The server closed the connection in the middle.
    Ended,
    /// The server was silent for too long.
    Timeout,
    /// Anything else.
    Other(String),
}

impl fmt::Display for TlsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBuilt => f.write_str("this build has no TLS"),
            Self::Unsupported => f.write_str("the version or cipher suite is not played here"),
            Self::FileMissing(name) => write!(f, "there is no file {name}"),
            Self::BadRoots => f.write_str("the file of roots has no whole certificate, or a broken one"),
            Self::BadIdentity => f.write_str("the client's certificate or key cannot be read"),
            Self::BadName => f.write_str("the host is no name and no address"),
            Self::UnknownIssuer => f.write_str("no trusted root stands behind the certificate"),
            Self::WrongName => f.write_str("the certificate is for another host"),
            Self::Expired => f.write_str("a certificate is over"),
            Self::NotYetValid => f.write_str("a certificate is not valid yet"),
            Self::BadCertificate(what) => write!(f, "the certificate is bad: {what}"),
            Self::Alert(alert) => write!(f, "the server refused: {alert}"),
            Self::NotTls => f.write_str("the server does not speak TLS"),
            Self::Ended => f.write_str("the server closed the connection in the handshake"),
            Self::Timeout => f.write_str("the handshake took too long"),
            Self::Other(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for TlsFailure {}

/// What came out of received bytes.
#[derive(Debug, Default)]
pub(crate) struct Received {
    pub(crate) plain: Vec<u8>,
    /// The server ended the session.
    pub(crate) closed: bool,
}

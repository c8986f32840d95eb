//! Why a connection of our own MQTT client is over, and what the codes of the platform's HTTPS service call for.

#[cfg(feature = "https")]
use wanlink_core::ErrorKind;

/// Why a connection is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Reason {
    /// It was not open.
    Offline,
    /// The other end closed it, or it was cut.
    Remote,
    /// DISCONNECT was sent.
    Asked,
    /// No answer came within 30 seconds.
    Silent,
    /// The server broke the protocol.
    Malformed(Malformed),
}

/// How the server broke the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Malformed {
    /// A packet that a server must not send to this client, or that does not exist.
    Type,
    /// Reserved flags that are not as they should be, or DUP without QoS.
    Flags,
    /// A PUBLISH of QoS 2 or 3.
    Qos,
    /// A length that does not fit the packet.
    Length,
    /// Packet identifier 0.
    Identifier,
    /// A topic that is empty, no UTF-8, or holds a NUL or a wildcard.
    Topic,
    /// A return code of a SUBACK that is reserved.
    ReturnCode,
    /// Another packet before the CONNACK, or a second CONNACK.
    Order,
}

/// What helps against a code of the HTTPS service that is no refusal (aliyun-iot, 4).
#[cfg(feature = "https")]
pub(crate) const fn kind_of(code: u16) -> ErrorKind {
    match code {
        // A parameter is wrong, whoever sends it.
        10001 => ErrorKind::Misuse,
        // No token, or none that counts.
        20001..=20003 => ErrorKind::Reconnect,
        _ => ErrorKind::Retry,
    }
}

impl core::fmt::Display for Reason {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Offline => f.write_str("the connection is not open"),
            Self::Remote => f.write_str("the server closed the connection"),
            Self::Asked => f.write_str("the connection was closed as asked for"),
            Self::Silent => f.write_str("the server did not answer in time"),
            Self::Malformed(how) => write!(f, "the server broke the protocol ({how:?})"),
        }
    }
}

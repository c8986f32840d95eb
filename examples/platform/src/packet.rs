//! MQTT 3.1 and 3.1.1 packets as a server reads and writes them, strict on the raw frame.
//!
//! Common codecs are lenient: they take reserved bits, bytes after the end, a packet identifier of 0 and more (facts:
//! `host-stack`, section 3). Here each of these is a [`Violation`] that names the statement it breaks.

mod connect;
mod decode;
mod frame;
mod reply;

pub(crate) use connect::Connect;
pub(crate) use decode::{Packet, Publish, Subscribe, Unsubscribe};
pub(crate) use frame::{BadFrame, Frame, FrameBuffer};
pub(crate) use reply::Reply;

use std::fmt;

/// Type of a control packet (MQTT 3.1.1, table 2.1), or of an HTTP message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketType {
    /// The device asks for a session.
    Connect = 1,
    /// Answer to CONNECT.
    Connack,
    /// A message, either way.
    Publish,
    /// Answer to a PUBLISH of QoS 1.
    Puback,
    /// First answer to a PUBLISH of QoS 2.
    Pubrec,
    /// Second step of QoS 2.
    Pubrel,
    /// Last step of QoS 2.
    Pubcomp,
    /// The device asks for topics.
    Subscribe,
    /// Answer to SUBSCRIBE.
    Suback,
    /// The device wants topics no more.
    Unsubscribe,
    /// Answer to UNSUBSCRIBE.
    Unsuback,
    /// The device is alive.
    Pingreq,
    /// Answer to PINGREQ.
    Pingresp,
    /// The device leaves.
    Disconnect,
    /// HTTP: the device asks for something, or sends a message.
    Request,
    /// HTTP: the answer.
    Response,
}

impl PacketType {
    /// From the high half of the first byte.
    fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::Connect,
            2 => Self::Connack,
            3 => Self::Publish,
            4 => Self::Puback,
            5 => Self::Pubrec,
            6 => Self::Pubrel,
            7 => Self::Pubcomp,
            8 => Self::Subscribe,
            9 => Self::Suback,
            10 => Self::Unsubscribe,
            11 => Self::Unsuback,
            12 => Self::Pingreq,
            13 => Self::Pingresp,
            14 => Self::Disconnect,
            _ => return None,
        })
    }
}

/// Quality of service that the platform knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Qos {
    /// QoS 0.
    AtMostOnce,
    /// QoS 1.
    AtLeastOnce,
}

/// What a packet says, for the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its type.
    pub packet_type: PacketType,
    /// Its packet identifier, if it carries one.
    pub packet_id: Option<u16>,
    /// Its DUP flag.
    pub dup: bool,
    /// QoS of a PUBLISH.
    pub qos: Option<u8>,
    /// Topic of a PUBLISH or of a message by HTTP, filters of a SUBSCRIBE or UNSUBSCRIBE (parted by a blank).
    pub topic: Option<String>,
    /// Bytes of the payload of a PUBLISH or of a message by HTTP, which ends the packet.
    pub payload_len: usize,
    /// Path of an HTTP request, without its query.
    pub path: Option<String>,
    /// Status of an HTTP response.
    pub status: Option<u16>,
    /// The platform's code in an HTTP response.
    pub code: Option<u16>,
}

impl Summary {
    pub(crate) fn of(packet_type: PacketType) -> Self {
        Self {
            packet_type,
            packet_id: None,
            dup: false,
            qos: None,
            topic: None,
            payload_len: 0,
            path: None,
            status: None,
            code: None,
        }
    }

    fn with_id(packet_type: PacketType, id: u16) -> Self {
        Self { packet_id: Some(id), ..Self::of(packet_type) }
    }
}

/// A rule that a packet breaks; the connection is closed for it ([MQTT-4.8.0-1]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The statement of MQTT 3.1.1; none for a rule of the platform alone.
    pub(crate) statement: Option<&'static str>,
    pub(crate) what: &'static str,
}

impl Violation {
    pub(crate) const fn new(statement: &'static str, what: &'static str) -> Self {
        Self { statement: Some(statement), what }
    }

    /// A rule of the platform: QoS 2, will and retain are not supported (facts: `aliyun-iot`, section 1.4).
    pub(crate) const fn of_platform(what: &'static str) -> Self {
        Self { statement: None, what }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.statement {
            Some(statement) => write!(f, "[{statement}] {}", self.what),
            None => write!(f, "[platform] {}", self.what),
        }
    }
}

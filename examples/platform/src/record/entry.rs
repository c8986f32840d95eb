//! One thing on the wire.

use crate::connection::ConnId;
use crate::device::DeviceId;
use crate::packet::{PacketType, Summary};
use std::fmt;

/// Direction of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the device.
    Up,
    /// To the device.
    Down,
}

/// One packet on the wire, or one HTTP message.
///
/// Its `Debug` shows how long it is, and not its bytes: they may hold a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Time in microseconds.
    pub at: u64,
    /// Connection.
    pub conn: ConnId,
    /// Device, as soon as a user name or a request said which.
    pub device: Option<DeviceId>,
    /// Direction.
    pub direction: Direction,
    /// Its meaning; `None` for a packet that is malformed, cut or injected.
    pub summary: Option<Summary>,
    /// Its bytes. A CONNECT holds the password, a request or its answer a token or a secret.
    pub raw: Vec<u8>,
    /// Whether a packet of the device was acted on; always true for one to the device.
    pub accepted: bool,
}

impl Entry {
    /// Type, unless malformed.
    pub fn packet_type(&self) -> Option<PacketType> {
        Some(self.summary.as_ref()?.packet_type)
    }

    /// Topic of a PUBLISH or of a message by HTTP, filters of a SUBSCRIBE or UNSUBSCRIBE.
    pub fn topic(&self) -> Option<&str> {
        self.summary.as_ref()?.topic.as_deref()
    }

    /// Packet identifier.
    pub fn packet_id(&self) -> Option<u16> {
        self.summary.as_ref()?.packet_id
    }

    /// DUP flag.
    pub fn is_dup(&self) -> bool {
        self.summary.as_ref().is_some_and(|summary| summary.dup)
    }

    /// Payload of a PUBLISH or of a message by HTTP.
    pub fn payload(&self) -> &[u8] {
        let length = self.summary.as_ref().map_or(0, |s| s.payload_len);
        let start = self.raw.len().saturating_sub(length);
        self.raw.get(start..).unwrap_or_default()
    }

    /// Whether it carries a message: a PUBLISH, or a request to `/topic`.
    pub fn is_message(&self) -> bool {
        match self.packet_type() {
            Some(PacketType::Publish) => true,
            Some(PacketType::Request) => self.topic().is_some(),
            _ => false,
        }
    }

    pub(super) fn is(&self, direction: Direction, packet_type: PacketType, device: &DeviceId) -> bool {
        self.direction == direction && self.packet_type() == Some(packet_type) && self.device.as_ref() == Some(device)
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("at", &self.at)
            .field("conn", &self.conn)
            .field("device", &self.device)
            .field("direction", &self.direction)
            .field("summary", &self.summary)
            .field("raw", &format_args!("{} bytes", self.raw.len()))
            .field("accepted", &self.accepted)
            .finish()
    }
}

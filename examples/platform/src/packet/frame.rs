//! The fixed header: where one packet ends and the next begins (MQTT 3.1.1, section 2.2).

use super::{PacketType, Violation};

/// A longer packet ends the connection as soon as its length is known; the SDK's own cap is 1 MiB too.
const MAX_PACKET_BYTES: usize = 1024 * 1024;

/// One whole packet.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) packet_type: PacketType,
    /// Low half of the first byte.
    pub(crate) flags: u8,
    /// Every byte of the packet.
    pub(crate) raw: Vec<u8>,
    body_at: usize,
}

impl Frame {
    /// What follows the fixed header.
    pub(crate) fn body(&self) -> &[u8] {
        self.raw.get(self.body_at..).unwrap_or_default()
    }
}

/// A fixed header that no packet can have, and its bytes up to the wrong one.
#[derive(Debug)]
pub(crate) struct BadFrame {
    pub(crate) raw: Vec<u8>,
    pub(crate) violation: Violation,
}

/// Bytes of a connection that are no whole packet yet.
#[derive(Debug, Default)]
pub(crate) struct FrameBuffer {
    bytes: Vec<u8>,
    taken: usize,
}

impl FrameBuffer {
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        if self.taken > 0 {
            self.bytes.drain(..self.taken);
            self.taken = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next packet, once its last byte is here. A wrong header is reported at its first wrong byte.
    pub(crate) fn next(&mut self) -> Result<Option<Frame>, BadFrame> {
        let rest = self.bytes.get(self.taken..).unwrap_or_default();
        let Some((&first, after)) = rest.split_first() else {
            return Ok(None);
        };
        let bad = |length: usize, violation| BadFrame { raw: rest.iter().take(length).copied().collect(), violation };
        let packet_type = check_first(first).map_err(|violation| bad(1, violation))?;
        let (length, digits) = match remaining_length(after) {
            Length::Unfinished => return Ok(None),
            Length::Known { length, digits } => (length, digits),
            Length::Wrong { digits, violation } => return Err(bad(1 + digits, violation)),
        };
        let body_at = 1 + digits;
        let Some(raw) = rest.get(..body_at + length) else {
            return Ok(None);
        };
        let frame = Frame { packet_type, flags: first & 0x0f, raw: raw.to_vec(), body_at };
        self.taken += frame.raw.len();
        Ok(Some(frame))
    }
}

/// Type and flags (MQTT 3.1.1, tables 2.1 and 2.2).
fn check_first(first: u8) -> Result<PacketType, Violation> {
    let forbidden = Violation::new("MQTT-4.8.0-1", "packet type 0 or 15 is reserved");
    let packet_type = PacketType::from_code(first >> 4).ok_or(forbidden)?;
    let (expected, statement) = match packet_type {
        PacketType::Publish => return Ok(packet_type),
        PacketType::Connack | PacketType::Suback | PacketType::Unsuback | PacketType::Pingresp => {
            let what = "packet that only a server sends";
            return Err(Violation::new("MQTT-4.8.0-1", what));
        }
        PacketType::Pubrel => (2, "MQTT-3.6.1-1"),
        PacketType::Subscribe => (2, "MQTT-3.8.1-1"),
        PacketType::Unsubscribe => (2, "MQTT-3.10.1-1"),
        PacketType::Disconnect => (0, "MQTT-3.14.1-1"),
        _ => (0, "MQTT-2.2.2-2"),
    };
    if first & 0x0f == expected {
        Ok(packet_type)
    } else {
        Err(Violation::new(statement, "wrong reserved header flags"))
    }
}

enum Length {
    Unfinished,
    Known { length: usize, digits: usize },
    Wrong { digits: usize, violation: Violation },
}

/// Remaining length (section 2.2.3): one to four digits of seven bits, the last one without the continuation bit.
fn remaining_length(bytes: &[u8]) -> Length {
    let mut length = 0;
    for (index, &byte) in bytes.iter().take(4).enumerate() {
        let digits = index + 1;
        let wrong = |violation| Length::Wrong { digits, violation };
        length |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 != 0 {
            if digits == 4 {
                let what = "remaining length of more than four bytes (section 2.2.3)";
                return wrong(Violation::new("MQTT-4.8.0-1", what));
            }
            continue;
        }
        if byte == 0 && index > 0 {
            let what = "remaining length in more bytes than it needs (section 2.2.3)";
            return wrong(Violation::new("MQTT-4.8.0-1", what));
        }
        if length > MAX_PACKET_BYTES {
            return wrong(Violation::of_platform("packet of more than 1 MiB"));
        }
        return Length::Known { length, digits };
    }
    Length::Unfinished
}

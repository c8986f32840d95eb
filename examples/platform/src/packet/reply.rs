//! Packets of the server.

use super::{PacketType, Summary};
use crate::config::ReturnCode;

/// A packet to send.
#[derive(Debug)]
pub(crate) enum Reply<'a> {
    Connack {
        session_present: bool,
        code: ReturnCode,
    },
    Publish {
        dup: bool,
        /// Present for QoS 1.
        id: Option<u16>,
        topic: &'a str,
        payload: &'a [u8],
    },
    Puback(u16),
    Suback(u16, &'a [u8]),
    Unsuback(u16),
    Pingresp,
}

impl Reply<'_> {
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Connack { session_present, code } => vec![0x20, 2, u8::from(*session_present), *code as u8],
            Self::Publish { dup, id, topic, payload } => {
                let flags = u8::from(*dup) << 3 | u8::from(id.is_some()) << 1;
                // A topic over 65535 bytes cannot be pushed: `Platform::push` refuses it.
                let length = u16::try_from(topic.len()).unwrap_or(u16::MAX);
                let id = id.map(u16::to_be_bytes);
                let id = id.as_ref().map_or(&[][..], |bytes| &bytes[..]);
                packet(0x30 | flags, &[&length.to_be_bytes(), topic.as_bytes(), id, payload])
            }
            Self::Puback(id) => packet(0x40, &[&id.to_be_bytes()]),
            Self::Suback(id, codes) => packet(0x90, &[&id.to_be_bytes(), codes]),
            Self::Unsuback(id) => packet(0xb0, &[&id.to_be_bytes()]),
            Self::Pingresp => vec![0xd0, 0],
        }
    }

    /// For the record.
    pub(crate) fn summary(&self) -> Summary {
        match self {
            Self::Connack { .. } => Summary::of(PacketType::Connack),
            Self::Publish { dup, id, topic, payload } => Summary {
                packet_id: *id,
                dup: *dup,
                qos: Some(u8::from(id.is_some())),
                topic: Some((*topic).into()),
                payload_len: payload.len(),
                ..Summary::of(PacketType::Publish)
            },
            Self::Puback(id) => Summary::with_id(PacketType::Puback, *id),
            Self::Suback(id, _) => Summary::with_id(PacketType::Suback, *id),
            Self::Unsuback(id) => Summary::with_id(PacketType::Unsuback, *id),
            Self::Pingresp => Summary::of(PacketType::Pingresp),
        }
    }
}

fn packet(first: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut length: usize = parts.iter().map(|part| part.len()).sum();
    loop {
        let digit = (length & 0x7f) as u8;
        length >>= 7;
        if length == 0 {
            bytes.push(digit);
            break;
        }
        bytes.push(digit | 0x80);
    }
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes
}

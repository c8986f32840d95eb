//! Packets: all that are sent by one function, and the parts of those that are received (MQTT 3.1.1, chapters 2 and 3).

use super::event::Error;
use crate::reason::Malformed;

/// First bytes: packet type and flags.
pub(super) mod first {
    pub(in super::super) const CONNECT: u8 = 0x10;
    pub(in super::super) const CONNACK: u8 = 0x20;
    pub(in super::super) const PUBLISH: u8 = 0x30;
    pub(in super::super) const PUBACK: u8 = 0x40;
    pub(in super::super) const SUBSCRIBE: u8 = 0x82;
    pub(in super::super) const SUBACK: u8 = 0x90;
    pub(in super::super) const UNSUBSCRIBE: u8 = 0xA2;
    pub(in super::super) const UNSUBACK: u8 = 0xB0;
    pub(in super::super) const PINGREQ: u8 = 0xC0;
    pub(in super::super) const PINGRESP: u8 = 0xD0;
    pub(in super::super) const DISCONNECT: u8 = 0xE0;
}

/// Flags of a PUBLISH.
pub(super) const DUP: u8 = 8;
pub(super) const QOS_1: u8 = 2;

/// The largest remaining length (2.2.3).
const LONGEST: usize = 268_435_455;

/// A part of a packet behind its fixed header.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    Bytes(&'a [u8]),
    /// With its length before it; at most 65,535 bytes, which the caller has checked.
    Field(&'a [u8]),
}

impl<'a> Part<'a> {
    fn bytes(self) -> (&'a [u8], bool) {
        match self {
            Part::Bytes(bytes) => (bytes, false),
            Part::Field(bytes) => (bytes, true),
        }
    }
}

/// Writes a packet, and returns its length.
#[inline(never)]
pub(super) fn write(out: &mut [u8], first: u8, parts: &[Part<'_>]) -> Result<usize, Error> {
    let mut length = 0;
    for part in parts {
        let (bytes, counted) = part.bytes();
        length += bytes.len() + if counted { 2 } else { 0 };
    }
    let needed =
        2 + length + usize::from(length > 0x7F) + usize::from(length > 0x3FFF) + usize::from(length > 0x1F_FFFF);
    if needed > out.len() || length > LONGEST {
        return Err(Error::NoRoom { needed });
    }
    let mut slots = out.iter_mut();
    // There is a slot for each, as just seen.
    let mut put = |byte| slots.next().into_iter().for_each(|slot| *slot = byte);
    put(first);
    while length > 0x7F {
        put(length as u8 | 0x80);
        length >>= 7;
    }
    put(length as u8);
    for part in parts {
        let (bytes, counted) = part.bytes();
        if counted {
            put((bytes.len() >> 8) as u8);
            put(bytes.len() as u8);
        }
        bytes.iter().for_each(|&byte| put(byte));
    }
    Ok(needed)
}

/// A fixed header that a server may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) first: u8,
    /// Its own length.
    pub(super) head: usize,
    /// That of the whole packet.
    pub(super) total: usize,
}

/// The fixed header at the begin of `bytes`; `None` while it is not complete. What is wrong is refused at its first
/// byte.
#[inline(never)]
pub(super) fn header(bytes: &[u8]) -> Result<Option<Header>, Malformed> {
    let Some((&first, rest)) = bytes.split_first() else { return Ok(None) };
    let wanted = expected(first)?;
    let (mut length, mut head) = (0, 1);
    for &byte in rest {
        length |= usize::from(byte & 0x7F) << (7 * (head - 1));
        head += 1;
        if byte & 0x80 == 0 {
            return match wanted {
                Some(wanted) if wanted != length => Err(Malformed::Length),
                _ => Ok(Some(Header { first, head, total: head + length })),
            };
        }
        if head == 5 {
            return Err(Malformed::Length);
        }
    }
    Ok(None)
}

/// The remaining length of a packet with this first byte, where there is only one. SUBACK answers one filter.
fn expected(first: u8) -> Result<Option<usize>, Malformed> {
    match first {
        first::CONNACK | first::PUBACK | first::UNSUBACK => Ok(Some(2)),
        first::SUBACK => Ok(Some(3)),
        first::PINGRESP => Ok(Some(0)),
        _ => match (first & 0xF0, first & 0x0E) {
            (first::PUBLISH, 0 | QOS_1) => Ok(None),
            (first::PUBLISH, flags) if flags == DUP | QOS_1 => Ok(None),
            (first::PUBLISH, DUP) => Err(Malformed::Flags),
            (first::PUBLISH, _) => Err(Malformed::Qos),
            (first::CONNACK | first::PUBACK | first::SUBACK | first::UNSUBACK | first::PINGRESP, _) => {
                Err(Malformed::Flags)
            }
            _ => Err(Malformed::Type),
        },
    }
}

/// The parts of a PUBLISH.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Publish<'a> {
    /// Its identifier, which QoS 1 has.
    pub(super) id: Option<u16>,
    pub(super) topic: &'a [u8],
    /// As much of it as there is.
    pub(super) payload: &'a [u8],
    /// Length of the packet.
    pub(super) total: usize,
}

impl<'a> Publish<'a> {
    /// The PUBLISH at the begin of `bytes`; `None` when its variable header is not complete.
    #[inline(never)]
    pub(super) fn split(bytes: &'a [u8]) -> Option<Self> {
        let Ok(Some(Header { first, head, total })) = header(bytes) else { return None };
        let body = bytes.get(head..total.min(bytes.len()))?;
        let (length, rest) = number(body)?;
        let (topic, rest) = rest.split_at_checked(length.into())?;
        let (id, payload) = if first & QOS_1 == 0 {
            (None, rest)
        } else {
            let (id, payload) = number(rest)?;
            (Some(id), payload)
        };
        Some(Self { id, topic, payload, total })
    }
}

/// The 16-bit number at the begin of `bytes`, and what follows.
fn number(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (&number, rest) = bytes.split_first_chunk()?;
    Some((u16::from_be_bytes(number), rest))
}

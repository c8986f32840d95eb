//! From a frame to its meaning.

use super::connect::Connect;
use super::{Frame, PacketType, Summary, Violation};
use crate::topic;

/// A packet of a client.
#[derive(Debug)]
pub(crate) enum Packet {
    Connect(Connect),
    /// A CONNECT of another protocol level: nothing behind the level can be read.
    ConnectLevel(u8),
    Publish(Publish),
    Puback(u16),
    /// PUBREC, PUBREL or PUBCOMP.
    QosTwo(PacketType, u16),
    Subscribe(Subscribe),
    Unsubscribe(Unsubscribe),
    Pingreq,
    Disconnect,
}

#[derive(Debug)]
pub(crate) struct Publish {
    pub(crate) dup: bool,
    pub(crate) qos: u8,
    pub(crate) retain: bool,
    pub(crate) topic: String,
    /// Present unless QoS 0.
    pub(crate) id: Option<u16>,
    pub(crate) payload: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Subscribe {
    pub(crate) id: u16,
    /// Filters with the QoS asked for.
    pub(crate) filters: Vec<(String, u8)>,
}

#[derive(Debug)]
pub(crate) struct Unsubscribe {
    pub(crate) id: u16,
    pub(crate) filters: Vec<String>,
}

impl Packet {
    /// Decodes a whole packet and refuses any byte that is not as the specification says.
    pub(crate) fn decode(frame: &Frame) -> Result<Self, Violation> {
        let mut reader = Reader::new(frame);
        let packet = match frame.packet_type {
            PacketType::Connect => match Connect::decode(&mut reader)? {
                Ok(connect) => Self::Connect(connect),
                Err(level) => return Ok(Self::ConnectLevel(level)),
            },
            PacketType::Publish => Self::Publish(publish(frame.flags, &mut reader)?),
            PacketType::Puback => Self::Puback(reader.id("MQTT-2.3.1-6")?),
            PacketType::Subscribe => Self::Subscribe(subscribe(&mut reader)?),
            PacketType::Unsubscribe => Self::Unsubscribe(unsubscribe(&mut reader)?),
            PacketType::Pingreq => Self::Pingreq,
            PacketType::Disconnect => Self::Disconnect,
            other => Self::QosTwo(other, reader.id("MQTT-2.3.1-6")?),
        };
        reader.finish()?;
        Ok(packet)
    }

    /// For the record.
    pub(crate) fn summary(&self) -> Summary {
        match self {
            Self::Connect(_) | Self::ConnectLevel(_) => Summary::of(PacketType::Connect),
            Self::Publish(publish) => Summary {
                packet_id: publish.id,
                dup: publish.dup,
                qos: Some(publish.qos),
                topic: Some(publish.topic.clone()),
                payload_len: publish.payload.len(),
                ..Summary::of(PacketType::Publish)
            },
            Self::Puback(id) => Summary::with_id(PacketType::Puback, *id),
            Self::QosTwo(packet_type, id) => Summary::with_id(*packet_type, *id),
            Self::Subscribe(subscribe) => {
                let filters: Vec<_> = subscribe.filters.iter().map(|f| f.0.as_str()).collect();
                Summary { topic: Some(filters.join(" ")), ..Summary::with_id(PacketType::Subscribe, subscribe.id) }
            }
            Self::Unsubscribe(unsubscribe) => Summary {
                topic: Some(unsubscribe.filters.join(" ")),
                ..Summary::with_id(PacketType::Unsubscribe, unsubscribe.id)
            },
            Self::Pingreq => Summary::of(PacketType::Pingreq),
            Self::Disconnect => Summary::of(PacketType::Disconnect),
        }
    }
}

/// Section 3.3.
fn publish(flags: u8, reader: &mut Reader<'_>) -> Result<Publish, Violation> {
    let dup = flags & 8 != 0;
    let qos = flags >> 1 & 3;
    if qos == 3 {
        return Err(Violation::new("MQTT-3.3.1-4", "PUBLISH with QoS 3"));
    }
    if dup && qos == 0 {
        return Err(Violation::new("MQTT-3.3.1-2", "DUP with QoS 0"));
    }
    let topic = reader.string()?;
    topic::check_name(&topic)?;
    let id = match qos {
        0 => None,
        _ => Some(reader.id("MQTT-2.3.1-1")?),
    };
    Ok(Publish { dup, qos, retain: flags & 1 != 0, topic, id, payload: reader.rest().to_vec() })
}

/// Section 3.8.
fn subscribe(reader: &mut Reader<'_>) -> Result<Subscribe, Violation> {
    let id = reader.id("MQTT-2.3.1-1")?;
    let mut filters = Vec::new();
    while !reader.is_empty() {
        let filter = reader.string()?;
        topic::check_filter(&filter)?;
        let qos = reader.u8()?;
        if qos > 2 {
            // The specification itself prints this one with a dash.
            let what = "reserved bits or QoS 3 in a subscription";
            return Err(Violation::new("MQTT-3-8.3-4", what));
        }
        filters.push((filter, qos));
    }
    if filters.is_empty() {
        return Err(Violation::new("MQTT-3.8.3-3", "SUBSCRIBE without a filter"));
    }
    Ok(Subscribe { id, filters })
}

/// Section 3.10.
fn unsubscribe(reader: &mut Reader<'_>) -> Result<Unsubscribe, Violation> {
    let id = reader.id("MQTT-2.3.1-1")?;
    let mut filters = Vec::new();
    while !reader.is_empty() {
        let filter = reader.string()?;
        topic::check_filter(&filter)?;
        filters.push(filter);
    }
    if filters.is_empty() {
        let what = "UNSUBSCRIBE without a filter";
        return Err(Violation::new("MQTT-3.10.3-2", what));
    }
    Ok(Unsubscribe { id, filters })
}

/// Reads the fields of one packet.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    /// The statement that a packet of a wrong length breaks.
    shape: &'static str,
}

impl<'a> Reader<'a> {
    fn new(frame: &'a Frame) -> Self {
        let shape = match frame.packet_type {
            PacketType::Connect => "MQTT-3.1.4-1",
            _ => "MQTT-4.8.0-1",
        };
        Self { rest: frame.body(), shape }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Violation> {
        let short = Violation::new(self.shape, "packet ends within a field");
        let (field, rest) = self.rest.split_at_checked(length).ok_or(short)?;
        self.rest = rest;
        Ok(field)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Violation> {
        Ok(self.take(1)?.iter().fold(0, |_, &byte| byte))
    }

    pub(super) fn u16(&mut self) -> Result<u16, Violation> {
        let bytes = self.take(2)?.iter();
        Ok(bytes.fold(0, |high, &byte| high << 8 | u16::from(byte)))
    }

    /// A packet identifier, which is never 0.
    fn id(&mut self, statement: &'static str) -> Result<u16, Violation> {
        match self.u16()? {
            0 => Err(Violation::new(statement, "packet identifier 0")),
            id => Ok(id),
        }
    }

    pub(super) fn binary(&mut self) -> Result<&'a [u8], Violation> {
        let length = self.u16()?;
        self.take(usize::from(length))
    }

    pub(super) fn string(&mut self) -> Result<String, Violation> {
        let text = std::str::from_utf8(self.binary()?)
            .map_err(|_| Violation::new("MQTT-1.5.3-1", "text that is not UTF-8"))?;
        if text.contains('\0') {
            return Err(Violation::new("MQTT-1.5.3-2", "NUL in a text"));
        }
        Ok(text.into())
    }

    fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    fn finish(self) -> Result<(), Violation> {
        if self.is_empty() {
            Ok(())
        } else {
            let what = "bytes after the last field of a packet";
            Err(Violation::new(self.shape, what))
        }
    }
}

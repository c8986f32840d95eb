//! Packets: what a client writes, and what it reads.

/// A CONNECT, chapter 3.1.
#[derive(Clone, Debug)]
pub(crate) struct Connect<'a> {
    /// 3 or 4: the module's name for MQTT 3.1 and 3.1.1.
    pub(crate) version: u8,
    pub(crate) client_id: &'a [u8],
    pub(crate) username: Option<&'a [u8]>,
    pub(crate) password: Option<&'a [u8]>,
    pub(crate) keep_alive_s: u16,
    pub(crate) clean: bool,
    pub(crate) will: Option<&'a Will>,
}

/// What the broker publishes when the client is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Will {
    pub(crate) qos: u8,
    pub(crate) retain: bool,
    pub(crate) topic: Vec<u8>,
    pub(crate) message: Vec<u8>,
}

/// A packet that a broker may send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Packet {
    Connack { code: u8 },
    Publish { qos: u8, id: u16, topic: Vec<u8>, payload: Vec<u8> },
    Puback(u16),
    Pubrec(u16),
    Pubrel(u16),
    Pubcomp(u16),
    Suback { id: u16, granted: Vec<u8> },
    Unsuback(u16),
    Pingresp,
}

/// Bytes that are no packet a broker may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

pub(crate) fn connect(connect: &Connect<'_>) -> Vec<u8> {
    let mut body = Vec::new();
    // MQTT 3.1 calls itself MQIsdp.
    string(&mut body, if connect.version == 3 { b"MQIsdp" } else { b"MQTT" });
    let will = connect.will.map_or(0, |will| 0x04 | will.qos << 3 | u8::from(will.retain) << 5);
    let login = u8::from(connect.username.is_some()) << 7 | u8::from(connect.password.is_some()) << 6;
    body.extend([connect.version, login | will | u8::from(connect.clean) << 1]);
    body.extend(connect.keep_alive_s.to_be_bytes());
    string(&mut body, connect.client_id);
    if let Some(will) = connect.will {
        string(&mut body, &will.topic);
        string(&mut body, &will.message);
    }
    connect.username.iter().chain(&connect.password).for_each(|text| string(&mut body, text));
    packet(0x10, &body)
}

pub(crate) fn publish(id: u16, qos: u8, retain: bool, topic: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    string(&mut body, topic);
    if qos > 0 {
        body.extend(id.to_be_bytes());
    }
    body.extend(payload);
    packet(0x30 | qos << 1 | u8::from(retain), &body)
}

pub(crate) fn subscribe(id: u16, topics: &[(Vec<u8>, u8)]) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    for (topic, qos) in topics {
        string(&mut body, topic);
        body.push(*qos);
    }
    packet(0x82, &body)
}

pub(crate) fn unsubscribe(id: u16, topics: &[Vec<u8>]) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    topics.iter().for_each(|topic| string(&mut body, topic));
    packet(0xa2, &body)
}

pub(crate) fn puback(id: u16) -> Vec<u8> {
    packet(0x40, &id.to_be_bytes())
}

pub(crate) fn pubrec(id: u16) -> Vec<u8> {
    packet(0x50, &id.to_be_bytes())
}

pub(crate) fn pubrel(id: u16) -> Vec<u8> {
    packet(0x62, &id.to_be_bytes())
}

pub(crate) fn pubcomp(id: u16) -> Vec<u8> {
    packet(0x70, &id.to_be_bytes())
}

pub(crate) fn pingreq() -> Vec<u8> {
    packet(0xc0, &[])
}

pub(crate) fn disconnect() -> Vec<u8> {
    packet(0xe0, &[])
}

/// Takes the first whole packet out of `bytes`; `None` when it is not complete.
pub(crate) fn take(bytes: &mut Vec<u8>) -> Result<Option<Packet>, Malformed> {
    // At the first byte, before the length is believed: a peer that is no broker would otherwise be waited for.
    if bytes.first().is_some_and(|&first| !is_from_broker(first)) {
        return Err(Malformed);
    }
    let Some((head, body)) = frame(bytes)? else { return Ok(None) };
    let packet = decode(bytes[0], &bytes[head..head + body])?;
    bytes.drain(..head + body);
    Ok(Some(packet))
}

/// Type and flags that a broker may send, chapter 2.2.2.
const fn is_from_broker(first: u8) -> bool {
    matches!(first, 0x20 | 0x30..=0x35 | 0x38..=0x3d | 0x40 | 0x50 | 0x62 | 0x70 | 0x90 | 0xb0 | 0xd0)
}

/// Lengths of head and body, chapter 2.2.3; `None` when not all is there.
fn frame(bytes: &[u8]) -> Result<Option<(usize, usize)>, Malformed> {
    let mut length = 0;
    for index in 0..4 {
        let Some(&byte) = bytes.get(1 + index) else { return Ok(None) };
        length |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let head = 2 + index;
            return Ok((bytes.len() >= head + length).then_some((head, length)));
        }
    }
    Err(Malformed)
}

fn decode(first: u8, body: &[u8]) -> Result<Packet, Malformed> {
    let id = || -> Result<u16, Malformed> {
        match *body {
            [high, low] if high | low != 0 => Ok(u16::from_be_bytes([high, low])),
            _ => Err(Malformed),
        }
    };
    Ok(match first {
        0x20 => match *body {
            [0 | 1, code] => Packet::Connack { code },
            _ => return Err(Malformed),
        },
        0x30..=0x3d => return inbound(first, body),
        0x40 => Packet::Puback(id()?),
        0x50 => Packet::Pubrec(id()?),
        0x62 => Packet::Pubrel(id()?),
        0x70 => Packet::Pubcomp(id()?),
        0x90 => match *body {
            [high, low, ref granted @ ..] if !granted.is_empty() => {
                Packet::Suback { id: u16::from_be_bytes([high, low]), granted: granted.to_vec() }
            }
            _ => return Err(Malformed),
        },
        0xb0 => Packet::Unsuback(id()?),
        0xd0 if body.is_empty() => Packet::Pingresp,
        _ => return Err(Malformed),
    })
}

fn inbound(first: u8, body: &[u8]) -> Result<Packet, Malformed> {
    let qos = first >> 1 & 3;
    let (length, rest) = body.split_first_chunk::<2>().ok_or(Malformed)?;
    let (topic, mut payload) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(Malformed)?;
    let mut id = 0;
    if qos > 0 {
        let (bytes, rest) = payload.split_first_chunk::<2>().ok_or(Malformed)?;
        (id, payload) = (u16::from_be_bytes(*bytes), rest);
    }
    if topic.is_empty() || (qos > 0 && id == 0) {
        return Err(Malformed);
    }
    Ok(Packet::Publish { qos, id, topic: topic.to_vec(), payload: payload.to_vec() })
}

fn string(body: &mut Vec<u8>, text: &[u8]) {
    // Commands limit every text far below 64 KiB.
    body.extend((text.len() as u16).to_be_bytes());
    body.extend(text);
}

fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut left = body.len();
    loop {
        let digit = (left % 128) as u8;
        left /= 128;
        bytes.push(if left > 0 { digit | 0x80 } else { digit });
        if left == 0 {
            break;
        }
    }
    bytes.extend(body);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connect_has_the_bytes_of_chapter_3_1() {
        let bytes = connect(&Connect {
            version: 4,
            client_id: b"id",
            username: Some(b"u"),
            password: Some(b"p"),
            keep_alive_s: 10,
            clean: true,
            will: None,
        });
        assert_eq!(bytes, b"\x10\x14\x00\x04MQTT\x04\xc2\x00\x0a\x00\x02id\x00\x01u\x00\x01p");
        let will = Will { qos: 1, retain: true, topic: b"w".to_vec(), message: b"m".to_vec() };
        let bytes = connect(&Connect {
            version: 3,
            client_id: b"i",
            username: None,
            password: None,
            keep_alive_s: 256,
            clean: false,
            will: Some(&will),
        });
        assert_eq!(bytes, b"\x10\x15\x00\x06MQIsdp\x03\x2c\x01\x00\x00\x01i\x00\x01w\x00\x01m");
    }

    #[test]
    fn the_other_packets_have_their_bytes() {
        assert_eq!(publish(7, 1, false, b"a/b", b"xy"), b"\x32\x09\x00\x03a/b\x00\x07xy");
        assert_eq!(publish(7, 0, true, b"a", b""), b"\x31\x03\x00\x01a");
        assert_eq!(
            subscribe(1, &[(b"a".to_vec(), 1), (b"b".to_vec(), 0)]),
            b"\x82\x0a\x00\x01\x00\x01a\x01\x00\x01b\x00"
        );
        assert_eq!(unsubscribe(2, &[b"a".to_vec()]), b"\xa2\x05\x00\x02\x00\x01a");
        assert_eq!(
            [puback(1), pubrec(1), pubrel(1), pubcomp(1)].concat(),
            b"\x40\x02\0\x01\x50\x02\0\x01\x62\x02\0\x01\x70\x02\0\x01"
        );
        assert_eq!([pingreq(), disconnect()].concat(), b"\xc0\x00\xe0\x00");
        assert_eq!(&publish(1, 0, false, b"t", &[0; 200])[..3], b"\x30\xcb\x01");
    }

    #[test]
    fn packets_come_out_whole_and_in_any_pieces() {
        let all = b"\x20\x02\0\0\x32\x06\0\x01t\0\x09x\x40\x02\0\x07\x90\x04\0\x01\x01\x80\xb0\x02\0\x02\xd0\0";
        let expected = [
            Packet::Connack { code: 0 },
            Packet::Publish { qos: 1, id: 9, topic: b"t".to_vec(), payload: b"x".to_vec() },
            Packet::Puback(7),
            Packet::Suback { id: 1, granted: vec![1, 0x80] },
            Packet::Unsuback(2),
            Packet::Pingresp,
        ];
        let (mut buffer, mut packets) = (Vec::new(), Vec::new());
        for &byte in all {
            buffer.push(byte);
            packets.extend(take(&mut buffer).unwrap());
        }
        assert_eq!(packets, expected);
        assert!(buffer.is_empty());
    }

    #[test]
    fn what_no_broker_may_send_is_refused() {
        let bad: [&[u8]; 9] = [
            b"\x10\x00",
            b"\x20\x03\x00\x00\x00",
            b"\x40\x02\x00\x00",
            b"\x36\x05\x00\x01t\x00\x01",
            b"\x30\x02\x00\x00",
            b"\x32\x05\x00\x01t\x00\x00",
            b"\x90\x02\x00\x01",
            b"\xd0\x01x",
            b"\x30\xff\xff\xff\xff",
        ];
        for bytes in bad {
            assert_eq!(take(&mut bytes.to_vec()), Err(Malformed), "{bytes:02x?}");
        }
    }
}

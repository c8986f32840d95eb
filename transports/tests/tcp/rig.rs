//! A client with buffers of its own, and what a server would send it.

use wanlink_core::{Inbound, Login};
use wanlink_transports::tcp::{Client, Event, Want};

pub(crate) const LOGIN: Login<'_> =
    Login { client_id: "c", user: "u", password: "p", keep_alive_s: 60, clean_session: true };
pub(crate) const PERSISTENT: Login<'_> = Login { clean_session: false, ..LOGIN };

pub(crate) const CONNACK: &[u8] = &[0x20, 2, 0, 0];
pub(crate) const PINGREQ: &[u8] = &[0xC0, 0];
pub(crate) const PINGRESP: &[u8] = &[0xD0, 0];
pub(crate) const DISCONNECT: &[u8] = &[0xE0, 0];
pub(crate) const ONLINE: Event = Event::Connected { session_present: false };

pub(crate) fn puback(id: u16) -> Vec<u8> {
    answer(0x40, id, &[])
}

/// An answer with an identifier.
pub(crate) fn answer(first: u8, id: u16, tail: &[u8]) -> Vec<u8> {
    [&[first, 2 + tail.len() as u8], &id.to_be_bytes()[..], tail].concat()
}

/// A PUBLISH with these flags; `id` 0 is none.
pub(crate) fn publish(flags: u8, topic: &[u8], id: u16, payload: &[u8]) -> Vec<u8> {
    let id = if id == 0 { vec![] } else { id.to_be_bytes().to_vec() };
    let body = [&(topic.len() as u16).to_be_bytes(), topic, &id, payload].concat();
    [&[0x30 | flags], &remaining_length(body.len())[..], &body].concat()
}

pub(crate) fn remaining_length(mut length: usize) -> Vec<u8> {
    let mut bytes = vec![];
    loop {
        let more = if length > 127 { 128 } else { 0 };
        bytes.push((length % 128) as u8 | more);
        length /= 128;
        if length == 0 {
            return bytes;
        }
    }
}

/// The buffers are leaked: a test is short.
pub(crate) fn client(receive: usize, transmit: usize) -> Client<'static> {
    Client::new(vec![0; receive].leak(), vec![0; transmit].leak())
}

/// A client that is online at time 0.
pub(crate) fn online() -> Client<'static> {
    online_with(&LOGIN, 256, 256)
}

pub(crate) fn online_with(login: &Login<'_>, receive: usize, transmit: usize) -> Client<'static> {
    let mut client = client(receive, transmit);
    log_in(&mut client, login, 0);
    client
}

pub(crate) fn log_in(client: &mut Client<'_>, login: &Login<'_>, now_ms: u32) {
    client.connect(login).unwrap();
    assert_eq!(written(client, now_ms)[0], 0x10);
    assert_eq!(hear(client, CONNACK, now_ms), [ONLINE]);
}

/// Writes what is to be written, as one write a packet, and returns it.
pub(crate) fn written(client: &mut Client<'_>, now_ms: u32) -> Vec<u8> {
    packets(client, now_ms).concat()
}

/// As `written`, packet by packet. An event between them is a mistake of the test.
pub(crate) fn packets(client: &mut Client<'_>, now_ms: u32) -> Vec<Vec<u8>> {
    let mut all = vec![];
    while client.advance(now_ms) == Want::Write {
        all.push(client.unsent().to_vec());
        client.sent(client.unsent().len(), now_ms);
    }
    all
}

/// Reads these bytes, as many at once as there is room for, and returns what happened. Nothing may be written.
pub(crate) fn hear(client: &mut Client<'_>, bytes: &[u8], now_ms: u32) -> Vec<Event> {
    let (events, sent) = talk(client, bytes, now_ms);
    assert!(sent.is_empty(), "nothing was to be written");
    events
}

/// As `hear`, and what is to be written is: events, and what went out.
pub(crate) fn talk(client: &mut Client<'_>, mut bytes: &[u8], now_ms: u32) -> (Vec<Event>, Vec<u8>) {
    let (mut events, mut sent) = (vec![], vec![]);
    loop {
        match client.advance(now_ms) {
            Want::Event(event) => {
                events.push(event);
                if matches!(event, Event::Closed(_) | Event::Refused(_)) {
                    return (events, sent);
                }
            }
            Want::Write => {
                sent.extend_from_slice(client.unsent());
                client.sent(client.unsent().len(), now_ms);
            }
            Want::Read(_) if bytes.is_empty() => return (events, sent),
            Want::Read(_) => {
                let room = client.room();
                let count = room.len().min(bytes.len());
                assert!(count > 0, "no room, and yet a read is wanted");
                let (now, later) = bytes.split_at(count);
                room[..count].copy_from_slice(now);
                bytes = later;
                client.filled(count, now_ms);
            }
        }
    }
}

/// Takes the message in front: topic and payload.
pub(crate) fn take(client: &mut Client<'_>) -> Option<(String, Vec<u8>)> {
    let taken = match client.front()? {
        Inbound::Message(message) => (message.topic().to_string(), message.payload.to_vec()),
        Inbound::Lost { count, longest } => (format!("lost {count}, {longest}"), vec![]),
    };
    client.release();
    Some(taken)
}

//! The same events and the same bytes, wherever the stream is split.

use wanlink_core::Qos;
use wanlink_transports::tcp::{Client, Event, Want};

use crate::rig::*;

/// Each kind of packet that a server sends, one that is too large among them.
fn stream() -> Vec<Vec<u8>> {
    vec![
        vec![0x20, 2, 1, 0],
        publish(2, b"/a/b", 7, b"hello"),
        answer(0x90, 1, &[1]),
        publish(0, b"/t", 0, b""),
        puback(2),
        publish(2, b"/large", 9, &[b'x'; 300]),
        PINGRESP.to_vec(),
        answer(0xB0, 3, &[]),
        publish(10, b"/t", 8, &[b'y'; 150]),
        answer(0x90, 4, &[0x80]),
    ]
}

/// What happens, and what is sent, when the stream is read in pieces of these ends. After each event all messages are
/// taken.
fn run(ends: impl Fn(usize) -> usize) -> (Vec<String>, Vec<u8>) {
    let (mut client, mut story, mut sent) = (client(256, 256), vec![], vec![]);
    let stream = stream().concat();
    let mut at = 0;
    client.connect(&LOGIN).unwrap();
    loop {
        match client.advance(0) {
            Want::Write => {
                sent.extend_from_slice(client.unsent());
                client.sent(client.unsent().len(), 0);
            }
            Want::Event(event) => {
                if event != Event::Message {
                    story.push(format!("{event:?}"));
                }
                react(&mut client, event);
                while let Some((topic, payload)) = take(&mut client) {
                    story.push(format!("{topic} {}", payload.len()));
                }
            }
            Want::Read(_) if at == stream.len() => return (story, sent),
            Want::Read(_) => {
                let end = ends(at).min(stream.len()).min(at + client.room().len());
                client.room()[..end - at].copy_from_slice(&stream[at..end]);
                client.filled(end - at, 0);
                at = end;
            }
        }
    }
}

/// The requests that the stream answers, each when the one before is done.
fn react(client: &mut Client<'_>, event: Event) {
    match event {
        Event::Connected { .. } => client.subscribe("/a/#", Qos::AtLeastOnce).unwrap(),
        Event::Subscribed => client.publish("/up", b"1", Qos::AtLeastOnce).unwrap(),
        Event::Acknowledged => client.unsubscribe("/a/#").unwrap(),
        Event::Unsubscribed => client.subscribe("/no", Qos::AtLeastOnce).unwrap(),
        _ => {}
    }
}

#[test]
fn every_split_in_two_and_byte_by_byte() {
    let length = stream().concat().len();
    let whole = run(|_| length);
    let story = [
        "Connected { session_present: true }",
        "/a/b 5",
        "Subscribed",
        "/t 0",
        "Acknowledged",
        "lost 1, 329 0",
        "Unsubscribed",
        "/t 150",
        "NotSubscribed",
    ];
    assert_eq!(whole.0, story);
    for split in 1..length {
        let (story, sent) = run(|at| if at < split { split } else { length });
        assert_eq!((&story, sent.len()), (&whole.0, whole.1.len()), "split at {split}");
    }
    for step in 1..20 {
        assert_eq!(run(|at| at + step).0, whole.0, "pieces of {step}");
    }
}

#[test]
fn every_packet_alone_in_every_split_in_two() {
    for packet in &stream()[1..] {
        for split in 1..packet.len() {
            let mut client = online();
            let (first, _) = talk(&mut client, &packet[..split], 0);
            // A packet that is too large is news as soon as its identifier is known; any other when it is whole.
            assert!(first.is_empty() || packet.len() > 240, "{packet:x?} at {split}");
            let (second, _) = talk(&mut client, &packet[split..], 0);
            let events = [first, second].concat();
            let wanted: &[Event] = if packet[0] & 0xF0 == 0x30 { &[Event::Message] } else { &[] };
            assert_eq!(events, wanted, "{packet:x?} at {split}");
        }
    }
}

//! One property of the client, for proptest and for the fuzz target: whatever bytes come, in whatever pieces and at
//! whatever time, and whatever is called between them, it neither panics nor spins, and the next connection works.

use wanlink_core::{Inbound, Login, Qos};
use wanlink_transports::tcp::{Client, Event, Want};

const LOGIN: Login<'_> = Login { client_id: "c", user: "u", password: "p", keep_alive_s: 60, clean_session: false };
const RECEIVE: usize = 64;
/// Steps without a byte read or an event taken, far above what an honest client needs.
const STEPS: usize = 8;

/// Hands out the bytes that decide, and zeros when they are used up.
struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    fn next(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    fn take(&mut self, most: usize) -> &'a [u8] {
        let (piece, rest) = self.0.split_at(most.min(self.0.len()));
        self.0 = rest;
        piece
    }
}

/// The property. Panics when it does not hold. The bytes are orders, one each, with what they need behind it: 0 to 127
/// is a piece of so many bytes from the server, the others are calls.
pub(crate) fn check(data: &[u8]) {
    let (mut receive, mut transmit) = ([0; RECEIVE], [0; 96]);
    let mut client = Client::new(&mut receive, &mut transmit);
    let mut choices = Choices(data);
    let mut now = 0_u32;
    // The first order is mostly the login.
    client.connect(&LOGIN).unwrap();
    while !choices.0.is_empty() {
        let order = choices.next();
        match order {
            0..=127 => hear(&mut client, choices.take(order.into()), now),
            128..=159 => now = now.wrapping_add(u32::from(choices.next()) << (order % 24)),
            160..=175 => drop(client.publish("/t", choices.take(usize::from(order % 16) * 6), Qos::AtLeastOnce)),
            176..=183 => drop(client.publish("/t", b"x", Qos::AtMostOnce)),
            184..=199 => drop(client.subscribe("/+", Qos::AtLeastOnce)),
            200..=207 => drop(client.unsubscribe("/+")),
            208..=223 => drop(client.connect(&Login { clean_session: order & 1 == 1, ..LOGIN })),
            224..=239 => {
                if let Some(Inbound::Message(message)) = client.front() {
                    assert!(!message.topic().is_empty(), "a topic is checked before it is lent");
                }
                client.release();
            }
            240..=243 => client.filled(0, now),
            244..=247 => client.sent(usize::from(choices.next()), now),
            248..=251 => client.disconnect(),
            _ => client.closed(),
        }
        drain(&mut client, now, order & 1 == 1);
    }
    works(&mut client, now);
}

/// Reads a piece, as much at once as there is room for, while a read is wanted.
fn hear(client: &mut Client<'_>, mut bytes: &[u8], now: u32) {
    while !bytes.is_empty() {
        let room = client.room();
        let count = room.len().min(bytes.len());
        room[..count].copy_from_slice(&bytes[..count]);
        bytes = &bytes[count..];
        client.filled(count, now);
        if !drain(client, now, true) {
            return;
        }
    }
}

/// Does what the client wants until it wants to read; `false` when it does not.
fn drain(client: &mut Client<'_>, now: u32, write: bool) -> bool {
    let mut steps = 0;
    loop {
        steps += 1;
        assert!(steps <= RECEIVE + STEPS, "it spins");
        match client.advance(now) {
            Want::Read(_) => {
                assert!(!client.room().is_empty(), "a read without room");
                return true;
            }
            Want::Write if !write => return false,
            Want::Write => {
                assert!(!client.unsent().is_empty());
                client.sent(client.unsent().len().min(40), now);
            }
            Want::Event(Event::Closed(_) | Event::Refused(_)) => {
                assert!(client.unsent().is_empty(), "nothing is sent on a connection that is over");
                return false;
            }
            // More often than there can be messages: there is no room, and it says so each time.
            Want::Event(Event::Message) if steps > RECEIVE / 5 + STEPS => return false,
            Want::Event(_) => {}
        }
    }
}

/// On a new connection a publish is acknowledged and a message comes through.
fn works(client: &mut Client<'_>, now: u32) {
    // Nothing is lent while an acknowledgement is owed; one of the old connection is owed no longer.
    client.closed();
    while client.front().is_some() {
        client.release();
    }
    client.connect(&Login { clean_session: true, ..LOGIN }).unwrap();
    expect(client, now, &[0x20, 2, 0, 0], Event::Connected { session_present: false });
    client.publish("/t", b"21.5", Qos::AtLeastOnce).unwrap();
    let id = [client.unsent()[6], client.unsent()[7]];
    expect(client, now, &[0x40, 2, id[0], id[1]], Event::Acknowledged);
    expect(client, now, b"\x32\x07\0\x02/d\0\x05!", Event::Message);
    let Some(Inbound::Message(message)) = client.front() else { panic!("no message") };
    assert_eq!((message.topic(), message.payload), ("/d", &b"!"[..]));
    client.release();
    assert_eq!(client.advance(now), Want::Write);
    assert_eq!(client.unsent(), [0x40, 2, 0, 5]);
}

fn expect(client: &mut Client<'_>, now: u32, bytes: &[u8], event: Event) {
    while client.advance(now) == Want::Write {
        client.sent(client.unsent().len(), now);
    }
    client.room()[..bytes.len()].copy_from_slice(bytes);
    client.filled(bytes.len(), now);
    assert_eq!(client.advance(now), Want::Event(event));
}

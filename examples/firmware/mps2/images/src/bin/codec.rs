//! Our MQTT client alone, without module and TLS: the port is its socket, and what a server says comes over it.
//!
//! Every method is called. The port is read byte by byte, so that an answer is not read before its request is sent.

#![no_std]
#![no_main]

use board::Board;
use cortex_m_rt::entry;
use embassy_time::Instant;
use embedded_io_async::{Read, Write};
use wanlink_core::{Inbound, Login, Qos};
use wanlink_transports::tcp::{Client, Event, Want};

static LOGIN: Login<'static> =
    Login { client_id: "meter-0042", user: "user", password: "password", keep_alive_s: 300, clean_session: false };

#[entry]
fn main() -> ! {
    let Some(board) = Board::take() else { board::exit(1) };
    board::finish(if board::block_on(talk(board)).is_some() { 0 } else { 3 })
}

async fn talk(mut board: Board) -> Option<()> {
    let (mut receive, mut transmit) = ([0; 256], [0; 256]);
    let mut client = Client::new(&mut receive, &mut transmit);
    let login = core::hint::black_box(&LOGIN);
    let mut step = 0;
    client.connect(login).ok()?;
    loop {
        match client.advance(now_ms()) {
            Want::Write => {
                let Ok(sent) = board.writer.write(client.unsent()).await;
                client.sent(sent, now_ms());
            }
            Want::Read(_) => {
                let room = client.room().get_mut(..1)?;
                let Ok(count) = board.reader.read(room).await;
                client.filled(count, now_ms());
            }
            Want::Event(event) => {
                match (step, event) {
                    (0, Event::Connected { .. }) => client.subscribe("/get", Qos::AtLeastOnce).ok()?,
                    (1, Event::Subscribed) => client.publish("/update", b"21.5", Qos::AtLeastOnce).ok()?,
                    (2, Event::Acknowledged) => {}
                    (3, Event::Message) => {
                        let Some(Inbound::Message(message)) = client.front() else { return None };
                        if message.payload != b"on" {
                            return None;
                        }
                        client.release();
                        client.remember(client.next_deadline().is_none());
                        client.unsubscribe("/get").ok()?;
                    }
                    (4, Event::Unsubscribed) => client.disconnect(),
                    (5, Event::Closed(_)) => return Some(()),
                    _ => return None,
                }
                step += 1;
            }
        }
    }
}

/// The server answers at once: a count that moves will do.
fn now_ms() -> u32 {
    (Instant::now().as_ticks() >> 10) as u32
}

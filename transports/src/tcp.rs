//! The `tcp` path: the module opens sockets, and MQTT 3.1.1 runs here.
//!
//! [`Client`] is the protocol without a port: bytes and time go in; bytes, events and deadlines come out. It has no
//! `await`, allocates nothing, and cannot panic on what a server sends. `docs/mqtt-client.md` tells what it promises.
//!
//! ```
//! use wanlink_core::{Inbound, Login, Qos};
//! use wanlink_transports::tcp::{Client, Event, Want};
//!
//! # fn main() -> Result<(), Box<dyn core::error::Error>> {
//! let (mut receive, mut transmit) = ([0; 256], [0; 256]);
//! let mut client = Client::new(&mut receive, &mut transmit);
//!
//! // A socket is open: the login goes out ...
//! let login = Login { client_id: "c", user: "u", password: "p", keep_alive_s: 300, clean_session: true };
//! client.connect(&login)?;
//! assert_eq!(client.advance(0), Want::Write);
//! let written = client.unsent().len();
//! client.sent(written, 0);
//! assert_eq!(client.advance(0), Want::Read(Some(30_000)));
//!
//! // ... and is accepted.
//! client.room()[..4].copy_from_slice(&[0x20, 2, 0, 0]);
//! client.filled(4, 150);
//! assert_eq!(client.advance(150), Want::Event(Event::Connected { session_present: false }));
//!
//! client.publish("/t", b"21.5", Qos::AtLeastOnce)?;
//! assert_eq!(client.unsent(), b"\x32\x0A\0\x02/t\0\x0121.5");
//! # Ok(()) }
//! ```

mod buffers;
mod client;
mod clock;
mod event;
mod link;
mod packet;
mod receiver;
mod text;

pub use crate::reason::{Malformed, Reason};
pub use buffers::Buffers;
pub use client::{ANSWER_MS, Client};
pub use event::{Error, Event, Want};
pub use link::Link;
pub use receiver::SPARE;

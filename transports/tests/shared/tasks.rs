//! What the tasks of a run do: streams there and back, messages, names. Each drops its futures at random.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;

use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, Dns, TcpConnect};
use wanlink_core::{ErrorKind, Inbound, Login, Module, MqttAt, Network, Plain, Qos, Server, Socket, TcpSocket};
use wanlink_emulator::{SplitMix64, polled};
use wanlink_transports::shared::{self, CHUNK};

use crate::modem::{Failed, Modem, address};
use crate::net::Net;

pub(crate) const SEATS: usize = 24;
pub(crate) type Shared = shared::Shared<NoopRawMutex, Modem, SEATS>;
type Handle<'a> = shared::Handle<'a, NoopRawMutex, Modem, SEATS>;
type Error = shared::Error<Failed>;

/// What a task needs beside the module.
pub(crate) struct Kit<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) net: &'a Net,
    pub(crate) random: RefCell<SplitMix64>,
    /// One future in so many is dropped; 0 is none.
    pub(crate) drops: u64,
    /// The most turns that a call took which waits for nothing but the module.
    pub(crate) worst: &'a Cell<u64>,
}

impl Kit<'_> {
    fn below(&self, bound: u64) -> u64 {
        self.random.borrow_mut().below(bound)
    }

    fn one_in(&self, n: u64) -> bool {
        self.random.borrow_mut().one_in(n)
    }

    /// Awaits `future`, or drops it somewhere.
    async fn perhaps<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let polls = if self.one_in(self.drops) { 1 + self.below(6) as usize } else { usize::MAX };
        polled(future, polls).await
    }

    /// The same for a call that waits for nothing but the module: it is measured how many turns that took.
    async fn measured<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let before = self.net.with(|net| net.turns);
        let output = self.perhaps(future).await;
        if output.is_some() {
            self.worst.set(self.worst.get().max(self.net.with(|net| net.turns) - before));
        }
        output
    }

    /// Starts and attaches until it can go on.
    async fn heal(&self, module: &mut impl Module<Error = Error>) {
        // A start is not dropped: what came of it would not be known, so the next one would start once more.
        while module.start().await.is_ok() {
            loop {
                match self.perhaps(module.attach(&Network::apn("cmiot"), &mut |_| ())).await {
                    Some(Ok(())) => return,
                    Some(Err(_)) => break,
                    None => {}
                }
            }
        }
    }

    fn frame(&self, id: usize, seq: usize, attempt: usize) -> String {
        let length = if self.one_in(4) { self.below(900) } else { self.below(60) };
        let mut frame = format!("<{id}:{seq}:{attempt}:");
        (0..length).for_each(|_| write!(frame, "{}", char::from(b'a' + self.below(26) as u8)).unwrap());
        frame.push('>');
        frame
    }
}

/// What a stream brought back: whole frames of this task, in order, each that was acknowledged, and of the others none
/// in part.
fn check(id: usize, echo: &[u8], acknowledged: &[String], unknown: &[String]) {
    let text = std::str::from_utf8(echo).expect("whole frames");
    let mut wanted = acknowledged.iter().peekable();
    for frame in text.split_inclusive('>') {
        if wanted.peek().is_some_and(|next| **next == frame) {
            wanted.next();
        } else {
            assert!(unknown.iter().any(|maybe| maybe == frame), "task {id} got {frame:?}, not {:?}", wanted.peek());
        }
    }
    assert_eq!(wanted.next(), None, "task {id} lost a frame");
}

/// Connections of `embedded-nal-async`, one after the other, closed in every way there is.
pub(crate) async fn streams(kit: Kit<'_>, id: usize, connections: usize) {
    let mut handle = kit.shared.handle().unwrap();
    kit.heal(&mut handle).await;
    let mut left = connections;
    while left > 0 {
        match stream(&kit, id).await {
            Ok(()) => left -= 1,
            Err(error) => heal_after(&kit, &mut handle, error).await,
        }
    }
}

async fn heal_after(kit: &Kit<'_>, module: &mut impl Module<Error = Error>, error: Error) {
    match error {
        // A socket from before a restart.
        Error::Closed | Error::Module(Failed(ErrorKind::Reconnect | ErrorKind::Misuse)) => {}
        Error::Module(Failed(ErrorKind::Restart | ErrorKind::Reattach)) => kit.heal(module).await,
        error => panic!("{error}"),
    }
}

async fn stream(kit: &Kit<'_>, id: usize) -> Result<(), Error> {
    let remote = "192.0.2.7:7".parse().unwrap();
    let mut connection = loop {
        if let Some(connection) = kit.measured(TcpConnect::connect(kit.shared, remote)).await {
            break connection?;
        }
    };
    let (mut echo, mut acknowledged, mut unknown) = (Vec::<u8>::new(), Vec::new(), Vec::new());
    let frames = 2 + kit.below(6) as usize;
    let mut buf = [0; 300];
    for seq in 0..frames {
        for attempt in 0.. {
            let frame = kit.frame(id, seq, attempt);
            match kit.measured(connection.write(frame.as_bytes())).await {
                Some(written) => {
                    assert_eq!(written?, frame.len().min(CHUNK));
                    acknowledged.push(frame);
                    break;
                }
                None => unknown.push(frame),
            }
        }
        if kit.one_in(2)
            && let Some(count) = kit.perhaps(connection.read(&mut buf[..1 + kit.below(299) as usize])).await
        {
            echo.extend(&buf[..count?]);
        }
    }
    let last = acknowledged.last().unwrap().as_bytes();
    while !echo.ends_with(last) {
        if let Some(count) = kit.perhaps(connection.read(&mut buf)).await {
            echo.extend(&buf[..count?]);
        }
    }
    check(id, &echo, &acknowledged, &unknown);
    match kit.below(3) {
        0 => drop(connection),
        1 => {
            kit.measured(connection.close()).await.unwrap_or(Ok(()))?;
        }
        _ => {
            // It says goodbye, and the server hangs up when that came back.
            connection.write_all(b"\0").await?;
            let mut rest = Vec::<u8>::new();
            loop {
                match kit.perhaps(connection.read(&mut buf)).await {
                    None => {}
                    Some(Ok(0)) => break,
                    Some(count) => rest.extend(&buf[..count?]),
                }
            }
            assert_eq!(rest, b"\0");
            assert_eq!(connection.read(&mut buf).await, Ok(0), "the end stays the end");
        }
    }
    Ok(())
}

/// A socket of a handle, as a link uses it: what was dropped is asked for, and nothing is sent twice.
pub(crate) async fn link(kit: Kit<'_>, id: usize, frames: usize) {
    let mut handle = kit.shared.handle().unwrap();
    kit.heal(&mut handle).await;
    let mut open = None;
    while let Err(error) = exact(&kit, &mut handle, &mut open, id, frames).await {
        // What is over has to be closed, too, as it has a seat.
        if let Some(socket) = open.take() {
            handle.close(socket).await.ok();
        }
        heal_after(&kit, &mut handle, error).await;
    }
}

async fn exact(
    kit: &Kit<'_>,
    handle: &mut Handle<'_>,
    open: &mut Option<Socket>,
    id: usize,
    frames: usize,
) -> Result<(), Error> {
    let socket = loop {
        if let Some(socket) = kit.measured(handle.open("server", 7)).await {
            break *open.insert(socket?);
        }
    };
    let (mut echo, mut sent) = (Vec::<u8>::new(), Vec::<u8>::new());
    let mut buf = [0; 200];
    for seq in 0..frames {
        let frame = kit.frame(id, seq, 0);
        loop {
            match kit.measured(handle.write(socket, frame.as_bytes())).await {
                Some(written) => break written?,
                None if handle.has_taken(socket) => break,
                None => {}
            }
        }
        sent.extend(frame.bytes());
        while echo.len() + 400 < sent.len() {
            if let Some(count) = kit.perhaps(handle.read(socket, &mut buf)).await {
                echo.extend(&buf[..count?]);
            }
        }
    }
    while echo.len() < sent.len() {
        match kit.perhaps(handle.read(socket, &mut buf)).await {
            Some(Ok(0)) => return Err(Error::Closed),
            Some(count) => echo.extend(&buf[..count?]),
            None => {}
        }
    }
    assert_eq!(echo, sent, "task {id}");
    while kit.measured(handle.close(socket)).await.is_none() {}
    Ok(())
}

/// The module's own MQTT client: each message comes back from the broker.
pub(crate) async fn messages(kit: Kit<'_>, count: usize) {
    let mut buffer = [0; 64];
    let mut modem = kit.shared.mqtt(&mut buffer).unwrap();
    kit.heal(&mut modem).await;
    let mut done = 0;
    while done < count {
        match message(&kit, &mut modem, &mut done, count).await {
            Ok(()) => {}
            Err(error) => heal_after(&kit, &mut modem, error).await,
        }
    }
}

async fn message(
    kit: &Kit<'_>,
    modem: &mut shared::Mqtt<'_, NoopRawMutex, Modem, SEATS>,
    done: &mut usize,
    count: usize,
) -> Result<(), Error> {
    let login = Login { client_id: "c", user: "u", password: "p", keep_alive_s: 300, clean_session: true };
    modem.connect(&Server::new("broker", 1883, Plain), &login).await?;
    modem.subscribe("t", Qos::AtLeastOnce).await?;
    while *done < count {
        let payload = format!("message {done}");
        // A publish that is dropped may be there or not, so this one is not.
        let before = kit.net.with(|net| net.turns);
        modem.publish("t", payload.as_bytes(), Qos::AtLeastOnce).await?;
        kit.worst.set(kit.worst.get().max(kit.net.with(|net| net.turns) - before));
        let mut ready = None;
        while ready.is_none() {
            ready = kit.perhaps(modem.ready()).await;
        }
        ready.unwrap()?;
        let Some(Inbound::Message(message)) = modem.front() else { panic!("ready, and nothing there") };
        assert_eq!((message.topic(), message.payload), ("t", payload.as_bytes()));
        *done += 1;
    }
    Ok(())
}

/// Names, by the `Dns` of `embedded-nal-async`.
pub(crate) async fn names(kit: Kit<'_>, count: usize) {
    let mut handle = kit.shared.handle().unwrap();
    kit.heal(&mut handle).await;
    let mut done = 0;
    while done < count {
        let name = format!("host-{done}.example");
        match kit.measured(kit.shared.get_host_by_name(&name, AddrType::IPv4)).await {
            Some(Ok(found)) => {
                assert_eq!(found, address(&name));
                done += 1;
            }
            Some(Err(error)) => heal_after(&kit, &mut handle, error).await,
            None => {}
        }
    }
}

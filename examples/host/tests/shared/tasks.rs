//! Echoes, messages on both MQTT paths, and names; each task drops its futures at random.

use std::cell::{Cell, RefCell};

use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_time::{Duration, with_timeout};
use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, Dns, TcpConnect};
use wanlink_core::{Error as _, ErrorKind, Inbound, Qos, TcpSocket};
use wanlink_emulator::{SplitMix64, polled};
use wanlink_platform::Pushed;
use wanlink_transports::shared::{Error, Shared};
use wanlink_transports::{Downlink, topic};

use crate::internet::{Driver, ECHO, KEY, SharedScene, address};

pub(crate) type Module<'b> = Shared<NoopRawMutex, Driver<'b>>;
type Failed = Error<wanlink_quectel::Error>;

/// What a task needs.
pub(crate) struct Kit<'a, 'b> {
    pub(crate) shared: &'a Module<'b>,
    pub(crate) internet: &'a SharedScene,
    pub(crate) random: RefCell<SplitMix64>,
    /// One future in so many is dropped.
    pub(crate) drops: u64,
    /// The most commands that the module had while one call waited for nothing but the module.
    pub(crate) worst: &'a Cell<u64>,
}

impl Kit<'_, '_> {
    fn below(&self, bound: u64) -> u64 {
        self.random.borrow_mut().below(bound)
    }

    /// Awaits `future`, or drops it somewhere.
    async fn perhaps<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let drops = self.random.borrow_mut().one_in(self.drops);
        polled(future, if drops { 1 + self.below(12) as usize } else { usize::MAX }).await
    }

    /// The same for a call that waits for nothing but the module.
    async fn measured<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let before = self.internet.borrow().commands;
        let output = self.perhaps(future).await;
        if output.is_some() {
            self.worst.set(self.worst.get().max(self.internet.borrow().commands - before));
        }
        output
    }

    fn frame(&self, id: usize, seq: usize, attempt: usize) -> String {
        let length = if self.random.borrow_mut().one_in(4) { self.below(900) } else { self.below(60) };
        format!("<{id}:{seq}:{attempt}:{}>", "x".repeat(length as usize))
    }
}

/// A connection of `embedded-nal-async`: whole frames come back, in order; one that was acknowledged is never lost.
pub(crate) async fn stream(kit: Kit<'_, '_>, id: usize) {
    while let Err(error) = try_stream(&kit, id).await {
        // A dropped write cuts its connection when the module had no room.
        assert_eq!(error.kind(), ErrorKind::Reconnect, "{error}");
    }
}

async fn try_stream(kit: &Kit<'_, '_>, id: usize) -> Result<(), Failed> {
    let remote = (address("echo.example"), ECHO).into();
    let mut connection = loop {
        if let Some(connection) = kit.measured(TcpConnect::connect(kit.shared, remote)).await {
            break connection?;
        }
    };
    let (mut echo, mut acknowledged, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let mut buf = [0; 300];
    for seq in 0..4 {
        for attempt in 0.. {
            let frame = kit.frame(id, seq, attempt);
            match kit.measured(connection.write(frame.as_bytes())).await {
                None => unknown.push(frame),
                Some(written) => {
                    assert_eq!(written?, frame.len());
                    acknowledged.push(frame);
                    break;
                }
            }
        }
    }
    let last = acknowledged.last().unwrap().as_bytes();
    while !echo.ends_with(last) {
        match kit.perhaps(connection.read(&mut buf)).await {
            Some(Ok(0)) => return Err(Error::Closed),
            Some(count) => echo.extend_from_slice(&buf[..count?]),
            None => {}
        }
    }
    let mut wanted = acknowledged.iter().peekable();
    for frame in std::str::from_utf8(&echo).unwrap().split_inclusive('>') {
        if wanted.peek().is_some_and(|next| **next == frame) {
            wanted.next();
        } else {
            assert!(unknown.iter().any(|maybe| maybe == frame), "task {id} got {frame:?}, not {:?}", wanted.peek());
        }
    }
    assert_eq!(wanted.next(), None, "task {id} lost a frame");
    if kit.below(2) == 0 {
        drop(connection);
    } else {
        kit.measured(connection.close()).await.unwrap_or(Ok(()))?;
    }
    Ok(())
}

/// A socket of a handle, as a link uses it: what was dropped is asked for, and nothing is sent twice.
pub(crate) async fn exact(kit: Kit<'_, '_>, id: usize) {
    let mut handle = kit.shared.handle().unwrap();
    'again: loop {
        let socket = loop {
            if let Some(socket) = kit.measured(handle.open("echo.example", ECHO)).await {
                break socket.unwrap();
            }
        };
        let (mut echo, mut sent, mut buf) = (Vec::new(), Vec::new(), [0; 200]);
        for seq in 0..6 {
            let frame = kit.frame(id, seq, 0);
            loop {
                match kit.measured(handle.write(socket, frame.as_bytes())).await {
                    Some(Ok(())) => break,
                    Some(Err(error)) => {
                        assert_eq!(error.kind(), ErrorKind::Reconnect, "{error}");
                        handle.close(socket).await.unwrap();
                        continue 'again;
                    }
                    None if handle.has_taken(socket) => break,
                    None => {}
                }
            }
            sent.extend_from_slice(frame.as_bytes());
        }
        while echo.len() < sent.len() {
            match kit.perhaps(handle.read(socket, &mut buf)).await {
                Some(Ok(count @ 1..)) => echo.extend_from_slice(&buf[..count]),
                Some(_) => {
                    handle.close(socket).await.unwrap();
                    continue 'again;
                }
                None => {}
            }
        }
        assert_eq!(echo, sent, "task {id}");
        while kit.measured(handle.close(socket)).await.is_none() {}
        return;
    }
}

/// A session on either path: each message is acknowledged, and each command of the platform comes, in order.
pub(crate) async fn messages<L: Downlink>(kit: Kit<'_, '_>, mut link: L, name: &str) {
    link.subscribe(topic::user("get")).await.unwrap();
    for number in 0..5 {
        let text = number.to_string();
        while kit.perhaps(link.publish(topic::user("update"), text.as_bytes(), Qos::AtLeastOnce)).await.is_none() {}
        say(&kit, name, &text);
        loop {
            let mut ready = None;
            while ready.is_none() {
                ready = kit.perhaps(with_timeout(Duration::from_secs(60), link.ready())).await;
            }
            if ready.unwrap().map(Result::unwrap).is_err() {
                // The connection was cut before the platform could send it.
                say(&kit, name, &text);
                continue;
            }
            let Some(Inbound::Message(message)) = link.front() else { panic!("ready, and nothing there") };
            match std::str::from_utf8(message.payload).unwrap().parse::<u32>().unwrap() {
                again if again < number => {}
                this => break assert_eq!(this, number),
            }
        }
    }
}

/// The platform sends a command.
fn say(kit: &Kit<'_, '_>, name: &str, text: &str) {
    let topic = format!("/{KEY}/{name}/user/get");
    let now_us = embassy_time::Instant::now().as_micros();
    let platform = &mut kit.internet.borrow_mut().platform;
    // What it cannot send now is said again.
    let _: Pushed = platform.push(now_us, KEY, name, &topic, text.as_bytes(), wanlink_platform::Qos::AtLeastOnce);
}

/// Names, by the `Dns` of `embedded-nal-async`.
pub(crate) async fn names(kit: Kit<'_, '_>) {
    for number in 0..5 {
        let name = format!("host-{number}.example");
        let mut found = None;
        while found.is_none() {
            found = kit.measured(kit.shared.get_host_by_name(&name, AddrType::IPv4)).await;
        }
        assert_eq!(found.unwrap(), Ok(address(&name)));
    }
}

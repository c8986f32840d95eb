//! One property of a driver, for the tests of the driver crates and for the fuzz targets: whatever bytes come from the
//! port, in whatever pieces and at whatever time, and wherever calls are dropped, it neither panics nor spins, a call that
//! has a bound ends, and a module that behaves again is started again.
//!
//! It names nothing of its crate, so that a fuzz target can have it without the rest.

use std::cell::Cell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Timer};
use wanlink_at::driver::{Buffers, Driver, DriverModel, Error, ErrorOf, HttpsFamily, MqttFamily, NoPins, SocketFamily};
use wanlink_core::{
    Body, ContentType, HasHttps, HasMqtt, HasTlsSocket, HttpsAt, Login, Module, MqttAt, Network, Plain, Post, Qos,
    Root, Rung, Server, Socket, TcpSocket, Tls, TlsSocket,
};
use wanlink_emulator::{
    Emulator, Limits, Options, Peer, PortOptions, PortReader, PortWriter, Profile, Split, Start, World,
};

/// Rounds of the runner for each run, far above what an honest one needs: more is a spin.
const ROUNDS: u64 = 400_000;
/// Calls of a run.
const CALLS: usize = 8;
/// A caller's own time-out.
const PATIENCE: Duration = Duration::from_secs(20);
/// No call with a bound takes longer, what the calls before it left behind included.
const LONGEST: Duration = Duration::from_secs(3600);
/// Between two starts, as a session has its wait there. A block whose bytes stop is broken off when it has starved for a
/// second; a start asks more often than that, and every answer would be taken for the block's.
const SILENCE: Duration = Duration::from_secs(2);
/// So often a start may fail that comes behind the last hostile byte.
const FAILURES: u8 = 3;

/// More lines of a restart than the pieces of a script can hold.
const NEWS: usize = 1000;

const HOST: &str = "a.example";
const ROOT: Root<'static> = Root::new("wl-1.pem", b"-----BEGIN CERTIFICATE-----\nMAo=\n-----END CERTIFICATE-----\n");
const LOGIN: Login<'static> =
    Login { client_id: "c", user: "u", password: "s3cret", keep_alive_s: 60, clean_session: true };

/// The driver of this model, at a port and without pins.
pub type Held<'b, M> = Driver<'b, M, PortReader, PortWriter, NoPins>;

/// A call, and whether it has a bound.
pub struct Begun<'a> {
    call: Pin<Box<dyn Future<Output = ()> + 'a>>,
    has_bound: bool,
}

/// What begins a call of one service: which, the number says. The cell has the socket that was opened last.
pub type Service<M> = for<'a, 'b> fn(&'a mut Held<'b, M>, u8, &'a Cell<Socket>) -> Begun<'a>;

/// Calls of the module itself.
pub fn module<'a, M: DriverModel + 'static>(driver: &'a mut Held<'_, M>, what: u8, _: &'a Cell<Socket>) -> Begun<'a>
where
    ErrorOf<M>: wanlink_core::Error,
{
    let call = async move {
        let _ = match what % 9 {
            0 => driver.start().await,
            1 => driver.attach(&Network::apn("cmiot").auth("me", "s3cret").pin("1234"), &mut |_| ()).await,
            2 => driver.describe().await.map(drop),
            3 => driver.signal().await.map(drop),
            4 => driver.clock().await.map(drop),
            5 => driver.idle().await.map(drop),
            6 => driver.recover(if what & 16 == 0 { Rung::Context } else { Rung::Radio }).await,
            7 => driver.recover(Rung::Restart).await,
            _ => driver.stop().await,
        };
    };
    Begun { call: Box::pin(call), has_bound: !matches!(what % 9, 1 | 5) }
}

/// Calls of the module's MQTT client.
pub fn mqtt<'a, M>(driver: &'a mut Held<'_, M>, what: u8, _: &'a Cell<Socket>) -> Begun<'a>
where
    M: DriverModel<Family: MqttFamily> + HasMqtt + 'static,
    ErrorOf<M>: wanlink_core::Error,
{
    let call = async move {
        let _ = match what % 8 {
            0 => driver.connect(&Server::new(HOST, 1883, Plain), &LOGIN).await,
            1 => driver.connect(&Server::new(HOST, 8883, Tls::verified(ROOT)), &LOGIN).await,
            2 => driver.subscribe("/t", Qos::AtLeastOnce).await,
            3 => driver.unsubscribe("/t").await,
            4 => driver.publish("/t", b"payload", Qos::AtLeastOnce).await.map(drop),
            5 => driver.publish("/t", &[b'x'; 1000], Qos::AtMostOnce).await.map(drop),
            6 => driver.disconnect().await,
            _ => driver.ready().await,
        };
        let _ = driver.front();
    };
    Begun { call: Box::pin(call), has_bound: what % 8 != 7 }
}

/// Calls of its sockets.
pub fn sockets<'a, M>(driver: &'a mut Held<'_, M>, what: u8, last: &'a Cell<Socket>) -> Begun<'a>
where
    M: DriverModel<Family: SocketFamily> + HasTlsSocket + 'static,
    ErrorOf<M>: wanlink_core::Error,
{
    let call = async move {
        let (socket, mut buffer) = (last.get(), [0; 600]);
        let _ = match what % 9 {
            0 => driver.open(HOST, 1883).await.map(|socket| last.set(socket)),
            1 => driver.open_tls(HOST, 8883, &Tls::verified(ROOT)).await.map(|socket| last.set(socket)),
            2 => driver.write(socket, b"data").await,
            3 => driver.write(socket, &[b'x'; 2000]).await,
            4 => driver.read(socket, &mut buffer).await.map(|count| assert!(count <= buffer.len())),
            5 => driver.fetch(socket, &mut buffer).await.map(|count| assert!(count.unwrap_or(0) <= buffer.len())),
            6 => driver.close(socket).await,
            7 => driver.resolve(HOST).await.map(drop),
            _ => Ok(()),
        };
        let _ = (driver.state(socket), driver.has_taken(socket));
    };
    Begun { call: Box::pin(call), has_bound: what % 9 != 4 }
}

/// Posts.
pub fn https<'a, M>(driver: &'a mut Held<'_, M>, what: u8, _: &'a Cell<Socket>) -> Begun<'a>
where
    M: DriverModel<Family: HttpsFamily> + HasHttps + 'static,
    ErrorOf<M>: wanlink_core::Error,
{
    let call = async move {
        let mut reply = [0; 100];
        let post = Post { path: "/auth", content: ContentType::Json, headers: &[("password", "s3cret")] };
        let server = Server::new(HOST, 443, Tls::verified(ROOT));
        let mut fill = |room: &mut [u8]| {
            room.fill(b'x');
            room.len()
        };
        let body = if what & 1 == 0 { Body::Bytes(b"{}") } else { Body::Stream { length: 700, fill: &mut fill } };
        if let Ok(reply) = driver.post(&server, &post, body, &mut reply).await {
            assert!((100..1000).contains(&reply.status) && reply.body.len() <= 100, "{reply:?}");
        }
    };
    Begun { call: Box::pin(call), has_bound: true }
}

/// Says what the bytes order, and deaf to the host; then it is a module of this profile that runs since long.
struct Hostile {
    script: VecDeque<(u64, Vec<u8>)>,
    behaves: Rc<Cell<bool>>,
    output: Vec<u8>,
    module: Emulator,
}

impl Peer for Hostile {
    fn input(&mut self, now_us: u64, bytes: &[u8]) {
        if self.behaves.get() {
            self.module.input(now_us, bytes);
        }
    }

    fn poll(&mut self, now_us: u64) {
        if self.behaves.get() {
            return self.module.poll(now_us);
        }
        while self.script.front().is_some_and(|piece| piece.0 <= now_us) {
            self.output.extend(self.script.pop_front().into_iter().flat_map(|piece| piece.1));
        }
    }

    fn next(&self) -> Option<u64> {
        if self.behaves.get() { self.module.next() } else { self.script.front().map(|piece| piece.0) }
    }

    fn output(&mut self) -> Vec<u8> {
        if self.behaves.get() { self.module.output() } else { std::mem::take(&mut self.output) }
    }
}

/// Hands out the bytes that decide, and zeros when they are used up.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn next(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// The module's bytes: pieces with a pause before each, mostly of no time, sometimes milliseconds, seldom seconds.
    fn script(&mut self) -> VecDeque<(u64, Vec<u8>)> {
        let (mut at_us, mut script) = (0, VecDeque::new());
        while !self.0.is_empty() && script.len() < 64 {
            at_us += match self.next() {
                0..64 => 0,
                pause @ 64..200 => u64::from(pause) * 1000,
                pause => u64::from(pause) * 10_000,
            };
            let length = usize::from(self.next()).clamp(1, 64).min(self.0.len());
            let (piece, rest) = self.0.split_at(length);
            self.0 = rest;
            script.push_back((at_us, piece.to_vec()));
        }
        script
    }
}

/// The property. `data`: how the port splits, which calls are made and when each is dropped, and what the module says.
///
/// # Panics
/// When it does not hold.
pub fn check<M: DriverModel + 'static>(profile: &'static Profile, services: &[Service<M>], data: &[u8])
where
    ErrorOf<M>: wanlink_core::Error,
{
    let mut choices = Choices(data);
    let split = match choices.next() {
        n @ 0..64 => Split::At(usize::from(n) + 1),
        64..128 => Split::Whole,
        _ => Split::Random,
    };
    let calls: [_; CALLS] = std::array::from_fn(|_| [choices.next(), choices.next(), choices.next()]);
    let behaves = Rc::new(Cell::new(false));
    // The driver has no pins. A `stop` that was dropped may still be on its way to the module that behaves, which obeys.
    let options = Options { start: Start::Running, key_held: true, ..Options::default() };
    let module = Emulator::new(profile, options, 1);
    let mut peer = Hostile { script: choices.script(), behaves: behaves.clone(), output: Vec::new(), module };
    let mut world = World::with_port(1, PortOptions { split, ..PortOptions::default() });
    world.limit(Limits { rounds: ROUNDS, ..Limits::default() });
    let (reader, writer) = world.halves();
    let mut buffers: Buffers<256, 1184, 1160> = Buffers::new();
    let mut driver = Driver::new(reader, writer, NoPins, &mut buffers);
    let last = Cell::new(Socket::new(0, 1));
    let story = async {
        for [service, what, polls] in calls {
            let service = services[usize::from(service) % services.len()];
            hostile(service(&mut driver, what, &last), polls).await;
        }
        behaves.set(true);
        recovers(&mut driver).await;
    };
    world.run(&mut peer, story).expect("neither stuck nor spinning");
}

/// One call while the module says what it likes: dropped after some polls, or left to its bound.
async fn hostile(begun: Begun<'_>, polls: u8) {
    let Begun { mut call, has_bound } = begun;
    let is_dropped = polls < 192 || !has_bound;
    let mut left = if is_dropped { u32::from(polls) + 1 } else { u32::MAX };
    let polled = poll_fn(|context| {
        left -= 1;
        match call.as_mut().poll(context) {
            Poll::Pending if left > 0 => Poll::Pending,
            _ => Poll::Ready(()),
        }
    });
    let patience = if is_dropped { PATIENCE } else { LONGEST };
    if let Either::Second(()) = select(polled, Timer::after(patience)).await {
        assert!(is_dropped, "a call has no end");
    }
}

/// The module behaves: it is started, and answers. Each line of a restart that still waits in the port is news, and no
/// failure to recover.
async fn recovers<M: DriverModel>(driver: &mut Held<'_, M>)
where
    ErrorOf<M>: wanlink_core::Error,
{
    let (mut failures, mut news) = (0, 0);
    while let Err(error) = driver.start().await {
        if error == Error::Restarted && news < NEWS {
            news += 1;
            continue;
        }
        failures += 1;
        assert!(failures <= FAILURES, "the module is there, and is not found: {error:?}");
        Timer::after(SILENCE).await;
    }
    for _ in 0..3 {
        driver.signal().await.expect("a module that was started answers");
    }
}

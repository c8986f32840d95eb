//! A scene in a world of its own, and the shorthands that tests of drivers and links have in common.

use std::cell::{RefCell, RefMut};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

use embassy_futures::select::{Either, select};
use embassy_time::{Instant, Timer};
use wanlink_emulator::trace::Direction;
use wanlink_emulator::{Emulator, Options, Peer as _, PortOptions, PortReader, PortWriter, Split, Start, World};
use wanlink_platform::PacketType;

use crate::Scene;

/// A scene that the world runs, and that a story gives orders to.
pub type SharedScene = Rc<RefCell<Scene>>;

/// A scene and the world that it lives in.
pub struct Bench {
    /// The world, with its clock and its trace.
    pub world: World,
    /// The module and what it reaches.
    pub scene: SharedScene,
}

impl Bench {
    /// A scene behind a port of its own; all chance is drawn from `seed`.
    pub fn new(scene: Scene, port: PortOptions, seed: u64) -> Self {
        Self { world: World::with_port(seed, port), scene: Rc::new(RefCell::new(scene)) }
    }

    /// Runs a story over the port's halves. When it panics, the trace is printed first.
    ///
    /// # Panics
    /// When the story does, or waits for what never comes.
    pub fn run<T>(&mut self, story: impl AsyncFnOnce(PortReader, PortWriter, &SharedScene) -> T) -> T {
        let (reader, writer) = self.world.halves();
        let (scene, mut peer) = (self.scene.clone(), self.scene.clone());
        let world = &mut self.world;
        let run = || world.run(&mut peer, story(reader, writer, &scene)).expect("the story comes to its end");
        catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
            println!("{}", self.world.trace());
            resume_unwind(panic)
        })
    }

    /// The command lines and payloads that were sent so far, secrets redacted.
    pub fn sent(&self) -> Vec<String> {
        let entries = self.world.trace().entries;
        let sent = entries.into_iter().filter(|entry| entry.direction == Direction::ToModule);
        sent.map(|entry| String::from_utf8_lossy(&entry.bytes).trim_end().to_owned()).collect()
    }
}

/// The module, to order something of it now.
///
/// # Panics
/// When the scene is borrowed.
pub fn module(scene: &SharedScene) -> RefMut<'_, Emulator> {
    let mut scene = scene.borrow_mut();
    scene.poll(Instant::now().as_micros());
    RefMut::map(scene, |scene| &mut scene.module)
}

/// How often the module carried out or refused this command.
pub fn count(scene: &SharedScene, command: &str) -> u64 {
    scene.borrow().module.command_count(command)
}

/// A module that runs since long, as a microcontroller that restarted finds it.
pub fn running() -> Options {
    Options { start: Start::Running, ..Options::default() }
}

/// A port that gives and takes few bytes at once, with pauses: many points at which a future can be dropped.
pub fn crumbs() -> PortOptions {
    PortOptions { split: Split::At(3), gap_us: 50, transmit_buffer: Some(8), ..PortOptions::default() }
}

/// Lets virtual time pass while nobody reads the port.
pub async fn pass_ms(ms: u64) {
    Timer::after_millis(ms).await;
}

/// Drops `future` after so many virtual milliseconds; its output if it came to its end before.
pub async fn within_ms<F: Future>(ms: u64, future: F) -> Option<F::Output> {
    match select(future, pass_ms(ms)).await {
        Either::First(output) => Some(output),
        Either::Second(()) => None,
    }
}

/// Runs `call` with the `OK` doubled that is next when its `nth` command is there, from 1; and whether it has so many.
///
/// From there on each command is answered by what is meant for the one before, and some modules drop a command that
/// comes while they work on another.
pub async fn with_doubled_ok<T>(nth: u64, scene: &SharedScene, call: impl Future<Output = T>) -> (T, bool) {
    let last = scene.borrow().commands + nth;
    let double = async {
        while scene.borrow().commands < last {
            pass_ms(1).await;
        }
        module(scene).duplicate_line("OK");
        std::future::pending::<()>().await
    };
    let Either::First(result) = select(call, double).await else { unreachable!("it never ends") };
    let is_hit = scene.borrow().commands >= last;
    (result, is_hit)
}

/// The requests over HTTPS that the platform got.
pub fn requests(scene: &SharedScene) -> Vec<String> {
    let scene = scene.borrow();
    let requests = scene.platform.record().entries().iter().filter(|it| it.packet_type() == Some(PacketType::Request));
    requests.map(|request| String::from_utf8_lossy(&request.raw).into_owned()).collect()
}

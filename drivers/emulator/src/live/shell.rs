//! The pump between line, module and sockets.

use std::future::poll_fn;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::ReadBuf;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};

use super::line::{Activity, Line};
use super::rules::Rules;
use super::sockets::Sockets;
use crate::emulator::Emulator;
use crate::engine::internet::NetEvent;
use crate::fault::{Fault, FaultyPort, TimedFault};
use crate::peer::Peer;

/// While so many bytes wait for a host that does not read, more are lost, as at a UART without flow control. What a
/// host asked for at once is not torn: an answer of HTTP alone may be longer.
const MOST_WAITING: usize = 16 * 1_024;
/// Between two pieces that the host is to read apart.
const SPLIT_GAP: Duration = Duration::from_millis(2);
/// With nothing to do the pump sleeps this long: it is woken by what happens, not by this.
const IDLE: Duration = Duration::from_secs(3_600);

/// The part that a [`Handle`] shares with the shell. Locked between two awaits only.
#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Notify,
    unplugged: AtomicBool,
}

#[derive(Debug)]
struct State {
    module: Emulator,
    port: Port,
    started: Instant,
    /// What is still to happen, and whether it is to be taken back.
    agenda: Vec<(u64, Fault, bool)>,
}

/// What waits to go to the host, and what is wrong with its way.
#[derive(Debug, Default)]
struct Port {
    waiting: Vec<u8>,
    split: Option<usize>,
    /// Bytes that are still to be lost.
    overrun: usize,
}

impl FaultyPort for Port {
    fn split(&mut self, most: Option<usize>) {
        self.split = most;
    }

    fn overrun(&mut self, bytes: usize) {
        self.overrun += bytes;
    }
}

impl Port {
    fn put(&mut self, bytes: &[u8]) {
        let lost = self.overrun.min(bytes.len());
        self.overrun -= lost;
        let bytes = &bytes[lost..];
        if self.waiting.len() < MOST_WAITING {
            self.waiting.extend_from_slice(bytes);
        }
    }

    /// What may go out at once.
    fn next_piece(&self) -> &[u8] {
        &self.waiting[..self.waiting.len().min(self.split.unwrap_or(usize::MAX).max(1))]
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A hand on a running shell. Clones are the same.
#[derive(Clone, Debug)]
pub struct Handle(Arc<Shared>);

impl Handle {
    /// Does something with the module, at the time that it is: look inside, order a fault.
    pub fn with<T>(&self, act: impl FnOnce(&mut Emulator) -> T) -> T {
        let mut state = self.0.lock();
        let now_us = state.now_us();
        state.module.poll(now_us);
        let result = act(&mut state.module);
        drop(state);
        self.0.changed.notify_one();
        result
    }

    /// Orders a fault now.
    pub fn order(&self, fault: &Fault) {
        self.change(|state| fault.order(&mut state.module, &mut state.port));
    }

    /// Orders a fault for its time, and for the end of its time takes it back; its times count from now.
    pub fn schedule(&self, timed: TimedFault) {
        self.change(|state| state.schedule(state.now_us(), timed));
    }

    /// Takes a fault back that lasts.
    pub fn end(&self, fault: &Fault) {
        self.change(|state| fault.end(&mut state.module, &mut state.port));
    }

    /// Pulls the plug: the line goes away, and [`Shell::run`] returns.
    pub fn unplug(&self) {
        self.0.unplugged.store(true, Ordering::Relaxed);
        self.0.changed.notify_one();
    }

    fn change(&self, act: impl FnOnce(&mut State)) {
        let mut state = self.0.lock();
        let now_us = state.now_us();
        state.module.poll(now_us);
        act(&mut state);
        drop(state);
        self.0.changed.notify_one();
    }
}

impl State {
    fn now_us(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// The times of a fault count from `from_us`.
    fn schedule(&mut self, from_us: u64, TimedFault { fault, at_ms, for_ms }: TimedFault) {
        let at_us = from_us + u64::from(at_ms) * 1_000;
        if let Some(for_ms) = for_ms {
            self.agenda.push((at_us + u64::from(for_ms) * 1_000, fault.clone(), true));
        }
        self.agenda.push((at_us, fault, false));
        self.agenda.sort_by_key(|entry| entry.0);
    }
}

/// An emulated module on a [`Line`] of this machine.
#[derive(Debug)]
pub struct Shell {
    shared: Arc<Shared>,
    line: Line,
    sockets: Sockets,
    events: UnboundedReceiver<NetEvent>,
    /// No piece goes out before.
    pause_until: Option<Instant>,
}

impl Shell {
    /// A module, its line, and where its names lead. Time begins with [`run`](Self::run).
    #[must_use]
    pub fn new(module: Emulator, line: Line, rules: Rules) -> Self {
        let (sockets, events) = Sockets::new(rules);
        let state = State { module, port: Port::default(), started: Instant::now(), agenda: Vec::new() };
        let shared = Shared { state: Mutex::new(state), changed: Notify::new(), unplugged: AtomicBool::new(false) };
        Self { shared: Arc::new(shared), line, sockets, events, pause_until: None }
    }

    /// A fault that is to happen at its time.
    pub fn add_fault(&mut self, timed: TimedFault) {
        self.shared.lock().schedule(0, timed);
    }

    /// The line.
    #[must_use]
    pub const fn line(&self) -> &Line {
        &self.line
    }

    /// A hand on the module while the shell runs.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle(self.shared.clone())
    }

    /// Plays the module until it is unplugged. Dropped, it is unplugged too.
    ///
    /// # Errors
    /// When the pseudo-terminal or the listening socket fails; a host that goes away is no error.
    pub async fn run(mut self) -> io::Result<()> {
        self.shared.lock().started = Instant::now();
        while !self.shared.unplugged.load(Ordering::Relaxed) {
            let wake = self.turn();
            let mut buf = [0; 4_096];
            let mut buf = ReadBuf::new(&mut buf);
            tokio::select! {
                () = sleep_until(wake) => {}
                () = self.shared.changed.notified() => {}
                Some(event) = self.events.recv() => {
                    let mut state = self.shared.lock();
                    let now_us = state.now_us();
                    state.module.network_event(now_us, event);
                }
                activity = activity(&mut self.line, &self.shared, self.pause_until.is_some(), &mut buf) => {
                    let activity = activity?;
                    self.happened(&activity, buf.filled());
                }
            }
        }
        Ok(())
    }

    /// Does what is due, and says when the next thing is.
    fn turn(&mut self) -> Instant {
        let mut state = self.shared.lock();
        let state = &mut *state;
        let now_us = state.now_us();
        state.module.poll(now_us);
        while state.agenda.first().is_some_and(|entry| entry.0 <= now_us) {
            let (_, fault, end) = state.agenda.remove(0);
            let act = if end { Fault::end } else { Fault::order };
            act(&fault, &mut state.module, &mut state.port);
        }
        state.module.poll(now_us);
        let output = state.module.output();
        if self.line.has_host() {
            state.port.put(&output);
        }
        for request in state.module.take_requests() {
            self.sockets.request(request);
        }
        let now = Instant::now();
        self.pause_until = self.pause_until.filter(|&until| until > now);
        let at = |us: u64| state.started + Duration::from_micros(us);
        let due = [state.module.next(), state.agenda.first().map(|entry| entry.0)];
        // A deadline may lie beyond what an instant can hold; long before, the pump looks again.
        let due = due.into_iter().flatten().min().map(|us| at(us.min(now_us + IDLE.as_micros() as u64)));
        [due, self.pause_until].into_iter().flatten().min().unwrap_or(now + IDLE)
    }

    fn happened(&mut self, activity: &Activity, bytes: &[u8]) {
        let mut state = self.shared.lock();
        match activity {
            Activity::Read(_) => {
                let now_us = state.now_us();
                state.module.input(now_us, bytes);
            }
            Activity::Written(count) => {
                state.port.waiting.drain(..count);
                self.pause_until = state.port.split.map(|_| Instant::now() + SPLIT_GAP);
            }
            // Nobody gets what was for another.
            Activity::Came | Activity::Went => state.port.waiting.clear(),
        }
    }
}

async fn activity(line: &mut Line, shared: &Shared, paused: bool, buf: &mut ReadBuf<'_>) -> io::Result<Activity> {
    poll_fn(|context| {
        let state = shared.lock();
        let piece = if paused { &[] } else { state.port.next_piece() };
        line.poll(context, piece, buf)
    })
    .await
}

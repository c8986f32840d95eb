//! A simulated world: one thread, one clock, one seed, one port, and the runner.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use crate::peer::Peer;
use crate::port::{PortOptions, PortReader, PortWriter, Wire, port};
use crate::random::SplitMix64;
use crate::time::VirtualTime;
use crate::trace::{Direction, Recorder, Trace};

/// What a run may use up before it counts as stuck.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rounds of the runner: each is one poll of the future, one exchange of bytes or one move of the clock.
    pub rounds: u64,
    /// Virtual time of the world, in microseconds.
    pub time_us: u64,
}

impl Default for Limits {
    /// Two million rounds, ten days.
    fn default() -> Self {
        Self { rounds: 2_000_000, time_us: 10 * 24 * 3600 * 1_000_000 }
    }
}

/// Why a run ended before its future did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StuckReason {
    /// Nothing can happen any more: no timer runs, nothing is on the wire, the peer waits for input.
    Deadlock,
    /// [`Limits::rounds`] are used up: mostly two sides that wake each other without any progress.
    Rounds,
    /// [`Limits::time_us`] is over.
    Time,
}

/// A run that did not come to its end. Both `Debug` and `Display` show the seed and the end of the trace, so that
/// `unwrap` in a test says all that is needed.
#[derive(Clone)]
pub struct Stuck {
    /// Why.
    pub reason: StuckReason,
    /// The world's seed: [`seed_or`](crate::seed_or) takes it from the environment to repeat the run.
    pub seed: u64,
    /// When, in virtual microseconds.
    pub at_us: u64,
    /// All that went over the wire.
    pub trace: Trace,
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 60;
        let Self { reason, seed, at_us, trace } = self;
        writeln!(f, "stuck ({reason:?}) at {at_us} us, seed {seed}; the end of the trace:")?;
        let skipped = trace.entries.len().saturating_sub(SHOWN);
        trace.entries[skipped..].iter().try_for_each(|entry| writeln!(f, "{entry}"))
    }
}

impl fmt::Debug for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Stuck {}

/// A simulated world. The current thread has virtual time until it is dropped.
///
/// ```
/// use embedded_io_async::{Read, Write};
/// use wanlink_emulator::{Script, World};
///
/// let mut world = World::new(1);
/// let (mut reader, mut writer) = world.halves();
/// let mut module = Script::new().expect("AT\r").send_after(20_000, "\r\nOK\r\n");
/// let answer = world.run(&mut module, async {
///     writer.write_all(b"AT\r").await.unwrap();
///     let mut answer = [0; 6];
///     reader.read_exact(&mut answer).await.unwrap();
///     answer
/// });
/// assert_eq!(&answer.unwrap(), b"\r\nOK\r\n");
/// assert_eq!(world.now_us(), 20_000);
/// assert_eq!(world.trace().to_string(), "0.000000 > AT\\r\n0.020000 < \\r\\nOK\\r\\n\n");
/// ```
#[derive(Debug)]
pub struct World {
    time: VirtualTime,
    seed: u64,
    limits: Limits,
    wire: Wire,
    recorder: Recorder,
    hash: Fnv,
}

impl World {
    /// Enters a world with an ideal port.
    ///
    /// # Panics
    /// As [`VirtualTime::enter`] does.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::with_port(seed, PortOptions::default())
    }

    /// Enters a world whose port behaves as told.
    ///
    /// # Panics
    /// As [`VirtualTime::enter`] does.
    #[must_use]
    pub fn with_port(seed: u64, options: PortOptions) -> Self {
        let wire = port(options, SplitMix64::new(seed).fork().next_u64()).2;
        let (recorder, hash) = (Recorder::default(), Fnv::default());
        Self { time: VirtualTime::enter(), seed, limits: Limits::default(), wire, recorder, hash }
    }

    /// Sets what a run may use up.
    pub fn limit(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// The host's halves of the port. A second pair is the same port, as after a driver was built anew.
    #[must_use]
    pub fn halves(&self) -> (PortReader, PortWriter) {
        (self.wire.reader(), self.wire.writer())
    }

    /// The wire, to order faults of the port while a run goes on.
    #[must_use]
    pub fn wire(&self) -> Wire {
        self.wire.clone()
    }

    /// Virtual microseconds since the world began.
    #[must_use]
    pub fn now_us(&self) -> u64 {
        self.time.now_us()
    }

    /// All that went over the wire so far, secrets redacted as the peer told.
    #[must_use]
    pub fn trace(&self) -> Trace {
        // What is unfinished has no redaction of its own here; show its length, not its bytes.
        self.recorder.trace(&|_, bytes| format!("({} bytes of an unfinished line)", bytes.len()).into_bytes())
    }

    /// A number over all bytes, their directions and times: equal seeds must give equal numbers.
    #[must_use]
    pub fn hash(&self) -> u64 {
        self.hash.0
    }

    /// Writes a note into the trace.
    pub fn note(&mut self, text: &str) {
        self.recorder.record(self.time.now_us(), Direction::Note, text.as_bytes(), &|_, text| text.to_vec());
    }

    /// Runs `future` against `peer` until it is ready. Time moves only when neither side has anything to do, and then
    /// straight to the next timer, byte or deadline of the peer.
    ///
    /// May be called again in the same world: time, port and trace go on.
    ///
    /// # Errors
    /// [`Stuck`] when nothing can happen any more, or when a limit is reached.
    pub fn run<F: Future>(&mut self, peer: &mut dyn Peer, future: F) -> Result<F::Output, Stuck> {
        let mut future = pin!(future);
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(flag.clone());
        for _ in 0..self.limits.rounds {
            if flag.0.swap(false, Ordering::Relaxed) {
                // Every live timer registers again in this poll.
                self.time.forget_timers();
                let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
                if let Poll::Ready(output) = polled {
                    self.exchange(peer);
                    return Ok(output);
                }
            }
            if self.exchange(peer) || flag.0.load(Ordering::Relaxed) {
                continue;
            }
            let now = self.time.now_us();
            let next = [self.time.next_timer(), self.wire.next(now), peer.next()].into_iter().flatten().min();
            match next {
                None => return Err(self.stuck(StuckReason::Deadlock, peer)),
                Some(at) if at > self.limits.time_us => return Err(self.stuck(StuckReason::Time, peer)),
                Some(at) => self.time.advance_to(at),
            }
            self.wire.wake_if_arrived(self.time.now_us());
        }
        Err(self.stuck(StuckReason::Rounds, peer))
    }

    /// Lets `us` microseconds pass while the host does nothing.
    ///
    /// # Errors
    /// [`Stuck`] when a limit is reached.
    pub fn idle(&mut self, peer: &mut dyn Peer, us: u64) -> Result<(), Stuck> {
        self.run(peer, embassy_time::Timer::after_micros(us))
    }

    /// Carries bytes both ways; true when there were any.
    fn exchange(&mut self, peer: &mut dyn Peer) -> bool {
        let now = self.time.now_us();
        peer.notes().iter().for_each(|text| self.note(text));
        let written = self.wire.take_for_module(now);
        if !written.is_empty() {
            self.hash.fold_exchange(now, Direction::ToModule, &written);
            self.recorder.record(now, Direction::ToModule, &written, &|_, line| peer.redact(line));
            peer.input(now, &written);
        }
        peer.poll(now);
        let answer = peer.output();
        if !answer.is_empty() {
            let clean = peer.clean_output().unwrap_or_else(|| answer.clone());
            self.hash.fold_exchange(now, Direction::ToHost, &answer);
            self.recorder.record_noisy(now, &answer, &clean, &|_, line| peer.redact(line));
            self.wire.put_from_module(now, &answer);
        }
        !written.is_empty() || !answer.is_empty()
    }

    fn stuck(&self, reason: StuckReason, peer: &dyn Peer) -> Stuck {
        let trace = self.recorder.trace(&|_, line| peer.redact(line));
        Stuck { reason, seed: self.seed, at_us: self.time.now_us(), trace }
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// FNV-1a, 64 bits.
#[derive(Debug)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn fold_exchange(&mut self, now: u64, direction: Direction, bytes: &[u8]) {
        self.fold(&now.to_le_bytes());
        self.fold(&[direction as u8]);
        self.fold(bytes);
    }

    fn fold(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

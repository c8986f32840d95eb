//! The engine with its port: the only place below the drivers that awaits.

use core::pin::pin;

use atat::{AtatCmd, InternalError};
use embassy_futures::select::{Either3, select3};
use embassy_time::{Duration, Instant, Timer};
use embedded_io_async::{Error as _, ErrorKind, Read, Write};

use crate::block::Block;
use crate::dialect::Dialect;
use crate::engine::{Call, Engine, Want, later};
use crate::inbox::{Loss, Record};
use crate::job::{Ending, Job};
use crate::mutants::{self, Mutant};
use crate::notes::Notes;

/// A port that takes no byte for so long is stuck: its flow control never lets go.
const STUCK_MS: u32 = 10_000;
/// From the second error of the port in a row, reading goes on after this pause, so that a broken port does not spin.
const ERROR_PAUSE_MS: u32 = 10;
/// So many errors of the port without a byte between them are taken for its end.
const ERRORS_IN_A_ROW: u8 = 16;

/// The three buffers that the engine works in.
///
/// | buffer | at least |
/// |---|---|
/// | `R`, receive | the longest line without the counted part, 256 |
/// | `T`, transmit | the longest command line, 384; and a publish's payload with it, if a dropped one shall be completed |
/// | `I`, inbox | 4 bytes, a topic and a payload for each message that shall wait |
pub struct Buffers<const R: usize, const T: usize, const I: usize> {
    receive: [u8; R],
    transmit: [u8; T],
    inbox: [u8; I],
}

impl<const R: usize, const T: usize, const I: usize> Buffers<R, T, I> {
    /// Empty buffers; may stand in a `static`.
    #[must_use]
    pub const fn new() -> Self {
        Self { receive: [0; R], transmit: [0; T], inbox: [0; I] }
    }
}

impl<const R: usize, const T: usize, const I: usize> Default for Buffers<R, T, I> {
    fn default() -> Self {
        Self::new()
    }
}

/// Why an operation failed, the port's own errors included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// The port failed for good.
    Port(ErrorKind),
    /// The port takes no bytes: flow control never lets go.
    Stuck,
    /// The operation ended.
    Ending(Ending),
}

impl From<Ending> for Fault {
    fn from(ending: Ending) -> Self {
        Self::Ending(ending)
    }
}

/// What a dropped call leaves, see [`Modem::leaves`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The module knows nothing of the command.
    Nothing,
    /// The module gets the whole command and all of its data.
    Whole,
    /// The data had no room in the transmit buffer: blanks take the place of what was not written.
    Cut,
}

/// Why a foreign command failed.
#[derive(Debug, Clone, PartialEq)]
pub enum SendError {
    /// The command did not come through.
    Fault(Fault),
    /// It was answered, and the command's own parser refused the answer.
    Answer(atat::Error),
}

/// The two halves of a port, and the engine between them.
///
/// One owner, `&mut self`, no task to spawn. Every method may be dropped at any await; what it had asked the module for
/// is settled while the next one runs.
pub struct Modem<'b, R, W> {
    reader: R,
    writer: W,
    engine: Engine<'b>,
    errors: u8,
}

impl<'b, R: Read, W: Write> Modem<'b, R, W> {
    /// A modem of this dialect at the given port.
    pub fn new<const N: usize, const T: usize, const I: usize>(
        dialect: &'static Dialect,
        reader: R,
        writer: W,
        buffers: &'b mut Buffers<N, T, I>,
    ) -> Self {
        let engine = Engine::new(dialect, &mut buffers.receive, &mut buffers.transmit, &mut buffers.inbox);
        Self { reader, writer, engine, errors: 0 }
    }

    /// Runs an operation to its end. *Dropped*: what the module was asked for goes on there; see [`Modem`].
    ///
    /// # Errors
    /// The [`Fault`] that ended it.
    pub async fn run(&mut self, job: &Job<'_>, notes: &mut dyn Notes) -> Result<(), Fault> {
        self.engine.begin();
        self.pump(job, notes).await
    }

    /// Listens for so long, as a key pulse or a documented pause needs it. Flags are those of a [`Job`].
    ///
    /// # Errors
    /// The [`Fault`] that ended it before.
    pub async fn pause(&mut self, duration: Duration, flags: u8, notes: &mut dyn Notes) -> Result<(), Fault> {
        self.engine.begin_pause(Instant::now().checked_add(duration).unwrap_or(Instant::MAX));
        self.pump(&Job { table: &[], args: &[], flags, body: &[] }, notes).await
    }

    /// Runs any command of the atat vocabulary, also one that no crate of ours knows.
    ///
    /// Lines of the answer are kept in the transmit buffer behind the command; the buffer must hold both. atat's derived
    /// commands panic when the command itself does not fit. *Dropped*: the answer is waited for, and thrown away, before
    /// the next command.
    ///
    /// # Errors
    /// [`SendError::Fault`] when no proper answer came, [`SendError::Answer`] when its parser refused it.
    pub async fn send<C: AtatCmd>(&mut self, command: &C, notes: &mut dyn Notes) -> Result<C::Response, SendError> {
        static SETTLE: [u8; crate::packed_len(SETTLE_STEPS)] = crate::pack(SETTLE_STEPS);
        const SETTLE_STEPS: &[crate::Step] = &[crate::step("", 10).retry(2, 0)];
        let settle = Job { table: &SETTLE, args: &[], flags: 0, body: &[] };
        if self.engine.is_unsettled() {
            self.run(&settle, notes).await.map_err(SendError::Fault)?;
        }
        self.engine.transmit.fill(|buffer| command.write(buffer));
        self.engine.begin_foreign(C::MAX_TIMEOUT_MS, C::EXPECTS_RESPONSE_CODE);
        let result = self.pump(&Job { table: &[], ..settle }, notes).await;
        let answer = match result {
            Ok(()) => Ok(self.engine.transmit.kept_lines()),
            Err(Fault::Ending(Ending::Error { code, .. })) => Err(match code {
                Some(code) => InternalError::CmeError(code.get().into()),
                None => InternalError::Error,
            }),
            Err(fault) => return Err(SendError::Fault(fault)),
        };
        command.parse(answer).map_err(SendError::Answer)
    }

    /// Does what the engine wants of the port: writes, flushes or only reads, and listens until that is done.
    ///
    /// One select for all three, since each await is a state of its own with code of its own. A write is never given up
    /// for a byte that came: a driver may have taken a part of it already. What came is told before the next await, since
    /// the whole may be dropped there.
    async fn pump(&mut self, job: &Job<'_>, notes: &mut dyn Notes) -> Result<(), Fault> {
        let mut call = Call { job, notes };
        loop {
            let (writes, until) = match self.engine.advance(Instant::now(), &mut call) {
                Want::Done => return self.engine.result().map_err(Fault::Ending),
                Want::Read(until) => (false, until),
                Want::Write => (true, later(Instant::now(), STUCK_MS)),
            };
            let mut deaf = mutants::on(Mutant::GapUnread) && self.engine.is_in_gap();
            let flushes;
            let news = {
                let (bytes, mut ear) = self.engine.port(job);
                flushes = bytes.is_empty();
                let (reader, writer) = (&mut self.reader, &mut self.writer);
                let mut write = pin!(async {
                    if !writes {
                        core::future::pending().await
                    } else if flushes {
                        writer.flush().await.map(|()| 0)
                    } else {
                        writer.write(bytes).await
                    }
                });
                loop {
                    let read = async {
                        let room = ear.room();
                        // A full buffer has to wait until the line is out, and so has a port that failed.
                        if deaf || room.is_empty() { core::future::pending().await } else { reader.read(room).await }
                    };
                    let read = match select3(write.as_mut(), read, Timer::at(until)).await {
                        Either3::First(written) => break News::Written(written.map_err(|error| error.kind())),
                        Either3::Third(()) => break News::Time,
                        Either3::Second(read) => read.map_err(|error| error.kind()),
                    };
                    match read {
                        Ok(count) if count > 0 => ear.heard(count, Instant::now()),
                        // The next read meets the end of the port again.
                        Ok(_) => deaf = true,
                        Err(_) => {
                            ear.broke();
                            deaf = true;
                        }
                    }
                    if !writes {
                        break News::Read(read);
                    }
                }
            };
            if self.take(news, writes, flushes, job)? {
                Timer::at(later(Instant::now(), ERROR_PAUSE_MS)).await;
            }
        }
    }

    /// Tells the engine what came; says so when the port needs a pause.
    fn take(&mut self, news: News, writes: bool, flushes: bool, job: &Job<'_>) -> Result<bool, Fault> {
        let now = Instant::now();
        match news {
            News::Time if writes => return Err(Fault::Stuck),
            News::Time => self.engine.has_read(false),
            News::Written(Err(error)) => return Err(Fault::Port(error)),
            News::Written(Ok(_)) if flushes => self.engine.flushed(now),
            News::Written(Ok(0)) => return Err(Fault::Port(ErrorKind::WriteZero)),
            News::Written(Ok(count)) => self.engine.wrote(count, now, job),
            News::Read(Ok(0)) => return Err(Fault::Port(ErrorKind::BrokenPipe)),
            News::Read(Ok(_)) => {
                self.errors = 0;
                self.engine.has_read(true);
            }
            News::Read(Err(error)) => {
                self.errors = self.errors.saturating_add(1);
                if self.errors >= ERRORS_IN_A_ROW {
                    return Err(Fault::Port(error));
                }
                return Ok(self.errors > 1);
            }
        }
        Ok(false)
    }

    /// Says whether the module's echo is off, so that an echo is a sign of a restart.
    pub fn set_echo_off(&mut self, off: bool) {
        self.engine.echo_off = off;
    }

    /// Says how many bytes the next counted line brings whose pattern has `=`: the module told it before, not there.
    pub fn announce(&mut self, count: usize) {
        self.engine.frames.announce(count);
    }

    /// From now on steps may [send](crate::Step::sends) and [take](crate::Step::takes) streams.
    pub fn allow_streams(&mut self) {
        self.engine.stream = Some(crate::stream::advance);
    }

    /// Keeps lines that nobody claims in the inbox, as records with this tag; `None` only counts them.
    pub fn keep_lines(&mut self, tag: Option<u8>) {
        self.engine.kept_lines = tag;
    }

    /// Which lines carry counted bytes from now on, in place of those that the dialect names.
    pub fn set_blocks(&mut self, blocks: &'static [Block]) {
        self.engine.frames.set_blocks(blocks);
    }

    /// Whether a command that was dropped is unanswered, or an answer was missed.
    pub fn is_unsettled(&mut self) -> bool {
        self.engine.is_unsettled()
    }

    /// What a dropped command that begins so still owes will not come: what it was for was ended.
    pub fn forgive(&mut self, command: &str) {
        self.engine.owed.forgive(command.as_bytes());
    }

    /// What a call leaves behind that is dropped now, while it runs a command that begins so.
    pub fn leaves(&self, command: &str) -> Left {
        let exchange = &self.engine.exchange;
        if self.is_unsent() || !self.engine.transmit.command().starts_with(command.as_bytes()) {
            Left::Nothing
        } else if exchange.body_kept || exchange.body_left == 0 {
            Left::Whole
        } else {
            Left::Cut
        }
    }

    /// Takes the news that a command was not answered since the last time, or that one whose call was dropped was refused.
    pub fn take_failure(&mut self) -> bool {
        core::mem::take(&mut self.engine.failed)
    }

    /// A number that changes whenever something of what the module sent was lost, or claimed by nobody.
    pub fn mishaps(&self) -> u16 {
        self.engine.strays.wrapping_add(self.engine.frames.garbled).wrapping_add(self.engine.inbox.lost())
    }

    /// Zeroes what the transmit buffer has of the data of the last command, which came to its end: it may be secret.
    pub fn wipe_body(&mut self) {
        self.engine.transmit.wipe_body();
    }

    /// Whether the last command was dropped before its first byte was out, so that the module knows nothing of it.
    pub fn is_unsent(&self) -> bool {
        self.engine.transmit.is_untouched()
    }

    /// The tag of the oldest record of the inbox, without lending it.
    pub fn front_tag(&self) -> Option<u8> {
        self.engine.inbox.front_tag()
    }

    /// Whether the inbox has a record with this tag.
    pub fn has(&self, tag: u8) -> bool {
        self.engine.inbox.has(tag)
    }

    /// Lends the oldest record with this tag until the next operation.
    pub fn front_of(&mut self, tag: u8) -> Option<Record<'_>> {
        self.engine.inbox.front_of(tag)
    }

    /// Gives the oldest record with this tag another one.
    pub fn retag(&mut self, tag: u8, new: u8) {
        self.engine.inbox.retag(tag, new);
    }

    /// Moves bytes out of the body of the oldest record with this tag; a record that is used up is gone. What was lent
    /// is released.
    pub fn read(&mut self, tag: u8, out: &mut [u8]) -> Option<usize> {
        self.engine.inbox.read(tag, out)
    }

    /// How many bytes the transmit buffer has. Data that fit behind their command are sent whole although the call is
    /// dropped.
    pub fn transmit_capacity(&self) -> usize {
        self.engine.transmit.capacity()
    }

    /// How long the body of a record without a head can be that the inbox has room for.
    pub fn room(&self) -> usize {
        self.engine.inbox.room()
    }

    /// Whether [`take_loss`](Self::take_loss) has something to report.
    pub fn has_loss(&self) -> bool {
        self.engine.inbox.has_loss()
    }

    /// Lends the oldest record of the inbox until the next operation.
    pub fn front(&mut self) -> Option<Record<'_>> {
        self.engine.inbox.front()
    }

    /// Frees the record that was lent; the next operation does it, too.
    pub fn release(&mut self) {
        self.engine.inbox.release();
    }

    /// Takes the report of lost records.
    pub fn take_loss(&mut self) -> Option<Loss> {
        self.engine.inbox.take_loss()
    }

    /// When the module last sent something.
    pub fn last_read(&self) -> Instant {
        self.engine.frames.last_read()
    }

    /// How many lines were too long, broken on the way or cut by an error of the port.
    pub fn garbled(&self) -> u16 {
        self.engine.frames.garbled
    }

    /// How many lines nobody claimed.
    pub fn strays(&self) -> u16 {
        self.engine.strays
    }

    /// Sets the hook that sees the lines of the wire, secrets redacted.
    #[cfg(feature = "trace")]
    pub fn set_trace(&mut self, trace: &'b mut dyn crate::Trace) {
        self.engine.trace = Some(trace);
    }

    /// The transmit buffer, for the tests that secrets are wiped from it.
    #[doc(hidden)]
    pub fn transmit_buffer(&self) -> &[u8] {
        self.engine.transmit.raw()
    }
}

/// What came of a use of the port.
enum News {
    Time,
    Written(Result<usize, ErrorKind>),
    Read(Result<usize, ErrorKind>),
}

//! The engine with its port: the only place below the drivers that awaits.

use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;

use atat::{AtatCmd, InternalError};
use embassy_time::{Duration, Instant, Timer};
use embedded_io_async::{Error as _, ErrorKind, Read, Write};

use crate::dialect::Dialect;
use crate::engine::{Call, Engine, Want, later};
use crate::forms::{AllForms, Forms};
use crate::job::{Ending, Job};
use crate::mutants::{self, Mutant};
use crate::notes::Notes;

/// A port that takes no byte for so long is stuck: its flow control never lets go.
const STUCK_MS: u32 = 10_000;
/// From the second error of the port in a row, reading goes on after this pause, so that a broken port does not spin.
const ERROR_PAUSE_MS: u32 = 10;

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
pub struct Modem<'b, R, W, F: Forms = AllForms> {
    reader: R,
    writer: W,
    engine: Engine<'b, F>,
}

impl<'b, R: Read, W: Write> Modem<'b, R, W> {
    /// A modem of this dialect at the given port, whatever forms its lines have.
    pub fn new<const N: usize, const T: usize, const I: usize>(
        dialect: &'static Dialect,
        reader: R,
        writer: W,
        buffers: &'b mut Buffers<N, T, I>,
    ) -> Self {
        Self::with_forms(dialect, reader, writer, buffers)
    }
}

impl<'b, R: Read, W: Write, F: Forms> Modem<'b, R, W, F> {
    /// A modem of this dialect at the given port, whose lines have these [`Forms`].
    pub fn with_forms<const N: usize, const T: usize, const I: usize>(
        dialect: &'static Dialect,
        reader: R,
        writer: W,
        buffers: &'b mut Buffers<N, T, I>,
    ) -> Self {
        let engine = Engine::new(dialect, &mut buffers.receive, &mut buffers.transmit, &mut buffers.inbox);
        Self { reader, writer, engine }
    }

    /// Runs an operation to its end. *Dropped*: what the module was asked for goes on there; see [`Modem`].
    ///
    /// # Errors
    /// The [`Fault`] that ended it.
    pub async fn run(&mut self, job: &Job<'_>, notes: &mut dyn Notes) -> Result<(), Fault> {
        self.drive(job, notes).await;
        self.engine.result()
    }

    /// As [`run`](Self::run), for a driver that asks [`Engine::end`] how it ended.
    pub fn drive(&mut self, job: &Job<'_>, notes: &mut dyn Notes) -> impl Future<Output = ()> {
        self.engine.begin();
        self.pump(job, notes)
    }

    /// Listens for so long, as a key pulse or a documented pause needs it. Flags are those of a [`Job`].
    ///
    /// # Errors
    /// The [`Fault`] that ended it before.
    pub async fn pause(&mut self, duration: Duration, flags: u8, notes: &mut dyn Notes) -> Result<(), Fault> {
        self.engine.begin_pause(Instant::now().checked_add(duration).unwrap_or(Instant::MAX));
        self.pump(&Job { table: &[], args: &[], flags, body: &[] }, notes).await;
        self.engine.result()
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
        const SETTLE: &[u8] = crate::table![SETTLE_STEPS];
        const SETTLE_STEPS: &[crate::Step] = &[crate::step("", 10).retry(2, 0)];
        let settle = Job { table: SETTLE, args: &[], flags: 0, body: &[] };
        if self.engine.is_unsettled() {
            self.run(&settle, notes).await.map_err(SendError::Fault)?;
        }
        self.engine.transmit.fill(|buffer| command.write(buffer));
        self.engine.begin_foreign(C::MAX_TIMEOUT_MS, C::EXPECTS_RESPONSE_CODE);
        self.pump(&Job { table: &[], ..settle }, notes).await;
        let answer = match self.engine.result() {
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
    /// One await for all of it, since each is a state of its own with code of its own. A write is never given up for a
    /// byte that came: a driver may have taken a part of it already. What came is told before the next await, since the
    /// whole may be dropped there.
    async fn pump(&mut self, job: &Job<'_>, notes: &mut dyn Notes) {
        let Self { reader, writer, engine } = self;
        let mut call = Call { job, notes };
        loop {
            let want = engine.advance(Instant::now(), &mut call);
            let until = match want {
                Want::Done => return,
                Want::Read(until) => until,
                Want::Write => later(Instant::now(), STUCK_MS),
                Want::Rest => later(Instant::now(), ERROR_PAUSE_MS),
            };
            let mut deaf = want == Want::Rest || (mutants::on(Mutant::GapUnread) && engine.is_in_gap());
            let news = {
                let (bytes, mut ear) = engine.port(job);
                let flushes = bytes.is_empty();
                let mut write =
                    pin!(async { if flushes { writer.flush().await.map(|()| 0) } else { writer.write(bytes).await } });
                loop {
                    let news = {
                        let room = ear.room();
                        // A full buffer has to wait until the line is out, and so has a port that failed.
                        let listens = !deaf && !room.is_empty();
                        let mut read = pin!(reader.read(room));
                        let mut timer = pin!(Timer::at(until));
                        poll_fn(|context| {
                            if want == Want::Write
                                && let Poll::Ready(written) = write.as_mut().poll(context)
                            {
                                return Poll::Ready(News::Written(written));
                            }
                            if listens && let Poll::Ready(read) = read.as_mut().poll(context) {
                                return Poll::Ready(News::Read(read));
                            }
                            timer.as_mut().poll(context).map(|()| News::Time)
                        })
                        .await
                    };
                    match news {
                        News::Read(Ok(count)) if count > 0 => ear.heard(count, Instant::now()),
                        // The next read meets the end of the port again.
                        News::Read(Ok(_)) => deaf = true,
                        News::Read(Err(_)) => {
                            ear.broke();
                            deaf = true;
                        }
                        _ => break news,
                    }
                    if want != Want::Write {
                        break news;
                    }
                }
            };
            match news {
                News::Time => engine.waited(want),
                News::Written(Ok(count)) => engine.wrote(count, job),
                News::Written(Err(error)) => engine.fail(error.kind()),
                News::Read(Ok(0)) => engine.fail(ErrorKind::BrokenPipe),
                News::Read(Ok(_)) => engine.has_read(),
                News::Read(Err(error)) => engine.stumble(error.kind()),
            }
        }
    }
}

impl<'b, R, W, F: Forms> Modem<'b, R, W, F> {
    /// The engine, to look at between two operations.
    pub fn engine(&self) -> &Engine<'b, F> {
        &self.engine
    }

    /// The engine, for what needs no port.
    pub fn engine_mut(&mut self) -> &mut Engine<'b, F> {
        &mut self.engine
    }
}

/// What came of a use of the port. The errors as they are: a port that cannot fail links nothing for them.
enum News<R, W> {
    Time,
    Written(Result<usize, W>),
    Read(Result<usize, R>),
}

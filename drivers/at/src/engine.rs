//! The engine: one state machine for the wire and for the operations that run on it.
//!
//! There is no `await` in here. [`Engine::advance`] says what it wants of the port; the [pump](crate::Modem) does it and
//! calls again. A future that is dropped therefore leaves a value whose state is complete: the command that was under
//! way lives on as an exchange that nobody owns, and is settled while the next operation runs.

use core::marker::PhantomData;

use embassy_time::{Duration, Instant};
use embedded_io_async::ErrorKind;

use crate::command::Code;
use crate::dialect::Dialect;
use crate::exchange::{Exchange, Owner, Stage};
use crate::forms::{AllForms, Forms};
use crate::frame::Frames;
use crate::inbox::Inbox;
use crate::job::Job;
use crate::mutants::{self, Mutant};
use crate::notes::{Answer, Notes};
use crate::owed::Owed;
use crate::packed::Packed;
use crate::run::{End, Run, State};
use crate::sort::keep_line;
use crate::stages::unsent;
use crate::step::shape;
use crate::stream;
use crate::transmit::Transmit;

/// How often a module may restart during one bring-up.
const BRING_UPS: u8 = 4;
/// So many errors of the port without a byte between them are taken for its end.
const ERRORS_IN_A_ROW: u8 = 16;

/// What the engine wants of the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// Write what waits, or flush when it is written.
    Write,
    /// Read, at most until then.
    Read(Instant),
    /// Let the port rest for a while.
    Rest,
    /// Nothing more: the operation is over, see [`Engine::end`].
    Done,
}

/// The call that runs an operation: what it asks for, and who is told.
pub(crate) struct Call<'a> {
    pub(crate) job: &'a Job<'a>,
    pub(crate) notes: &'a mut dyn Notes,
}

/// Where what comes from the port goes, also while a write is under way.
pub(crate) struct Ear<'a, 'b> {
    frames: &'a mut Frames<'b>,
    inbox: &'a mut Inbox<'b>,
}

impl Ear<'_, '_> {
    pub(crate) fn room(&mut self) -> &mut [u8] {
        self.frames.room()
    }

    pub(crate) fn heard(&mut self, count: usize, now: Instant) {
        self.frames.filled(count, now);
    }

    /// A read failed: bytes are missing from here on.
    pub(crate) fn broke(&mut self) {
        self.frames.break_off(true, self.inbox);
    }
}

/// The state of one module's port; read by nobody but the [pump](crate::Modem) that drives it.
///
/// The order of the fields is kept, flags first, in this and all structs within: Thumb's short loads reach 32 bytes, or
/// 32 words. `inline(never)` stands where it makes the whole smaller: in one function for all, addresses are kept in high
/// registers and jumps are far, which takes 4 bytes instead of 2. Both are measured (`docs/sizes.md`).
#[repr(C)]
pub struct Engine<'b, F: Forms = AllForms> {
    pub(crate) exchange: Exchange,
    pub(crate) run: Run,
    /// Code of the last error that a step or a foreign command met.
    pub(crate) code: Option<Code>,
    /// Whether an answer was missed, so that the next one could be anybody's.
    pub(crate) out_of_step: bool,
    /// Whether a command was unanswered, or one that nobody waited for was refused.
    pub(crate) failed: bool,
    /// Index of the last probe.
    pub(crate) probe_turn: u8,
    pub(crate) echo_off: bool,
    /// Errors of the port in a row.
    errors: u8,
    /// Whether the port failed again, and is left alone for a while.
    rests: bool,
    /// Why the port failed for good.
    pub(crate) port_error: ErrorKind,
    pub(crate) kept_lines: Option<u8>,
    pub(crate) strays: u16,
    /// When the engine was last called.
    pub(crate) now: Instant,
    /// The earliest deadline that was looked at and has not passed; [`Instant::MAX`] is never.
    wake: Instant,
    pub(crate) transmit: Transmit<'b>,
    pub(crate) inbox: Inbox<'b>,
    pub(crate) frames: Frames<'b>,
    pub(crate) owed: Owed,
    pub(crate) dialect: &'static Dialect,
    /// What keeps lines; `None` until somebody wants one, so that a program where nobody does links no such code.
    pub(crate) keep_line: Option<fn(&mut Engine<'_, F>, &mut Call<'_>) -> bool>,
    /// What moves streams on; `None` until they are allowed, for the same reason.
    pub(crate) stream: Option<stream::Hook<F>>,
    forms: PhantomData<F>,
    #[cfg(feature = "trace")]
    pub(crate) trace: Option<&'b mut dyn crate::trace::Trace>,
}

impl<'b, F: Forms> Engine<'b, F> {
    pub(crate) fn new(
        dialect: &'static Dialect,
        receive: &'b mut [u8],
        transmit: &'b mut [u8],
        inbox: &'b mut [u8],
    ) -> Self {
        Self {
            exchange: Exchange::idle(),
            run: Run::over(),
            code: None,
            out_of_step: false,
            failed: false,
            // So that the next one is the first.
            probe_turn: 2,
            echo_off: false,
            errors: 0,
            rests: false,
            port_error: ErrorKind::Other,
            kept_lines: None,
            strays: 0,
            now: Instant::MIN,
            wake: Instant::MAX,
            transmit: Transmit::new(transmit),
            inbox: Inbox::new(inbox),
            frames: Frames::new(receive, dialect.blocks),
            owed: Owed::none(),
            dialect,
            keep_line: None,
            stream: None,
            forms: PhantomData,
            #[cfg(feature = "trace")]
            trace: None,
        }
    }

    /// Begins an operation: what was lent is released, what a dropped one left is nobody's now.
    pub(crate) fn begin(&mut self) {
        self.inbox.release();
        self.disown();
        self.run.begin();
        self.run.bring_ups = 0;
    }

    /// Begins to wait for the answer to a foreign command that stands in the transmit buffer. Its bound is rounded
    /// up to a step's tenths of a second, and cut at the longest of a step, 1 h 49 min.
    pub(crate) fn begin_foreign(&mut self, bound_ms: u32, answers: bool) {
        self.run = Run { state: State::Asked, ..Run::over() };
        let bound_ds = u16::try_from(bound_ms.div_ceil(100)).unwrap_or(u16::MAX);
        let shape = if answers { shape::FINAL } else { shape::OPTIONAL };
        self.exchange.begin(&Packed::new(shape, bound_ds), Owner::Foreign);
        self.keep_line = Some(keep_line);
        #[cfg(feature = "trace")]
        self.trace_foreign();
    }

    /// Begins to do nothing but listen until then.
    pub(crate) fn begin_pause(&mut self, until: Instant) {
        self.begin();
        self.run.until = until;
        self.run.state = State::Gap;
    }

    /// Leaves a command that was under way to itself.
    pub(crate) fn disown(&mut self) {
        self.exchange.disown();
        if mutants::on(Mutant::LateAnswerKept) {
            self.exchange = Exchange::idle();
        }
        if mutants::on(Mutant::DroppedPayloadBlank) {
            self.exchange.body_kept = false;
        }
        match self.exchange.stage {
            Stage::Command if mutants::on(Mutant::HalfLineForgotten) => self.exchange = Exchange::idle(),
            Stage::Body | Stage::Filler if mutants::on(Mutant::FillerForgotten) => self.exchange = Exchange::idle(),
            Stage::Gap => self.finish(End::Silent),
            Stage::Command if self.transmit.is_untouched() => self.finish(End::Silent),
            Stage::Body if self.is_bodiless() => self.fill_up(),
            Stage::Answer if self.exchange.is_accepted() => {
                self.owe_result(self.exchange.until, false);
                self.finish(End::Done);
            }
            _ => {}
        }
    }

    /// Bytes that wait to be written, and the ear for what comes meanwhile.
    pub(crate) fn port<'a>(&'a mut self, job: &Job<'a>) -> (&'a [u8], Ear<'a, 'b>) {
        let ear = Ear { frames: &mut self.frames, inbox: &mut self.inbox };
        (unsent(&self.exchange, &self.transmit, job), ear)
    }

    /// So many tenths of a second from now.
    pub(crate) fn after_ds(&self, tenths: u16) -> Instant {
        later(self.now, 100 * u32::from(tenths))
    }

    /// Whether a deadline has passed; if not, it is one to wake up for.
    #[inline(never)]
    pub(crate) fn passed(&mut self, deadline: Instant) -> bool {
        if deadline <= self.now {
            return true;
        }
        self.wake = self.wake.min(deadline);
        false
    }

    /// Goes on as far as it can without the port.
    #[inline(never)]
    pub(crate) fn advance(&mut self, now: Instant, call: &mut Call<'_>) -> Want {
        self.now = now;
        if core::mem::take(&mut self.rests) {
            return Want::Rest;
        }
        loop {
            self.wake = Instant::MAX;
            self.out_of_step |= self.frames.take_broken();
            if let Some(stream) = self.stream {
                stream(self, call);
            }
            self.take_tokens(call);
            if matches!(self.run.state, State::Over(_)) {
                return Want::Done;
            }
            if self.passed(self.frames.deadline()) {
                // Its bytes may wait in the port: nobody need have looked there for a while.
                if !self.frames.is_quiet {
                    return Want::Read(now);
                }
                self.frames.break_off(false, &mut self.inbox);
                self.out_of_step |= self.frames.take_broken();
                self.tick(Answer::Record, call);
            } else if let Some(want) = self.write(call.job) {
                return want;
            } else if !self.interpret(call) {
                return Want::Read(self.wake);
            }
        }
    }

    /// The module restarted: nothing is under way, and nothing is owed.
    pub(crate) fn restarted(&mut self, call: &mut Call<'_>) {
        self.transmit.wipe();
        self.exchange.owner = Owner::Nobody;
        self.exchange.end(End::Restarted);
        if !mutants::on(Mutant::DebtOutlivesRestart) {
            self.owed.clear();
        }
        self.inbox.restart();
        self.frames.announce(0);
        self.out_of_step = false;
        self.echo_off = false;
        call.notes.restarted();
        if call.job.flags & Job::BRING_UP != 0 && self.run.bring_ups < BRING_UPS {
            self.run.bring_ups += 1;
            self.run.begin();
        } else {
            self.run.state = State::Over(End::Restarted);
        }
    }

    /// Nothing came of what was wanted in its time.
    pub(crate) fn waited(&mut self, want: Want) {
        match want {
            Want::Write => self.run.state = State::Over(End::Stuck),
            // Nothing was read there.
            Want::Rest => {}
            _ => {
                self.frames.is_quiet = true;
                self.exchange.reads_before = 0;
            }
        }
    }

    /// A read brought something.
    pub(crate) fn has_read(&mut self) {
        self.errors = 0;
        self.frames.is_quiet = false;
        self.exchange.reads_before = self.exchange.reads_before.saturating_sub(1);
    }

    /// A read failed, which may pass.
    pub(crate) fn stumble(&mut self, error: ErrorKind) {
        self.errors = self.errors.saturating_add(1);
        self.rests = self.errors > 1;
        if self.errors >= ERRORS_IN_A_ROW {
            self.fail(error);
        }
    }

    /// The port is of no use any more.
    pub(crate) fn fail(&mut self, error: ErrorKind) {
        self.port_error = error;
        self.run.state = State::Over(End::Port);
    }

    pub(crate) fn is_in_gap(&self) -> bool {
        matches!(self.exchange.stage, Stage::Gap | Stage::PromptGap)
    }
}

/// `at` plus so many milliseconds, without overflow. A call is smaller than the 64-bit sum in each place.
#[must_use]
#[inline(never)]
pub fn later(at: Instant, milliseconds: u32) -> Instant {
    let after = Duration::from_millis(milliseconds.into());
    Instant::from_ticks(at.as_ticks().saturating_add(after.as_ticks()))
}

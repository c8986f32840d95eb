//! The engine: one state machine for the wire and for the operations that run on it.
//!
//! There is no `await` in here. [`Engine::advance`] says what it wants of the port; the [pump](crate::Modem) does it and
//! calls again. A future that is dropped therefore leaves a value whose state is complete: the command that was under
//! way lives on as an exchange that nobody owns, and is settled while the next operation runs.

use embassy_time::{Duration, Instant};

use crate::dialect::Dialect;
use crate::exchange::{Exchange, Owner, Stage};
use crate::frame::Frames;
use crate::inbox::Inbox;
use crate::job::{Ending, Job};
use crate::mutants::{self, Mutant};
use crate::notes::{Answer, Notes};
use crate::owed::Owed;
use crate::packed::Packed;
use crate::run::{End, Run, State};
use crate::step::shape;
use crate::transmit::{KeepLine, Transmit};

/// How often a module may restart during one bring-up.
const BRING_UPS: u8 = 4;
/// What stands in for a body that is gone: no command, and no payload.
const BLANKS: [u8; 32] = [b' '; 32];

/// What the engine wants of the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// Write what waits, or flush when it is written.
    Write,
    /// Read, at most until then.
    Read(Instant),
    /// Nothing more: the operation is over, see [`Engine::result`].
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

/// The state of one module's port; see the [module documentation](self).
#[repr(C)]
pub(crate) struct Engine<'b> {
    pub(crate) exchange: Exchange,
    pub(crate) run: Run,
    /// Code of the last error that a step or a foreign command met.
    pub(crate) code: Option<u16>,
    /// Whether an answer was missed, so that the next one could be anybody's.
    pub(crate) out_of_step: bool,
    /// Index of the last probe.
    pub(crate) probe_turn: u8,
    pub(crate) echo_off: bool,
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
    /// What keeps the lines of a foreign answer; `None` until there is one, so that a program without links no such code.
    pub(crate) keep_line: Option<KeepLine>,
    #[cfg(feature = "trace")]
    pub(crate) trace: Option<&'b mut dyn crate::trace::Trace>,
}

impl<'b> Engine<'b> {
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
            probe_turn: 2,
            echo_off: false,
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

    /// Begins to wait for the answer to a foreign command that stands in the transmit buffer.
    pub(crate) fn begin_foreign(&mut self, bound_ms: u32, answers: bool) {
        self.run = Run { state: State::Asked, ..Run::over() };
        let bound_ds = u16::try_from(bound_ms.div_ceil(100)).unwrap_or(u16::MAX);
        let shape = if answers { shape::FINAL } else { shape::OPTIONAL };
        self.exchange.begin(&Packed::new(shape, bound_ds), Owner::Foreign);
        self.keep_line = Some(|transmit, line| transmit.keep_line(line));
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
    fn disown(&mut self) {
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
            Stage::Gap => self.end(End::Silent),
            Stage::Command if self.transmit.is_untouched() => self.end(End::Silent),
            Stage::Body if self.is_bodiless() => self.fill_up(),
            Stage::Answer if self.exchange.is_accepted() => {
                self.owe_result(self.exchange.until, false);
                self.end(End::Done);
            }
            _ => {}
        }
    }

    /// Whether the body is owed to the module and gone with the call that had it.
    fn is_bodiless(&self) -> bool {
        self.exchange.owner == Owner::Nobody && !self.exchange.body_kept && self.exchange.body_left > 0
    }

    fn fill_up(&mut self) {
        self.inbox.count_lost(0);
        self.exchange.stage = Stage::Filler;
    }

    /// Bytes that wait to be written, and the ear for what comes meanwhile.
    pub(crate) fn port<'a>(&'a mut self, job: &Job<'a>) -> (&'a [u8], Ear<'a, 'b>) {
        let ear = Ear { frames: &mut self.frames, inbox: &mut self.inbox };
        (unsent(&self.exchange, &self.transmit, job), ear)
    }

    /// Says that `count` of the bytes that wait were written.
    pub(crate) fn wrote(&mut self, count: usize, now: Instant, job: &Job<'_>) {
        self.now = now;
        self.exchange.unflushed = true;
        self.transmit.wrote(count);
        if matches!(self.exchange.stage, Stage::Body | Stage::Filler) {
            self.exchange.body_left = self.exchange.body_left.saturating_sub(count);
        }
        // The answer may come before the flush is over.
        if unsent(&self.exchange, &self.transmit, job).is_empty() && !mutants::on(Mutant::AnswerNeedsFlush) {
            self.all_written();
        }
    }

    fn all_written(&mut self) {
        match self.exchange.stage {
            // Where no prompt came, no answer may come either.
            Stage::Filler if self.exchange.late => {
                self.owe_result_as_long();
                self.lose_step();
            }
            Stage::Filler if mutants::on(Mutant::FillerOwesNothing) => self.lose_step(),
            stage => {
                let is_prompted = stage == Stage::Command && self.exchange.is(shape::PROMPT);
                self.exchange.stage = if is_prompted { Stage::Prompt } else { Stage::Answer };
                self.wait();
            }
        }
    }

    pub(crate) fn flushed(&mut self, now: Instant) {
        self.now = now;
        self.exchange.unflushed = false;
        self.wait();
    }

    /// Starts the wait for what comes next.
    pub(crate) fn wait(&mut self) {
        let only_result = self.exchange.stage == Stage::Answer && !self.exchange.wants(shape::FINAL);
        let step = &self.exchange.step;
        self.exchange.until = self.after_ds(if only_result { step.result_ds } else { step.bound_ds() });
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
        loop {
            self.wake = Instant::MAX;
            self.out_of_step |= self.frames.take_broken();
            self.take_tokens(call);
            if matches!(self.run.state, State::Over(_)) {
                return Want::Done;
            }
            if self.passed(self.frames.deadline()) {
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

    /// Moves the exchange on; says so when bytes have to be written first.
    fn write(&mut self, job: &Job<'_>) -> Option<Want> {
        loop {
            let unsent = !unsent(&self.exchange, &self.transmit, job).is_empty();
            let stage = self.exchange.stage;
            match stage {
                Stage::Idle => return None,
                Stage::Command | Stage::Body | Stage::Filler if unsent => return Some(Want::Write),
                Stage::Command if self.exchange.unflushed && mutants::on(Mutant::AnswerNeedsFlush) => {
                    return Some(Want::Write);
                }
                Stage::Command | Stage::Body | Stage::Filler => self.all_written(),
                Stage::Prompt | Stage::Answer if self.exchange.unflushed => return Some(Want::Write),
                Stage::Gap if !self.passed(self.gap_end()) => return None,
                // What waits in the port is older than the command and cannot be its answer.
                Stage::Gap if self.exchange.reads_before > 0 && !mutants::on(Mutant::PortUnreadBefore) => {
                    return Some(Want::Read(self.now));
                }
                Stage::PromptGap | Stage::Prompt | Stage::Answer if !self.passed(self.exchange.until) => return None,
                Stage::Gap => self.exchange.stage = Stage::Command,
                Stage::PromptGap if self.is_bodiless() => self.fill_up(),
                Stage::PromptGap => self.exchange.stage = Stage::Body,
                Stage::Prompt | Stage::Answer => self.time_out(),
            }
        }
    }

    fn gap_end(&self) -> Instant {
        if mutants::on(Mutant::GapForgotten) {
            return self.now;
        }
        later(self.frames.last_read(), self.dialect.command_gap_ms.into())
    }

    fn time_out(&mut self) {
        let exchange = &mut self.exchange;
        let owner = exchange.owner;
        if exchange.stage == Stage::Prompt {
            if exchange.late {
                exchange.owner = Owner::Nobody;
                return self.fill_up();
            }
            // It may still come, once more as long.
            exchange.late = true;
            if owner == Owner::Step {
                exchange.outcome = Some(End::Silent);
                exchange.owner = Owner::Nobody;
            }
            return self.wait();
        }
        if owner == Owner::Probe {
            return self.end(End::Silent);
        }
        let only_result = !exchange.wants(shape::FINAL);
        let good = if only_result { exchange.is(shape::OPTIONAL) } else { exchange.result_seen() };
        if !only_result {
            self.owe_result_as_long();
            self.out_of_step = true;
        }
        self.end(if good { End::Done } else { End::Silent });
    }

    /// The exchange is over in an unknown way: the next one has to find the module again.
    pub(crate) fn lose_step(&mut self) {
        self.out_of_step = true;
        self.end(End::Silent);
    }

    /// Ends the command for whoever waits; no secret of it stays.
    pub(crate) fn end(&mut self, outcome: End) {
        self.transmit.wipe();
        self.exchange.end(outcome);
    }

    /// A result that is still wanted is a debt, as long as its bound.
    pub(crate) fn owe_result_as_long(&mut self) {
        self.owe_result(self.after_ds(self.exchange.step.result_ds), false);
    }

    /// A result that is still wanted is a debt until then.
    pub(crate) fn owe_result(&mut self, until: Instant, doubtful: bool) {
        if self.exchange.wants(shape::RESULT) {
            self.owed.note(&self.exchange.step, self.transmit.command(), until, doubtful);
            self.exchange.settle(shape::RESULT);
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

    /// Whether a command of the past keeps the next one waiting.
    pub(crate) fn is_unsettled(&mut self) -> bool {
        self.inbox.release();
        self.disown();
        self.exchange.stage != Stage::Idle || self.out_of_step
    }

    /// A read brought something, or nothing until its time was over.
    pub(crate) fn has_read(&mut self, something: bool) {
        let left = self.exchange.reads_before;
        self.exchange.reads_before = if something { left.saturating_sub(1) } else { 0 };
    }

    pub(crate) fn is_in_gap(&self) -> bool {
        matches!(self.exchange.stage, Stage::Gap | Stage::PromptGap)
    }

    /// How the operation ended.
    pub(crate) fn result(&self) -> Result<(), Ending> {
        let State::Over(end) = self.run.state else { return Ok(()) };
        let command = self.run.step.command();
        Err(match end {
            End::Done => return Ok(()),
            End::Silent => Ending::Silent(command),
            End::Error => Ending::Error { command, code: self.code },
            End::NoPrompt => Ending::NoPrompt(command),
            End::Restarted => Ending::Restarted,
            End::Ended => Ending::Ended,
            End::TooLong => Ending::TooLong(self.transmit.capacity()),
        })
    }
}

/// `at` plus so many milliseconds, without overflow. A call is smaller than the 64-bit sum in each place.
#[inline(never)]
pub(crate) fn later(at: Instant, milliseconds: u32) -> Instant {
    let after = Duration::from_millis(milliseconds.into());
    Instant::from_ticks(at.as_ticks().saturating_add(after.as_ticks()))
}

fn unsent<'a>(exchange: &Exchange, transmit: &'a Transmit<'_>, job: &Job<'a>) -> &'a [u8] {
    match exchange.stage {
        Stage::Command => transmit.unsent_command(),
        Stage::Body if exchange.body_kept => transmit.unsent_body(),
        Stage::Body => job.body.get(job.body.len().saturating_sub(exchange.body_left)..).unwrap_or_default(),
        Stage::Filler => BLANKS.get(..exchange.body_left).unwrap_or(&BLANKS),
        _ => &[],
    }
}

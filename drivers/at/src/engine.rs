//! The engine: one state machine for the wire and for the operations that run on it.
//!
//! There is no `await` in here. [`Engine::advance`] says what it wants of the port; the [pump](crate::Modem) does it and
//! calls again. A future that is dropped therefore leaves a value whose state is complete: the command that was under
//! way lives on as an exchange that nobody owns, and is settled while the next operation runs.

use embassy_time::{Duration, Instant};

use crate::dialect::Dialect;
use crate::exchange::{Exchange, Outcome, Owner, Stage};
use crate::frame::{Frames, later};
use crate::inbox::Inbox;
use crate::job::{Ending, Job};
use crate::mutants::{self, Mutant};
use crate::notes::{Answer, Notes};
use crate::owed::Owed;
use crate::run::{Run, State};
use crate::step::shape;
use crate::transmit::Transmit;

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
    /// Nothing more: the operation is over.
    Done(Result<(), Ending>),
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
pub(crate) struct Engine<'b> {
    pub(crate) frames: Frames<'b>,
    pub(crate) inbox: Inbox<'b>,
    pub(crate) transmit: Transmit<'b>,
    pub(crate) dialect: &'static Dialect,
    pub(crate) exchange: Exchange,
    pub(crate) owed: Owed,
    pub(crate) run: Run,
    /// Whether an answer was missed, so that the next one could be anybody's.
    pub(crate) out_of_step: bool,
    /// Index of the last probe.
    pub(crate) probe_turn: u8,
    pub(crate) echo_off: bool,
    pub(crate) kept_lines: Option<u8>,
    pub(crate) strays: u16,
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
            frames: Frames::new(receive, dialect.blocks),
            inbox: Inbox::new(inbox),
            transmit: Transmit::new(transmit),
            dialect,
            exchange: Exchange::idle(),
            owed: Owed::none(),
            run: Run::new(State::Over(Ok(()))),
            out_of_step: false,
            probe_turn: u8::MAX,
            echo_off: false,
            kept_lines: None,
            strays: 0,
            #[cfg(feature = "trace")]
            trace: None,
        }
    }

    /// Begins an operation: what was lent is released, what a dropped one left is nobody's now.
    pub(crate) fn begin(&mut self) {
        self.inbox.release();
        self.disown();
        self.run = Run::new(State::Next);
    }

    /// Begins to wait for the answer to a foreign command that stands in the transmit buffer.
    pub(crate) fn begin_foreign(&mut self, bound: Duration, answers: bool) {
        self.run = Run::new(State::Asked);
        self.exchange.begin_foreign(bound, answers);
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
        if matches!(self.exchange.owner, Owner::Step | Owner::Foreign) {
            self.exchange.owner = Owner::Nobody;
        }
        self.exchange.outcome = None;
        if mutants::on(Mutant::LateAnswerKept) {
            self.exchange = Exchange::idle();
        }
        if mutants::on(Mutant::DroppedPayloadBlank) {
            self.exchange.body_kept = false;
        }
        match self.exchange.stage {
            Stage::Command if mutants::on(Mutant::HalfLineForgotten) => self.exchange = Exchange::idle(),
            Stage::Body | Stage::Filler if mutants::on(Mutant::FillerForgotten) => self.exchange = Exchange::idle(),
            Stage::Gap => self.end(Outcome::Silent),
            Stage::Command if self.transmit.is_untouched() => self.end(Outcome::Silent),
            Stage::Body if self.is_bodiless() => self.fill_up(),
            Stage::Answer if self.exchange.is_accepted() => {
                let until = self.exchange.until;
                self.owe_result(until);
                self.end(Outcome::Ok);
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
        self.exchange.unflushed = true;
        self.transmit.wrote(count);
        if matches!(self.exchange.stage, Stage::Body | Stage::Filler) {
            self.exchange.body_left = self.exchange.body_left.saturating_sub(count);
        }
        // The answer may come before the flush is over.
        if unsent(&self.exchange, &self.transmit, job).is_empty() && !mutants::on(Mutant::AnswerNeedsFlush) {
            self.all_written(now);
        }
    }

    fn all_written(&mut self, now: Instant) {
        match self.exchange.stage {
            // Where no prompt came, no answer may come either.
            Stage::Filler if self.exchange.late => {
                self.owe_result_from(now);
                self.lose_step();
            }
            Stage::Filler if mutants::on(Mutant::FillerOwesNothing) => self.lose_step(),
            _ => self.exchange.written(now),
        }
    }

    pub(crate) fn flushed(&mut self, now: Instant) {
        self.exchange.unflushed = false;
        self.exchange.wait(now);
    }

    /// Goes on as far as it can without the port.
    pub(crate) fn advance(&mut self, now: Instant, job: &Job<'_>, notes: &mut dyn Notes) -> Want {
        loop {
            self.out_of_step |= self.frames.take_broken();
            self.take_tokens(now, job, notes);
            if let State::Over(result) = self.run.state {
                return Want::Done(result);
            }
            if self.frames.deadline() <= now {
                self.frames.break_off(false, &mut self.inbox);
                self.out_of_step |= self.frames.take_broken();
                self.tick(Answer::Record, now, job, notes);
                continue;
            }
            if let Some(want) = self.write(now, job) {
                return want;
            }
            if !self.interpret(now, job, notes) {
                return Want::Read(self.next_deadline(now));
            }
        }
    }

    /// Moves the exchange on; says so when bytes have to be written first.
    fn write(&mut self, now: Instant, job: &Job<'_>) -> Option<Want> {
        loop {
            let unsent = !unsent(&self.exchange, &self.transmit, job).is_empty();
            match self.exchange.stage {
                Stage::Idle => return None,
                Stage::Command | Stage::Body | Stage::Filler if unsent => return Some(Want::Write),
                Stage::Command if self.exchange.unflushed && mutants::on(Mutant::AnswerNeedsFlush) => {
                    return Some(Want::Write);
                }
                Stage::Command | Stage::Body | Stage::Filler => self.all_written(now),
                Stage::Prompt | Stage::Answer if self.exchange.unflushed => return Some(Want::Write),
                Stage::Gap if now < self.gap_end(now) => return None,
                // What waits in the port is older than the command and cannot be its answer.
                Stage::Gap if self.exchange.reads_before > 0 && !mutants::on(Mutant::PortUnreadBefore) => {
                    return Some(Want::Read(now));
                }
                Stage::PromptGap | Stage::Prompt | Stage::Answer if now < self.exchange.until => return None,
                Stage::Gap => self.exchange.stage = Stage::Command,
                Stage::PromptGap if self.is_bodiless() => self.fill_up(),
                Stage::PromptGap => self.exchange.stage = Stage::Body,
                Stage::Prompt | Stage::Answer => self.time_out(now),
            }
        }
    }

    fn time_out(&mut self, now: Instant) {
        let exchange = &mut self.exchange;
        let owner = exchange.owner;
        if exchange.stage == Stage::Prompt {
            if exchange.late {
                exchange.owner = Owner::Nobody;
                return self.fill_up();
            }
            // It may still come, once more as long.
            exchange.late = true;
            exchange.wait(now);
            if owner == Owner::Step {
                exchange.outcome = Some(Outcome::Silent);
                exchange.owner = Owner::Nobody;
            }
            return;
        }
        if owner == Owner::Probe {
            return self.end(Outcome::Silent);
        }
        let only_result = !exchange.wants_final;
        let good = if only_result { exchange.is(shape::OPTIONAL) } else { exchange.result_seen() };
        if !only_result {
            self.owe_result_from(now);
            self.out_of_step = true;
        }
        self.end(if good { Outcome::Ok } else { Outcome::Silent });
    }

    /// The exchange is over in an unknown way: the next one has to find the module again.
    pub(crate) fn lose_step(&mut self) {
        self.out_of_step = true;
        self.end(Outcome::Silent);
    }

    /// Ends the command for whoever waits; no secret of it stays.
    pub(crate) fn end(&mut self, outcome: Outcome) {
        self.transmit.wipe();
        self.exchange.end(outcome);
    }

    pub(crate) fn owe_result_from(&mut self, now: Instant) {
        self.owe_result(later(now, self.exchange.result_bound()));
    }

    /// A result that is still wanted is a debt until then.
    fn owe_result(&mut self, until: Instant) {
        if self.exchange.wants_result {
            self.owed.note(&self.exchange, &self.transmit, until);
            self.exchange.wants_result = false;
        }
    }

    /// A command that nobody waits for is accepted: its result stays owed, and the port is free.
    pub(crate) fn leave_result(&mut self, now: Instant) {
        self.owe_result_from(now);
        self.end(Outcome::Ok);
    }

    /// The module restarted: nothing is under way, and nothing is owed.
    pub(crate) fn restarted(&mut self, job: &Job<'_>, notes: &mut dyn Notes) {
        self.transmit.wipe();
        self.exchange = Exchange::idle();
        if !mutants::on(Mutant::DebtOutlivesRestart) {
            self.owed.clear();
        }
        self.inbox.restart();
        self.frames.expect(0);
        self.out_of_step = false;
        self.echo_off = false;
        notes.restarted();
        if job.flags & Job::BRING_UP != 0 && self.run.bring_ups < BRING_UPS {
            self.run = Run { bring_ups: self.run.bring_ups + 1, ..Run::new(State::Next) };
        } else {
            self.run.state = State::Over(Err(Ending::Restarted));
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

    /// When to look again though nothing comes; [`Instant::MAX`] is never.
    fn next_deadline(&self, now: Instant) -> Instant {
        let exchange = match self.exchange.stage {
            Stage::Gap => self.gap_end(now),
            Stage::PromptGap | Stage::Prompt | Stage::Answer => self.exchange.until,
            _ => Instant::MAX,
        };
        let run = match self.run.state {
            State::Listening | State::Gap => self.run.until,
            State::Next if self.owed.is_due(now) => self.owed.until,
            _ => Instant::MAX,
        };
        exchange.min(run).min(self.frames.deadline())
    }
}

fn unsent<'a>(exchange: &Exchange, transmit: &'a Transmit<'_>, job: &Job<'a>) -> &'a [u8] {
    match exchange.stage {
        Stage::Command => transmit.unsent_command(),
        Stage::Body if exchange.body_kept => transmit.unsent_body(),
        Stage::Body => {
            let sent = job.body.len().saturating_sub(exchange.body_left);
            job.body.get(sent..).unwrap_or_default()
        }
        Stage::Filler => BLANKS.get(..exchange.body_left.min(BLANKS.len())).unwrap_or_default(),
        _ => &[],
    }
}

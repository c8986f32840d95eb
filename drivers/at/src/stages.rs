//! How a command goes from stage to stage: what is written, how long is waited, what is owed.

use embassy_time::Instant;
use embedded_io_async::ErrorKind;

use crate::engine::{Engine, Want, later};
use crate::exchange::{Exchange, Owner, Stage};
use crate::forms::Forms;
use crate::job::Job;
use crate::mutants::{self, Mutant};
use crate::run::End;
use crate::step::{prompt, shape};
use crate::transmit::Transmit;

/// What stands in for a body that is gone: no command, and no payload.
const BLANKS: [u8; 32] = [b' '; 32];

/// A prompt may come as late again as its bound, and so late at most: the manual's bound is the longest where somebody else
/// has to answer first (Quectel HTTP Application Note 2.3.5: TCP and TLS), and whatever is to be done next waits for it.
const LATEST_DS: u16 = 150;

impl<F: Forms> Engine<'_, F> {
    /// Moves the exchange on; says so when bytes have to be written first.
    pub(crate) fn write(&mut self, job: &Job<'_>) -> Option<Want> {
        loop {
            let unsent = !unsent(&self.exchange, &self.transmit, job).is_empty();
            let stage = self.exchange.stage;
            match stage {
                Stage::Idle => return None,
                Stage::Gap if !self.passed(self.gap_end()) => return None,
                // What waits in the port is older than the command and cannot be its answer; and it may tell that the module
                // which asked for data has restarted since.
                Stage::Gap | Stage::PromptGap | Stage::Body
                    if self.exchange.reads_before > 0 && !mutants::on(Mutant::PortUnreadBefore) =>
                {
                    return Some(Want::Read(self.now));
                }
                Stage::Command | Stage::Body | Stage::Filler if unsent => return Some(Want::Write),
                Stage::Command if self.exchange.unflushed && mutants::on(Mutant::AnswerNeedsFlush) => {
                    return Some(Want::Write);
                }
                Stage::Command | Stage::Body | Stage::Filler => self.all_written(),
                Stage::Prompt | Stage::Answer if self.exchange.unflushed => return Some(Want::Write),
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
            // It may still come.
            exchange.late = true;
            if owner == Owner::Step {
                exchange.outcome = Some(End::Silent);
                exchange.owner = Owner::Nobody;
            }
            let late_ds = exchange.step.bound_ds().min(LATEST_DS);
            self.exchange.until = self.after_ds(late_ds);
            return;
        }
        if owner == Owner::Probe {
            return self.finish(End::Silent);
        }
        let only_result = !exchange.wants(shape::FINAL);
        let good = if only_result { exchange.is(shape::OPTIONAL) } else { exchange.result_seen() };
        if !only_result {
            // The same bound twice is the manual's for the whole command: behind it nothing comes.
            if exchange.step.result_ds != exchange.step.bound_ds() {
                self.owe_result_as_long();
            }
            (self.out_of_step, self.failed) = (true, true);
        }
        self.finish(if good { End::Done } else { End::Silent });
    }

    /// The exchange is over in an unknown way: the next one has to find the module again.
    pub(crate) fn lose_step(&mut self) {
        (self.out_of_step, self.failed) = (true, true);
        self.finish(End::Silent);
    }

    /// Ends the command for whoever waits; no secret of it stays.
    pub(crate) fn finish(&mut self, outcome: End) {
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

    /// Says that `count` of the bytes that wait were written, or that they are flushed, when none waited.
    #[inline(never)]
    pub(crate) fn wrote(&mut self, count: usize, job: &Job<'_>) {
        self.now = Instant::now();
        if unsent(&self.exchange, &self.transmit, job).is_empty() {
            self.exchange.unflushed = false;
            return self.wait();
        }
        if count == 0 {
            return self.fail(ErrorKind::WriteZero);
        }
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

    /// Starts the wait for what comes next.
    pub(crate) fn wait(&mut self) {
        let only_result = self.exchange.stage == Stage::Answer && !self.exchange.wants(shape::FINAL);
        let step = &self.exchange.step;
        self.exchange.until = self.after_ds(if only_result { step.result_ds } else { step.bound_ds() });
    }

    /// Whether the body is owed to the module and gone with the call that had it.
    pub(crate) fn is_bodiless(&self) -> bool {
        self.exchange.owner == Owner::Nobody && !self.exchange.body_kept && self.exchange.body_left > 0
    }

    pub(crate) fn fill_up(&mut self) {
        // What is asked for in another way than the dialect's own is a file, a request or a stream, no message.
        if self.exchange.step.prompt == prompt::OF_DIALECT {
            self.inbox.count_lost(0);
        }
        self.exchange.stage = Stage::Filler;
    }
}

/// What has to be written in this stage.
pub(crate) fn unsent<'a>(exchange: &Exchange, transmit: &'a Transmit<'_>, job: &Job<'a>) -> &'a [u8] {
    match exchange.stage {
        Stage::Command => transmit.unsent_command(),
        Stage::Body if exchange.body_kept => transmit.unsent_body(),
        Stage::Body => job.body.get(job.body.len().saturating_sub(exchange.body_left)..).unwrap_or_default(),
        Stage::Filler => BLANKS.get(..exchange.body_left).unwrap_or(&BLANKS),
        _ => &[],
    }
}

//! Whose line is it? The order of the questions is what keeps answers and unsolicited lines apart.

use embassy_time::{Duration, Instant};

use crate::dialect::find_urc;
use crate::engine::Engine;
use crate::exchange::{Outcome, Owner, Stage};
use crate::frame::{Token, later};
use crate::job::{Ending, Job};
use crate::line::{self, Final};
use crate::mutants::{self, Mutant};
use crate::notes::{Answer, Effect, Notes, Verdict};
use crate::packed::Packed;
use crate::run::State;
use crate::step::shape;

/// Some modules send the result line behind the `ERROR` (SIMCom MQTT manual: `ERROR` or result and `ERROR`, either
/// order). The call is over at the `ERROR`; so long the line is awaited before a command of the same name goes out.
const AFTER_ERROR: Duration = Duration::from_millis(500);

/// Whose a line is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// It ends the command.
    Accepted,
    /// It ends the command with an error of this code.
    Refused(Option<u16>),
    /// The echo of our own command.
    Echo,
    /// It asks for the command's data.
    Prompt,
    /// The pending command's result.
    Result,
    /// The pending command's information.
    Info,
    /// A result that a dropped command owed.
    Owed,
    /// An unsolicited line of the dialect.
    Urc(u8),
    /// Nobody's.
    Stray,
}

impl Engine<'_> {
    /// Takes what was read, until it is used up or the operation is over.
    pub(crate) fn take_tokens(&mut self, now: Instant, job: &Job<'_>, notes: &mut dyn Notes) {
        // An answer that is complete is judged before the next line can change what the driver knows.
        while !matches!(self.run.state, State::Over(_)) && self.exchange.outcome.is_none() {
            let prompt = self.exchange.prompt_byte(self.dialect.prompt);
            match self.frames.next(&mut self.inbox, prompt) {
                None => return,
                Some(Token::Prompt) => self.take_prompt(now),
                Some(Token::Block) => {
                    let command = self.transmit.command();
                    self.exchange.wants_info &= !self.exchange.is_info_block(self.frames.pattern(), command);
                    self.tick(Answer::Record, now, job, notes);
                }
                Some(Token::Overflow) => {
                    let is_echo = self.is_echo(self.frames.line(), true);
                    if is_echo {
                        self.frames.wipe_line();
                    }
                    self.frames.skip_line();
                    if is_echo && self.echo_off && !mutants::on(Mutant::EchoUnseen) {
                        self.restarted(job, notes);
                    }
                }
                Some(Token::Line) => self.take_line(now, job, notes),
            }
        }
    }

    fn take_line(&mut self, now: Instant, job: &Job<'_>, notes: &mut dyn Notes) {
        let line = self.frames.line();
        if line.is_empty() {
            return;
        }
        let claim = self.claim(line);
        #[cfg(feature = "trace")]
        if let Some(trace) = self.trace.as_mut() {
            trace.received(match claim {
                Claim::Echo if !mutants::on(Mutant::EchoTraced) => b"AT***",
                // It could be an echo that was damaged on its way.
                Claim::Stray if self.transmit.secret => b"***",
                _ => line,
            });
        }
        match claim {
            Claim::Accepted => self.accept(now),
            Claim::Refused(code) => self.refuse(code, now, job, notes),
            Claim::Prompt => self.take_prompt(now),
            Claim::Echo => {
                self.frames.wipe_line();
                if self.echo_off && !mutants::on(Mutant::EchoUnseen) {
                    self.restarted(job, notes);
                }
            }
            Claim::Result => self.take_result(job, notes),
            Claim::Info => self.take_info(job, notes),
            Claim::Owed => self.owed.clear(),
            Claim::Urc(id) => self.take_urc(id, now, job, notes),
            Claim::Stray => self.take_stray(now, job, notes),
        }
    }

    fn claim(&self, line: &[u8]) -> Claim {
        let exchange = &self.exchange;
        match line::as_final(line) {
            Some(Final::Ok) if exchange.awaits_ok() => return Claim::Accepted,
            Some(Final::Error(reason)) if exchange.awaits_error() => return Claim::Refused(line::cme_code(reason)),
            Some(_) => return Claim::Stray,
            None => {}
        }
        if self.is_echo(line, false) {
            return Claim::Echo;
        }
        if exchange.is_prompt(line) {
            return Claim::Prompt;
        }
        let command = self.transmit.command();
        if exchange.is_result(line, command) {
            return Claim::Result;
        }
        if self.owed.is(line) {
            return Claim::Owed;
        }
        let (urc, is_twin) = find_urc(self.dialect.urcs, line).unzip();
        let has_form = is_twin != Some(true) || line::has_answer_form(line);
        let is_answer = urc.is_none() || (exchange.asks(command) && has_form);
        let own = exchange.is_info(line, command) && (is_answer || mutants::on(Mutant::SameNameIsAnswer));
        match urc {
            Some(_) if exchange.stage != Stage::Idle && mutants::on(Mutant::UrcDroppedWhilePending) => Claim::Stray,
            Some(_) if exchange.owner == Owner::Foreign && mutants::on(Mutant::UrcJoinsAnswer) => Claim::Info,
            Some(id) if !own => Claim::Urc(id),
            _ if own => Claim::Info,
            _ if exchange.stage == Stage::Answer && exchange.takes_bare() && !line.starts_with(b"+") => Claim::Info,
            _ => Claim::Stray,
        }
    }

    /// Whether `line`, or what came of it before the receive buffer was full, is the command line that was written last.
    fn is_echo(&self, line: &[u8], cut: bool) -> bool {
        let ours = self.transmit.trimmed_line();
        self.exchange.stage != Stage::Idle && if cut { ours.starts_with(line) } else { ours == line }
    }

    fn accept(&mut self, now: Instant) {
        if matches!(self.exchange.stage, Stage::Prompt | Stage::PromptGap) {
            if mutants::on(Mutant::OkIsPrompt) {
                self.exchange.stage = Stage::Body;
            } else {
                self.owe_result_from(now);
                self.end(Outcome::NoPrompt);
            }
            return;
        }
        if self.exchange.is_proof() {
            self.out_of_step = false;
        }
        self.exchange.accepted(now);
        if self.exchange.is_answered() {
            self.end(Outcome::Ok);
        } else if self.exchange.owner == Owner::Nobody {
            self.leave_result(now);
        }
    }

    fn take_prompt(&mut self, now: Instant) {
        self.exchange.until = later(now, Duration::from_millis(self.dialect.prompt_gap_ms.into()));
        self.exchange.stage = Stage::PromptGap;
    }

    fn refuse(&mut self, code: Option<u16>, now: Instant, job: &Job<'_>, notes: &mut dyn Notes) {
        let owner = self.exchange.owner;
        if self.exchange.wants_result && !mutants::on(Mutant::ErrorForgetsResult) {
            self.owed.note(&self.exchange, &self.transmit, later(now, AFTER_ERROR));
            self.owed.doubt();
        }
        self.end(Outcome::Error(code));
        if owner != Owner::Step {
            return;
        }
        let note = self.note_of_step(job);
        if note != 0 {
            let reason = match line::as_final(self.frames.line()) {
                Some(Final::Error(reason)) => reason,
                _ => &[],
            };
            self.run.verdict = notes.note(note, Answer::Error(reason));
        }
    }

    /// The note of the step that is under way; 0 when it has none.
    #[inline(never)]
    fn note_of_step(&self, job: &Job<'_>) -> u8 {
        Packed::read(job.table, self.run.at).map_or(0, |step| step.note)
    }

    fn take_result(&mut self, job: &Job<'_>, notes: &mut dyn Notes) {
        let mut verdict = Verdict::Default;
        let note = if self.exchange.owner == Owner::Step { self.note_of_step(job) } else { 0 };
        if note != 0 {
            verdict = notes.note(note, Answer::Result(self.frames.line()));
        }
        if verdict == Verdict::Wait {
            return;
        }
        self.run.verdict = verdict;
        self.exchange.wants_result = false;
        if self.exchange.is_answered() {
            self.end(Outcome::Ok);
        }
    }

    fn take_info(&mut self, job: &Job<'_>, notes: &mut dyn Notes) {
        match self.exchange.owner {
            Owner::Foreign => self.keep_foreign_line(),
            Owner::Step => {
                let note = self.note_of_step(job);
                if note != 0 {
                    match notes.note(note, Answer::Info(self.frames.line())) {
                        Verdict::Wait => return self.count_stray(),
                        Verdict::Default => {}
                        verdict => self.run.verdict = verdict,
                    }
                }
                self.exchange.wants_info = false;
            }
            Owner::Nobody | Owner::Probe => self.exchange.wants_info = false,
        }
    }

    fn take_urc(&mut self, id: u8, now: Instant, job: &Job<'_>, notes: &mut dyn Notes) {
        match notes.urc(id, self.frames.line()) {
            Effect::None => {}
            Effect::Woken => self.tick(Answer::Tick, now, job, notes),
            Effect::End => self.run.state = State::Over(Err(Ending::Ended)),
            Effect::Restarted if mutants::on(Mutant::RestartUnseen) && self.exchange.stage != Stage::Idle => {}
            Effect::Restarted => self.restarted(job, notes),
        }
    }

    fn take_stray(&mut self, now: Instant, job: &Job<'_>, notes: &mut dyn Notes) {
        if self.exchange.owner == Owner::Foreign && self.exchange.stage == Stage::Answer {
            return self.keep_foreign_line();
        }
        self.count_stray();
        if let Some(tag) = self.kept_lines.filter(|_| !self.transmit.secret) {
            self.inbox.put(tag, b"", self.frames.line());
            self.tick(Answer::Record, now, job, notes);
        }
    }

    fn keep_foreign_line(&mut self) {
        if !self.transmit.keep_line(self.frames.line()) {
            self.count_stray();
        }
    }

    fn count_stray(&mut self) {
        self.strays = self.strays.saturating_add(1);
    }
}

impl crate::exchange::Exchange {
    /// Whether an `OK` is its own. Before all data are written it cannot be, and an answer whose information did not
    /// come is the late answer to an earlier command.
    fn awaits_ok(&self) -> bool {
        match self.stage {
            Stage::Prompt | Stage::PromptGap => true,
            Stage::Answer => self.wants_final && !self.wants_info,
            _ => mutants::on(Mutant::EarlyOkCounts) && self.stage == Stage::Body,
        }
    }

    fn awaits_error(&self) -> bool {
        let wants_any = self.wants_final || self.is(shape::NO_FINAL);
        wants_any && self.owner != Owner::Probe && !matches!(self.stage, Stage::Idle | Stage::Gap | Stage::Command)
    }

    fn takes_bare(&self) -> bool {
        self.is(shape::BARE) && self.wants_final
    }

    /// Whether its answer can be nobody else's.
    fn is_proof(&self) -> bool {
        self.is(shape::INFO)
    }
}

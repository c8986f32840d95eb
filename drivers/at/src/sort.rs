//! Whose line is it? The order of the questions is what keeps answers and unsolicited lines apart.

use crate::command::Code;
use crate::dialect::find_urc;
use crate::engine::{Call, Engine, later};
use crate::exchange::{Owner, Stage};
use crate::forms::Forms;
use crate::frame::Token;
use crate::line::{self, Final};
use crate::mutants::{self, Mutant};
use crate::notes::{Answer, Effect, Verdict};
use crate::run::{End, State};
use crate::step::shape;

/// Some modules send the result line behind the `ERROR` (SIMCom MQTT manual: `ERROR` or result and `ERROR`, either
/// order). The call is over at the `ERROR`; so long the line is awaited before a command of the same name goes out.
const AFTER_ERROR_MS: u32 = 500;

/// Whose a line is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// It ends the command.
    Accepted,
    /// It ends the command with an error.
    Refused,
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

impl<F: Forms> Engine<'_, F> {
    /// Takes what was read, until it is used up or the operation is over.
    pub(crate) fn take_tokens(&mut self, call: &mut Call<'_>) {
        // An answer that is complete is judged before the next line can change what the driver knows.
        while !matches!(self.run.state, State::Over(_)) && self.exchange.outcome.is_none() {
            let prompt = self.exchange.prompt_byte(self.dialect.prompt);
            match self.frames.next::<F>(&mut self.inbox, prompt) {
                None => return,
                Some(Token::Prompt) => self.take_prompt(),
                Some(Token::Block) => {
                    let command = self.transmit.command();
                    if self.exchange.is_info_block(self.frames.pattern(), command) {
                        self.exchange.settle(shape::INFO);
                    }
                    self.tick(Answer::Record, call);
                }
                Some(Token::Overflow) => {
                    let is_echo = self.is_echo(self.frames.line(), true);
                    if is_echo {
                        self.frames.wipe_line();
                    }
                    self.frames.skip_line();
                    if is_echo && self.echo_off && !mutants::on(Mutant::EchoUnseen) {
                        self.restarted(call);
                    }
                }
                Some(Token::Line) => self.take_line(call),
            }
        }
    }

    #[inline(never)]
    fn take_line(&mut self, call: &mut Call<'_>) {
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
                // Or what is left of an answer that nobody reads any more.
                Claim::Stray | Claim::Info if line::may_be_data(line) => b"***",
                _ => line,
            });
        }
        match claim {
            Claim::Accepted => self.accept(),
            Claim::Refused => self.refuse(call),
            Claim::Prompt => self.take_prompt(),
            Claim::Echo => {
                self.frames.wipe_line();
                if self.echo_off && !mutants::on(Mutant::EchoUnseen) {
                    self.restarted(call);
                }
            }
            Claim::Result => self.take_result(call),
            Claim::Info => self.take_info(call),
            Claim::Owed => {
                if F::OWED_IS_TOLD {
                    call.notes.owed(line);
                }
                self.owed.clear();
            }
            Claim::Urc(id) => self.take_urc(id, call),
            Claim::Stray => self.take_stray(call),
        }
    }

    fn claim(&self, line: &[u8]) -> Claim {
        let exchange = &self.exchange;
        match line::as_final(line) {
            Some(Final::Ok) if exchange.awaits_ok() => return Claim::Accepted,
            Some(Final::Error(_)) if exchange.awaits_error() => return Claim::Refused,
            Some(Final::Data) if exchange.awaits_line() => return Claim::Prompt,
            Some(Final::Data) | None => {}
            Some(_) => return Claim::Stray,
        }
        if self.is_echo(line, false) {
            return Claim::Echo;
        }
        let command = self.transmit.command();
        if exchange.is_result::<F>(line, command) {
            return Claim::Result;
        }
        if self.owed.is::<F>(line) {
            return Claim::Owed;
        }
        let (urc, is_twin) = find_urc(self.dialect.urcs, line).unzip();
        let has_form = is_twin != Some(true) || line::has_answer_form(line);
        let is_answer = urc.is_none() || (exchange.asks(command) && has_form);
        let own = exchange.is_info::<F>(line, command) && (is_answer || mutants::on(Mutant::SameNameIsAnswer));
        match urc {
            Some(_) if exchange.stage != Stage::Idle && mutants::on(Mutant::UrcDroppedWhilePending) => Claim::Stray,
            Some(_) if exchange.owner == Owner::Foreign && mutants::on(Mutant::UrcJoinsAnswer) => Claim::Info,
            Some(id) if !own => Claim::Urc(id),
            _ if own => Claim::Info,
            _ if exchange.takes_bare(line) => Claim::Info,
            _ => Claim::Stray,
        }
    }

    /// Whether `line`, or what came of it before the receive buffer was full, is the command line that was written last.
    fn is_echo(&self, line: &[u8], cut: bool) -> bool {
        let ours = self.transmit.trimmed_line();
        self.exchange.stage != Stage::Idle && if cut { ours.starts_with(line) } else { ours == line }
    }

    fn accept(&mut self) {
        if matches!(self.exchange.stage, Stage::Prompt | Stage::PromptGap) {
            if mutants::on(Mutant::OkIsPrompt) {
                self.exchange.stage = Stage::Body;
            } else if self.exchange.stage == Stage::PromptGap {
                // The module takes its prompt back.
                self.owe_result_as_long();
                self.finish(End::NoPrompt);
            } else if self.exchange.owner == Owner::Step {
                // It may be the late answer to something else: a prompt that still comes has to be served.
                (self.exchange.owner, self.exchange.late) = (Owner::Nobody, true);
                self.exchange.outcome = Some(End::NoPrompt);
            }
            return;
        }
        // An answer that has information can be nobody else's.
        if self.exchange.is(shape::INFO) {
            self.out_of_step = false;
        }
        self.exchange.settle(shape::FINAL | shape::INFO);
        if self.exchange.owner == Owner::Nobody {
            // Nobody waits for the result: it stays owed, and the port is free.
            self.owe_result_as_long();
        }
        self.wait();
        self.end_if_answered();
    }

    fn end_if_answered(&mut self) {
        if self.exchange.is_answered() {
            self.finish(End::Done);
        }
    }

    fn take_prompt(&mut self) {
        self.exchange.until = later(self.now, self.dialect.prompt_gap_ms.into());
        self.exchange.stage = Stage::PromptGap;
    }

    fn refuse(&mut self, call: &mut Call<'_>) {
        let Some(Final::Error(reason)) = line::as_final(self.frames.line()) else { return };
        if matches!(self.exchange.owner, Owner::Step | Owner::Foreign) {
            self.code = line::cme_code(reason).and_then(Code::new);
            // A result line before it has said why (SIMCom).
            if !self.exchange.result_seen() {
                self.run.verdict = self.judge(Answer::Error(reason), call);
            }
        } else {
            self.failed = true;
        }
        if F::RESULT_BEHIND_ERROR && !mutants::on(Mutant::ErrorForgetsResult) {
            self.owe_result(later(self.now, AFTER_ERROR_MS), true);
        }
        self.finish(End::Error);
    }

    fn take_result(&mut self, call: &mut Call<'_>) {
        if F::OWED_IS_TOLD && self.exchange.owner == Owner::Nobody {
            call.notes.owed(self.frames.line());
        }
        let verdict = self.judge(Answer::Result(self.frames.line()), call);
        if verdict == Verdict::Wait {
            return;
        }
        self.run.verdict = verdict;
        self.exchange.settle(shape::RESULT);
        self.end_if_answered();
    }

    fn take_info(&mut self, call: &mut Call<'_>) {
        if self.exchange.owner == Owner::Foreign {
            return self.take_stray(call);
        }
        match self.judge(Answer::Info(self.frames.line()), call) {
            Verdict::Wait => return self.take_other(call),
            Verdict::Default => {}
            verdict => self.run.verdict = verdict,
        }
        self.exchange.settle(shape::INFO);
    }

    /// A line that could have been the answer, and is not.
    fn take_other(&mut self, call: &mut Call<'_>) {
        let urc = if F::TOLD_BY_NOTE { find_urc(self.dialect.urcs, self.frames.line()) } else { None };
        match urc {
            Some((id, _)) => self.take_urc(id, call),
            None => self.count_stray(),
        }
    }

    fn take_urc(&mut self, id: u8, call: &mut Call<'_>) {
        match call.notes.urc(id, self.frames.line()) {
            Effect::None => {}
            Effect::Woken => self.tick(Answer::Tick, call),
            Effect::End => self.run.state = State::Over(End::Ended),
            Effect::Restarted if mutants::on(Mutant::RestartUnseen) && self.exchange.stage != Stage::Idle => {}
            Effect::Restarted => self.restarted(call),
        }
    }

    fn take_stray(&mut self, call: &mut Call<'_>) {
        if !self.keep_line.is_some_and(|keep_line| keep_line(self, call)) {
            self.count_stray();
        }
    }

    fn count_stray(&mut self) {
        self.strays = self.strays.saturating_add(1);
    }
}

/// Keeps a line that nobody claims, or that answers a foreign command. `false`: there is no room, or nobody wants it.
pub(crate) fn keep_line<F: Forms>(engine: &mut Engine<'_, F>, call: &mut Call<'_>) -> bool {
    let line = engine.frames.line();
    if engine.exchange.owner == Owner::Foreign && engine.exchange.stage == Stage::Answer {
        return engine.transmit.keep_line(line);
    }
    if let Some(tag) = engine.kept_lines.filter(|_| !engine.transmit.secret) {
        engine.inbox.put(tag, line);
        engine.tick(Answer::Record, call);
    }
    false
}

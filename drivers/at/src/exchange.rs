//! One command in the module's hands: written, prompted, answered. It lives on when the call that sent it is dropped.

use embassy_time::{Duration, Instant};

use crate::frame::later;
use crate::line;
use crate::mutants::{self, Mutant};
use crate::packed::Packed;
use crate::step::{policy, prompt, shape};

/// How far a command has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// None is under way.
    Idle,
    /// Waits for the documented gap before it.
    Gap,
    /// The command line is being written.
    Command,
    /// The prompt is awaited.
    Prompt,
    /// The prompt came; waits for the documented gap before the data.
    PromptGap,
    /// The body is being written.
    Body,
    /// Blanks are being written in place of a body that is gone.
    Filler,
    /// The final line or the result line is awaited.
    Answer,
}

/// Who waits for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The step of the running operation.
    Step,
    /// A foreign command.
    Foreign,
    /// Nobody: the call was dropped or failed.
    Nobody,
    /// The engine, which looks for the module's attention.
    Probe,
}

/// What a step learns of its command's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok,
    Error(Option<u16>),
    NoPrompt,
    Silent,
}

pub(crate) struct Exchange {
    pub(crate) stage: Stage,
    pub(crate) owner: Owner,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) wants_final: bool,
    pub(crate) wants_result: bool,
    pub(crate) wants_info: bool,
    shape: u8,
    numbers: u8,
    prompt: u8,
    name: &'static [u8],
    bound: Duration,
    result_bound: Duration,
    /// End of the wait of this stage.
    pub(crate) until: Instant,
    pub(crate) unflushed: bool,
    /// How many reads may still find what came before the command; a bound, lest a flood keeps it back for ever.
    pub(crate) reads_before: u8,
    /// Bytes of the body that were not sent.
    pub(crate) body_left: usize,
    /// Whether the body stands in the transmit buffer.
    pub(crate) body_kept: bool,
    /// Whether the prompt's bound passed once already.
    pub(crate) late: bool,
}

impl Exchange {
    pub(crate) const fn idle() -> Self {
        Self {
            stage: Stage::Idle,
            owner: Owner::Nobody,
            outcome: None,
            wants_final: false,
            wants_result: false,
            wants_info: false,
            shape: 0,
            numbers: 0,
            prompt: prompt::OF_DIALECT,
            name: &[],
            bound: Duration::MIN,
            result_bound: Duration::MIN,
            until: Instant::MIN,
            unflushed: false,
            reads_before: 0,
            body_left: 0,
            body_kept: false,
            late: false,
        }
    }

    /// A command that is to be written after the gap.
    pub(crate) fn begin(&mut self, step: &Packed, owner: Owner) {
        *self = Self {
            stage: Stage::Gap,
            reads_before: u8::MAX,
            owner,
            wants_final: !step.is(shape::NO_FINAL),
            wants_result: step.is(shape::RESULT) && !mutants::on(Mutant::CompleteAtOk),
            wants_info: step.is(shape::INFO),
            shape: step.shape,
            numbers: step.policy & policy::NUMBERS,
            prompt: step.prompt,
            name: step.name,
            bound: tenths(step.bound_ds),
            result_bound: tenths(step.result_ds),
            ..Self::idle()
        };
    }

    /// A foreign command, whose answer is all lines up to the final one.
    pub(crate) fn begin_foreign(&mut self, bound: Duration, answers: bool) {
        *self = Self {
            stage: Stage::Gap,
            reads_before: u8::MAX,
            owner: Owner::Foreign,
            wants_final: answers,
            shape: if answers { 0 } else { shape::OPTIONAL },
            bound,
            ..Self::idle()
        };
    }

    /// The byte that would be its prompt now.
    pub(crate) fn prompt_byte(&self, of_dialect: u8) -> Option<u8> {
        match self.prompt {
            _ if self.stage != Stage::Prompt => None,
            prompt::CONNECT | prompt::DOWNLOAD => None,
            prompt::OF_DIALECT => Some(of_dialect),
            byte => Some(byte),
        }
    }

    /// Whether `line` is its prompt.
    pub(crate) fn is_prompt(&self, line: &[u8]) -> bool {
        let word: &[u8] = if self.prompt == prompt::CONNECT { b"CONNECT" } else { b"DOWNLOAD" };
        self.stage == Stage::Prompt && self.prompt.is_ascii_uppercase() && line == word
    }

    pub(crate) fn is(&self, bits: u8) -> bool {
        self.shape & bits != 0
    }

    /// Whether a result line was asked for and came.
    pub(crate) fn result_seen(&self) -> bool {
        self.is(shape::RESULT) && !self.wants_result
    }

    /// How many of the command's first fields its lines repeat.
    pub(crate) fn numbers(&self) -> u8 {
        self.numbers
    }

    /// The name of its line, where it is not the command's.
    pub(crate) fn name(&self) -> &'static [u8] {
        self.name
    }

    pub(crate) fn result_bound(&self) -> Duration {
        self.result_bound
    }

    /// The command line, or the body, is out.
    pub(crate) fn written(&mut self, now: Instant) {
        let is_prompted = self.stage == Stage::Command && self.is(shape::PROMPT);
        self.stage = if is_prompted { Stage::Prompt } else { Stage::Answer };
        self.wait(now);
    }

    /// Starts the wait for what comes next.
    pub(crate) fn wait(&mut self, now: Instant) {
        let only_result = self.stage == Stage::Answer && !self.wants_final;
        self.until = later(now, if only_result { self.result_bound } else { self.bound });
    }

    /// A final `OK` came.
    pub(crate) fn accepted(&mut self, now: Instant) {
        self.wants_final = false;
        self.wants_info = false;
        self.wait(now);
    }

    /// Whether its `OK` came and only the result is missing.
    pub(crate) fn is_accepted(&self) -> bool {
        self.wants_result && !self.wants_final && !self.is(shape::NO_FINAL)
    }

    pub(crate) fn is_answered(&self) -> bool {
        !self.wants_final && !self.wants_result
    }

    /// Ends it for whoever waits.
    pub(crate) fn end(&mut self, outcome: Outcome) {
        let owner = self.owner;
        // A probe's end is no news: what waits is the step behind it.
        let is_awaited = matches!(owner, Owner::Step | Owner::Foreign);
        *self = Self { outcome: is_awaited.then_some(outcome), owner, ..Self::idle() };
    }

    /// Whether `line` is the result line that is wanted.
    pub(crate) fn is_result(&self, line: &[u8], command: &[u8]) -> bool {
        if !self.wants_result || !matches!(self.stage, Stage::Answer | Stage::Prompt) {
            return false;
        }
        if mutants::on(Mutant::ResultNeedsOkFirst) && self.wants_final {
            return false;
        }
        let named = if self.is(shape::NAMED) {
            line.starts_with(self.name)
        } else {
            line::after_name(line, line::name(command)).is_some()
        };
        named && line::same_numbers(line, command, self.numbers)
    }

    /// Whether `line` has the command's own name and numbers and can be its information.
    pub(crate) fn is_info(&self, line: &[u8], command: &[u8]) -> bool {
        let named = if self.is(shape::NAMED) && !self.is(shape::RESULT) {
            line.starts_with(self.name)
        } else {
            (!self.is(shape::RESULT) || self.is(shape::NAMED)) && line::after_name(line, line::name(command)).is_some()
        };
        self.stage == Stage::Answer
            && self.wants_final
            && named
            && (self.is(shape::RESULT) || line::same_numbers(line, command, self.numbers))
    }

    /// Whether an unsolicited line of the command's own name would be its information: only a question has one.
    pub(crate) fn asks(&self, command: &[u8]) -> bool {
        self.is(shape::INFO) || self.owner == Owner::Foreign || command.trim_ascii_end().ends_with(b"?")
    }

    /// Whether a counted line of this pattern is its information.
    pub(crate) fn is_info_block(&self, pattern: &[u8], command: &[u8]) -> bool {
        self.stage == Stage::Answer
            && self.owner != Owner::Probe
            && (!pattern.starts_with(b"+") || pattern.starts_with(line::name(command)))
    }
}

pub(crate) fn tenths(count: u16) -> Duration {
    Duration::from_millis(100 * u64::from(count))
}

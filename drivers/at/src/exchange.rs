//! One command in the module's hands: written, prompted, answered. It lives on when the call that sent it is dropped.

use embassy_time::Instant;

use crate::forms::Forms;
use crate::line;
use crate::mutants::{self, Mutant};
use crate::packed::Packed;
use crate::run::End;
use crate::step::{prompt, shape};

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

#[repr(C)] // Flags first, see `Engine`.
pub(crate) struct Exchange {
    pub(crate) stage: Stage,
    pub(crate) owner: Owner,
    /// What its owner has to learn.
    pub(crate) outcome: Option<End>,
    /// What has still to come: the bits `FINAL`, `RESULT` and `INFO` of its shape.
    wants: u8,
    /// Whether something was written and not flushed.
    pub(crate) unflushed: bool,
    /// Whether the body stands in the transmit buffer.
    pub(crate) body_kept: bool,
    /// Whether the prompt's bound passed once already.
    pub(crate) late: bool,
    /// How many reads may still find what came before the command, or while nobody cared for it; a bound, lest a flood keeps
    /// it back for ever.
    pub(crate) reads_before: u8,
    pub(crate) step: Packed,
    /// Bytes of the body that were not sent.
    pub(crate) body_left: usize,
    /// End of the wait of this stage.
    pub(crate) until: Instant,
}

impl Exchange {
    pub(crate) const fn idle() -> Self {
        Self {
            stage: Stage::Idle,
            owner: Owner::Nobody,
            outcome: None,
            wants: 0,
            unflushed: false,
            body_kept: false,
            late: false,
            reads_before: 0,
            body_left: 0,
            step: Packed::NONE,
            until: Instant::MIN,
        }
    }

    /// A command that is to be written after the gap.
    pub(crate) fn begin(&mut self, step: &Packed, owner: Owner) {
        let mut wants = step.shape() & (shape::FINAL | shape::RESULT | shape::INFO);
        if mutants::on(Mutant::CompleteAtOk) {
            wants &= !shape::RESULT;
        }
        (self.stage, self.owner, self.wants, self.outcome) = (Stage::Gap, owner, wants, None);
        (self.unflushed, self.body_kept, self.late, self.reads_before) = (false, false, false, u8::MAX);
        self.body_left = 0;
        self.step = *step;
    }

    /// The byte that would be its prompt now.
    pub(crate) fn prompt_byte(&self, of_dialect: u8) -> Option<u8> {
        match self.step.prompt {
            _ if self.stage != Stage::Prompt => None,
            prompt::CONNECT | prompt::DOWNLOAD => None,
            prompt::OF_DIALECT => Some(of_dialect),
            byte => Some(byte),
        }
    }

    /// Whether a line would be its prompt.
    pub(crate) fn awaits_line(&self) -> bool {
        self.stage == Stage::Prompt && self.step.prompt.is_ascii_uppercase()
    }

    pub(crate) fn is(&self, bits: u8) -> bool {
        self.step.is(bits)
    }

    /// Whether one of these has still to come.
    pub(crate) fn wants(&self, bits: u8) -> bool {
        self.wants & bits != 0
    }

    /// These came, or are not awaited any longer.
    pub(crate) fn settle(&mut self, bits: u8) {
        self.wants &= !bits;
    }

    /// Whether a result line was asked for and came.
    pub(crate) fn result_seen(&self) -> bool {
        self.is(shape::RESULT) && !self.wants(shape::RESULT)
    }

    /// Whether its `OK` came and only the result is missing.
    pub(crate) fn is_accepted(&self) -> bool {
        self.is(shape::FINAL) && self.wants & (shape::FINAL | shape::RESULT) == shape::RESULT
    }

    pub(crate) fn is_answered(&self) -> bool {
        !self.wants(shape::FINAL | shape::RESULT)
    }

    /// Ends it for whoever waits.
    pub(crate) fn end(&mut self, outcome: End) {
        // A probe's end is no news: what waits is the step behind it.
        self.outcome = matches!(self.owner, Owner::Step | Owner::Foreign).then_some(outcome);
        self.stage = Stage::Idle;
    }

    /// Leaves it to itself.
    pub(crate) fn disown(&mut self) {
        if matches!(self.owner, Owner::Step | Owner::Foreign) {
            self.owner = Owner::Nobody;
        }
        (self.outcome, self.reads_before) = (None, u8::MAX);
    }

    /// Whether `line` is the result line that is wanted.
    pub(crate) fn is_result<F: Forms>(&self, line: &[u8], command: &[u8]) -> bool {
        if mutants::on(Mutant::ResultNeedsOkFirst) && self.wants(shape::FINAL) {
            return false;
        }
        self.wants(shape::RESULT)
            && matches!(self.stage, Stage::Answer | Stage::Prompt)
            && self.step.owns::<F>(self.is(shape::NAMED), line, command)
    }

    /// Whether `line` has the command's own name and numbers and can be its information.
    pub(crate) fn is_info<F: Forms>(&self, line: &[u8], command: &[u8]) -> bool {
        let has_name = self.is(shape::NAMED);
        self.stage == Stage::Answer
            && self.wants(shape::FINAL)
            // Of a command with a result, the line of its own name is that, unless the result has a name.
            && if self.is(shape::RESULT) {
                F::INFO_BESIDE_RESULT && has_name && line::has_name_of(line, command)
            } else {
                self.step.owns::<F>(has_name, line, command)
            }
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

    /// Whether an `OK` is its own. Before all data are written it cannot be, and an answer whose information did not
    /// come is the late answer to an earlier command.
    pub(crate) fn awaits_ok(&self) -> bool {
        match self.stage {
            Stage::Prompt | Stage::PromptGap => true,
            Stage::Answer => self.wants & (shape::FINAL | shape::INFO) == shape::FINAL,
            _ => mutants::on(Mutant::EarlyOkCounts) && self.stage == Stage::Body,
        }
    }

    pub(crate) fn awaits_error(&self) -> bool {
        let wants_any = self.wants(shape::FINAL) || !self.is(shape::FINAL);
        wants_any && self.owner != Owner::Probe && !matches!(self.stage, Stage::Idle | Stage::Gap | Stage::Command)
    }

    pub(crate) fn takes_bare(&self, line: &[u8]) -> bool {
        self.stage == Stage::Answer && self.is(shape::BARE) && self.wants(shape::FINAL) && !line.starts_with(b"+")
    }
}

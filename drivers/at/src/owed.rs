//! The result line that a command of the past still owes.

use embassy_time::Instant;

use crate::bytes::copy;
use crate::forms::Forms;
use crate::line;
use crate::mutants::{self, Mutant};
use crate::packed::Packed;
use crate::step::shape;

/// A result line that a dropped or failed command still owes.
pub(crate) struct Owed {
    /// The beginning of the command, with the numbers that the line repeats.
    command: [u8; 24],
    /// 0 when nothing is owed.
    length: usize,
    step: Packed,
    /// Whether it may not come at all: then it keeps only commands of the same name waiting.
    doubtful: bool,
    pub(crate) until: Instant,
}

impl Owed {
    pub(crate) const fn none() -> Self {
        Self { command: [0; 24], length: 0, step: Packed::NONE, doubtful: false, until: Instant::MIN }
    }

    pub(crate) fn is_some(&self) -> bool {
        self.length > 0
    }

    fn command(&self) -> &[u8] {
        self.command.get(..self.length).unwrap_or_default()
    }

    /// Whether it must come before `step` is sent: it could be taken for a result of that, or for an answer of the same
    /// name.
    pub(crate) fn delays(&self, step: &Packed) -> bool {
        let name = line::name(step.text());
        let is_namesake = !name.is_empty() && (self.command().starts_with(name) || self.step.name().starts_with(name));
        is_namesake || (step.is(shape::RESULT) && !self.doubtful)
    }

    /// Remembers the command whose result is awaited until then. `doubtful`: it was refused, and a result line may
    /// follow its `ERROR`.
    pub(crate) fn note(&mut self, step: &Packed, command: &[u8], until: Instant, doubtful: bool) {
        if mutants::on(Mutant::OwedResultForgotten) {
            return;
        }
        self.length = copy(&mut self.command, command);
        self.step = *step;
        self.doubtful = doubtful;
        self.until = until;
    }

    /// Whether `line` is it.
    pub(crate) fn is<F: Forms>(&self, line: &[u8]) -> bool {
        self.is_some() && self.step.owns::<F>(self.step.is(shape::NAMED), line, self.command())
    }

    /// Forgets what a command that begins so owes.
    pub(crate) fn forgive(&mut self, command: &[u8]) {
        if self.command().starts_with(command) {
            self.clear();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.length = 0;
    }
}

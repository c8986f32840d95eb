//! The result line that a command of the past still owes.

use embassy_time::Instant;

use crate::bytes::copy;
use crate::exchange::Exchange;
use crate::line;
use crate::mutants::{self, Mutant};
use crate::step::shape;
use crate::transmit::Transmit;

/// A result line that a dropped or failed command still owes.
pub(crate) struct Owed {
    head: [u8; 24],
    length: usize,
    /// Whether it may not come at all: then it keeps only commands of the same name waiting.
    doubtful: bool,
    pub(crate) until: Instant,
}

impl Owed {
    pub(crate) const fn none() -> Self {
        Self { head: [0; 24], length: 0, doubtful: false, until: Instant::MIN }
    }

    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.length > 0 && now < self.until
    }

    /// Whether it must come before this command is sent: it could be taken for a result of that, or for an answer of the
    /// same name.
    pub(crate) fn delays(&self, command: &[u8], has_result: bool, now: Instant) -> bool {
        let (head, name) = (self.head.get(..self.length).unwrap_or_default(), line::name(command));
        let is_namesake = !name.is_empty() && head.starts_with(name);
        self.is_due(now) && (is_namesake || (has_result && !self.doubtful))
    }

    /// The command was refused: a result line may follow its `ERROR`.
    pub(crate) fn doubt(&mut self) {
        self.doubtful = true;
    }

    /// Remembers the beginning of the line that `exchange` still wants: its name and the numbers that it repeats.
    pub(crate) fn note(&mut self, exchange: &Exchange, transmit: &Transmit<'_>, until: Instant) {
        if mutants::on(Mutant::OwedResultForgotten) {
            return;
        }
        let command = transmit.command();
        let name = line::name(command);
        let parameters = command.get(name.len() + 1..).unwrap_or_default();
        let is_named = exchange.is(shape::NAMED);
        let (name, colon): (_, &[u8]) = if is_named { (exchange.name(), b"") } else { (name, b":") };
        let mut fields = exchange.numbers();
        let end = parameters.iter().position(|&byte| {
            let is_over = fields == 0 || byte == b'\r';
            fields = fields.saturating_sub(u8::from(byte == b','));
            is_over
        });
        let parameters = parameters.get(..end.unwrap_or(parameters.len())).unwrap_or_default();
        self.length = 0;
        for part in [name, colon, parameters] {
            self.length += copy(self.head.get_mut(self.length..).unwrap_or_default(), part);
        }
        self.doubtful = false;
        self.until = until;
    }

    /// Whether `line` is it; blanks do not count.
    pub(crate) fn is(&self, line: &[u8]) -> bool {
        let mut bytes = line.iter().filter(|&&b| b != b' ');
        self.length > 0 && self.head.iter().take(self.length).filter(|&&b| b != b' ').all(|b| bytes.next() == Some(b))
    }

    pub(crate) fn clear(&mut self) {
        self.length = 0;
    }
}

//! Lines that carry counted bytes, and what has to close them.

use super::{Frames, Mode, Token};
use crate::block::Part;
use crate::forms::Forms;
use crate::inbox::{Inbox, Piece};
use crate::mutants::{self, Mutant};

impl Frames<'_> {
    /// Whether the counted line is no record but the information that there is none, such as `+QIRD: 0`.
    pub(super) fn is_no_body(&self) -> bool {
        let bare = self.matcher.block().is_some_and(|block| block.is_bare);
        (bare && self.matcher.counts[1] == 0) || mutants::on(Mutant::CountedBytesAreLines)
    }

    /// A counted line is known as far as its body, or as a whole when it has none.
    pub(super) fn announced<F: Forms>(&mut self, has_body: bool, inbox: &mut Inbox<'_>) -> Option<Token> {
        let block = self.matcher.block()?;
        self.pattern = block.pattern;
        let head = self.raw_line().get(self.matcher.head()).unwrap_or_default();
        let [first, count] = self.matcher.counts;
        match if F::PIECES { block.part } else { Part::Whole } {
            Part::Start => inbox.begin(block.tag, first, count),
            // A record whose head was given up cannot be kept; no head is longer than this.
            Part::Whole if self.matcher.headless => inbox.begin(block.tag, self.buffer.len().max(256), count),
            Part::Whole => inbox.begin(block.tag, head.len(), count),
            _ => {}
        }
        inbox.push(Piece::Head, head);
        if !has_body {
            return self.end_block::<F>(inbox);
        }
        if block.is_announced {
            self.matcher.expected = 0;
        }
        self.left = count;
        self.mode = Mode::Body;
        None
    }

    /// A line of a block is over; the last one completes the record.
    pub(super) fn end_block<F: Forms>(&mut self, inbox: &mut Inbox<'_>) -> Option<Token> {
        let part = self.matcher.block().map(|block| block.part);
        self.begin_line();
        if F::PIECES && !matches!(part, Some(Part::Whole | Part::End)) {
            return None;
        }
        inbox.commit();
        Some(Token::Block)
    }

    /// Behind a body must come what closes it, and the end of the line; else bytes were lost and the record is not whole.
    pub(super) fn behind<F: Forms>(&mut self, byte: u8, inbox: &mut Inbox<'_>) -> Option<Token> {
        self.start = self.at;
        match (self.mode, byte) {
            (Mode::Skip, b'\n') => self.begin_line(),
            (Mode::Skip, _) | (Mode::End, b'\r') => {}
            (Mode::Quote, _) if self.matcher.closing(self.pattern) == Some(byte) => self.mode = Mode::End,
            (Mode::End, b'\n') => return self.end_block::<F>(inbox),
            (Mode::Quote, _) if self.is_digit(byte, inbox) => {}
            _ => {
                self.garbled = self.garbled.saturating_add(1);
                inbox.abort();
                self.mode = Mode::Skip;
                if byte == b'\n' {
                    self.begin_line();
                }
                return Some(Token::Block);
            }
        }
        None
    }

    fn is_digit(&mut self, byte: u8, inbox: &mut Inbox<'_>) -> bool {
        let digits = self.matcher.block().and_then(|block| block.digits);
        digits.is_some_and(|take| take(self, byte, inbox))
    }
}

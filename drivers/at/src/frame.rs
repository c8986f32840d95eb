//! From bytes to tokens: lines, prompts, counted blocks.
//!
//! Every byte is looked at once, in the order of its arrival, and no decision looks past it. That makes the tokens the
//! same however the bytes were cut into reads (promise 1), and the work linear in their number.

mod broken;
mod counted;
mod digits;
mod raw;

pub(crate) use broken::STARVED_MS;
pub(crate) use digits::take_digit;

use embassy_time::Instant;

use crate::block::{Block, Match, Matcher};
use crate::bytes::{shift_down, wipe};
use crate::engine::later;
use crate::forms::Forms;
use crate::inbox::{Inbox, Piece};
use crate::mutants::{self, Mutant};

/// The late rest of a broken block begins at most so long after its last byte.
const LATE_MS: u32 = 5000;
/// It ends with a pause of this length.
const QUIET_MS: u32 = 100;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// A line, see [`Frames::line`].
    Line,
    /// The prompt.
    Prompt,
    /// A counted block is complete, or was counted as lost.
    Block,
    /// A line that is too long; [`Frames::line`] is its beginning. The rest is skipped.
    Overflow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Inside a line.
    Text,
    /// Inside a counted body.
    Body,
    /// Before what closes a body.
    Quote,
    /// Between that and the end of the line.
    End,
    /// Inside a line that is not wanted.
    Skip,
}

#[repr(C)] // Flags first, see `Engine`.
pub(crate) struct Frames<'b> {
    mode: Mode,
    /// Whether the line was given out; it is consumed by the next call.
    given: bool,
    /// Whether the line may still be a counted one.
    matching: bool,
    ghost_began: bool,
    /// Whether a block was broken off: bytes of the next lines may be taken for its rest.
    broken: bool,
    /// The first digit of a byte.
    half: u8,
    /// Whether the last look at the port found nothing.
    pub(crate) is_quiet: bool,
    /// Lines that were too long, and broken blocks.
    pub(crate) garbled: u16,
    buffer: &'b mut [u8],
    blocks: &'static [Block],
    /// First byte of the line.
    start: usize,
    /// First byte that was not looked at.
    at: usize,
    /// End of what was read.
    end: usize,
    /// How much of the body has still to come; of one in digits, how many came.
    left: usize,
    /// Bytes of a broken block that may still come.
    ghost: usize,
    /// The pattern of the last block.
    pattern: &'static [u8],
    matcher: Matcher,
    last: Instant,
}

impl<'b> Frames<'b> {
    pub(crate) fn new(buffer: &'b mut [u8], blocks: &'static [Block]) -> Self {
        Self {
            mode: Mode::Text,
            given: false,
            matching: true,
            ghost_began: false,
            broken: false,
            half: 0,
            is_quiet: false,
            garbled: 0,
            buffer,
            blocks,
            start: 0,
            at: 0,
            end: 0,
            left: 0,
            ghost: 0,
            pattern: &[],
            matcher: Matcher::new(blocks),
            last: Instant::MIN,
        }
    }

    /// Room for the next read; empty only when tokens wait to be taken.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        self.buffer.get_mut(self.end..).unwrap_or_default()
    }

    /// Says that `count` bytes of [`room`](Self::room) were filled at `now`.
    pub(crate) fn filled(&mut self, count: usize, now: Instant) {
        let last = core::mem::replace(&mut self.last, now);
        let pause_ms = if self.ghost_began { QUIET_MS } else { LATE_MS };
        if later(last, pause_ms) <= now {
            // What came before the pause, and was not looked at, may still belong to the broken block.
            self.ghost = self.ghost.min(self.end - self.at);
        }
        self.ghost_began = true;
        self.end = self.end.saturating_add(count).min(self.buffer.len());
    }

    /// When the last bytes came.
    pub(crate) fn last_read(&self) -> Instant {
        self.last
    }

    /// From then on the gap before a command counts.
    pub(crate) fn hold(&mut self, until: Instant) {
        self.last = until;
    }

    /// The line of the last token.
    pub(crate) fn line(&self) -> &[u8] {
        self.raw_line().trim_ascii_end()
    }

    fn raw_line(&self) -> &[u8] {
        self.buffer.get(self.start..self.at).unwrap_or_default()
    }

    /// The next token of what was read.
    #[inline(never)]
    pub(crate) fn next<F: Forms>(&mut self, inbox: &mut Inbox<'_>, prompt: Option<u8>) -> Option<Token> {
        if self.given {
            self.begin_line();
        }
        if self.ghost > 0 {
            let dropped = self.ghost.min(self.end - self.at);
            self.ghost -= dropped;
            self.at += dropped;
            self.start = self.at;
        }
        loop {
            let mut token = None;
            if self.mode == Mode::Body {
                let body = self.buffer.get(self.at..self.end).unwrap_or_default();
                let body = body.get(..self.left).unwrap_or(body);
                inbox.push(Piece::Body, body);
                self.at += body.len();
                self.left -= body.len();
                self.start = self.at;
                if self.left > 0 {
                    break;
                }
                if self.matcher.closing(self.pattern).is_some() {
                    self.mode = Mode::Quote;
                } else {
                    token = self.end_block::<F>(inbox);
                }
            } else if self.at < self.end {
                let byte = self.buffer.get(self.at).copied()?;
                self.at += 1;
                token = if self.mode == Mode::Text {
                    self.text::<F>(byte, inbox, prompt)
                } else {
                    self.behind::<F>(byte, inbox)
                };
            } else {
                break;
            }
            if token.is_some() {
                return token;
            }
        }
        self.make_room()
    }

    fn begin_line(&mut self) {
        self.start = self.at;
        self.mode = Mode::Text;
        self.given = false;
        self.matching = true;
        self.matcher.begin(self.blocks);
    }

    #[inline(never)]
    fn text<F: Forms>(&mut self, byte: u8, inbox: &mut Inbox<'_>, prompt: Option<u8>) -> Option<Token> {
        let at_start = self.at - 1 == self.start;
        if prompt == Some(byte) && (at_start || mutants::on(Mutant::PromptAnywhere)) {
            self.begin_line();
            return Some(Token::Prompt);
        }
        if at_start && matches!(byte, b'\r' | b'\n' | b' ' | 0) {
            self.start = self.at;
            return None;
        }
        if self.matching {
            let line = self.buffer.get(self.start..self.at).unwrap_or_default();
            match self.matcher.feed(line) {
                Match::None => self.matching = false,
                Match::Partly => {}
                Match::Raw => return None,
                Match::Body if self.is_no_body() => self.matching = false,
                found => return self.announced::<F>(found == Match::Body, inbox),
            }
        }
        if byte == b'\n' {
            if self.matcher.headless {
                self.begin_line();
                return None;
            }
            self.given = true;
            return Some(Token::Line);
        }
        if self.matcher.headless && !self.matching {
            self.mode = Mode::Skip;
        }
        None
    }

    /// Takes other patterns, from the next line on.
    pub(crate) fn set_blocks(&mut self, blocks: &'static [Block]) {
        self.blocks = blocks;
    }

    /// Says how many bytes the next block brings that does not say it itself.
    pub(crate) fn announce(&mut self, count: usize) {
        self.matcher.expected = count;
    }

    /// The pattern of the block that was found last.
    pub(crate) fn pattern(&self) -> &'static [u8] {
        self.pattern
    }

    /// Wipes the line of the last token, since it repeats what we sent.
    pub(crate) fn wipe_line(&mut self) {
        wipe(self.buffer.get_mut(self.start..self.at).unwrap_or_default());
    }

    /// Moves a half line to the front, or gives it up when it fills the whole buffer.
    fn make_room(&mut self) -> Option<Token> {
        if self.start == self.end || self.mode == Mode::Skip {
            (self.start, self.at, self.end) = (0, 0, 0);
        } else if self.end == self.buffer.len() && self.start > 0 {
            shift_down(self.buffer, self.start, self.end);
            self.at -= self.start;
            self.end -= self.start;
            self.start = 0;
        } else if self.end == self.buffer.len() {
            if !mutants::on(Mutant::OverflowUncounted) {
                self.garbled = self.garbled.saturating_add(1);
            }
            if self.matching {
                self.matcher.give_up_line(self.end);
                (self.start, self.at, self.end) = (0, 0, 0);
                return None;
            }
            self.given = true;
            return Some(Token::Overflow);
        } else if mutants::on(Mutant::ChunkBoundaryEndsLine) && self.mode == Mode::Text {
            self.given = true;
            return Some(Token::Line);
        }
        None
    }

    /// Skips the rest of the line whose beginning was given as [`Token::Overflow`].
    pub(crate) fn skip_line(&mut self) {
        self.begin_line();
        if !mutants::on(Mutant::OverflowGlues) {
            self.mode = Mode::Skip;
        }
    }
}

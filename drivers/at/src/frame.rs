//! From bytes to tokens: lines, prompts, counted blocks.
//!
//! Every byte is looked at once, in the order of its arrival, and no decision looks past it. That makes the tokens the
//! same however the bytes were cut into reads (promise 1), and the work linear in their number.

use embassy_time::Instant;
use zeroize::Zeroize;

use crate::block::{Block, Match, Matcher, Part};
use crate::bytes::shift_down;
use crate::engine::later;
use crate::inbox::Inbox;
use crate::mutants::{self, Mutant};

/// A counted block whose next byte does not come for so long is broken off.
pub(crate) const STARVED_MS: u32 = 1000;
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
    Body { left: usize, quoted: bool, commit: bool },
    /// After a body: its closing quote, then the end of the line.
    Close { commit: bool, quote_seen: bool },
    /// Inside a line that is not wanted.
    Skip,
}

pub(crate) struct Frames<'b> {
    buffer: &'b mut [u8],
    blocks: &'static [Block],
    /// First byte of the line.
    start: usize,
    /// First byte that was not looked at.
    at: usize,
    /// End of what was read.
    end: usize,
    /// End of the line that was given out; it is consumed by the next call.
    given: Option<usize>,
    mode: Mode,
    matcher: Matcher,
    /// The pattern of the last block.
    pattern: &'static [u8],
    /// How many bytes the next block brings that does not say it itself.
    expected: usize,
    /// Whether the line may still be a counted one.
    matching: bool,
    /// Whether the line's beginning was given up while it may still announce a counted body.
    headless: bool,
    /// Bytes of a broken block that may still come.
    ghost: usize,
    ghost_began: bool,
    last: Instant,
    /// Lines that were too long, and broken blocks.
    pub(crate) garbled: u16,
    /// Whether a block was broken off: bytes of the next lines may be taken for its rest.
    broken: bool,
}

impl<'b> Frames<'b> {
    pub(crate) fn new(buffer: &'b mut [u8], blocks: &'static [Block]) -> Self {
        Self {
            buffer,
            blocks,
            start: 0,
            at: 0,
            end: 0,
            given: None,
            mode: Mode::Text,
            matcher: Matcher::default(),
            pattern: &[],
            expected: 0,
            matching: true,
            headless: false,
            ghost: 0,
            ghost_began: false,
            last: Instant::MIN,
            garbled: 0,
            broken: false,
        }
    }

    /// Room for the next read; empty only when tokens wait to be taken.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        self.buffer.get_mut(self.end..).unwrap_or_default()
    }

    /// Says that `count` bytes of [`room`](Self::room) were filled at `now`.
    pub(crate) fn filled(&mut self, count: usize, now: Instant) {
        let last = core::mem::replace(&mut self.last, now);
        let fresh = self.end;
        self.end = self.end.saturating_add(count).min(self.buffer.len());
        if self.ghost > 0 {
            let pause_ms = if self.ghost_began { QUIET_MS } else { LATE_MS };
            self.drop_ghost(fresh, later(last, pause_ms) <= now);
        }
    }

    /// When the last bytes came.
    pub(crate) fn last_read(&self) -> Instant {
        self.last
    }

    /// The line of the last token.
    pub(crate) fn line(&self) -> &[u8] {
        let line = self.buffer.get(self.start..self.given.unwrap_or(self.start)).unwrap_or_default();
        line.trim_ascii_end()
    }

    /// The next token of what was read.
    pub(crate) fn next(&mut self, inbox: &mut Inbox<'_>, prompt: Option<u8>) -> Option<Token> {
        if self.given.take().is_some() {
            self.begin_line();
        }
        while self.at < self.end {
            let byte = self.buffer.get(self.at).copied()?;
            self.at += 1;
            let token = match self.mode {
                Mode::Text => self.text(byte, inbox, prompt),
                Mode::Body { left, quoted, commit } => self.body(byte, left, quoted, commit, inbox),
                Mode::Close { commit, quote_seen } => self.close(byte, commit, quote_seen, inbox),
                Mode::Skip => {
                    if byte == b'\n' {
                        self.begin_line();
                    }
                    None
                }
            };
            if token.is_some() {
                return token;
            }
        }
        self.make_room()
    }

    fn begin_line(&mut self) {
        self.start = self.at;
        self.mode = Mode::Text;
        self.matcher = Matcher::new(self.expected);
        self.matching = true;
        self.headless = false;
    }

    fn text(&mut self, byte: u8, inbox: &mut Inbox<'_>, prompt: Option<u8>) -> Option<Token> {
        let at_start = self.at - 1 == self.start;
        if prompt == Some(byte) && (at_start || mutants::on(Mutant::PromptAnywhere)) {
            self.begin_line();
            return Some(Token::Prompt);
        }
        if at_start && matches!(byte, b'\r' | b'\n' | b' ' | 0) {
            self.start = self.at;
            return None;
        }
        let found = if self.matching {
            let line = self.buffer.get(self.start..self.at).unwrap_or_default();
            self.matcher.feed(self.blocks, line)
        } else {
            Match::None
        };
        match found {
            Match::None => self.matching = false,
            Match::Partly => {}
            Match::Raw => return None,
            Match::Complete => return self.piece(inbox),
            Match::Body if self.is_no_body() => self.matching = false,
            Match::Body => return self.begin_body(inbox),
        }
        if byte == b'\n' {
            if self.headless {
                self.begin_line();
                return None;
            }
            self.given = Some(self.at);
            return Some(Token::Line);
        }
        if self.headless && !self.matching {
            self.mode = Mode::Skip;
        }
        None
    }

    /// Says how many bytes the next block brings that does not say it itself.
    pub(crate) fn announce(&mut self, count: usize) {
        self.expected = count;
        self.matcher.announce(count);
    }

    /// Whether the counted line is no record but the information that there is none, such as `+QIRD: 0`.
    fn is_no_body(&self) -> bool {
        let bare = self.matcher.block(self.blocks).is_some_and(|block| block.is_bare);
        (bare && self.matcher.count() == 0) || mutants::on(Mutant::CountedBytesAreLines)
    }

    /// The pattern of the block that was found last.
    pub(crate) fn pattern(&self) -> &'static [u8] {
        self.pattern
    }

    /// Wipes the line of the last token, since it repeats what we sent.
    pub(crate) fn wipe_line(&mut self) {
        let line = self.buffer.get_mut(self.start..self.given.unwrap_or(self.start));
        line.unwrap_or_default().zeroize();
    }

    /// A line without a body that is part of a record.
    fn piece(&mut self, inbox: &mut Inbox<'_>) -> Option<Token> {
        let block = self.matcher.block(self.blocks)?;
        self.pattern = block.pattern;
        let line = self.buffer.get(self.start..self.at).unwrap_or_default();
        match block.part {
            Part::Start => {
                let [head, body] = self.matcher.counts();
                inbox.begin(block.tag, head, body);
            }
            Part::Head => inbox.push_head(line.get(self.matcher.head()).unwrap_or_default()),
            Part::End | Part::Whole | Part::Body => inbox.commit(),
        }
        self.begin_line();
        (block.part == Part::End).then_some(Token::Block)
    }

    fn begin_body(&mut self, inbox: &mut Inbox<'_>) -> Option<Token> {
        let block = self.matcher.block(self.blocks)?;
        self.pattern = block.pattern;
        let count = self.matcher.count();
        if self.matcher.used_expected() {
            self.expected = 0;
        }
        let whole = block.part == Part::Whole;
        if whole {
            let line = self.buffer.get(self.start..self.at).unwrap_or_default();
            let head = line.get(self.matcher.head()).unwrap_or_default();
            // A record whose head was given up cannot be kept; no head is longer than this.
            inbox.begin(block.tag, if self.headless { self.buffer.len().max(256) } else { head.len() }, count);
            inbox.push_head(head);
        }
        let quoted = self.matcher.is_quoted(self.blocks);
        self.start = self.at;
        self.after_body(count, quoted, whole, inbox)
    }

    fn body(&mut self, byte: u8, left: usize, quoted: bool, commit: bool, inbox: &mut Inbox<'_>) -> Option<Token> {
        self.start = self.at;
        inbox.push_body(byte);
        self.after_body(left.saturating_sub(1), quoted, commit, inbox)
    }

    fn after_body(&mut self, left: usize, quoted: bool, commit: bool, inbox: &mut Inbox<'_>) -> Option<Token> {
        if left > 0 {
            self.mode = Mode::Body { left, quoted, commit };
            return None;
        }
        if quoted {
            self.mode = Mode::Close { commit, quote_seen: false };
            return None;
        }
        self.begin_line();
        if commit {
            inbox.commit();
        }
        commit.then_some(Token::Block)
    }

    /// After a quoted body must come a quote and the end of the line; else bytes were lost and the record is not whole.
    fn close(&mut self, byte: u8, commit: bool, quote_seen: bool, inbox: &mut Inbox<'_>) -> Option<Token> {
        self.start = self.at;
        match (byte, quote_seen) {
            (b'"', false) => {
                self.mode = Mode::Close { commit, quote_seen: true };
                return None;
            }
            (b'\r', true) => return None,
            (b'\n', true) => {
                if commit {
                    inbox.commit();
                }
                self.begin_line();
            }
            _ => {
                self.garbled = self.garbled.saturating_add(1);
                inbox.abort();
                self.mode = Mode::Skip;
                if byte == b'\n' {
                    self.begin_line();
                }
            }
        }
        Some(Token::Block)
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
                self.matcher.restart();
                self.headless = true;
                (self.start, self.at, self.end) = (0, 0, 0);
                return None;
            }
            self.given = Some(self.end);
            return Some(Token::Overflow);
        } else if mutants::on(Mutant::ChunkBoundaryEndsLine) && self.mode == Mode::Text {
            self.given = Some(self.end);
            return Some(Token::Line);
        }
        None
    }

    /// Skips the rest of the line whose beginning was given as [`Token::Overflow`].
    pub(crate) fn skip_line(&mut self) {
        self.given = None;
        self.begin_line();
        if !mutants::on(Mutant::OverflowGlues) {
            self.mode = Mode::Skip;
        }
    }

    fn in_block(&self) -> bool {
        matches!(self.mode, Mode::Body { .. } | Mode::Close { .. })
    }

    /// When the block that is being received will be broken off; [`Instant::MAX`] when none is.
    pub(crate) fn deadline(&self) -> Instant {
        let is_never = !self.in_block() || mutants::on(Mutant::StarvedBlockWaits);
        if is_never { Instant::MAX } else { later(self.last, STARVED_MS) }
    }

    /// Breaks a block off whose bytes stopped coming, at its [`deadline`](Self::deadline) or after an error of the
    /// port (`flowing`: its bytes have not stopped). What still comes of it before a pause is dropped, never read as
    /// lines.
    pub(crate) fn break_off(&mut self, flowing: bool, inbox: &mut Inbox<'_>) {
        if flowing && mutants::on(Mutant::OverrunIgnored) {
            return;
        }
        self.garbled = self.garbled.saturating_add(1);
        if let Mode::Body { left, quoted, .. } = self.mode {
            self.ghost = if mutants::on(Mutant::GhostIsRescanned) { 0 } else { left + usize::from(quoted) + 2 };
            self.ghost_began = flowing;
        }
        if self.in_block() {
            self.broken = true;
            inbox.abort();
            self.begin_line();
        } else {
            self.mode = Mode::Skip;
        }
    }

    /// Whether a block was broken off since the last call.
    pub(crate) fn take_broken(&mut self) -> bool {
        core::mem::take(&mut self.broken)
    }

    /// Drops what belongs to a broken block from the bytes that were just read.
    fn drop_ghost(&mut self, fresh: usize, paused: bool) {
        if paused {
            self.ghost = 0;
            return;
        }
        self.ghost_began = true;
        let count = self.end.saturating_sub(fresh);
        let dropped = count.min(self.ghost);
        shift_down(self.buffer.get_mut(fresh..self.end).unwrap_or_default(), dropped, count);
        self.end -= dropped;
        self.ghost -= dropped;
    }
}

//! Counted bytes: which line announces how many, and where they go.
//!
//! A payload may hold `OK`, `>`, line ends and NUL, so it is taken by its count and never read as lines. A dialect
//! lists its counted lines as patterns, see [`Block`].

use crate::frame::{Frames, take_digit};
use crate::inbox::Inbox;

/// A line that carries or announces counted bytes, as a pattern.
///
/// | in the pattern | matches |
/// |---|---|
/// | `#` | a number |
/// | `%` | a number that counts what follows: the next `$` if one follows, else the `*` |
/// | `$` | the head (a topic): counted when a `%` stands before it, else up to the next quote, or with an `&` to what follows |
/// | `*` | the body: as many raw bytes as the last `%` said; then a quote or a carriage return, if one follows in the pattern |
/// | `=` | nothing, and the body has as many bytes as [`Engine::announce`](crate::Engine::announce) said |
/// | `&` | the body as hexadecimal digits, without a count: they hold no quote and no line end. A quote follows it; behind a comma the line may end instead |
/// | line feed | the end of the line, after any carriage returns |
/// | blank | a blank that may be missing |
/// | anything else | itself |
///
/// A whole record without a head whose count is 0 is an ordinary line: it says that there is nothing.
#[derive(Debug, Clone, Copy)]
pub struct Block {
    pub(crate) pattern: &'static [u8],
    pub(crate) tag: u8,
    pub(crate) part: Part,
    /// Whether it is a whole record without a head.
    pub(crate) is_bare: bool,
    /// Whether its length is announced before.
    pub(crate) is_announced: bool,
    /// What follows the pattern: one that knows all elements, or one without those that few dialects have, so that the
    /// others do not link them.
    step: Stepper,
    /// Takes a byte of a body that is told as digits; `false`: it is none.
    pub(crate) digits: Option<Digits>,
}

type Digits = fn(&mut Frames<'_>, u8, &mut Inbox<'_>) -> bool;

type Stepper = fn(&mut Matcher, &[u8], u8, usize) -> Match;

/// Which part of a record the line brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// Its two lengths, head first; the pieces follow in lines of their own.
    Start,
    /// A piece of the head.
    Head,
    /// A piece of the body.
    Body,
    /// Its end.
    End,
}

impl Block {
    /// A line that carries a whole record, such as `+QMTRECV: #,#,"$",%,"*"`.
    #[must_use]
    pub const fn whole(tag: u8, pattern: &'static str) -> Self {
        let block = Self::piece(tag, Part::Whole, pattern);
        Self { is_bare: !has(pattern, b'$'), ..block }
    }

    /// A line of a record that comes in pieces.
    #[must_use]
    pub const fn piece(tag: u8, part: Part, pattern: &'static str) -> Self {
        let (is_announced, has_digits) = (has(pattern, b'='), has(pattern, b'&'));
        let is_rare = is_announced || has_digits || has_counted_head(pattern);
        let step: Stepper = if is_rare { Matcher::step::<true> } else { Matcher::step::<false> };
        let digits: Option<Digits> = if has_digits { Some(take_digit) } else { None };
        Self { pattern: pattern.as_bytes(), tag, part, is_bare: false, is_announced, step, digits }
    }
}

const fn has(pattern: &str, element: u8) -> bool {
    let mut i = 0;
    while i < pattern.len() {
        if pattern.as_bytes()[i] == element {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether a `%` stands before a `$`.
const fn has_counted_head(pattern: &str) -> bool {
    let (mut i, mut counted) = (0, false);
    while i < pattern.len() {
        match pattern.as_bytes()[i] {
            b'%' => counted = true,
            b'$' if counted => return true,
            _ => {}
        }
        i += 1;
    }
    false
}

/// What the bytes of a line amount to so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    /// No pattern matches; an ordinary line.
    None,
    /// A pattern matches so far.
    Partly,
    /// The next byte is inside a counted head; a line end there is not one.
    Raw,
    /// A pattern without body matched to its end.
    Complete,
    /// The body starts with the next byte.
    Body,
}

/// No count is taken for more than this, so that arithmetic on counts cannot overflow.
const MOST: usize = usize::MAX / 16;

/// Follows the patterns along the bytes of one line, each byte once for each pattern.
#[repr(C)] // Flags first, see `Engine`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Matcher {
    /// Whether the number that is being read has digits.
    digits: bool,
    /// Whether a number counts what follows.
    counted: bool,
    /// Whether the beginning of the line was given up.
    pub(crate) headless: bool,
    /// The pattern that is followed, and those to try behind it; when there is none, none matches.
    blocks: &'static [Block],
    /// Where in the pattern.
    at: usize,
    number: usize,
    /// The last two counts of the line.
    pub(crate) counts: [usize; 2],
    /// Where the head stands in the line.
    head: (usize, usize),
    /// The count that an `=` stands for.
    pub(crate) expected: usize,
}

impl Matcher {
    pub(crate) fn new(blocks: &'static [Block]) -> Self {
        Self { blocks, ..Self::default() }
    }

    /// Begins the line again with the first of these patterns.
    pub(crate) fn begin(&mut self, blocks: &'static [Block]) {
        *self = Self { blocks, expected: self.expected, ..Self::default() };
    }

    pub(crate) fn block(&self) -> Option<&'static Block> {
        self.blocks.first()
    }

    /// Where the head stands in the line.
    pub(crate) fn head(&self) -> core::ops::Range<usize> {
        self.head.0..self.head.1
    }

    /// What must close the body, if it is something: a quote or a carriage return. Without it, bytes were lost.
    pub(crate) fn closing(&self, pattern: &[u8]) -> Option<u8> {
        pattern.get(self.at + 1).copied()
    }

    /// Whether the end of the line closes a body of digits.
    pub(crate) fn is_open(&self, pattern: &[u8]) -> bool {
        self.at.checked_sub(1).and_then(|before| pattern.get(before)) == Some(&b',')
    }

    /// Goes on although the line so far, of this length, is given up; its head is, too.
    pub(crate) fn give_up_line(&mut self, length: usize) {
        self.head = (0, self.head.1.saturating_sub(length));
        self.headless = true;
    }

    /// Takes the next byte of the line; `line` is all of it so far, that byte included.
    #[inline(never)]
    pub(crate) fn feed(&mut self, line: &[u8]) -> Match {
        let mut known = line.len().saturating_sub(1);
        while let Some((block, others)) = self.blocks.split_first() {
            let mut found = Match::Partly;
            while let Some(&byte) = line.get(known)
                && found != Match::None
            {
                known += 1;
                found = (block.step)(self, block.pattern, byte, known);
            }
            // What is left of a line that was given up is no beginning of another.
            if found != Match::None || self.headless {
                return found;
            }
            self.begin(others);
            known = 0;
        }
        Match::None
    }

    /// Takes a byte, with which `taken` bytes of the line are known. `ALL`: a head may be counted, a body announced.
    fn step<const ALL: bool>(&mut self, pattern: &[u8], byte: u8, taken: usize) -> Match {
        while let Some(&element) = pattern.get(self.at) {
            match element {
                b'#' | b'%' if byte.is_ascii_digit() => {
                    self.number = (self.number * 10 + usize::from(byte - b'0')).min(MOST);
                    self.digits = true;
                    return Match::Partly;
                }
                b'#' | b'%' if self.digits => {
                    if element == b'%' {
                        self.counts = [self.counts[1], self.number];
                        self.counted = true;
                    }
                    (self.number, self.digits) = (0, false);
                }
                b'$' if ALL && self.counted => {
                    if taken < self.head.1 {
                        return Match::Raw;
                    }
                    self.at += 1;
                    return self.arrived::<ALL>(pattern, taken);
                }
                b'$' if byte != end_of_head::<ALL>(pattern, self.at) && byte >= b' ' => {
                    self.head.1 = taken;
                    return Match::Partly;
                }
                b' ' if byte != b' ' => {}
                b'\n' if byte == b'\r' => return Match::Partly,
                b'$' => {}
                _ if element == byte && element != b'*' => {
                    self.at += 1;
                    return self.arrived::<ALL>(pattern, taken);
                }
                _ => return Match::None,
            }
            self.at += 1;
        }
        Match::None
    }

    /// Looks at the element that the next byte will meet.
    fn arrived<const ALL: bool>(&mut self, pattern: &[u8], taken: usize) -> Match {
        loop {
            match pattern.get(self.at) {
                None => return Match::Complete,
                Some(b'*') if self.counted => return Match::Body,
                Some(b'*') => return Match::None,
                Some(b'&') if ALL => return Match::Body,
                Some(b'=') if ALL && self.expected == 0 => return Match::None,
                Some(b'=') if ALL => {
                    self.counts[1] = self.expected;
                    self.counted = true;
                }
                Some(b'$') => {
                    let counted = ALL && self.counted;
                    let count = if counted { self.counts[1] } else { 0 };
                    self.head = (taken, taken + count);
                    if count > 0 {
                        return Match::Raw;
                    }
                    if !counted {
                        return Match::Partly;
                    }
                }
                Some(_) => return Match::Partly,
            }
            self.at += 1;
        }
    }
}

/// What a head without a count ends with that stands there.
fn end_of_head<const ALL: bool>(pattern: &[u8], at: usize) -> u8 {
    match pattern.get(at + 1) {
        Some(b',') if ALL => b',',
        _ => b'"',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static BLOCKS: &[Block] = &[
        Block::whole(1, "+QMTRECV: #,#,\"$\",%,\"*\""),
        Block::whole(1, "+QMTRECV: #,#,\"$\",%\n*"),
        Block::whole(1, "+UMQTTC: 6,#,#,%,\"$\",%,\"*\""),
        Block::piece(2, Part::Start, "+CMQTTRXSTART: #,%,%\n"),
        Block::piece(2, Part::Head, "+CMQTTRXTOPIC: #,%\n$"),
        Block::whole(3, "+CARECV: %,*"),
        Block::whole(4, "CONNECT=\n*"),
        Block::whole(5, "+SMSUB: \"$\",\"&\""),
        Block::whole(5, "+SMSUB: $,&\""),
    ];

    fn run(line: &[u8]) -> (Match, Matcher) {
        expecting(0, line)
    }

    fn expecting(count: usize, line: &[u8]) -> (Match, Matcher) {
        let mut matcher = Matcher { expected: count, ..Matcher::new(BLOCKS) };
        let mut last = Match::None;
        for end in 1..=line.len() {
            last = matcher.feed(&line[..end]);
        }
        (last, matcher)
    }

    #[test]
    fn a_pushed_message_with_quotes() {
        let line = b"+QMTRECV: 0,17,\"/a/b,c\",58,\"";
        let (last, matcher) = run(line);
        assert_eq!((last, matcher.counts[1], &line[matcher.head()]), (Match::Body, 58, &b"/a/b,c"[..]));
        assert!(matcher.closing(BLOCKS[0].pattern) == Some(b'"'));
    }

    #[test]
    fn the_next_pattern_takes_over_where_one_fails() {
        let line = b"+QMTRECV: 0,0,\"t\",12\r\r\n";
        let (last, matcher) = run(line);
        assert_eq!((last, matcher.counts[1], &line[matcher.head()]), (Match::Body, 12, &b"t"[..]));
        assert!(matcher.closing(BLOCKS[1].pattern).is_none());
        assert_eq!(run(b"+QMTRECV: 0,3\r").0, Match::None, "an announcement is an ordinary line");
    }

    #[test]
    fn a_counted_topic_may_hold_a_quote_and_a_line_end() {
        let line = b"+UMQTTC: 6,1,32,4,\"a\"\r\n\",13,\"";
        let (last, matcher) = run(line);
        assert_eq!((last, matcher.counts[1], &line[matcher.head()]), (Match::Body, 13, &b"a\"\r\n"[..]));
    }

    #[test]
    fn pieces_and_missing_blanks() {
        assert_eq!(
            (run(b"+CMQTTRXSTART: 0,18,5\r\n").0, run(b"+CMQTTRXSTART: 0,18,5\r\n").1.counts),
            (Match::Complete, [18, 5])
        );
        let line = b"+CMQTTRXTOPIC:0,3\r\na/b";
        assert_eq!((run(line).0, &line[run(line).1.head()]), (Match::Complete, &b"a/b"[..]));
        assert_eq!(run(&line[..line.len() - 1]).0, Match::Raw);
        assert_eq!((run(b"+CARECV: 10,").0, run(b"+CARECV: 10,").1.counts[1]), (Match::Body, 10));
    }

    #[test]
    fn a_count_that_the_line_does_not_say_is_the_expected_one() {
        let (last, matcher) = expecting(77, b"CONNECT\r\n");
        assert_eq!((last, matcher.counts[1]), (Match::Body, 77));
        assert_eq!(run(b"CONNECT\r\n").0, Match::None, "an ordinary line while nothing is expected");
    }

    #[test]
    fn a_head_ends_with_what_follows_it() {
        for (line, head) in [(&b"+SMSUB: \"a,b\",\""[..], &b"a,b"[..]), (b"+SMSUB: /ext/regnwl,", b"/ext/regnwl")] {
            let (last, matcher) = run(line);
            assert_eq!((last, &line[matcher.head()]), (Match::Body, head));
        }
    }

    #[test]
    fn a_number_is_needed_where_one_is_said() {
        assert_eq!(run(b"+CARECV: ,").0, Match::None);
        assert_eq!(run(b"+CSQ").0, Match::None);
        assert_eq!(run(b"+C").0, Match::Partly);
    }
}

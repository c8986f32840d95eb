//! Counted bytes: which line announces how many, and where they go.
//!
//! A payload may hold `OK`, `>`, line ends and NUL, so it is taken by its count and never read as lines. A dialect
//! lists its counted lines as patterns, see [`Block`].

/// A line that carries or announces counted bytes, as a pattern.
///
/// | in the pattern | matches |
/// |---|---|
/// | `#` | a number |
/// | `%` | a number that counts what follows: the next `$` if one follows, else the `*` |
/// | `$` | the head (a topic): counted when a `%` stands before it, else up to the next quote |
/// | `*` | the body: as many raw bytes as the last `%` said |
/// | `=` | nothing, and the body has as many bytes as [`Modem::announce`](crate::Modem::announce) said |
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
}

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
        let mut is_bare = true;
        let mut i = 0;
        while i < pattern.len() {
            is_bare &= pattern.as_bytes()[i] != b'$';
            i += 1;
        }
        Self { pattern: pattern.as_bytes(), tag, part: Part::Whole, is_bare }
    }

    /// A line of a record that comes in pieces.
    #[must_use]
    pub const fn piece(tag: u8, part: Part, pattern: &'static str) -> Self {
        Self { pattern: pattern.as_bytes(), tag, part, is_bare: false }
    }
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

/// Follows the patterns along the bytes of one line, each byte once for each pattern.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Matcher {
    /// Index of the pattern; past the last one, none matches.
    pattern: usize,
    at: usize,
    /// Bytes of the line that were taken.
    taken: usize,
    counts: [usize; 2],
    counted: usize,
    digits: bool,
    raw_left: usize,
    head: (usize, usize),
    /// The count that an `=` stands for.
    expected: usize,
    used_expected: bool,
    /// Whether the beginning of the line was given up.
    headless: bool,
}

impl Matcher {
    pub(crate) fn new(expected: usize) -> Self {
        Self { expected, ..Self::default() }
    }

    pub(crate) fn announce(&mut self, count: usize) {
        self.expected = count;
    }

    /// Whether the count is the expected one.
    pub(crate) fn used_expected(&self) -> bool {
        self.used_expected
    }

    pub(crate) fn block(&self, blocks: &'static [Block]) -> Option<&'static Block> {
        blocks.get(self.pattern)
    }

    /// The last count of the line.
    pub(crate) fn count(&self) -> usize {
        let [first, second] = self.counts;
        if self.counted >= 2 { second } else { first }
    }

    pub(crate) fn counts(&self) -> [usize; 2] {
        self.counts
    }

    /// Where the head stands in the line.
    pub(crate) fn head(&self) -> core::ops::Range<usize> {
        self.head.0..self.head.1
    }

    /// Whether a quote must close the body.
    pub(crate) fn is_quoted(&self, blocks: &'static [Block]) -> bool {
        self.block(blocks).and_then(|block| block.pattern.get(self.at + 1)) == Some(&b'"')
    }

    /// Goes on although the line so far is given up; its head is, too.
    pub(crate) fn restart(&mut self) {
        self.taken = 0;
        self.head = (0, 0);
        self.headless = true;
    }

    /// Takes the next byte of the line; `line` is all of it so far, that byte included.
    pub(crate) fn feed(&mut self, blocks: &'static [Block], line: &[u8]) -> Match {
        while let Some(&Block { pattern, .. }) = blocks.get(self.pattern) {
            let mut last = Match::Partly;
            while let Some(&byte) = line.get(self.taken) {
                if matches!(last, Match::Body | Match::Complete) {
                    last = Match::None;
                    break;
                }
                self.taken += 1;
                last = self.step(pattern, byte);
                if last == Match::None {
                    break;
                }
            }
            if last != Match::None {
                return last;
            }
            // What is left of a line that was given up is no beginning of another.
            let next = if self.headless { blocks.len() } else { self.pattern + 1 };
            *self = Self { pattern: next, expected: self.expected, ..Self::default() };
        }
        Match::None
    }

    fn step(&mut self, pattern: &[u8], byte: u8) -> Match {
        if self.raw_left > 0 {
            self.raw_left -= 1;
            if self.raw_left > 0 {
                return Match::Raw;
            }
            self.head.1 = self.taken;
            self.at += 1;
            return self.arrived(pattern);
        }
        loop {
            match pattern.get(self.at).copied() {
                Some(element @ (b'#' | b'%')) if byte.is_ascii_digit() => {
                    self.digits = true;
                    if element == b'%'
                        && let Some(count) = self.counts.get_mut(self.counted)
                    {
                        *count = count.saturating_mul(10).saturating_add(usize::from(byte - b'0'));
                    }
                    return Match::Partly;
                }
                Some(element @ (b'#' | b'%')) if self.digits => {
                    self.digits = false;
                    self.counted += usize::from(element == b'%');
                    self.at += 1;
                }
                Some(b'$') if byte != b'"' && byte >= b' ' => {
                    self.head.1 = self.taken;
                    return Match::Partly;
                }
                Some(b'$') => self.at += 1,
                Some(b' ') if byte != b' ' => self.at += 1,
                Some(b'\n') if byte == b'\r' => return Match::Partly,
                Some(element) if element == byte => {
                    self.at += 1;
                    return self.arrived(pattern);
                }
                _ => return Match::None,
            }
        }
    }

    /// Looks at the element that the next byte will meet.
    fn arrived(&mut self, pattern: &[u8]) -> Match {
        match pattern.get(self.at).copied() {
            None => Match::Complete,
            Some(b'*') if self.counted > 0 => Match::Body,
            Some(b'=') if self.expected > 0 => {
                self.counts = [self.expected, 0];
                self.counted = 1;
                self.used_expected = true;
                self.at += 1;
                self.arrived(pattern)
            }
            Some(b'=') => Match::None,
            Some(b'$') => {
                self.head = (self.taken, self.taken);
                if self.counted == 0 {
                    return Match::Partly;
                }
                self.raw_left = self.count();
                if self.raw_left == 0 {
                    self.at += 1;
                    return self.arrived(pattern);
                }
                Match::Raw
            }
            Some(_) => Match::Partly,
        }
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
    ];

    fn run(line: &[u8]) -> (Match, Matcher) {
        expecting(0, line)
    }

    fn expecting(count: usize, line: &[u8]) -> (Match, Matcher) {
        let mut matcher = Matcher::new(count);
        let mut last = Match::None;
        for end in 1..=line.len() {
            last = matcher.feed(BLOCKS, &line[..end]);
        }
        (last, matcher)
    }

    #[test]
    fn a_pushed_message_with_quotes() {
        let line = b"+QMTRECV: 0,17,\"/a/b,c\",58,\"";
        let (last, matcher) = run(line);
        assert_eq!((last, matcher.count(), &line[matcher.head()]), (Match::Body, 58, &b"/a/b,c"[..]));
        assert!(matcher.is_quoted(BLOCKS));
    }

    #[test]
    fn the_next_pattern_takes_over_where_one_fails() {
        let line = b"+QMTRECV: 0,0,\"t\",12\r\r\n";
        let (last, matcher) = run(line);
        assert_eq!((last, matcher.count(), &line[matcher.head()]), (Match::Body, 12, &b"t"[..]));
        assert!(!matcher.is_quoted(BLOCKS));
        assert_eq!(run(b"+QMTRECV: 0,3\r").0, Match::None, "an announcement is an ordinary line");
    }

    #[test]
    fn a_counted_topic_may_hold_a_quote_and_a_line_end() {
        let line = b"+UMQTTC: 6,1,32,4,\"a\"\r\n\",13,\"";
        let (last, matcher) = run(line);
        assert_eq!((last, matcher.count(), &line[matcher.head()]), (Match::Body, 13, &b"a\"\r\n"[..]));
    }

    #[test]
    fn pieces_and_missing_blanks() {
        assert_eq!(
            (run(b"+CMQTTRXSTART: 0,18,5\r\n").0, run(b"+CMQTTRXSTART: 0,18,5\r\n").1.counts()),
            (Match::Complete, [18, 5])
        );
        let line = b"+CMQTTRXTOPIC:0,3\r\na/b";
        assert_eq!((run(line).0, &line[run(line).1.head()]), (Match::Complete, &b"a/b"[..]));
        assert_eq!(run(&line[..line.len() - 1]).0, Match::Raw);
        assert_eq!((run(b"+CARECV: 10,").0, run(b"+CARECV: 10,").1.count()), (Match::Body, 10));
    }

    #[test]
    fn a_count_that_the_line_does_not_say_is_the_expected_one() {
        let (last, matcher) = expecting(77, b"CONNECT\r\n");
        assert_eq!((last, matcher.count(), matcher.used_expected()), (Match::Body, 77, true));
        assert_eq!(run(b"CONNECT\r\n").0, Match::None, "an ordinary line while nothing is expected");
    }

    #[test]
    fn a_number_is_needed_where_one_is_said() {
        assert_eq!(run(b"+CARECV: ,").0, Match::None);
        assert_eq!(run(b"+CSQ").0, Match::None);
        assert_eq!(run(b"+C").0, Match::Partly);
    }
}

//! The grammar (RFC 8259), without recursion: a hostile text costs no stack.

use core::str::Chars;

use super::{JsonError, Kind, Object, Text, Value};

/// Containers within each other; the platform's replies have three at most.
const DEPTH: u32 = 16;

pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte at hand; 0, which stands nowhere outside of texts, at the end.
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn error<T>(&self) -> Result<T, JsonError> {
        Err(JsonError { at: self.at })
    }

    fn blanks(&mut self) {
        while matches!(self.byte(), b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
    }

    /// Passes over a byte, and blanks before it, when it is there.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        self.blanks();
        let there = self.byte() == byte;
        self.at += usize::from(there);
        there
    }

    /// Nothing but blanks may follow.
    pub(super) fn end(&mut self) -> Result<(), JsonError> {
        self.blanks();
        if self.at == self.text.len() { Ok(()) } else { self.error() }
    }

    fn since(&self, start: usize) -> &'a str {
        // Both are places of ASCII characters.
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Passes over a value.
    pub(super) fn value(&mut self) -> Result<Value<'a>, JsonError> {
        self.blanks();
        let (first, start) = (self.byte(), self.at);
        Ok(Value(match first {
            b'{' | b'[' => {
                self.container()?;
                if first == b'{' { Kind::Object(Object(self.since(start))) } else { Kind::Other }
            }
            b'"' => Kind::Text(Text(self.string()?)),
            b'-' | b'0'..=b'9' => {
                self.number()?;
                Kind::Number(self.since(start))
            }
            _ => {
                self.word()?;
                Kind::Other
            }
        }))
    }

    /// Passes over an object or array and all within it.
    fn container(&mut self) -> Result<(), JsonError> {
        // A bit for each that is open, 1 for an object; the one at hand is the lowest.
        let (mut open, mut depth) = (0_u32, 0);
        loop {
            self.blanks();
            let mut first = false;
            match self.byte() {
                opener @ (b'{' | b'[') => {
                    if depth == DEPTH {
                        return self.error();
                    }
                    self.at += 1;
                    (open, depth, first) = (open << 1 | u32::from(opener == b'{'), depth + 1, true);
                }
                b'"' => drop(self.string()?),
                b'-' | b'0'..=b'9' => self.number()?,
                _ => self.word()?,
            }
            loop {
                let comma = !first && self.take(b',');
                let object = open & 1 == 1;
                if self.take(if object { b'}' } else { b']' }) {
                    // A comma before it is tolerated.
                    (open, depth, first) = (open >> 1, depth - 1, false);
                    if depth == 0 {
                        return Ok(());
                    }
                    continue;
                }
                if !comma && !first {
                    return self.error();
                }
                if object {
                    self.string()?;
                    if !self.take(b':') {
                        return self.error();
                    }
                }
                break;
            }
        }
    }

    /// Passes over a text; what stands between its marks.
    pub(super) fn string(&mut self) -> Result<&'a str, JsonError> {
        if !self.take(b'"') {
            return self.error();
        }
        let start = self.at;
        loop {
            match self.byte() {
                b'"' => break,
                b'\\' => {
                    self.at += 1;
                    match self.byte() {
                        b'u' => {
                            for _ in 0..4 {
                                self.at += 1;
                                if !self.byte().is_ascii_hexdigit() {
                                    return self.error();
                                }
                            }
                        }
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => (),
                        _ => return self.error(),
                    }
                }
                // Also the end of the text.
                0..0x20 => return self.error(),
                _ => (),
            }
            self.at += 1;
        }
        let inside = self.since(start);
        self.at += 1;
        Ok(inside)
    }

    fn number(&mut self) -> Result<(), JsonError> {
        self.at += usize::from(self.byte() == b'-');
        if self.byte() == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), b'e' | b'E') {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), b'+' | b'-'));
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { self.error() }
    }

    fn word(&mut self) -> Result<(), JsonError> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        match ["true", "false", "null"].iter().find(|word| rest.starts_with(word.as_bytes())) {
            Some(word) => {
                self.at += word.len();
                Ok(())
            }
            None => self.error(),
        }
    }
}

/// The character that an escape stands for, behind its `\`.
pub(super) fn escape(rest: &mut Chars<'_>) -> Option<char> {
    Some(match rest.next()? {
        'b' => '\u{8}',
        'f' => '\u{C}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            let first = hex(rest)?;
            let mut behind = rest.clone();
            let low = match (first, behind.next(), behind.next()) {
                (0xD800..0xDC00, Some('\\'), Some('u')) => {
                    hex(&mut behind).filter(|low| (0xDC00..0xE000).contains(low))
                }
                _ => None,
            };
            return match low {
                Some(low) => {
                    *rest = behind;
                    char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (low - 0xDC00))
                }
                None => char::from_u32(first),
            };
        }
        itself => itself,
    })
}

fn hex(rest: &mut Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |sum, _| Some(sum << 4 | rest.next()?.to_digit(16)?))
}

//! The `.at` trace: what went over a wire, when, in which direction.
//!
//! One entry a line: seconds with six decimals, a mark, the bytes. `>` goes to the module, `<` comes from it, `!` is a
//! note (a fault that was ordered, a pin). Bytes outside printable ASCII, the backslash and a blank at the end of a line
//! are escaped as `\r`, `\n`, `\\` or `\xNN`; blank lines and lines that start with `#` carry nothing.
//!
//! ```text
//! # BG95, echo off
//! 0.000000 > AT+CSQ\r
//! 0.004000 < \r\n+CSQ: 24,99\r\n\r\nOK\r\n
//! 1.500000 ! lose_network
//! ```

mod compare;
mod noise;
mod passage;
mod recorder;
mod secrets;

use std::fmt;
use std::str::FromStr;

pub use compare::{Compared, compare};
pub use recorder::{Recorder, Redact};
pub(crate) use secrets::{next_name, secret_at};

/// What stands for a redacted secret in a trace.
pub const REDACTED: &str = "***";

/// Which way bytes went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the host to the module, `>`.
    ToModule,
    /// From the module to the host, `<`.
    ToHost,
    /// Not on the wire: a note, `!`.
    Note,
}

impl Direction {
    const fn mark(self) -> char {
        match self {
            Self::ToModule => '>',
            Self::ToHost => '<',
            Self::Note => '!',
        }
    }
}

/// One line of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When, in microseconds; for bytes, when the last of them went.
    pub at_us: u64,
    /// Which way.
    pub direction: Direction,
    /// The bytes, or the text of a note.
    pub bytes: Vec<u8>,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, micros) = (self.at_us / 1_000_000, self.at_us % 1_000_000);
        write!(f, "{seconds}.{micros:06} {} {}", self.direction.mark(), escape(&self.bytes))
    }
}

/// A whole trace. `Display` prints the `.at` form, `FromStr` reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The lines, in the order in which they ended.
    pub entries: Vec<Entry>,
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries.iter().try_for_each(|entry| writeln!(f, "{entry}"))
    }
}

impl FromStr for Trace {
    type Err = TraceError;

    fn from_str(text: &str) -> Result<Self, TraceError> {
        let mut entries = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            entries.push(entry(line).ok_or(TraceError { line: index + 1 })?);
        }
        Ok(Self { entries })
    }
}

/// A line that is not of the `.at` form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceError {
    /// Its number, from 1.
    pub line: usize,
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} is not `<seconds>.<6 digits> <mark> <escaped bytes>`", self.line)
    }
}

impl std::error::Error for TraceError {}

fn entry(line: &str) -> Option<Entry> {
    let mut fields = line.splitn(3, ' ');
    let (seconds, micros) = fields.next()?.split_once('.')?;
    let whole = |text: &str| -> Option<u64> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) { None } else { text.parse().ok() }
    };
    if micros.len() != 6 {
        return None;
    }
    let at_us = whole(seconds)?.checked_mul(1_000_000)?.checked_add(whole(micros)?)?;
    let direction = match fields.next()? {
        ">" => Direction::ToModule,
        "<" => Direction::ToHost,
        "!" => Direction::Note,
        _ => return None,
    };
    Some(Entry { at_us, direction, bytes: unescape(fields.next()?)? })
}

/// Bytes as a trace shows them. The result has no line end and no blank at its end.
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for (index, &byte) in bytes.iter().enumerate() {
        match byte {
            b'\r' => text.push_str("\\r"),
            b'\n' => text.push_str("\\n"),
            b'\\' => text.push_str("\\\\"),
            // Editors strip blanks at line ends, and the prompt `> ` ends in one.
            b' ' if index + 1 == bytes.len() => text.push_str("\\x20"),
            b' '..=b'~' => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text
}

/// The bytes that [`escape`] shows; `None` for an unknown escape or a character outside printable ASCII.
#[must_use]
pub fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next()? {
                b'r' => b'\r',
                b'n' => b'\n',
                b'\\' => b'\\',
                b'x' => {
                    let digits = [rest.next()?, rest.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                _ => return None,
            },
            b' '..=b'~' => byte,
            _ => return None,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_the_round_trip() {
        let bytes: Vec<u8> = (0..=255).chain(*b"> ").collect();
        let trace = Trace {
            entries: vec![
                Entry { at_us: 0, direction: Direction::ToModule, bytes: bytes.clone() },
                Entry { at_us: 61_000_001, direction: Direction::ToHost, bytes: b"\r\n> ".to_vec() },
                Entry { at_us: u64::MAX, direction: Direction::Note, bytes: Vec::new() },
            ],
        };
        let text = trace.to_string();
        assert!(text.is_ascii() && text.lines().count() == 3, "{text}");
        assert_eq!(text.parse(), Ok(trace));
    }

    #[test]
    fn the_documented_form_is_read() {
        let text = "# a remark\n\n0.000000 > AT\\r\n61.000001 < \\r\\nOK\\r\\n\n";
        let trace: Trace = text.parse().unwrap();
        assert_eq!(trace.entries[0].bytes, b"AT\r");
        assert_eq!(trace.entries[1].at_us, 61_000_001);
        assert_eq!(trace.to_string(), "0.000000 > AT\\r\n61.000001 < \\r\\nOK\\r\\n\n");
    }

    #[test]
    fn a_bad_line_is_named() {
        for bad in [
            "0.1 > AT",
            "1 > AT",
            "x.000000 > AT",
            "0.000000 = AT",
            "0.000000 >",
            "0.000000 > \\q",
            "+1.000000 > A",
            "0.000000 > \u{e9}",
        ] {
            assert_eq!(format!("0.000000 > ok\n{bad}").parse::<Trace>(), Err(TraceError { line: 2 }), "{bad}");
        }
    }
}

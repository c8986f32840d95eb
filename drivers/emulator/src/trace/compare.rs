//! Bytes of a wire against a line of a trace.

use super::REDACTED;

/// What became of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// All of the expected bytes are there; they took so many of the input.
    Whole(usize),
    /// The same so far, and more has to come.
    Partly,
    /// Something else is there.
    Differs,
}

/// Compares what came so far with what a trace says. A redacted secret matches everything up to the byte that follows it
/// there, or to the end of the line.
#[must_use]
pub fn compare(expected: &[u8], input: &[u8]) -> Compared {
    let (mut at, mut used) = (0, 0);
    while at < expected.len() {
        if expected[at..].starts_with(REDACTED.as_bytes()) {
            at += REDACTED.len();
            let end = expected.get(at).copied().unwrap_or(b'\r');
            used += input[used..].iter().take_while(|&&byte| byte != end && byte != b'\r').count();
            continue;
        }
        match input.get(used) {
            None => return Compared::Partly,
            Some(&byte) if byte == expected[at] => (at, used) = (at + 1, used + 1),
            Some(_) => return Compared::Differs,
        }
    }
    Compared::Whole(used)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_match_anything_and_nothing_else_does() {
        for (expected, input, result) in [
            ("AT+CPIN=***\r", "AT+CPIN=\"0000\"\rAT", Compared::Whole(15)),
            ("AT+QMTCONN=0,\"i\",\"u\",\"***\"\r", "AT+QMTCONN=0,\"i\",\"u\",\"0123\"\r", Compared::Whole(28)),
            ("AT+QMTCONN=0,\"i\",\"u\",\"***\"\r", "AT+QMTCONN=0,\"i\",\"u\",\"01", Compared::Partly),
            ("AT+QMTCONN=0,\"i\",\"u\",\"***\"\r", "AT+QMTCONN=0,\"j\",\"u\",\"0123\"\r", Compared::Differs),
            ("\0\x04***", "\0\x040123", Compared::Whole(6)),
            ("AT\r", "AT\r", Compared::Whole(3)),
            ("AT\r", "ATE\r", Compared::Differs),
        ] {
            assert_eq!(compare(expected.as_bytes(), input.as_bytes()), result, "{input}");
        }
    }
}

//! Secrets leave no trace: what the dialect calls secret, and what this run knows to be.

use wanlink_emulator::trace::REDACTED;
use wanlink_emulator::{Emulator, Options, Peer, Profile};

/// Takes secrets out of lines.
pub(crate) struct Redactor {
    /// Knows where in its commands a module is told secrets.
    dialect: Emulator,
    secrets: Vec<String>,
}

impl Redactor {
    /// For a dialect, and for these texts wherever they stand.
    pub(crate) fn new(profile: &'static Profile, secrets: Vec<String>) -> Self {
        let secrets = secrets.into_iter().filter(|secret| !secret.is_empty()).collect();
        Self { dialect: Emulator::new(profile, Options::default(), 0), secrets }
    }

    /// The same bytes without secrets.
    pub(crate) fn redact(&self, bytes: &[u8]) -> Vec<u8> {
        self.secrets.iter().fold(self.dialect.redact(bytes), |line, secret| without(&line, secret.as_bytes()))
    }

    /// The same, in the same length: stars stand for the bytes of secrets.
    pub(crate) fn mask(&self, bytes: &[u8]) -> Vec<u8> {
        let shown = self.redact(bytes);
        let mut masked = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        for (index, piece) in split(&shown, REDACTED.as_bytes()).into_iter().enumerate() {
            let at = if index == 0 { 0 } else { find(rest, piece) };
            masked.resize(masked.len() + at, b'*');
            masked.extend_from_slice(piece);
            rest = &rest[(at + piece.len()).min(rest.len())..];
        }
        masked.resize(bytes.len(), b'*');
        masked
    }
}

/// The pieces between separators.
fn split<'a>(mut bytes: &'a [u8], separator: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    while let Some(at) = bytes.windows(separator.len()).position(|part| part == separator) {
        pieces.push(&bytes[..at]);
        bytes = &bytes[at + separator.len()..];
    }
    pieces.push(bytes);
    pieces
}

/// Where a piece that follows a secret begins; an empty one at the end.
fn find(bytes: &[u8], piece: &[u8]) -> usize {
    let found = (0..bytes.len()).find(|&at| bytes[at..].starts_with(piece));
    if piece.is_empty() { bytes.len() } else { found.unwrap_or(bytes.len()) }
}

fn without(line: &[u8], secret: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(&first) = rest.first() {
        match rest.strip_prefix(secret) {
            Some(after) => {
                out.extend_from_slice(REDACTED.as_bytes());
                rest = after;
            }
            None => {
                out.push(first);
                rest = &rest[1..];
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_that_is_written_to_a_socket_keeps_its_length() {
        let redactor = Redactor::new(Profile::bg95(), vec!["c0ffee".to_owned()]);
        let connect = |password: &[u8]| {
            let head = b"\x10\x20\0\x04MQTT\x04\xc2\0\x3c\0\x02id\0\x04user\0\x08".as_slice();
            [head, password, b"\xc0\0"].concat()
        };
        assert_eq!(redactor.mask(&connect(b"hunter22")), connect(b"********"));
        assert_eq!(redactor.mask(b"a c0ffee b c0ffee"), b"a ****** b ******");
        assert_eq!(redactor.mask(b"0\x06 *** \xff"), b"0\x06 *** \xff");
        assert_eq!(redactor.mask(b""), b"");
    }

    #[test]
    fn known_secrets_are_hidden_wherever_they_stand_and_those_of_the_dialect_unknown() {
        let redactor = Redactor::new(Profile::bg95(), vec!["c0ffee".to_owned(), String::new()]);
        let shown = |line: &str| String::from_utf8(redactor.redact(line.as_bytes())).unwrap();
        assert_eq!(shown("AT+FOO=\"c0ffee\",c0ffeec0ff\r"), "AT+FOO=\"***\",***c0ff\r");
        assert_eq!(shown("AT+CPIN=\"1234\"\r"), "AT+CPIN=***\r");
        assert_eq!(shown("AT+QMTCONN=0,\"id\",\"user\",\"any\"\r"), "AT+QMTCONN=0,\"id\",\"user\",\"***\"\r");
    }
}

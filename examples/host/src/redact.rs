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
    fn known_secrets_are_hidden_wherever_they_stand_and_those_of_the_dialect_unknown() {
        let redactor = Redactor::new(Profile::bg95(), vec!["c0ffee".to_owned(), String::new()]);
        let shown = |line: &str| String::from_utf8(redactor.redact(line.as_bytes())).unwrap();
        assert_eq!(shown("AT+FOO=\"c0ffee\",c0ffeec0ff\r"), "AT+FOO=\"***\",***c0ff\r");
        assert_eq!(shown("AT+CPIN=\"1234\"\r"), "AT+CPIN=***\r");
        assert_eq!(shown("AT+QMTCONN=0,\"id\",\"user\",\"any\"\r"), "AT+QMTCONN=0,\"id\",\"user\",\"***\"\r");
    }
}

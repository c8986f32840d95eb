//! Secrets in commands and answers, as a trace must show them: not at all.

use super::dialect::Secret;
use crate::trace::{REDACTED, next_name, secret_at};

/// The same bytes without their secrets: those of commands, and those of what goes through the module. A text that is
/// cut off counts up to the end.
pub(crate) fn redact(bytes: &[u8], secrets: &[Secret]) -> Vec<u8> {
    let mut shown = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let name = next_name(bytes, at);
        if name > at {
            shown.extend_from_slice(&bytes[at..name]);
            at = name;
            continue;
        }
        if let Some(range) = secret_at(bytes, at) {
            shown.extend_from_slice(&bytes[at..range.start]);
            shown.extend_from_slice(REDACTED.as_bytes());
            at = range.end;
            continue;
        }
        let rest = &bytes[at..];
        match secrets.iter().find(|secret| starts_with(rest, secret.name)) {
            Some(secret) => {
                let end = rest.iter().position(|&byte| byte == b'\r').unwrap_or(rest.len());
                shown.extend_from_slice(&rest[..secret.name.len()]);
                hide(&rest[secret.name.len()..end], secret.text, &mut shown);
                at += end;
            }
            None => {
                shown.push(rest[0]);
                at += 1;
            }
        }
    }
    shown
}

fn starts_with(bytes: &[u8], name: &[u8]) -> bool {
    bytes.first() == name.first() && bytes.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

fn hide(parameters: &[u8], secret: usize, shown: &mut Vec<u8>) {
    if secret == 0 {
        // `?` alone is the question, not a secret.
        return shown.extend_from_slice(if parameters == b"?" { b"?" } else { REDACTED.as_bytes() });
    }
    // Between quotes are the texts: piece 1, 3, 5.
    for (index, piece) in parameters.split(|&byte| byte == b'"').enumerate() {
        if index > 0 {
            shown.push(b'"');
        }
        let hidden = index == 2 * secret - 1 && !piece.is_empty();
        shown.extend_from_slice(if hidden { REDACTED.as_bytes() } else { piece });
    }
}

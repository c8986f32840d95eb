//! Secrets of this dialect, as a trace must show them: not at all.

use crate::trace::{REDACTED, next_name, secret_at};

/// A name, and which quoted texts after it are secret.
struct Secret {
    name: &'static [u8],
    /// Counted from 1; 0: all, and what is not quoted too.
    text: usize,
}

/// Both what the host writes and what the module reads back (`+QICSGP: 1,"apn","user","password",1`, the echo).
const SECRETS: [Secret; 5] = [
    Secret { name: b"+QMTCONN=", text: 3 },
    Secret { name: b"+QICSGP", text: 3 },
    Secret { name: b"\"ALIAUTH\"", text: 3 },
    Secret { name: b"\"AUTH\"", text: 1 },
    Secret { name: b"+CPIN=", text: 0 },
];

/// The same bytes without their secrets: those of commands, and those of what goes through the module. A text that is
/// cut off counts up to the end.
pub(crate) fn redact(bytes: &[u8]) -> Vec<u8> {
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
        match SECRETS.iter().find(|secret| starts_with(rest, secret.name)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_gone_and_the_rest_stays() {
        let cases = [
            ("AT+QMTCONN=0,\"id|a=1|\",\"dev&pk\",\"c0ffee\"\r", "AT+QMTCONN=0,\"id|a=1|\",\"dev&pk\",\"***\"\r"),
            ("at+qmtconn=0,\"id\",\"u\",\"c0ff", "at+qmtconn=0,\"id\",\"u\",\"***"),
            ("AT+QMTCONN=0,\"id\"\r", "AT+QMTCONN=0,\"id\"\r"),
            ("AT+QICSGP=1,1,\"a\",\"u\",\"p\",1\r\r\nOK\r\n", "AT+QICSGP=1,1,\"a\",\"u\",\"***\",1\r\r\nOK\r\n"),
            ("\r\n+QICSGP: 1,\"a\",\"u\",\"p\",1\r\n\r\nOK\r\n", "\r\n+QICSGP: 1,\"a\",\"u\",\"***\",1\r\n\r\nOK\r\n"),
            ("AT+QICSGP=1,1,\"a\",\"\",\"\",0\r", "AT+QICSGP=1,1,\"a\",\"\",\"\",0\r"),
            ("AT+CPIN=\"1234\"\rAT+CPIN=1234\rAT+CPIN=?\r", "AT+CPIN=***\rAT+CPIN=***\rAT+CPIN=?\r"),
            ("+CPIN: READY\r\n", "+CPIN: READY\r\n"),
            ("AT+QMTCFG=\"aliauth\",0,\"pk\",\"dn\",\"ds\"\r", "AT+QMTCFG=\"aliauth\",0,\"pk\",\"dn\",\"***\"\r"),
            ("AT+QHTTPCFG=\"auth\",\"u:p\"\r", "AT+QHTTPCFG=\"auth\",\"***\"\r"),
            ("\r\n+QHTTPCFG: \"auth\",\"u:p\"\r\n", "\r\n+QHTTPCFG: \"auth\",\"***\"\r\n"),
            ("AT+QHTTPCFG=\"custom_header\",\"password: 01\"\r", "AT+QHTTPCFG=\"custom_header\",\"password: ***\"\r"),
            ("\r\nCONNECT\r\n{\"token\":\"01\"}\r\nOK\r\n", "\r\nCONNECT\r\n{\"token\":\"***\"}\r\nOK\r\n"),
            ("AT+CSQ\r", "AT+CSQ\r"),
        ];
        for (line, expected) in cases {
            assert_eq!(String::from_utf8_lossy(&redact(line.as_bytes())), expected);
        }
    }
}

//! Secrets of this dialect, as a trace must show them: not at all.

use std::ops::Range;

use crate::trace::REDACTED;

/// A name, and which quoted texts after it are secret.
struct Secret {
    name: &'static [u8],
    /// Counted from 1; 0: all, and what is not quoted too.
    text: usize,
}

/// Both what the host writes and what the module reads back (`+QICSGP: 1,"apn","user","password",1`, the echo).
const SECRETS: [Secret; 4] = [
    Secret { name: b"+QMTCONN=", text: 3 },
    Secret { name: b"+QICSGP", text: 3 },
    Secret { name: b"\"ALIAUTH\"", text: 3 },
    Secret { name: b"+CPIN=", text: 0 },
];

/// Name and level of the protocol in an MQTT 3.1.1 CONNECT.
const CONNECT: &[u8] = b"\0\x04MQTT\x04";

/// The same bytes without their secrets. A text that is cut off counts up to the end.
pub(crate) fn redact(bytes: &[u8]) -> Vec<u8> {
    let mut shown = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        if rest.starts_with(CONNECT)
            && let Some(password) = password(rest)
        {
            shown.extend_from_slice(&rest[..password.start]);
            shown.extend_from_slice(REDACTED.as_bytes());
            rest = &rest[password.end..];
            continue;
        }
        match SECRETS.iter().find(|secret| starts_with(rest, secret.name)) {
            Some(secret) => {
                let end = rest.iter().position(|&byte| byte == b'\r').unwrap_or(rest.len());
                shown.extend_from_slice(&rest[..secret.name.len()]);
                hide(&rest[secret.name.len()..end], secret.text, &mut shown);
                rest = &rest[end..];
            }
            None => {
                shown.push(rest[0]);
                rest = &rest[1..];
            }
        }
    }
    shown
}

/// Where the password lies in a CONNECT, from its protocol name on, as far as the packet is there (MQTT 3.1.1, chapter
/// 3.1): a host with a client of its own sends it through a socket.
fn password(connect: &[u8]) -> Option<Range<usize>> {
    const USER: u8 = 0x80;
    const PASSWORD: u8 = 0x40;
    const WILL: u8 = 0x04;
    let text = |at: usize| {
        let length = u16::from_be_bytes([*connect.get(at)?, *connect.get(at + 1)?]);
        Some(at + 2..(at + 2 + usize::from(length)))
    };
    let flags = *connect.get(CONNECT.len())?;
    // The client id, topic and message of a will, the user name.
    let before = 1 + if flags & WILL > 0 { 2 } else { 0 } + usize::from(flags & USER > 0);
    let mut at = CONNECT.len() + 3;
    for _ in 0..before {
        at = text(at)?.end;
    }
    let password = text(at).filter(|_| flags & PASSWORD > 0)?;
    let end = password.end.min(connect.len());
    (password.start < end).then_some(password.start..end)
}

fn starts_with(bytes: &[u8], name: &[u8]) -> bool {
    bytes.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
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
    fn a_password_in_the_data_of_a_socket_is_gone() {
        let connect = |flags: &str, texts: &str| format!("\x10\x30\0\x04MQTT\x04{flags}\0\x3c{texts}");
        // The flags are above ASCII: as one byte each, not as UTF-8.
        let bytes = |text: &str| text.chars().map(|byte| byte as u8).collect::<Vec<_>>();
        let (id, user, will) = ("\0\x02id", "\0\x04user", "\0\x01t\0\x02oh");
        for (flags, head, password, shown) in [
            ("\u{c2}", format!("{id}{user}"), "\0\x06secret", "\0\x06***"),
            ("\u{c6}", format!("{id}{will}{user}"), "\0\x06secret\u{c0}\0", "\0\x06***\u{c0}\0"),
            ("\u{c2}", format!("{id}{user}"), "\0\x06sec", "\0\x06***"),
            ("\u{82}", format!("{id}{user}"), "\0\x06no one", "\0\x06no one"),
            ("\u{c2}", format!("{id}\0\x30"), "", ""),
        ] {
            let line = bytes(&connect(flags, &format!("{head}{password}")));
            let expected = bytes(&connect(flags, &format!("{head}{shown}")));
            assert_eq!(redact(&line), expected);
        }
    }

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
            ("AT+CSQ\r", "AT+CSQ\r"),
        ];
        for (line, expected) in cases {
            assert_eq!(String::from_utf8_lossy(&redact(line.as_bytes())), expected);
        }
    }
}

//! Secrets in what a device and its platform say to each other, whatever carries it.

use std::ops::Range;

/// Of a header of HTTP; it ends with its line, or with the quote that a command has around it.
const HEADERS: [&[u8]; 2] = [b"password", b"authorization"];
/// Members of JSON, and fields of a form.
const FIELDS: [&[u8]; 7] =
    [b"sign", b"token", b"password", b"deviceSecret", b"productSecret", b"deviceToken", b"iotToken"];

/// Name and level of the protocol in an MQTT 3.1.1 CONNECT.
const CONNECT: &[u8] = b"\0\x04MQTT\x04";

/// The next place at which a name may begin: most bytes need no closer look.
pub(crate) fn next_name(bytes: &[u8], at: usize) -> usize {
    let mut before = if at == 0 { b'\n' } else { bytes[at - 1] };
    for (index, &byte) in bytes.iter().enumerate().skip(at) {
        if matches!(byte, 0 | b'"' | b'+') || matches!(before, b'\n' | b'\r' | b'"' | b'&' | b'?') {
            return index;
        }
        before = byte;
    }
    bytes.len()
}

/// The secret whose name begins at this place, if one does: the bytes to hide, as far as they are there. A name may be
/// written in any case.
pub(crate) fn secret_at(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let before = at.checked_sub(1).and_then(|at| bytes.get(at));
    let range = match bytes.get(at)? {
        0 => connect(bytes, at),
        b'"' => member(bytes, at),
        _ if matches!(before, None | Some(b'\n' | b'\r' | b'"' | b'&' | b'?')) => {
            header(bytes, at).or_else(|| field(bytes, at))
        }
        _ => None,
    }?;
    (range.start < range.end).then_some(range)
}

/// Where the text behind one of these names and what follows it begins.
fn behind(bytes: &[u8], at: usize, names: &[&[u8]], mark: u8) -> Option<usize> {
    let word = bytes.get(at..)?.split(|byte| !byte.is_ascii_alphabetic()).next()?;
    let end = at + word.len();
    let known = bytes.get(end) == Some(&mark) && names.iter().any(|name| word.eq_ignore_ascii_case(name));
    known.then_some(end + 1)
}

fn blanks(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

fn up_to(bytes: &[u8], start: usize, ends: &[u8]) -> Range<usize> {
    start..start + bytes[start..].iter().take_while(|byte| !ends.contains(byte)).count()
}

/// `password: <secret>`
fn header(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let start = behind(bytes, at, &HEADERS, b':')?;
    let blanks = bytes[start..].iter().take_while(|&&byte| byte == b' ').count();
    Some(up_to(bytes, start + blanks, b"\r\n\""))
}

/// `sign=<secret>`
fn field(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    Some(up_to(bytes, behind(bytes, at, &FIELDS, b'=')?, b"&\r\n\" "))
}

/// `"sign": "<secret>"`
fn member(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let colon = blanks(bytes, behind(bytes, at + 1, &FIELDS, b'"')?);
    let quote = blanks(bytes, colon + usize::from(bytes.get(colon) == Some(&b':')));
    if bytes.get(colon) != Some(&b':') || bytes.get(quote) != Some(&b'"') {
        return None;
    }
    Some(up_to(bytes, quote + 1, b"\"\r\n"))
}

/// The password in a CONNECT, from its protocol name on (MQTT 3.1.1, chapter 3.1): a host with a client of its own
/// sends it through a socket.
fn connect(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    const USER: u8 = 0x80;
    const PASSWORD: u8 = 0x40;
    const WILL: u8 = 0x04;
    if !bytes[at..].starts_with(CONNECT) {
        return None;
    }
    let text = |at: usize| {
        let length = u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]);
        Some(at + 2..(at + 2 + usize::from(length)))
    };
    let flags = *bytes.get(at + CONNECT.len())?;
    // The client id, topic and message of a will, the user name.
    let before = 1 + if flags & WILL > 0 { 2 } else { 0 } + usize::from(flags & USER > 0);
    let mut next = at + CONNECT.len() + 3;
    for _ in 0..before {
        next = text(next)?.end;
    }
    let password = text(next).filter(|_| flags & PASSWORD > 0)?;
    Some(password.start..password.end.min(bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(bytes: &[u8]) -> Vec<u8> {
        let mut shown = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let range = secret_at(bytes, at).unwrap_or(at + 1..at + 1);
            shown.extend_from_slice(&bytes[at..range.start]);
            if range.start < range.end {
                shown.extend_from_slice(b"***");
            }
            at = range.end;
        }
        shown
    }

    #[test]
    fn a_password_in_a_connect_is_gone() {
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
            assert_eq!(hidden(&line), expected);
        }
    }

    #[test]
    fn headers_members_and_fields() {
        for (text, shown) in [
            ("\npassword: 0123\r", "\npassword: ***\r"),
            ("Password:0123\r\nHost: a", "Password:***\r\nHost: a"),
            ("\"password: 0123\"\r", "\"password: ***\"\r"),
            ("\npassword: \r", "\npassword: \r"),
            ("wrong password: x", "wrong password: x"),
            ("\nAuthorization: Basic eA==\r", "\nAuthorization: ***\r"),
            ("{\"sign\":\"c0ffee\",\"signmethod\":\"hmacsha256\"}", "{\"sign\":\"***\",\"signmethod\":\"hmacsha256\"}"),
            ("{\"info\":{\"token\" : \"69\"}}", "{\"info\":{\"token\" : \"***\"}}"),
            ("{\"deviceSecret\":\"fe\",\"productKey\":\"k\"}", "{\"deviceSecret\":\"***\",\"productKey\":\"k\"}"),
            ("{\"deviceToken\":\"cut", "{\"deviceToken\":\"***"),
            ("{\"deviceToken\":\"cut\r\n\r\nOK\r\n", "{\"deviceToken\":\"***\r\n\r\nOK\r\n"),
            ("{\"token\":7,\"sign\"}", "{\"token\":7,\"sign\"}"),
            ("random=1&sign=c0ffee&signMethod=hmacsha1", "random=1&sign=***&signMethod=hmacsha1"),
            ("\nsign=c0ffee", "\nsign=***"),
            ("id|signmethod=hmacsha1|design=1", "id|signmethod=hmacsha1|design=1"),
            ("\"sign", "\"sign"),
            ("\"sign\"", "\"sign\""),
            ("\"sign\":", "\"sign\":"),
        ] {
            assert_eq!(String::from_utf8_lossy(&hidden(text.as_bytes())), shown);
        }
    }
}

//! Where one request ends and the next begins.

use super::head::Head;

/// A longer head is refused as soon as it is longer.
const MOST_HEAD_BYTES: usize = 16 * 1024;

/// The limit of a body, if the platform's own is switched off.
pub(super) const MOST_BODY_BYTES: usize = 1024 * 1024;

/// One whole POST. No `Debug`: it may hold a token or a signature.
pub(crate) struct Request {
    head: Head,
    /// Every byte of the request.
    pub(crate) raw: Vec<u8>,
    body_at: usize,
}

impl Request {
    /// The target up to the first `?`.
    pub(crate) fn path(&self) -> &str {
        self.target().0
    }

    /// Whether the target has a query.
    pub(crate) fn has_query(&self) -> bool {
        self.target().1
    }

    fn target(&self) -> (&str, bool) {
        let target = self.head.target.as_str();
        target.split_once('?').map_or((target, false), |(path, _)| (path, true))
    }

    /// The value of a header field, by its name in lower case.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.head.get(name)
    }

    /// Whether the content type is this one, whatever its parameters.
    pub(crate) fn has_type(&self, wanted: &str) -> bool {
        let given = self.field("content-type").unwrap_or_default();
        let essence = given.split_once(';').map_or(given, |(essence, _)| essence);
        essence.trim().eq_ignore_ascii_case(wanted)
    }

    /// Whether the device wants the connection closed behind the answer.
    pub(crate) fn wants_close(&self) -> bool {
        let options = self.field("connection").unwrap_or_default().split(',');
        options.map(str::trim).any(|option| option.eq_ignore_ascii_case("close"))
    }

    pub(crate) fn body(&self) -> &[u8] {
        self.raw.get(self.body_at..).unwrap_or_default()
    }
}

/// Bytes that begin no request, and why.
pub(crate) struct BadRequest {
    /// Up to the wrong one.
    pub(crate) raw: Vec<u8>,
    /// The answer's status.
    pub(crate) status: u16,
    pub(crate) what: &'static str,
}

/// Bytes of a connection that are no whole request yet.
#[derive(Default)]
pub(crate) struct RequestBuffer {
    bytes: Vec<u8>,
    /// How many of them the search for the end of the head has seen.
    seen: usize,
    head: Option<Head>,
}

impl RequestBuffer {
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next request, once its last byte is here. What is wrong in a head is told as soon as it is.
    pub(crate) fn next(&mut self, most_body: Option<usize>) -> Result<Option<Request>, BadRequest> {
        if self.head.is_none() && !self.find_head(most_body.unwrap_or(MOST_BODY_BYTES))? {
            return Ok(None);
        }
        // `seen` is the length of the head.
        let length = self.seen + self.head.as_ref().map_or(0, |head| head.content_length);
        if self.bytes.len() < length {
            return Ok(None);
        }
        let Some(head) = self.head.take() else {
            return Ok(None);
        };
        let rest = self.bytes.split_off(length);
        let raw = std::mem::replace(&mut self.bytes, rest);
        let body_at = std::mem::take(&mut self.seen);
        Ok(Some(Request { head, raw, body_at }))
    }

    /// Whether the head is here.
    fn find_head(&mut self, most_body: usize) -> Result<bool, BadRequest> {
        while let Some(&byte) = self.bytes.get(self.seen) {
            let before = self.bytes.get(..self.seen).unwrap_or_default();
            let outcome = check_byte(before, byte);
            self.seen += 1;
            let ended = outcome.map_err(|refused| self.bad(refused))?;
            if ended {
                let head = self.bytes.get(..self.seen).unwrap_or_default();
                let head = Head::parse(head, most_body).map_err(|refused| self.bad(refused))?;
                self.head = Some(head);
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn bad(&self, (status, what): (u16, &'static str)) -> BadRequest {
        BadRequest { raw: self.bytes.iter().take(self.seen).copied().collect(), status, what }
    }
}

/// Whether the head ends with this byte.
fn check_byte(before: &[u8], byte: u8) -> Result<bool, (u16, &'static str)> {
    let after_cr = before.last() == Some(&b'\r');
    match byte {
        _ if before.len() == MOST_HEAD_BYTES => Err((431, "head of more than 16 KiB")),
        b'\n' if !after_cr => Err((400, "line that ends without CR")),
        _ if after_cr && byte != b'\n' => Err((400, "CR within a line")),
        // RFC 9112, section 2.2, lets a server skip it; here it is a body that is longer than its length says.
        b'\n' if before.len() == 1 => Err((400, "empty line before the request")),
        b'\n' => Ok(before.ends_with(b"\r\n\r")),
        b'\r' | b'\t' | b' '..=b'~' | 0x80.. => Ok(false),
        _ => Err((400, "control character in the head")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(bytes: &[u8]) -> (u16, &'static str) {
        let mut buffer = RequestBuffer::default();
        buffer.extend(bytes);
        match buffer.next(Some(100)) {
            Err(bad) => {
                assert!(bytes.starts_with(&bad.raw) && !bad.raw.is_empty());
                (bad.status, bad.what)
            }
            Ok(_) => panic!("{} is taken", bytes.escape_ascii()),
        }
    }

    /// With these header fields behind those that have to be there.
    fn with(more: &str) -> String {
        format!("POST /auth HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n{more}\r\n")
    }

    #[test]
    fn requests_in_a_row() {
        let one = with("A: b\r\n") + "{}";
        let mut buffer = RequestBuffer::default();
        buffer.extend(one.repeat(2).as_bytes());
        for _ in 0..2 {
            let request = buffer.next(None).ok().flatten().expect("a request");
            assert_eq!((request.path(), request.has_query(), request.body()), ("/auth", false, &b"{}"[..]));
            assert_eq!((request.field("a"), request.field("b")), (Some("b"), None));
            assert_eq!(request.raw, one.as_bytes());
        }
        assert!(buffer.next(None).is_ok_and(|request| request.is_none()));
    }

    #[test]
    fn a_request_ends_with_its_last_byte() {
        let bytes = with("") + "{}";
        let mut buffer = RequestBuffer::default();
        for byte in &bytes.as_bytes()[..bytes.len() - 1] {
            buffer.extend(&[*byte]);
            assert!(buffer.next(None).is_ok_and(|request| request.is_none()));
        }
        buffer.extend(b"}");
        assert!(buffer.next(None).is_ok_and(|request| request.is_some()));
    }

    #[test]
    fn names_and_types_are_read_without_case() {
        let mut buffer = RequestBuffer::default();
        let more = "PassWord:t\r\nContent-TYPE: Application/JSON ; charset=utf-8\r\nConnection: x, Close\r\n";
        buffer.extend((with(more).replace("/auth", "/auth?a=b?c") + "{}").as_bytes());
        let request = buffer.next(None).ok().flatten().expect("a request");
        assert_eq!((request.path(), request.has_query()), ("/auth", true));
        assert_eq!(request.field("password"), Some("t"));
        assert!(request.has_type("application/json") && !request.has_type("application/jso"));
        assert!(request.wants_close());
    }

    #[test]
    fn what_is_no_request_is_told_at_its_first_wrong_byte() {
        for (bytes, status) in [
            (&b"\x10"[..], 400),
            (b"\x16\x03\x01", 400),
            (b"\r\n", 400),
            (b"POST /auth HTTP/1.1\n", 400),
            (b"POST /auth HTTP/1.1\rX", 400),
            (b"POST\x7f", 400),
        ] {
            assert_eq!(bad(bytes).0, status, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_head_of_16_kib() {
        let filled = |n: usize| with(&format!("A: {}\r\n", "a".repeat(n)));
        let room = MOST_HEAD_BYTES - filled(0).len();
        let mut buffer = RequestBuffer::default();
        buffer.extend((filled(room) + "{}").as_bytes());
        assert!(buffer.next(None).is_ok_and(|request| request.is_some()));
        assert_eq!(bad(filled(room + 1).as_bytes()).0, 431);
    }

    #[test]
    fn heads_that_are_refused() {
        for (from, to, status) in [
            ("POST", "GET", 405),
            ("POST", "post", 405),
            ("POST", "P(ST", 400),
            ("/auth", "http://h/auth", 400),
            ("/auth", "auth", 400),
            ("/auth", "/au th", 505),
            ("HTTP/1.1", "HTTP/1.0", 505),
            ("HTTP/1.1", "HTTP/2.0", 505),
            ("Host: h\r\n", "", 400),
            ("Host: h\r\n", "Host:\r\n", 400),
            ("Host: h\r\n", "Host: h\r\nhost: h\r\n", 400),
            ("Host: h\r\n", "Host : h\r\n", 400),
            ("Host: h\r\n", "Host: h\r\n folded\r\n", 400),
            ("Content-Length: 2\r\n", "", 411),
            ("Length: 2", "Length: +2", 400),
            ("Length: 2", "Length: 2, 2", 400),
            ("Length: 2", "Length: 0x2", 400),
            ("Length: 2", "Length: ", 400),
            ("Length: 2", "Length: 101", 413),
            ("Length: 2", "Length: 99999999999999999999999999", 413),
            ("Length: 2\r\n", "Length: 2\r\nContent-Length: 2\r\n", 400),
            ("Length: 2\r\n", "Length: 2\r\nTransfer-Encoding: chunked\r\n", 501),
            ("Length: 2\r\n", "Length: 2\r\nExpect: 100-continue\r\n", 417),
            ("Length: 2\r\n", "Length: 2\r\npassword: a\r\nPassword: b\r\n", 400),
        ] {
            let bytes = with("").replace(from, to);
            assert_eq!(bad(bytes.as_bytes()).0, status, "{bytes}");
        }
        assert_eq!(bad(with(&"a: b\r\n".repeat(31)).as_bytes()).0, 431);
        let latin = [with("").trim_end().as_bytes(), b"\r\nA: \xfc\r\n\r\n"].concat();
        assert_eq!(bad(&latin).0, 400);
    }
}

//! Requests that the module makes by itself.

use super::url::Url;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Head,
    Get,
    Post,
    Put,
    Delete,
}

impl Method {
    const fn name(self) -> &'static str {
        match self {
            Self::Head => "HEAD",
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    /// Whether a body goes with it, be it an empty one.
    pub(crate) const fn has_body(self) -> bool {
        matches!(self, Self::Post | Self::Put)
    }
}

/// What a request is made of, beside its body.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a Url,
    /// `Name: value` lines, without their ends.
    pub(crate) headers: Vec<String>,
}

impl Request<'_> {
    /// The bytes that go over the wire. One that has a body tells its length.
    pub(crate) fn bytes(&self, body: &[u8]) -> Vec<u8> {
        let Url { authority, target, .. } = self.url;
        let method = self.method.name();
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {authority}\r\n");
        for header in &self.headers {
            head += header;
            head += "\r\n";
        }
        if self.method.has_body() {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        [head.as_bytes(), b"\r\n", body].concat()
    }
}

/// The value of `Authorization` for a login `user:password` (RFC 7617).
pub(crate) fn basic_authorization(login: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = "Basic ".to_owned();
    for triple in login.as_bytes().chunks(3) {
        let bits = triple.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - triple.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 0x3f) as usize];
            value.push(if place <= triple.len() { char::from(letter) } else { '=' });
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_tells_its_length_and_a_get_has_none() {
        let url = Url::parse(b"http://a.example:81/b?c").unwrap();
        let headers = vec!["Accept: */*".to_owned()];
        let request = Request { method: Method::Post, url: &url, headers: headers.clone() };
        let expected = "POST /b?c HTTP/1.1\r\nHost: a.example:81\r\nAccept: */*\r\nContent-Length: 2\r\n\r\nhi";
        assert_eq!(String::from_utf8_lossy(&request.bytes(b"hi")), expected);
        let request = Request { method: Method::Get, url: &url, headers };
        let expected = "GET /b?c HTTP/1.1\r\nHost: a.example:81\r\nAccept: */*\r\n\r\n";
        assert_eq!(String::from_utf8_lossy(&request.bytes(b"")), expected);
    }

    /// RFC 7617, chapter 2, and the paddings of RFC 4648, chapter 10.
    #[test]
    fn logins_are_encoded() {
        assert_eq!(basic_authorization("Aladdin:open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        for (login, value) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(basic_authorization(login), format!("Basic {value}"));
        }
    }
}

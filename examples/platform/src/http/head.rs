//! The request line and the header fields (RFC 9112, sections 3 and 5).

use httparse::Status::{Complete, Partial};

/// Fields of which a second one is refused: it is not known which of the two counts.
const SINGLE: [&str; 5] = ["host", "content-length", "content-type", "password", "transfer-encoding"];

/// A longer list is refused.
const MOST_FIELDS: usize = 32;

/// Why a head is refused: a status and a reason.
pub(super) type Refused = (u16, &'static str);

/// No `Debug`: a field may hold a token.
pub(super) struct Head {
    pub(super) target: String,
    /// Names in lower case.
    pub(super) fields: Vec<(String, String)>,
    pub(super) content_length: usize,
}

impl Head {
    /// Reads a whole head, its empty line included.
    pub(super) fn parse(bytes: &[u8], most_body: usize) -> Result<Self, Refused> {
        let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
        let mut request = httparse::Request::new(&mut fields);
        match request.parse(bytes) {
            Ok(Complete(length)) if length == bytes.len() => {}
            Ok(Complete(_) | Partial) => return Err((400, "head that ends too early")),
            Err(httparse::Error::TooManyHeaders) => return Err((431, "more than 32 header fields")),
            Err(httparse::Error::Version) => return Err((505, "version other than HTTP/1.1")),
            Err(httparse::Error::HeaderName) => return Err((400, "malformed header name")),
            Err(httparse::Error::HeaderValue) => return Err((400, "malformed header value")),
            Err(_) => return Err((400, "malformed request line")),
        }
        let target = request.path.unwrap_or_default().to_owned();
        if request.version != Some(1) {
            return Err((505, "version other than HTTP/1.1"));
        }
        if request.method != Some("POST") {
            return Err((405, "method other than POST"));
        }
        if !target.starts_with('/') {
            return Err((400, "target that is no path"));
        }
        let mut head = Self { target, fields: Vec::new(), content_length: 0 };
        for field in request.headers.iter() {
            let value = std::str::from_utf8(field.value).map_err(|_| (400, "header value that is not UTF-8"))?;
            head.fields.push((field.name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        head.check()?;
        head.content_length = head.length(most_body)?;
        Ok(head)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.0 == name).map(|field| field.1.as_str())
    }

    fn check(&self) -> Result<(), Refused> {
        let count = |name: &str| self.fields.iter().filter(|field| field.0 == name).count();
        if SINGLE.iter().any(|name| count(name) > 1) {
            return Err((400, "header field twice"));
        }
        if self.get("host").is_none_or(str::is_empty) {
            return Err((400, "no Host"));
        }
        if self.get("transfer-encoding").is_some() {
            return Err((501, "body without a length"));
        }
        if self.get("expect").is_some() {
            return Err((417, "Expect"));
        }
        Ok(())
    }

    fn length(&self, most: usize) -> Result<usize, Refused> {
        let text = self.get("content-length").ok_or((411, "no Content-Length"))?;
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err((400, "Content-Length that is no number"));
        }
        // A number that does not fit is a large one.
        let length = text.parse().unwrap_or(usize::MAX);
        if length > most { Err((413, "body is too large")) } else { Ok(length) }
    }
}

//! Answers of the platform.

use crate::config::BodyEnd;
use crate::packet::{PacketType, Summary};

/// What an answer holds. No `Debug`: it may be a token or a secret.
pub(crate) enum Body {
    /// The platform itself answers, with this code.
    Json {
        /// `code` in the text.
        code: u16,
        text: String,
    },
    /// The web server before it answers.
    Page,
}

/// An answer to send.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: Body,
    /// The connection ends behind it.
    pub(crate) close: bool,
}

impl Response {
    /// The web server answers in the platform's place.
    pub(crate) fn page(status: u16, close: bool) -> Self {
        Self { status, body: Body::Page, close }
    }

    /// For the record.
    pub(crate) fn summary(&self) -> Summary {
        let code = match self.body {
            Body::Json { code, .. } => Some(code),
            Body::Page => None,
        };
        Summary { status: Some(self.status), code, ..Summary::of(PacketType::Response) }
    }

    pub(crate) fn encode(&self, end: BodyEnd) -> Vec<u8> {
        let reason = reason(self.status);
        let (media_type, body) = match &self.body {
            Body::Json { text, .. } => ("application/json", text.clone()),
            Body::Page => ("text/html", format!("<html><h1>{} {reason}</h1></html>\r\n", self.status)),
        };
        let connection = if self.close { "close" } else { "keep-alive" };
        let allow = if self.status == 405 { "Allow: POST\r\n" } else { "" };
        let (length, body) = match end {
            BodyEnd::Length => (format!("Content-Length: {}\r\n", body.len()), body),
            BodyEnd::Chunked => ("Transfer-Encoding: chunked\r\n".into(), chunked(&body)),
            BodyEnd::Close => (String::new(), body),
        };
        let head = format!("HTTP/1.1 {} {reason}\r\nContent-Type: {media_type}\r\n", self.status);
        format!("{head}{allow}{length}Connection: {connection}\r\n\r\n{body}").into_bytes()
    }
}

/// In two chunks, so that a device that takes the first for the whole is found out.
fn chunked(body: &str) -> String {
    let (first, second) = body.split_at_checked(body.len() / 2).unwrap_or((body, ""));
    let chunk = |part: &str| match part {
        "" => String::new(),
        part => format!("{:x}\r\n{part}\r\n", part.len()),
    };
    chunk(first) + &chunk(second) + "0\r\n\r\n"
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        411 => "Length Required",
        413 => "Content Too Large",
        417 => "Expectation Failed",
        421 => "Misdirected Request",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "Unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_ends_of_a_body() {
        let body = Body::Json { code: 0, text: "{\"a\":1}".into() };
        let mut response = Response { status: 200, body, close: false };
        let text = |response: &Response, end| String::from_utf8(response.encode(end)).expect("text");
        assert_eq!(
            text(&response, BodyEnd::Length),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\nConnection: keep-alive\r\n\r\n\
             {\"a\":1}"
        );
        assert_eq!(
            text(&response, BodyEnd::Chunked),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\
             Connection: keep-alive\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n"
        );
        response.close = true;
        assert_eq!(
            text(&response, BodyEnd::Close),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"a\":1}"
        );
    }

    #[test]
    fn a_page_of_the_web_server() {
        let text = String::from_utf8(Response::page(405, true).encode(BodyEnd::Length)).expect("text");
        assert_eq!(
            text,
            "HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/html\r\nAllow: POST\r\nContent-Length: 46\r\n\
             Connection: close\r\n\r\n<html><h1>405 Method Not Allowed</h1></html>\r\n"
        );
    }
}

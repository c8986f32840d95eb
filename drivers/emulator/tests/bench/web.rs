//! A web server that gives the answers that it was told, one to each whole request.

use std::collections::VecDeque;

/// What the module asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// Request line and headers, without their line ends.
    pub(crate) head: Vec<String>,
    pub(crate) body: Vec<u8>,
}

#[derive(Default)]
pub(crate) struct Web {
    pub(crate) requests: Vec<Request>,
    /// The next answers; when none is left, nobody answers.
    pub(crate) answers: VecDeque<Vec<u8>>,
    /// The connection is closed behind each answer.
    pub(crate) hang_up: bool,
    received: Vec<u8>,
}

impl Web {
    /// One that says these things to the next requests.
    pub(crate) fn answering(answers: &[&str]) -> Self {
        Self { answers: answers.iter().map(|answer| answer.as_bytes().to_vec()).collect(), ..Self::default() }
    }

    pub(crate) fn begin(&mut self) {
        self.received.clear();
    }

    /// Takes bytes of the module; gives the answer when a request is whole.
    pub(crate) fn input(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.received.extend(bytes);
        let end = self.received.windows(4).position(|end| end == b"\r\n\r\n")?;
        let text = std::str::from_utf8(&self.received[..end]).unwrap();
        let head: Vec<String> = text.split("\r\n").map(str::to_owned).collect();
        let length = head.iter().find_map(|line| line.strip_prefix("Content-Length: "));
        let length: usize = length.map_or(0, |length| length.parse().unwrap());
        if self.received.len() < end + 4 + length {
            return None;
        }
        let body = self.received.drain(..end + 4 + length).skip(end + 4).collect();
        self.requests.push(Request { head, body });
        self.answers.pop_front()
    }
}

/// A response that tells its length.
pub(crate) fn response(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

//! A body on its way to the module, and the answer as it comes back: status line, headers and all.

use wanlink_at::{Answer, Verdict, number};
use wanlink_core::{Argument, Body, Post, Reply, Server, Tls, TooLong};

use crate::Error;
use crate::sequence::connect::note;
use crate::sequence::https::HEADERS;

/// A body, and what of it was sent.
pub(crate) struct Request<'b> {
    body: Body<'b>,
    sent: usize,
    gave_up: bool,
}

impl<'b> Request<'b> {
    pub(crate) fn new(body: Body<'b>) -> Self {
        Self { body, sent: 0, gave_up: false }
    }

    /// Plays the listener of [`POST`](crate::sequence::https::POST).
    pub(crate) fn take(&mut self, note: u8, answer: Answer<'_>) -> Verdict {
        match (note, answer) {
            (note::BODY, Answer::Due(room)) => {
                room.fill(|room| self.fill(room));
                Verdict::Default
            }
            (note::SEND, _) if self.gave_up => Verdict::Fail,
            _ => Verdict::Default,
        }
    }

    fn fill(&mut self, room: &mut [u8]) -> usize {
        let wanted = room.len().min(self.body.len() - self.sent);
        let room = room.get_mut(..wanted).unwrap_or_default();
        let filled = match &mut self.body {
            _ if self.gave_up => 0,
            Body::Bytes(bytes) => {
                let rest = bytes.get(self.sent..).unwrap_or_default();
                room.iter_mut().zip(rest).map(|(slot, &byte)| *slot = byte).count()
            }
            Body::Stream { fill, .. } => fill(room).min(wanted),
            _ => 0,
        };
        self.gave_up |= filled == 0;
        self.sent += filled;
        filled
    }
}

/// Where an answer is that is read piece by piece.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the status line or a header line.
    Head,
    Body,
    /// In the line that tells the size of a chunk.
    Size,
    Chunk,
    /// In the line end behind a chunk.
    ChunkEnd,
    End,
}

/// Takes an answer apart.
pub(crate) struct Response<'r> {
    reply: &'r mut [u8],
    received: usize,
    status: Option<u16>,
    place: Place,
    is_chunked: bool,
    /// Of the line that is being read, as much as is looked at.
    line: [u8; 40],
    length: usize,
    /// What is left of the chunk.
    left: usize,
}

impl<'r> Response<'r> {
    pub(crate) fn new(reply: &'r mut [u8]) -> Self {
        Self {
            reply,
            received: 0,
            status: None,
            place: Place::Head,
            is_chunked: false,
            line: [0; 40],
            length: 0,
            left: 0,
        }
    }

    /// The whole, if there was a status line and the head came to its end.
    pub(crate) fn into_reply(self) -> Option<Reply<'r>> {
        let (status, received) = (self.status?, self.received);
        if self.place == Place::Head {
            return None;
        }
        let fits = received.min(self.reply.len());
        Some(Reply { status, body: self.reply.get(..fits).unwrap_or_default(), cut: received - fits })
    }

    pub(crate) fn take(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.take_byte(byte));
    }

    fn take_byte(&mut self, byte: u8) {
        match self.place {
            Place::Body => self.receive(byte),
            Place::Chunk => {
                self.receive(byte);
                self.left = self.left.saturating_sub(1);
                if self.left == 0 {
                    self.place = Place::ChunkEnd;
                }
            }
            Place::End => {}
            _ if byte == b'\n' => self.end_line(),
            // Whether chunks are put together before they are written to the file is not stated.
            Place::Size
                if self.received == 0
                    && !(byte.is_ascii_hexdigit() || b"\r; ".contains(&byte) || self.has_extension()) =>
            {
                self.place = Place::Body;
                let (line, length) = (self.line, self.length.min(self.line.len()));
                line.iter().take(length).for_each(|&byte| self.receive(byte));
                self.receive(byte);
            }
            _ => {
                if let Some(slot) = self.line.get_mut(self.length) {
                    *slot = byte;
                }
                self.length += 1;
            }
        }
    }

    fn has_extension(&self) -> bool {
        self.line.iter().take(self.length).any(|&byte| byte == b';')
    }

    fn receive(&mut self, byte: u8) {
        if let Some(slot) = self.reply.get_mut(self.received) {
            *slot = byte;
        }
        self.received += 1;
    }

    fn end_line(&mut self) {
        let line = self.line.get(..self.length).unwrap_or(&self.line).trim_ascii();
        self.length = 0;
        match self.place {
            Place::Head if self.status.is_none() => {
                self.status = line.get(9..12).and_then(number).and_then(|status| status.try_into().ok());
            }
            // Behind an intermediate answer comes the one that counts.
            Place::Head if line.is_empty() && matches!(self.status, Some(100..=199)) => self.status = None,
            Place::Head if line.is_empty() => self.place = if self.is_chunked { Place::Size } else { Place::Body },
            Place::Head => {
                const CHUNKED: &[u8] = b"transfer-encoding: chunked";
                self.is_chunked |= line.eq_ignore_ascii_case(CHUNKED);
            }
            Place::Size => {
                self.left = hexadecimal(line);
                self.place = if self.left == 0 { Place::End } else { Place::Chunk };
            }
            _ => self.place = Place::Size,
        }
    }
}

/// The size of a chunk, up to its extension.
fn hexadecimal(line: &[u8]) -> usize {
    let digits = line.iter().map_while(|&byte| (byte as char).to_digit(16));
    digits.fold(0, |size: usize, digit| size.saturating_mul(16).saturating_add(digit as usize))
}

/// Nothing may end a text between quotes before its time, and a header's parts are parted by colons.
pub(crate) fn check(server: &Server<'_, Tls<'_>>, post: &Post<'_>, length: usize) -> Result<(), Error> {
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if server.host.is_empty() || !server.host.as_bytes().iter().all(is_host) {
        return Err(Error::Malformed(Argument::HostName));
    }
    let is_quotable = |byte: u8| byte.is_ascii_graphic() && byte != b'"';
    if !post.path.starts_with('/') || !post.path.bytes().all(is_quotable) {
        return Err(Error::Malformed(Argument::Url));
    }
    if post.headers.len() > HEADERS {
        return Err(TooLong::new(Argument::Header, HEADERS, post.headers.len()).into());
    }
    for (name, value) in post.headers {
        let is_part = |byte: u8| (byte == b' ' || byte.is_ascii_graphic()) && byte != b'"' && byte != b':';
        if name.is_empty() || value.is_empty() || !name.bytes().all(is_part) || !value.bytes().all(is_part) {
            return Err(Error::Malformed(Argument::Header));
        }
    }
    // The module takes no file without a byte.
    if length == 0 { Err(Error::Malformed(Argument::Body)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    fn read(answer: &[u8], room: usize) -> Option<(u16, std::vec::Vec<u8>, usize)> {
        let mut results = std::vec::Vec::new();
        for piece in [1, 7, answer.len()] {
            let mut reply = std::vec![0; room];
            let mut response = Response::new(&mut reply);
            answer.chunks(piece.max(1)).for_each(|bytes| response.take(bytes));
            results.push(response.into_reply().map(|reply| (reply.status, reply.body.to_vec(), reply.cut)));
        }
        assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "however it is cut");
        results.pop().unwrap()
    }

    #[test]
    fn answers_with_status_and_body() {
        let found = |status, body: &[u8], cut| Some((status, body.to_vec(), cut));
        let plain = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"code\":200}";
        assert_eq!(read(plain, 20), found(200, b"{\"code\":200}", 0));
        assert_eq!(read(plain, 4), found(200, b"{\"co", 8));
        assert_eq!(read(b"HTTP/1.1 404 Not Found\r\n\r\n", 4), found(404, b"", 0));
        let body = b"\r\n\r\nOK\r\nHTTP/1.1 500 No\r\n";
        assert_eq!(read(&[b"HTTP/1.0 200 OK\nA: b\n\n", &body[..]].concat(), 99), found(200, body, 0));
        let chunked =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(read(chunked, 99), found(200, b"hello0123456789", 0));
        let whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nad{\"code\":200}";
        assert_eq!(read(whole, 99), found(200, b"ad{\"code\":200}", 0), "the module put the chunks together");
        let twice = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n\r\nx";
        assert_eq!(read(twice, 9), found(201, b"x", 0));
        let long = [b"HTTP/1.1 200 OK\r\nA: ", &[b'a'; 300][..], b"\r\n\r\nx"].concat();
        assert_eq!(read(&long, 9), found(200, b"x", 0));
    }

    #[test]
    fn what_is_no_answer() {
        for answer in [&b""[..], b"HTTP/1.1 200 OK\r\nA: b", b"HTTP/1.1 200", b"garbage\r\n\r\n"] {
            assert_eq!(read(answer, 9), None, "{answer:?}");
        }
    }
}

//! A request as it goes to the module, and the answer as it comes back.

use wanlink_at::{Answer, Rest, Verdict, int};
use wanlink_core::{Argument, Body, Post, Reply, Server, Tls, TooLong};

use crate::Error;
use crate::sequence::https::MOST_SENT;
use crate::sequence::note;

/// What follows an answer whose length nobody told; the code and a line end stand behind it.
const END: &[u8] = b"\r\nOK\r\n\r\n+QHTTPREAD: ";
/// In place of a number of its bytes: the code is an error.
const CUT_SHORT: usize = usize::MAX;

/// A request, what of it was sent, and where its answer goes.
///
/// Address and head have no buffer: they are made anew for each piece.
pub(crate) struct Request<'a, 'b, 'r> {
    server: &'a Server<'a, Tls<'a>>,
    post: &'a Post<'a>,
    body: Body<'b>,
    /// Of address and head.
    pub(crate) url: usize,
    head: usize,
    /// What of the address or of the request was sent.
    sent: usize,
    /// Whether the body is a stream of which something was taken.
    is_used: bool,
    gave_up: bool,
    status: u16,
    /// Of the answer's body, if the module told it.
    length: Option<usize>,
    reply: &'r mut [u8],
    received: usize,
    /// How much of [`END`] was seen.
    ended: usize,
}

impl<'a, 'b, 'r> Request<'a, 'b, 'r> {
    pub(crate) fn new(
        server: &'a Server<'a, Tls<'a>>,
        post: &'a Post<'a>,
        body: Body<'b>,
        reply: &'r mut [u8],
    ) -> Result<Self, Error> {
        check(server, post)?;
        let (mut url, mut head) = (0, 0);
        address(server, post, &mut |text| url += text.len());
        self::head(server, post, body.len(), &mut |text| head += text.len());
        if head > MOST_SENT || body.len() > MOST_SENT - head {
            return Err(TooLong::body((MOST_SENT.saturating_sub(head)) as u32, body.len()).into());
        }
        Ok(Self {
            server,
            post,
            body,
            url,
            head,
            sent: 0,
            is_used: false,
            gave_up: false,
            status: 0,
            length: None,
            reply,
            received: 0,
            ended: 0,
        })
    }

    /// The module makes the head.
    pub(crate) fn without_head(&mut self) {
        self.head = 0;
    }

    /// Of head and body.
    pub(crate) fn len(&self) -> usize {
        self.head + self.body.len()
    }

    pub(crate) fn into_reply(self) -> Reply<'r> {
        let (status, received) = (self.status, self.received);
        let fits = received.min(self.reply.len());
        Reply { status, body: self.reply.get(..fits).unwrap_or_default(), cut: received - fits }
    }

    /// Plays the listener of [`POST`](crate::sequence::https::POST).
    pub(crate) fn take(&mut self, note: u8, answer: Answer<'_>) -> Verdict {
        match (note, answer) {
            (note::URL, Answer::Due(room)) => {
                room.fill(|room| {
                    let (server, post) = (self.server, self.post);
                    let count = piece(self.sent, room, |sink| address(server, post, sink));
                    self.was_sent(count, self.url);
                    count
                });
                Verdict::Default
            }
            (note::OPEN, Answer::Due(room)) => {
                room.fill(|room| self.fill(room));
                Verdict::Default
            }
            (note::OPEN, Answer::Result(_)) if self.gave_up => Verdict::Fail,
            (note::OPEN, Answer::Result(line)) => {
                let Some(status) = int(line, 1).and_then(|status| status.try_into().ok()) else { return Verdict::Wait };
                self.status = status;
                self.length = int(line, 2).and_then(|length| length.try_into().ok());
                if self.length == Some(0) { Verdict::Done } else { Verdict::Default }
            }
            (note::READ, Answer::Data(data)) => {
                data.take(|bytes| match self.length {
                    Some(length) => {
                        self.receive(bytes);
                        Rest::Bytes(length.saturating_sub(self.received))
                    }
                    None => self.receive_to_end(bytes),
                });
                if self.ended == CUT_SHORT { Verdict::Fail } else { Verdict::Default }
            }
            (note::DIAGNOSED, _) if self.is_used => Verdict::Fail,
            _ => Verdict::Default,
        }
    }

    /// The whole may be sent once more.
    fn was_sent(&mut self, count: usize, length: usize) {
        self.sent += count;
        if self.sent >= length {
            self.sent = 0;
        }
    }

    /// The next piece of head and body.
    fn fill(&mut self, room: &mut [u8]) -> usize {
        if self.gave_up {
            return 0;
        }
        let (server, post, length) = (self.server, self.post, self.body.len());
        let mut count = 0;
        if self.sent < self.head {
            count = piece(self.sent, room, |sink| head(server, post, length, sink));
        }
        let at = (self.sent + count).saturating_sub(self.head);
        let room = room.get_mut(count..).unwrap_or_default();
        let wanted = room.len().min(length - at);
        let room = room.get_mut(..wanted).unwrap_or_default();
        if self.sent + count >= self.head && wanted > 0 {
            let filled = match &mut self.body {
                Body::Bytes(bytes) => piece(at, room, |sink| sink(bytes)),
                Body::Stream { fill, .. } => {
                    self.is_used = true;
                    fill(room).min(wanted)
                }
                _ => 0,
            };
            self.gave_up = filled == 0;
            count += filled;
        }
        self.was_sent(count, self.len());
        count
    }

    fn receive(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if let Some(slot) = self.reply.get_mut(self.received) {
                *slot = byte;
            }
            self.received += 1;
        }
    }

    /// Receives up to the lines of the module behind the body.
    fn receive_to_end(&mut self, bytes: &[u8]) -> Rest {
        for (index, &byte) in bytes.iter().enumerate() {
            if self.ended >= END.len() {
                // The code, of which 0 is success, up to the end of the line.
                match byte {
                    b'\n' => return Rest::Over(index + 1),
                    b'1'..=b'9' => self.ended = CUT_SHORT,
                    _ => {}
                }
            } else {
                self.receive_or_end(byte);
            }
        }
        Rest::Unknown
    }

    fn receive_or_end(&mut self, byte: u8) {
        // What could have been the end, and is not, was part of the body.
        while END.get(self.ended) != Some(&byte) {
            if self.ended == 0 {
                return self.receive(&[byte]);
            }
            let seen = END.get(..self.ended).unwrap_or_default();
            let shorter = (0..self.ended).rev().find(|&length| seen.ends_with(END.get(..length).unwrap_or_default()));
            let shorter = shorter.unwrap_or(0);
            self.receive(seen.get(..self.ended - shorter).unwrap_or_default());
            self.ended = shorter;
        }
        self.ended += 1;
    }
}

/// Nothing may end a line of the request before its time.
fn check(server: &Server<'_, Tls<'_>>, post: &Post<'_>) -> Result<(), Error> {
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if server.host.is_empty() || !server.host.as_bytes().iter().all(is_host) {
        return Err(Error::Malformed(Argument::HostName));
    }
    if !post.path.starts_with('/') || !post.path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::Malformed(Argument::Url));
    }
    for (name, value) in post.headers {
        let is_name = |byte: u8| byte.is_ascii_graphic() && byte != b':';
        let is_value = |byte: u8| byte == b'\t' || (byte >= b' ' && byte != 0x7f);
        if name.is_empty() || !name.bytes().all(is_name) || !value.bytes().all(is_value) {
            return Err(Error::Malformed(Argument::Header));
        }
    }
    Ok(())
}

type Sink<'s> = &'s mut dyn FnMut(&[u8]);

fn address(server: &Server<'_, Tls<'_>>, post: &Post<'_>, sink: Sink<'_>) {
    sink(b"https://");
    host(server, sink);
    sink(post.path.as_bytes());
}

/// With the port, where it is not the usual one: in address and head it has to be the same (HTTP 2.3.1).
fn host(server: &Server<'_, Tls<'_>>, sink: Sink<'_>) {
    sink(server.host.as_bytes());
    if server.port != 443 {
        sink(b":");
        decimal(server.port.into(), sink);
    }
}

fn head(server: &Server<'_, Tls<'_>>, post: &Post<'_>, length: usize, sink: Sink<'_>) {
    for text in ["POST ", post.path, " HTTP/1.1\r\nHost: "] {
        sink(text.as_bytes());
    }
    host(server, sink);
    for (name, value) in post.headers {
        for text in ["\r\n", name, ": ", value] {
            sink(text.as_bytes());
        }
    }
    for text in ["\r\nContent-Type: ", post.content.as_str(), "\r\nContent-Length: "] {
        sink(text.as_bytes());
    }
    decimal(length, sink);
    sink(b"\r\n\r\n");
}

fn decimal(mut number: usize, sink: Sink<'_>) {
    let mut digits = [0; 20];
    let mut unused = digits.len();
    for place in digits.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
        unused -= 1;
        if number == 0 {
            break;
        }
    }
    sink(digits.get(unused..).unwrap_or_default());
}

/// Writes what stands at `skip` of a text that is made in pieces, as much as there is room for.
fn piece(skip: usize, room: &mut [u8], write: impl FnOnce(&mut dyn FnMut(&[u8]))) -> usize {
    let (mut skip, mut count) = (skip, 0);
    write(&mut |text| {
        let skipped = skip.min(text.len());
        skip -= skipped;
        let room = room.get_mut(count..).unwrap_or_default();
        for (slot, &byte) in room.iter_mut().zip(text.get(skipped..).unwrap_or_default()) {
            *slot = byte;
            count += 1;
        }
    });
    count
}

//! A request as it goes to the module, and the answer as it comes back.

use embedded_io_async::{Read, Write};
use wanlink_at::driver::{DriverModel, HttpsFamily, Input, Listener, PowerPins, https_rules};
use wanlink_at::{Answer, Verdict, int};
use wanlink_core::{Argument, Body, HasHttps, Post, Reply, Server, Tls, TooLong};

use super::connect::note;
use super::https::{BEGIN, BETWEEN, BLOCK, END, HEADERS, READ, SEND, TIMED_OUT};
use super::urc::{HTTPS_BLOCKS, PAGE};
use super::{CmqttFamily, Error, Operation};
use crate::Simcom;

impl HttpsFamily for CmqttFamily {
    const POSTS: &'static [(&'static str, &'static Operation)] = &[
        ("post, settings", &BEGIN),
        ("post, request", &SEND),
        ("post, answer", &READ),
        ("post, block of the answer", &BLOCK),
        ("post, end", &END),
    ];

    /// The module has the whole body before it connects: of a body that gives up, and of a call that is dropped before,
    /// the server sees nothing.
    ///
    /// A request has at most four headers, and all of them together as many bytes as one may have. The answer passes
    /// through the inbox in blocks of about 1 KiB, for one of which it needs room.
    async fn post<'r, M: DriverModel<Family = Self> + HasHttps, R: Read, W: Write, P: PowerPins>(
        driver: &mut Simcom<'_, M, R, W, P>,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, Error> {
        check(server, post, M::HTTPS.header.into())?;
        driver.engine_mut().allow_streams();
        driver.engine_mut().set_blocks(HTTPS_BLOCKS);
        let mut request = Request { body, sent: 0, is_used: false, gave_up: false, status: 0, length: 0 };
        let length = request.body.len();
        loop {
            let begin = const { &Operation { rules: &https_rules(&M::HTTPS), ..BEGIN } };
            let input = || Input::Post { server, post, url: 0, length };
            driver.ask(begin, input(), Listener::Nobody).await?;
            // What a request before this one owes does not come any more.
            driver.engine_mut().forgive("+HTTPACTION");
            let mut take = |note, answer: Answer<'_>| request.take(note, answer);
            match driver.ask(&SEND, input(), Listener::Answers(&mut take)).await {
                Err(Error::Upload) if !request.is_used => {}
                // A stream that was used up cannot be sent again.
                Err(Error::Upload) => return Err(Error::Certificate),
                result => break result?,
            }
        }
        let received = receive(driver, server, post, request.length, reply).await?;
        driver.ask(&END, Input::Nothing, Listener::Nobody).await?;
        let fits = received.min(reply.len());
        Ok(Reply { status: request.status, body: reply.get(..fits).unwrap_or_default(), cut: received - fits })
    }
}

/// Reads an answer of this length, block by block.
async fn receive<M: DriverModel<Family = CmqttFamily>, R: Read, W: Write, P: PowerPins>(
    driver: &mut Simcom<'_, M, R, W, P>,
    server: &Server<'_, Tls<'_>>,
    post: &Post<'_>,
    length: usize,
    reply: &mut [u8],
) -> Result<usize, Error> {
    let mut received = 0;
    if length == 0 {
        return Ok(0);
    }
    // Of an answer whose call was dropped.
    while driver.engine_mut().front_of(PAGE).is_some() {
        driver.engine_mut().release();
    }
    driver.ask(&READ, Input::Post { server, post, url: 0, length }, Listener::Nobody).await?;
    while received < length {
        if !driver.engine_mut().has(PAGE) {
            driver.ask(&BLOCK, Input::Nothing, Listener::Nobody).await?;
        }
        let room = reply.get_mut(received..).unwrap_or_default();
        // What does not fit is counted.
        let mut rest = [0; 32];
        let room = if room.is_empty() { &mut rest } else { room };
        match driver.engine_mut().read(PAGE, room) {
            Some(count) => received += count,
            None => return Err(Error::Http(TIMED_OUT)),
        }
    }
    Ok(received)
}

/// A request, and what of it was sent.
struct Request<'b> {
    body: Body<'b>,
    sent: usize,
    /// Whether the body is a stream of which something was taken.
    is_used: bool,
    gave_up: bool,
    status: u16,
    /// Of the answer's body.
    length: usize,
}

impl Request<'_> {
    /// Plays the listener of [`SEND`].
    fn take(&mut self, note: u8, answer: Answer<'_>) -> Verdict {
        match (note, answer) {
            (note::DATA, Answer::Due(room)) => room.fill(|room| self.fill(room)),
            (note::OPENING, _) if self.gave_up => return Verdict::Fail,
            (note::OPENING, _) => self.sent = 0,
            (_, Answer::Result(line)) => {
                self.status = int(line, 1).and_then(|status| status.try_into().ok()).unwrap_or(0);
                self.length = int(line, 2).and_then(|length| length.try_into().ok()).unwrap_or(0);
            }
            _ => {}
        }
        Verdict::Default
    }

    /// The next piece of the body.
    fn fill(&mut self, room: &mut [u8]) -> usize {
        let wanted = room.len().min(self.body.len().saturating_sub(self.sent));
        let room = room.get_mut(..wanted).unwrap_or_default();
        if self.gave_up || room.is_empty() {
            return 0;
        }
        let filled = match &mut self.body {
            Body::Bytes(bytes) => {
                let rest = bytes.get(self.sent..).unwrap_or_default();
                for (slot, &byte) in room.iter_mut().zip(rest) {
                    *slot = byte;
                }
                wanted
            }
            Body::Stream { fill, .. } => {
                self.is_used = true;
                fill(room).min(wanted)
            }
            _ => 0,
        };
        self.gave_up = filled == 0;
        self.sent += filled;
        filled
    }
}

/// Nothing may end a text of the request before its time, and there is no way to escape what does.
fn check(server: &Server<'_, Tls<'_>>, post: &Post<'_>, longest: usize) -> Result<(), Error> {
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if server.host.is_empty() || !server.host.as_bytes().iter().all(is_host) {
        return Err(Error::Malformed(Argument::HostName));
    }
    if !post.path.starts_with('/') || !post.path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"') {
        return Err(Error::Malformed(Argument::Url));
    }
    if post.headers.len() > HEADERS {
        return Err(Error::Malformed(Argument::Header));
    }
    let mut length = 0;
    for (name, value) in post.headers {
        let is_name = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b':' | b'"' | b'\\');
        // A backslash and two letters would be the end of the line.
        let is_value = |byte: u8| byte >= b' ' && !matches!(byte, b'"' | b'\\' | 0x7f);
        if name.is_empty() || !name.bytes().all(is_name) || !value.bytes().all(is_value) {
            return Err(Error::Malformed(Argument::Header));
        }
        length += name.len() + ": ".len() + value.len() + BETWEEN.len();
    }
    let (length, longest) = (length.saturating_sub(BETWEEN.len()), longest + ": ".len());
    if length > longest {
        return Err(TooLong::new(Argument::Header, longest, length).into());
    }
    Ok(())
}

//! A request as it goes to the module, and the answer as it comes back.

use embedded_io_async::{Read, Write};
use wanlink_at::driver::{DriverModel, Listener, PowerPins, https_rules};
use wanlink_at::{Answer, Block, Verdict, int};
use wanlink_core::{Argument, Body, HasHttps, Post, Reply, Server, Tls, TooLong};

use super::https::{self, BODY, LONGEST_PATH, LONGEST_URL, MOST_HEADERS, MOST_READ, REQUEST};
use super::{Error, Input, Lpwa, Operation};
use crate::Simcom;

/// The tag of a piece of an answer in the inbox.
pub(super) const PIECE: u8 = 4;

/// What the two models have each in its own way.
pub(super) trait Posts: Lpwa {
    const OPEN_POST: Operation<Self>;
    const POST_BODY: &'static Operation<Self>;
    /// Lines that carry counted bytes, pieces of answers and those of sockets among them.
    const POST_BLOCKS: &'static [Block];
}

/// What [`post`] runs.
pub(super) const fn posts<F: Posts>() -> &'static [(&'static str, &'static Operation<F>)] {
    const {
        &[
            ("post, connection", &F::OPEN_POST),
            ("post, old headers", &https::clear()),
            ("post, header", &https::header()),
            ("post, body", F::POST_BODY),
            ("post, request", &https::request()),
            ("post, piece of the answer", &https::read()),
            ("post, end", &https::close()),
        ]
    }
}

pub(super) async fn post<'r, F: Posts, M, R: Read, W: Write, P: PowerPins>(
    driver: &mut Simcom<'_, M, R, W, P>,
    server: &Server<'_, Tls<'_>>,
    post: &Post<'_>,
    mut body: Body<'_>,
    reply: &'r mut [u8],
) -> Result<Reply<'r>, Error<F>>
where
    M: DriverModel<Family = F> + HasHttps,
{
    check(server, post)?;
    let input = |url, length| Input::Post { server, post, url, length };
    driver.engine_mut().allow_streams();
    driver.engine_mut().set_blocks(F::POST_BLOCKS);
    discard(driver);
    let open = const { &Operation { rules: &https_rules(&M::HTTPS), ..F::OPEN_POST } };
    driver.ask(open, input(0, 0), Listener::Nobody).await?;
    // The connection of a dropped request was closed: what that was owed does not come.
    driver.engine_mut().forgive("+SHREQ");
    driver.ask(const { &https::clear() }, Input::Nothing, Listener::Nobody).await?;
    for index in 0..=post.headers.len() {
        driver.ask(const { &https::header() }, input(index, 0), Listener::Nobody).await?;
    }
    if !body.is_empty() {
        let (length, mut sent, mut gave_up) = (body.len(), 0, false);
        let mut take = |note, answer: Answer<'_>| match (note, answer) {
            (BODY, Answer::Due(room)) => {
                room.fill(|room| {
                    let filled = if gave_up { 0 } else { fill(&mut body, sent, room) };
                    gave_up |= filled == 0 && !room.is_empty();
                    sent += filled;
                    filled
                });
                Verdict::Default
            }
            _ => Verdict::Default,
        };
        let result = driver.ask(F::POST_BODY, input(0, length), Listener::Answers(&mut take)).await;
        if gave_up {
            return Err(Error::Malformed(Argument::Body));
        }
        result?;
    }
    let (mut status, mut length) = (0, 0);
    let mut take = |note, answer: Answer<'_>| match (note, answer) {
        (REQUEST, Answer::Result(line)) => match (number(line, 1), number(line, 2)) {
            (Some(code), Some(count)) => {
                (status, length) = (code, count);
                Verdict::Default
            }
            _ => Verdict::Fail,
        },
        _ => Verdict::Default,
    };
    driver.ask(const { &https::request() }, input(0, 0), Listener::Answers(&mut take)).await?;
    let wanted = length.min(reply.len());
    let mut received = 0;
    while received < wanted {
        let room = driver.engine_mut().room().min(MOST_READ).min(wanted - received);
        if room == 0 {
            return Err(Error::InboxFull);
        }
        driver.ask(const { &https::read() }, input(received, room), Listener::Nobody).await?;
        let piece = reply.get_mut(received..received + room).unwrap_or_default();
        match driver.engine_mut().read(PIECE, piece) {
            Some(count) if count == room => received += count,
            // What is missing was lost on the line, or is still to come: it is not this request's any more.
            _ => return Err(Error::Http(0)),
        }
    }
    driver.ask(const { &https::close() }, Input::Nothing, Listener::Nobody).await?;
    let status = u16::try_from(status).unwrap_or(0);
    Ok(Reply { status, body: reply.get(..received).unwrap_or_default(), cut: length - received })
}

fn number(line: &[u8], index: usize) -> Option<usize> {
    int(line, index).and_then(|number| number.try_into().ok())
}

/// Pieces of an answer whose request was dropped make way.
fn discard<M: DriverModel, R: Read, W: Write, P: PowerPins>(driver: &mut Simcom<'_, M, R, W, P>) {
    let engine = driver.engine_mut();
    engine.release();
    while engine.front_of(PIECE).is_some() {
        engine.release();
    }
}

/// The next piece of the body.
fn fill(body: &mut Body<'_>, sent: usize, room: &mut [u8]) -> usize {
    let wanted = room.len().min(body.len().saturating_sub(sent));
    let Some(room) = room.get_mut(..wanted) else { return 0 };
    match body {
        Body::Bytes(bytes) => {
            for (slot, &byte) in room.iter_mut().zip(bytes.get(sent..).unwrap_or_default()) {
                *slot = byte;
            }
            wanted
        }
        Body::Stream { fill, .. } => fill(room).min(wanted),
        _ => 0,
    }
}

/// Nothing may end a command before its time, and all headers together have one room.
fn check<F: Lpwa>(server: &Server<'_, Tls<'_>>, post: &Post<'_>) -> Result<(), Error<F>> {
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if server.host.is_empty() || !server.host.as_bytes().iter().all(is_host) {
        return Err(Error::Malformed(Argument::HostName));
    }
    let is_path = |byte: u8| byte.is_ascii_graphic() && byte != b'"';
    if !post.path.starts_with('/') || !post.path.bytes().all(is_path) {
        return Err(Error::Malformed(Argument::Url));
    }
    let url = "https://".len() + server.host.len() + if server.port == 443 { 0 } else { ":65535".len() };
    for (length, limit) in [(url, LONGEST_URL), (post.path.len(), LONGEST_PATH)] {
        if length > limit {
            return Err(TooLong::new(Argument::Url, limit, length).into());
        }
    }
    let mut all = "Content-Type".len() + post.content.as_str().len();
    for (name, value) in post.headers {
        let is_name = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b':' | b'"');
        let is_value = |byte: u8| byte >= b' ' && !matches!(byte, b'"' | 0x7f);
        if name.is_empty() || !name.bytes().all(is_name) || !value.bytes().all(is_value) {
            return Err(Error::Malformed(Argument::Header));
        }
        all += name.len() + value.len();
    }
    if all > MOST_HEADERS {
        return Err(TooLong::new(Argument::Header, MOST_HEADERS, all).into());
    }
    Ok(())
}

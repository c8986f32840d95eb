//! A POST over HTTPS: settings, headers, the body into a file, the security profile as for a session, the request, and what
//! a failed handshake leads to. The answer is a file, which is read in pieces.

use wanlink_at::driver::connect::prepare_tls;
use wanlink_at::driver::{Listener, Parts, flag};
use wanlink_at::{Answer, Arg, Step, Verdict, int, listen, step, table};
use wanlink_core::{Argument, ContentType};

use super::connect::{LATER, note};
use super::diagnose::{self, DIAGNOSE_STEPS};
use super::socket::NO_NAME;
use super::tls::{self, CONTEXT_STEPS};
use crate::{Error, Input, Operation, Running, State};

/// Arguments: host and port. What the module is asked for while a dropped request is under way is refused: the line that
/// it owes comes first.
const BEGIN_STEPS: &[Step] = &[
    step("+UHTTP=0", 10).retry(14, 50).at("INT 4"),
    step("+UHTTP=0,1,\"{a}\"", 10).at("INT 4"),
    step("+UHTTP=0,6,1,0", 10).at("INT 4"),
    // Behind the setting of TLS, which moves the port.
    step("+UHTTP=0,5,{b}", 10).at("INT 4"),
    // In seconds, from the last thing that the network did.
    step("+UHTTP=0,7,60", 10).at("INT 4"),
];
/// The rules are those of the model.
pub(crate) const BEGIN: Operation =
    Operation { prepare, flags: flag::SOCKET, ..Operation::question(table![BEGIN_STEPS]) };

/// Arguments: which of five, name, value.
const HEADER_STEPS: &[Step] = &[step("+UHTTP=0,9,\"{a}:{b}:{c}\"", 10).at("INT 4")];
pub(crate) static HEADER: Operation =
    Operation { prepare: prepare_header, flags: flag::SOCKET, ..Operation::question(table![HEADER_STEPS]) };
/// How many there are.
pub(crate) const HEADERS: usize = 5;

/// Arguments: host, port, length of the body, path, type of the content, and those of the security profile. What is there
/// is not replaced: the module appends.
const BODY_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    step("+UDELFILE=\"wl-body\"", 100).ignore().at("AT 12"),
    step("+UDWNFILE=\"wl-body\",{c}", 300).prompt_byte(b'>').sends().note(note::BODY).at("AT 12"),
    listen(note::SEND, 0),
];

/// Whatever the server answers is a success; an old answer would be one, too.
const POST_STEPS: &[Step] = &[
    step("+UDELFILE=\"wl-answer\"", 100).ignore().note(note::POST).at("AT 12"),
    // Connection, handshake and answer have the time of the setting each.
    step("+UHTTPC=0,4,\"{d}\",\"wl-answer\",\"wl-body\",{e}", 150)
        .result(2, 2400)
        .named("+UUHTTPCR")
        .note(note::REACH)
        .at("INT 4"),
    step("+UHTTPER=0", 10).info().note(note::WHY).at("INT 4"),
];

/// The listener has the body.
pub(crate) static POST: Operation = {
    Operation {
        prepare: prepare_post,
        ..Operation::new(table![BODY_STEPS, CONTEXT_STEPS, POST_STEPS, DIAGNOSE_STEPS], flag::SOCKET, take)
    }
};

const SIZE_STEPS: &[Step] = &[step("+ULSTFILE=2,\"wl-answer\"", 100).info().note(note::SIZE).at("AT 12")];
pub(crate) static SIZE: Operation = Operation { flags: flag::SOCKET, ..Operation::question(table![SIZE_STEPS]) };

/// Arguments: from where, how many.
const READ_STEPS: &[Step] = &[step("+URDBLOCK=\"wl-answer\",{a},{b}", 150).info().at("AT 12")];
pub(crate) static READ: Operation =
    Operation { prepare: prepare_read, flags: flag::SOCKET, ..Operation::question(table![READ_STEPS]) };

/// Both may hold secrets, and whoever has the port can read them.
const END_STEPS: &[Step] = &[
    step("+UDELFILE=\"wl-answer\"", 100).ignore().at("AT 12"),
    step("+UDELFILE=\"wl-body\"", 100).ignore().at("AT 12"),
];
pub(crate) static END: Operation = Operation { flags: flag::SOCKET, ..Operation::question(table![END_STEPS]) };

fn prepare<'a>(input: &Input<'a, 'a>, _: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Post { server, .. } = input else { return Ok(()) };
    parts.args[0] = Arg::Text(server.host.as_bytes());
    parts.args[1] = Arg::Number(server.port.into());
    Ok(())
}

/// Of the header whose index stands in place of the address.
fn prepare_header<'a>(input: &Input<'a, 'a>, _: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Post { post, url: index, .. } = input else { return Ok(()) };
    let Some((name, value)) = post.headers.get(index) else { return Ok(()) };
    parts.args[0] = Arg::Number(index as u32);
    parts.args[1] = Arg::Text(name.as_bytes());
    parts.args[2] = Arg::Secret(value.as_bytes());
    Ok(())
}

fn prepare_post<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Post { server, post, length, .. } = input else { return Ok(()) };
    prepare(input, state, parts)?;
    parts.args[2] = Arg::Number(length as u32);
    parts.args[3] = Arg::Text(post.path.as_bytes());
    parts.args[4] = Arg::Number(match post.content {
        ContentType::Form => 0,
        ContentType::Json => 4,
        _ => 2,
    });
    parts.args[LATER] = Arg::Later(parts.later);
    prepare_tls(&server.security, parts)
}

fn prepare_read<'a>(input: &Input<'a, 'a>, _: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Post { url: offset, length, .. } = input else { return Ok(()) };
    parts.args[0] = Arg::Number(offset as u32);
    parts.args[1] = Arg::Number(length as u32);
    Ok(())
}

/// Codes of `AT+UHTTPER`.
const CONNECT: i32 = 11;
const NO_CONTEXT: i32 = 22;
const DNS: i32 = 23;
const CONNECT_TIMEOUT: i32 = 26;
const RESPONSE_TIMEOUT: u16 = 28;
const NOT_SECURE: i32 = 73;

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::ENTER, _) => {
            (state.diagnosed, state.uploaded, state.own.tried_again) = (false, false, false);
            Verdict::Go
        }
        (note::BODY, Answer::Due(_)) => listener(run, note, answer),
        // Nothing of it has reached the server.
        (note::SEND, _) => match listener(run, note, answer) {
            Verdict::Fail => run.state.fail(Error::Malformed(Argument::Body)),
            _ => Verdict::Go,
        },
        (note::REACH, Answer::Result(line)) if int(line, 2) == Some(1) => Verdict::Done,
        (note::REACH, Answer::Result(_)) => Verdict::To(note::WHY),
        (note::REACH, Answer::Silence) => state.fail(Error::Http(RESPONSE_TIMEOUT)),
        (note::WHY, Answer::Info(line)) => failed(state, int(line, 2)),
        (note::DIAGNOSED, _) => match state.cause {
            Some(Error::Open(4)) => state.fail(Error::Unreachable(NO_NAME)),
            Some(_) => state.fail(Error::Unreachable(CONNECT as u16)),
            None => match tls::again(state, note::POST) {
                Some(verdict) => verdict,
                None => state.fail(Error::Certificate),
            },
        },
        (note::CLOCK | note::FILE | note::STALE | note::UPLOAD, _) => tls::take_context(run, note, answer),
        // There the open of a session and the request differ.
        (note::RESOLVE | note::SOCKET, Answer::Error(_)) => match diagnose::take(run, note, answer) {
            Verdict::Fail => run.state.fail(Error::Unreachable(CONNECT as u16)),
            verdict => {
                run.state.cause = Some(Error::Unreachable(NO_NAME));
                verdict
            }
        },
        (note::REACHED | note::CLOSE, _) => diagnose::take(run, note, answer),
        _ => diagnose::take(run, note, answer),
    }
}

fn listener(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    match &mut run.listener {
        Listener::Answers(take) => take(note, answer),
        _ => Verdict::Default,
    }
}

/// A request came to nothing, for this reason.
fn failed(state: &mut State, code: Option<i32>) -> Verdict {
    match code {
        // Anything about the connection, TLS included.
        Some(CONNECT | NOT_SECURE) if state.diagnosed => Verdict::To(note::DIAGNOSED),
        Some(CONNECT | NOT_SECURE) => {
            (state.diagnosed, state.cause) = (true, None);
            Verdict::To(note::DIAGNOSE)
        }
        code => state.fail(error(code)),
    }
}

/// What a code says that can help.
fn error(code: Option<i32>) -> Error {
    match code {
        Some(NO_CONTEXT) => Error::NoContext,
        Some(DNS) => Error::Unreachable(NO_NAME),
        Some(CONNECT_TIMEOUT) => Error::Unreachable(CONNECT_TIMEOUT as u16),
        // Of path and its length.
        Some(37 | 38) => Error::Malformed(Argument::Url),
        code => Error::Http(code.and_then(|code| code.try_into().ok()).unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_to_the_step_that_can_help() {
        for code in 0..=73 {
            let expected = match code {
                22 => Error::NoContext,
                23 => Error::Unreachable(NO_NAME),
                26 => Error::Unreachable(26),
                37 | 38 => Error::Malformed(Argument::Url),
                _ => Error::Http(code as u16),
            };
            assert_eq!(error(Some(code)), expected);
        }
    }
}

//! A POST over HTTPS: the TLS context as for a session, settings, headers, body, answer. Four operations: no more than
//! nine arguments go into one, and the answer comes in blocks, each of which is taken from the inbox before the next.

use embassy_time::Instant;
use wanlink_at::driver::connect::tls_flag::ROOT;
use wanlink_at::driver::connect::{IN_STEP, prepare_tls};
use wanlink_at::driver::{Listener, Parts, flag};
use wanlink_at::{Answer, Arg, Step, Verdict, int, listen, step, table};
use wanlink_core::Argument;

use super::connect::{BEGIN_STEPS, note};
use super::tls::{CONTEXT_STEPS, is_slow, take_context};
use super::{Error, Input, Operation, Running, State};

/// Arguments: host, port, path, type of the body, and those of the TLS context.
const SETTING_STEPS: &[Step] = &[
    // It ends a request that was dropped, and forgets its headers.
    step("+HTTPTERM", 1200).ignore().note(note::SET_UP).at("simcom-at 6.1"),
    // It brings the context up by itself.
    step("+HTTPINIT", 1200).note(note::NETWORK).retry(1, 10).at("simcom-at 6.1"),
    step("+HTTPPARA=\"SSLCFG\",0", 90).at("simcom-at 6.1"),
    step("+HTTPPARA=\"CONNECTTO\",60", 90).at("simcom-at 6.1"),
    step("+HTTPPARA=\"RECVTO\",60", 90).at("simcom-at 6.1"),
    // Without it, or a header, the platform says that the program is wrong.
    IN_STEP,
    step("+HTTPPARA=\"CONTENT\",\"{d}\"", 90).at("simcom-at 6.1"),
    listen(note::URL, 0),
    step("+HTTPPARA=\"URL\",\"https://{a}:{b}{c}\"", 90).at("simcom-at 6.1"),
    listen(note::DONE, 0),
    step("+HTTPPARA=\"URL\",\"https://{a}{c}\"", 90).note(note::URL_443).at("simcom-at 6.1"),
];

/// All but headers and body. The rules are those of the model.
pub(super) const BEGIN: Operation = {
    Operation {
        prepare: prepare_begin,
        ..Operation::new(table![BEGIN_STEPS, CONTEXT_STEPS, SETTING_STEPS], flag::SOCKET, take)
    }
};

/// The most headers that one request has: each is two arguments.
pub(super) const HEADERS: usize = 4;
/// What stands between two headers: the module makes a line end of it.
pub(super) const BETWEEN: &str = "\\r\\n";

/// Flags: how many headers there are, and whether there is a body.
const ONE: u8 = flag::SOCKET | 1;
const TWO: u8 = flag::SOCKET | 2;
const THREE: u8 = flag::SOCKET | 3;
const BODY: u8 = flag::SOCKET | 8;
const FOUR: u8 = flag::SOCKET | 4;

/// Arguments: name and value of each header, length of the body.
///
/// All headers go in one setting: with most firmware a second one replaces the first.
const SEND_STEPS: &[Step] = &[
    IN_STEP,
    listen(note::HEADERS, 0),
    step("+HTTPPARA=\"USERDATA\",\"{a}: {b}\"", 90).note(note::HEADERS_1).at("simcom-at 6.1"),
    listen(note::HEADED, 0),
    step("+HTTPPARA=\"USERDATA\",\"{a}: {b}\\r\\n{c}: {d}\"", 90).note(note::HEADERS_2).at("simcom-at 6.1"),
    listen(note::HEADED, 0),
    step("+HTTPPARA=\"USERDATA\",\"{a}: {b}\\r\\n{c}: {d}\\r\\n{e}: {f}\"", 90)
        .note(note::HEADERS_3)
        .at("simcom-at 6.1"),
    listen(note::HEADED, 0),
    step("+HTTPPARA=\"USERDATA\",\"{a}: {b}\\r\\n{c}: {d}\\r\\n{e}: {f}\\r\\n{g}: {h}\"", 90)
        .note(note::HEADERS_4)
        .at("simcom-at 6.1"),
    listen(note::BODY, 0),
    step("+HTTPDATA={i},60", 650).download().sends().when(BODY).note(note::DATA).at("simcom-at 6.1"),
    listen(note::OPENING, 0),
    // Connection, handshake and answer have a minute each.
    step("+HTTPACTION=1", 1900).result(1, 1900).note(note::OPEN).at("simcom-at 6.1"),
];
/// Headers and body, up to the status. The listener has the request.
pub(super) static SEND: Operation =
    Operation { prepare: prepare_send, ..Operation::new(table![SEND_STEPS], flag::SOCKET, take) };

/// Argument: length of the answer. With one number it is understood by all models.
const READ_STEPS: &[Step] = &[step("+HTTPREAD={a}", 90).at("simcom-at 6.1")];
/// Begins to read the answer.
pub(super) static READ: Operation =
    Operation { prepare: prepare_read, ..Operation::new(table![READ_STEPS], flag::SOCKET, take) };

/// A block comes, of about 1024 bytes.
const BLOCK_STEPS: &[Step] = &[listen(note::READ, 100)];
/// Waits for the next block of the answer.
pub(super) static BLOCK: Operation = Operation::new(table![BLOCK_STEPS], flag::SOCKET, take);

const END_STEPS: &[Step] = &[step("+HTTPTERM", 1200).ignore().at("simcom-at 6.1")];
/// Gives the module's client up.
pub(super) static END: Operation = Operation::new(table![END_STEPS], flag::SOCKET, take);

fn prepare_begin<'a>(input: &Input<'a, 'a>, _: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Post { server, post, .. } = input else { return Ok(()) };
    parts.args[0] = Arg::Text(server.host.as_bytes());
    parts.args[1] = Arg::Number(server.port.into());
    parts.args[2] = Arg::Text(post.path.as_bytes());
    parts.args[3] = Arg::Text(post.content.as_str().as_bytes());
    prepare_tls(&server.security, parts)
}

fn prepare_send<'a>(input: &Input<'a, 'a>, _: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Post { post, length, .. } = input else { return Ok(()) };
    for (pair, (name, value)) in parts.args.chunks_exact_mut(2).zip(post.headers) {
        if let [first, second] = pair {
            (*first, *second) = (Arg::Text(name.as_bytes()), Arg::Secret(value.as_bytes()));
        }
    }
    parts.args[8] = Arg::Number(length as u32);
    parts.flags |= post.headers.len() as u8 & (ONE | TWO | FOUR) | if length > 0 { BODY } else { 0 };
    Ok(())
}

fn prepare_read<'a>(input: &Input<'a, 'a>, _: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    if let &Input::Post { length, .. } = input {
        parts.args[0] = Arg::Number(length as u32);
    }
    Ok(())
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::ENTER, _) => {
            (state.uploaded, state.own.has_root) = (false, state.flags & ROOT != 0);
            Verdict::Go
        }
        (note::NETWORK, Answer::Error(_)) => {
            state.cause = Some(Error::NoContext);
            Verdict::Again
        }
        (note::URL, _) => {
            let is_usual = matches!(run.args[1], Arg::Number(443));
            if is_usual { Verdict::To(note::URL_443) } else { Verdict::Go }
        }
        (note::DONE, _) => Verdict::Done,
        (note::HEADERS, _) => Verdict::To(match state.flags & (ONE | TWO | FOUR) {
            ONE => note::HEADERS_1,
            TWO => note::HEADERS_2,
            THREE => note::HEADERS_3,
            FOUR => note::HEADERS_4,
            _ => note::BODY,
        }),
        (note::HEADED, _) => Verdict::To(note::BODY),
        (note::BODY, _) => Verdict::Go,
        (note::DATA, Answer::Due(_)) => listener(run, note, answer),
        (note::OPENING, _) => {
            state.own.since = Instant::now();
            // A body that gave up was filled up with blanks, and nobody saw it yet.
            match listener(run, note, answer) {
                Verdict::Fail => run.state.fail(Error::Malformed(Argument::Body)),
                _ => Verdict::Go,
            }
        }
        (note::OPEN, Answer::Result(line)) => match int(line, 1).and_then(|status| u16::try_from(status).ok()) {
            Some(code @ 600..) => failed(state, code),
            Some(_) => {
                listener(run, note, answer);
                Verdict::Default
            }
            None => state.fail(Error::Http(UNKNOWN)),
        },
        (note::OPEN, Answer::Error(_)) => state.fail(Error::Http(UNKNOWN)),
        (note::OPEN | note::READ, Answer::Silence) => state.fail(Error::Http(TIMED_OUT)),
        (note::READ, Answer::Record) => Verdict::Done,
        _ => take_context(run, note, answer),
    }
}

fn listener(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    match &mut run.listener {
        Listener::Answers(take) => take(note, answer),
        _ => Verdict::Default,
    }
}

/// Codes in the place of a status (simcom-at 6.1).
const UNKNOWN: u16 = 702;
pub(super) const TIMED_OUT: u16 = 705;
/// The name cannot be resolved.
pub(super) const NO_NAME: u16 = 713;

/// A request came to nothing, for this reason.
fn failed(state: &mut State, code: u16) -> Verdict {
    let cause = match code {
        // TLS session, handshake, certificate.
        710 | 715 | 719 if is_slow(state) => Error::Unreachable(TIMED_OUT),
        710 | 715 | 719 if state.uploaded || !state.own.has_root => Error::Certificate,
        710 | 715 | 719 => {
            // The file may have another content than its name says.
            state.is_stale = true;
            Error::Upload
        }
        601 | 709 | 717 => Error::NoContext,
        603 | NO_NAME => Error::Unreachable(NO_NAME),
        706 | 712 | 714 => Error::Unreachable(code),
        708 => Error::Malformed(Argument::Url),
        _ => Error::Http(code),
    };
    state.fail(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_to_the_step_that_can_help() {
        for code in 600..=720 {
            let expected = match code {
                601 | 709 | 717 => Error::NoContext,
                603 | 713 => Error::Unreachable(713),
                706 | 712 | 714 => Error::Unreachable(code),
                708 => Error::Malformed(Argument::Url),
                710 | 715 | 719 => Error::Certificate,
                _ => Error::Http(code),
            };
            let mut state = State::default();
            state.own.since = Instant::now();
            assert_eq!((failed(&mut state, code), state.cause), (Verdict::Fail, Some(expected)));
        }
    }
}

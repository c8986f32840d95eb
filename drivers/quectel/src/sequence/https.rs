//! A POST over HTTPS: the TLS context as for a session, settings, address, request, answer, and what a failed handshake
//! leads to. HTTP stands for the HTTP(S) Application Note.

use wanlink_at::driver::connect::prepare_tls;
use wanlink_at::driver::{Family, Listener, Parts, flag};
use wanlink_at::{Answer, Arg, Step, Verdict, cme_code, int, listen, step, table};
use wanlink_core::{Argument, ContentType};

use super::connect::note;
use super::diagnose::{self, DIAGNOSE_STEPS};
use super::tls::{self, CONTEXT_STEPS, EC_CONTEXT_STEPS};
use crate::ec::{EcFamily, Group};
use crate::{Error, Input, Operation, Running, State};

/// The longest request that one command takes, head and body (HTTP 2.3.5).
pub(crate) const MOST_SENT: usize = 1_024_000;

const BEGIN_STEPS: &[Step] = &[listen(note::ENTER, 0)];

/// Arguments: host and port, length of the address, length of the request, and those of the TLS context.
const CLIENT_STEPS: &[Step] = &[
    // While a dropped request is under way the client is busy: at most a minute. First what decides whose certificates are
    // taken: behind a question, a command reaches a module that listens.
    step("+QHTTPCFG=\"sslctxid\",2", 3).retry(14, 50).at("HTTP 2.3.1"),
    step("+QHTTPCFG=\"contextid\",1", 3).at("HTTP 2.3.1"),
];

/// The request comes with its head from here.
const TYPED_STEPS: &[Step] = &[step("+QHTTPCFG=\"requestheader\",1", 3).at("HTTP 2.3.1")];

/// The module makes the head, of what [`FORM_STEPS`] and [`HEADER_STEPS`] told it.
const MADE_STEPS: &[Step] = &[step("+QHTTPCFG=\"requestheader\",0", 3).at("HTTP 2.3.1")];

const POST_STEPS: &[Step] = &[
    step("+QHTTPCFG=\"responseheader\",0", 3).at("HTTP 2.3.1"),
    // Of another program: with it nothing can be read. Old firmware does not know it.
    step("+QHTTPCFG=\"rspout/auto\",0", 3).ignore().at("HTTP 2.3.1"),
    step("+QHTTPURL={c},60", 50).connect().sends().note(note::URL).at("HTTP 2.3.2"),
    // TCP and TLS are opened before CONNECT, and the handshake has its own time behind the connection's.
    step("+QHTTPPOST={d},60,60", 2100).connect().result(0, 900).sends().note(note::OPEN).at("HTTP 2.3.5"),
    step("+QHTTPREAD=60", 650).connect().result(0, 100).takes().note(note::READ).at("HTTP 2.3.7"),
    listen(note::DONE, 0),
];

/// The rules are those of the model. The listener has the request, and gets the answer.
pub(crate) const fn post<F: Family>() -> Operation<F> {
    let table = table![BEGIN_STEPS, CONTEXT_STEPS, CLIENT_STEPS, TYPED_STEPS, POST_STEPS, DIAGNOSE_STEPS];
    Operation { prepare, ..Operation::new(table, flag::SOCKET, take) }
}

pub(crate) const fn post_typed<G: Group>() -> Operation<EcFamily<G>> {
    let table = table![BEGIN_STEPS, EC_CONTEXT_STEPS, CLIENT_STEPS, TYPED_STEPS, POST_STEPS, DIAGNOSE_STEPS];
    Operation { prepare, ..Operation::new(table, flag::SOCKET, take_ec) }
}

pub(crate) const fn post_made<G: Group>() -> Operation<EcFamily<G>> {
    let table = table![BEGIN_STEPS, EC_CONTEXT_STEPS, CLIENT_STEPS, MADE_STEPS, POST_STEPS, DIAGNOSE_STEPS];
    Operation { prepare, ..Operation::new(table, flag::SOCKET, take_ec) }
}

/// Argument, the first: the number of the content type. While a dropped request is under way the client is busy, as above.
const FORM_STEPS: &[Step] = &[
    step("+QHTTPCFG=\"requestheader\",0", 3).retry(14, 50).at("HTTP 2.3.1"),
    // JSON is a later one.
    step("+QHTTPCFG=\"contenttype\",{a}", 3).retry(2, 3).note(note::CONTENT).at("HTTP 2.3.1"),
];
/// Whether the module can make the head. The listener is told.
pub(crate) const fn form<G: Group>() -> Operation<EcFamily<G>> {
    Operation { prepare: prepare_form, flags: flag::SOCKET, ..Operation::question(table![FORM_STEPS]) }
}

fn prepare_form<'a, G: Group>(
    input: &Input<'a, 'a, EcFamily<G>>,
    _: &mut State<EcFamily<G>>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<EcFamily<G>>> {
    let &Input::Post { post, .. } = input else { return Ok(()) };
    // HTTP 2.3.1.
    parts.args[0] = Arg::Number(match post.content {
        ContentType::Form => 0,
        ContentType::Octets => 2,
        ContentType::Json => 4,
        // None that is known, so that the head is made here.
        _ => 255,
    });
    Ok(())
}

/// Flags of [`header`].
const REMOVES: u8 = 1;
const ADDS: u8 = 2;

/// Arguments: name, value. A header goes with every request until it is removed.
const HEADER_STEPS: &[Step] = &[
    step("+QHTTPCFG=\"reqheader/remove\",\"{a}\"", 3).when(REMOVES).ignore().at("quectel-at 3.1"),
    step("+QHTTPCFG=\"reqheader/add\",\"{a}\",\"{b}\"", 3).when(ADDS).retry(2, 3).at("quectel-at 3.1"),
];
/// Takes a header for the next requests, or without a value takes it away. It is given as a topic and its payload.
pub(crate) const fn header<G: Group>() -> Operation<EcFamily<G>> {
    Operation { prepare: prepare_header, flags: flag::SOCKET, ..Operation::question(table![HEADER_STEPS]) }
}

fn prepare_header<'a, G: Group>(
    input: &Input<'a, 'a, EcFamily<G>>,
    _: &mut State<EcFamily<G>>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<EcFamily<G>>> {
    let &Input::Topic { topic: name, payload: value, .. } = input else { return Ok(()) };
    parts.args[0] = Arg::Text(name.as_bytes());
    // It may be a token.
    parts.args[1] = Arg::Secret(value.unwrap_or_default());
    parts.flags |= if value.is_some() { ADDS } else { REMOVES };
    Ok(())
}

fn take_ec<G: Group>(run: &mut Running<'_, '_, EcFamily<G>>, note: u8, answer: Answer<'_>) -> Verdict {
    tls::take_clock(run, note, answer).unwrap_or_else(|| take(run, note, answer))
}

fn prepare<'a, F: Family>(input: &Input<'a, 'a, F>, _: &mut State<F>, parts: &mut Parts<'a>) -> Result<(), Error<F>> {
    let &Input::Post { server, url, length, .. } = input else { return Ok(()) };
    parts.args[0] = Arg::Text(server.host.as_bytes());
    parts.args[1] = Arg::Number(server.port.into());
    parts.args[2] = Arg::Number(url as u32);
    parts.args[3] = Arg::Number(length as u32);
    prepare_tls(&server.security, parts)
}

/// Codes of the table of errors (HTTP 4).
const DNS: u16 = 714;
/// Also whatever is wrong with TLS, and on some firmware with the name.
const CONNECT: u16 = 716;
const READ_TIMEOUT: u16 = 722;
const RESPONSE_FAILED: u16 = 723;
const RESPONSE_TIMEOUT: u16 = 728;

fn take<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::ENTER, _) => {
            (state.diagnosed, state.uploaded) = (false, false);
            Verdict::Go
        }
        (note::URL | note::OPEN, Answer::Due(_)) => listener(run, note, answer),
        (note::READ, Answer::Data(_)) => match listener(run, note, answer) {
            Verdict::Fail => run.state.fail(error(READ_TIMEOUT)),
            verdict => verdict,
        },
        (note::OPEN, Answer::Result(line)) => match code(int(line, 0)) {
            Some(0) => match listener(run, note, answer) {
                Verdict::Fail => run.state.fail(Error::Malformed(Argument::Body)),
                Verdict::Wait => run.state.fail(error(RESPONSE_FAILED)),
                verdict => verdict,
            },
            code => failed(state, code),
        },
        (note::URL | note::OPEN | note::READ, Answer::Error(reason)) => match cme_code(reason) {
            code @ Some(_) if note == note::OPEN => failed(state, code),
            Some(code) => state.fail(error(code)),
            // Some firmware gives the text, whatever AT+CMEE says (wire rules).
            None if note == note::OPEN && tells_of_connect(reason) => failed(state, Some(CONNECT)),
            None => Verdict::Default,
        },
        (note::OPEN, Answer::Silence) => state.fail(error(RESPONSE_TIMEOUT)),
        (note::READ, Answer::Result(line)) => match code(int(line, 0)) {
            Some(0) => Verdict::Default,
            code => state.fail(error(code.unwrap_or(READ_TIMEOUT))),
        },
        (note::READ, Answer::Silence) => state.fail(error(READ_TIMEOUT)),
        (note::DONE, _) => Verdict::Done,
        (note::RESOLVE, Answer::Result(line)) if int(line, 1) != Some(0) => state.fail(error(DNS)),
        (note::DIAGNOSED, _) => match state.cause {
            Some(Error::Open(4)) => state.fail(error(DNS)),
            Some(_) => state.fail(error(CONNECT)),
            // A stream that was used up cannot be sent again.
            None => match listener(run, note, answer) {
                Verdict::Fail => run.state.fail(Error::Certificate),
                _ => tls::once_more(run.state, note::OPEN),
            },
        },
        (note::CLOCK | note::FILE | note::STALE | note::UPLOAD | note::SURE, _) => tls::take_context(run, note, answer),
        _ => diagnose::take(run, note, answer),
    }
}

fn listener<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    match &mut run.listener {
        Listener::Answers(take) => take(note, answer),
        _ => Verdict::Default,
    }
}

fn code(number: Option<i32>) -> Option<u16> {
    number.and_then(|number| number.try_into().ok())
}

/// A request came to nothing, for this reason.
fn failed<F: Family>(state: &mut State<F>, code: Option<u16>) -> Verdict {
    match code {
        // Context, name and TCP are good, and the same again.
        Some(CONNECT) if state.diagnosed => state.fail(Error::Certificate),
        Some(CONNECT) => {
            (state.diagnosed, state.cause) = (true, None);
            Verdict::To(note::DIAGNOSE)
        }
        code => state.fail(error(code.unwrap_or(RESPONSE_FAILED))),
    }
}

/// Whether this is the text of [`CONNECT`]; that of no other code has the word.
fn tells_of_connect(reason: &[u8]) -> bool {
    reason.windows(7).any(|word| word.eq_ignore_ascii_case(b"connect"))
}

/// What a code of the table says that can help.
fn error<F: Family>(code: u16) -> Error<F> {
    match code {
        // The network cannot be opened, is not configured, is deactivated, has an error.
        707..=710 => Error::NoContext,
        711 | 712 | 730 => Error::Malformed(Argument::Url),
        713..=716 => Error::Unreachable(code),
        _ => Error::Http(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_to_the_step_that_can_help() {
        for code in 701..=730 {
            let expected: Error = match code {
                707..=710 => Error::NoContext,
                711 | 712 | 730 => Error::Malformed(Argument::Url),
                713..=716 => Error::Unreachable(code),
                _ => Error::Http(code),
            };
            assert_eq!(error(code), expected);
        }
    }
}

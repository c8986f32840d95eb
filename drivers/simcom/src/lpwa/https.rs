//! A POST over HTTPS: the TLS contexts as for a session, connection, headers, body, request, and the answer in pieces.

use wanlink_at::driver::connect::tls_flag::{ANYONE, ROOT};
use wanlink_at::driver::connect::{IN_STEP, prepare_tls};
use wanlink_at::driver::{Listener, Parts, flag};
use wanlink_at::{Answer, Arg, Step, Verdict, int, listen, step, table};
use wanlink_core::Argument;

use super::connect::note;
use super::diagnose::{self, BEGIN_STEPS as DIAGNOSE_STEPS, SIM7000_TCP_STEPS, TCP_STEPS};
use super::socket::result;
use super::tls::{self, CONTEXT_STEPS, SHAKE_STEPS, SIM7000_SHAKE_STEPS};
use super::{Error, Input, Lpwa, Operation, Running, State};

/// Name and value of all headers together (simcom-at 6.2).
pub(super) const MOST_HEADERS: usize = 350;
pub(super) const LONGEST_URL: usize = 64;
pub(super) const LONGEST_PATH: usize = 512;
/// What one command reads at most (simcom-at 6.2).
pub(super) const MOST_READ: usize = 2048;

mod http_note {
    //! Notes of the following tables, beside those of [`connect`](crate::lpwa::connect::note).
    pub(in crate::lpwa) const CHOOSE: u8 = 50;
    pub(in crate::lpwa) const CHOSEN: u8 = 51;
    pub(in crate::lpwa) const OTHER: u8 = 52;
    pub(in crate::lpwa) const LENGTHS: u8 = 53;
    pub(in crate::lpwa) const CONNECT: u8 = 54;
    pub(in crate::lpwa) const CONNECTED: u8 = 55;
    pub(in crate::lpwa) const BODY: u8 = 56;
    pub(in crate::lpwa) const REQUEST: u8 = 57;
    pub(in crate::lpwa) const BLOCK: u8 = 58;
}
pub(super) use http_note::{BODY, REQUEST};

/// Arguments: host and port, and those of the TLS context.
const BEGIN_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    // Of a request that was dropped.
    step("+SHDISC", 100).ignore().at("simcom-at 6.2"),
];

const URL_STEPS: &[Step] = &[
    listen(http_note::CHOOSE, 0),
    step("+SHCONF=\"URL\",\"https://{a}\"", 10).at("simcom-at 6.2"),
    listen(http_note::CHOSEN, 0),
    step("+SHCONF=\"URL\",\"https://{a}:{b}\"", 10).note(http_note::OTHER).at("simcom-at 6.2"),
];

const SIM7080_LENGTH_STEPS: &[Step] =
    &[step("+SHCONF=\"BODYLEN\",4096", 10).note(http_note::LENGTHS).at("simcom-at 6.2")];
const SIM7000_LENGTH_STEPS: &[Step] =
    &[step("+SHCONF=\"BODYLEN\",1024", 10).note(http_note::LENGTHS).at("simcom-at 6.2")];

const OPEN_STEPS: &[Step] = &[
    step("+SHCONF=\"HEADERLEN\",350", 10).at("simcom-at 6.2"),
    step("+SHCONF=\"TIMEOUT\",60", 10).at("simcom-at 6.2"),
    IN_STEP.when(ROOT),
    step("+SHSSL=1,\"{h}\"", 10).when(ROOT).at("simcom-at 6.2"),
    step("+SHSSL=1,\"\"", 10).when(ANYONE).at("simcom-at 6.2"),
    // It may refuse at first: once more behind this (simcom-at 6.2).
    step("+SHDISC", 100).ignore().note(note::OLD).at("simcom-at 6.2"),
    step("+SHCONN", 900).note(http_note::CONNECT).at("simcom-at 6.2"),
    listen(http_note::CONNECTED, 0),
];

/// Opens the connection. The rules are those of the model.
pub(super) const fn sim7080_open<F: Lpwa>() -> Operation<F> {
    let table = table![
        BEGIN_STEPS,
        CONTEXT_STEPS,
        URL_STEPS,
        SIM7080_LENGTH_STEPS,
        OPEN_STEPS,
        DIAGNOSE_STEPS,
        SHAKE_STEPS,
        TCP_STEPS
    ];
    Operation { prepare, ..Operation::new(table, flag::SOCKET, take) }
}

pub(super) const fn sim7000_open<F: Lpwa>() -> Operation<F> {
    let table = table![
        BEGIN_STEPS,
        CONTEXT_STEPS,
        URL_STEPS,
        SIM7000_LENGTH_STEPS,
        OPEN_STEPS,
        DIAGNOSE_STEPS,
        SIM7000_SHAKE_STEPS,
        SIM7000_TCP_STEPS
    ];
    Operation { prepare, ..Operation::new(table, flag::SOCKET, take) }
}

fn prepare<'a, F: Lpwa>(input: &Input<'a, 'a, F>, _: &mut State<F>, parts: &mut Parts<'a>) -> Result<(), Error<F>> {
    let &Input::Post { server, .. } = input else { return Ok(()) };
    parts.args[0] = Arg::Text(server.host.as_bytes());
    parts.args[1] = Arg::Number(server.port.into());
    prepare_tls(&server.security, parts)
}

const CLEAR_STEPS: &[Step] = &[IN_STEP, step("+SHCHEAD", 10).at("simcom-at 6.2")];

/// Takes back the headers of an earlier request.
pub(super) const fn clear<F: Lpwa>() -> Operation<F> {
    Operation::new(table![CLEAR_STEPS], flag::SOCKET, |_, _, _| Verdict::Default)
}

/// Arguments: name and value. Without one of them the platform says that the program is wrong.
const HEADER_STEPS: &[Step] = &[IN_STEP, step("+SHAHEAD=\"{a}\",\"{b}\"", 10).at("simcom-at 6.2")];

/// One header: that of the content, then those of the caller.
pub(super) const fn header<F: Lpwa>() -> Operation<F> {
    Operation {
        prepare: prepare_header,
        ..Operation::new(table![HEADER_STEPS], flag::SOCKET, |_, _, _| Verdict::Default)
    }
}

fn prepare_header<'a, F: Lpwa>(
    input: &Input<'a, 'a, F>,
    _: &mut State<F>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<F>> {
    let &Input::Post { post, url: index, .. } = input else { return Ok(()) };
    let header = index.checked_sub(1).and_then(|index| post.headers.get(index));
    let (name, value) = header.copied().unwrap_or(("Content-Type", post.content.as_str()));
    parts.args[0] = Arg::Text(name.as_bytes());
    // It may be a token.
    parts.args[1] = if index == 0 { Arg::Text(value.as_bytes()) } else { Arg::Secret(value.as_bytes()) };
    Ok(())
}

/// Argument: the length.
const SIM7080_BODY_STEPS: &[Step] = &[step("+SHBOD={a},10000", 150).prompt().sends().note(BODY).at("simcom-at 6.2")];
/// `AT+SHBOD` takes the text on its line there.
const SIM7000_BODY_STEPS: &[Step] = &[step("+SHBODEXT={a},10000", 150).prompt().sends().note(BODY).at("simcom-at 6.2")];

/// The body; the listener has it.
pub(super) const fn sim7080_body<F: Lpwa>() -> Operation<F> {
    Operation { prepare: prepare_body, ..Operation::new(table![SIM7080_BODY_STEPS], flag::SOCKET, heard) }
}

pub(super) const fn sim7000_body<F: Lpwa>() -> Operation<F> {
    Operation { prepare: prepare_body, ..Operation::new(table![SIM7000_BODY_STEPS], flag::SOCKET, heard) }
}

fn prepare_body<'a, F: Lpwa>(
    input: &Input<'a, 'a, F>,
    _: &mut State<F>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<F>> {
    let &Input::Post { length, .. } = input else { return Ok(()) };
    parts.args[0] = Arg::Number(length as u32);
    Ok(())
}

/// Argument: the path.
const REQUEST_STEPS: &[Step] = &[step("+SHREQ=\"{a}\",3", 50).result(0, 700).note(REQUEST).at("simcom-at 6.2")];

/// The request; the listener gets its result.
pub(super) const fn request<F: Lpwa>() -> Operation<F> {
    Operation { prepare: prepare_request, ..Operation::new(table![REQUEST_STEPS], flag::SOCKET, heard) }
}

fn prepare_request<'a, F: Lpwa>(
    input: &Input<'a, 'a, F>,
    _: &mut State<F>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<F>> {
    let &Input::Post { post, .. } = input else { return Ok(()) };
    parts.args[0] = Arg::Text(post.path.as_bytes());
    Ok(())
}

/// Arguments: from where, how much. The bytes come behind the OK.
const READ_STEPS: &[Step] = &[step("+SHREAD={a},{b}", 50).at("simcom-at 6.2"), listen(http_note::BLOCK, 100)];

/// A piece of the answer, into the inbox.
pub(super) const fn read<F: Lpwa>() -> Operation<F> {
    Operation { prepare: prepare_read, ..Operation::new(table![READ_STEPS], flag::SOCKET, heard) }
}

fn prepare_read<'a, F: Lpwa>(
    input: &Input<'a, 'a, F>,
    _: &mut State<F>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<F>> {
    let &Input::Post { url: from, length, .. } = input else { return Ok(()) };
    parts.args[0] = Arg::Number(from as u32);
    parts.args[1] = Arg::Number(length as u32);
    Ok(())
}

const CLOSE_STEPS: &[Step] = &[step("+SHDISC", 100).ignore().at("simcom-at 6.2")];

pub(super) const fn close<F: Lpwa>() -> Operation<F> {
    Operation::new(table![CLOSE_STEPS], flag::SOCKET, |_, _, _| Verdict::Default)
}

/// A name that cannot be resolved, and a server that nobody reaches, in the numbers of the sockets.
const UNRESOLVED: u16 = result::DNS as u16;
const UNREACHABLE: u16 = 27;

fn take<F: Lpwa>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let is_usual = matches!(run.args[1], Arg::Number(443));
    let state = &mut *run.state;
    match (note, answer) {
        (note::ENTER, _) => {
            (state.diagnosed, state.uploaded, state.own.tries) = (false, false, 0);
            Verdict::Go
        }
        (http_note::CHOOSE, _) if is_usual => Verdict::Go,
        (http_note::CHOOSE, _) => Verdict::To(http_note::OTHER),
        (http_note::CHOSEN, _) => Verdict::To(http_note::LENGTHS),
        (http_note::CONNECT, Answer::Error(_)) if state.own.tries < 2 => {
            state.own.tries += 1;
            Verdict::To(note::OLD)
        }
        (http_note::CONNECT, Answer::Error(_)) => Verdict::To(note::DIAGNOSE),
        (http_note::CONNECT, Answer::Silence) => state.fail(Error::Unreachable(UNREACHABLE)),
        (http_note::CONNECTED, _) => Verdict::Done,
        (note::RESOLVE, Answer::Result(line)) if int(line, 0) != Some(1) => state.fail(Error::Unreachable(UNRESOLVED)),
        (note::SHAKE, _) => tls::shaken(state, answer),
        (note::SHAKEN, _) => match state.cause {
            // The handshake is good with a socket, and the client fails all the same.
            None => state.fail(Error::Http(0)),
            Some(Error::Certificate) => Verdict::Fail,
            _ => Verdict::Go,
        },
        (note::DIAGNOSED, _) => match state.cause {
            None => match tls::once_more(state) {
                Some(again) => {
                    state.own.tries = 0;
                    again
                }
                None => state.fail(Error::Certificate),
            },
            Some(Error::Open(4)) => state.fail(Error::Unreachable(UNRESOLVED)),
            Some(Error::Open(_)) => state.fail(Error::Unreachable(UNREACHABLE)),
            Some(cause) => state.fail(cause),
        },
        (note::DIAGNOSE | note::NO_CONTEXT | note::REACH, _) => diagnose::take(run, note, answer),
        _ => tls::take_context(run, note, answer),
    }
}

/// What the listener says; when it gives up, the request is no more what it was to be.
fn heard<F: Lpwa>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (REQUEST, Answer::Silence) => return run.state.fail(Error::Http(0)),
        // A record that was too long, or somebody else's: the caller looks.
        (http_note::BLOCK, Answer::Record | Answer::Silence) => return Verdict::Done,
        _ => {}
    }
    let Listener::Answers(take) = &mut run.listener else { return Verdict::Default };
    match take(note, answer) {
        Verdict::Fail => run.state.fail(if note == BODY { Error::Malformed(Argument::Body) } else { Error::Http(0) }),
        verdict => verdict,
    }
}

//! Opening a TLS socket: the security profile as for a session, and what a failed handshake leads to.

use wanlink_at::driver::connect::prepare_tls;
use wanlink_at::driver::{Parts, Task, flag};
use wanlink_at::{Answer, Verdict, int, table};

use super::connect::note;
use super::socket::{self, BEGIN_STEPS, OPEN_STEPS};
use super::tls::{self, CONTEXT_STEPS};
use crate::{Error, Input, Operation, Running, State};

/// Arguments: those of the others, and those of the security profile. The rules are those of the model.
pub(crate) const OPEN: Operation =
    Operation { prepare, ..Operation::new(table![BEGIN_STEPS, CONTEXT_STEPS, OPEN_STEPS], flag::SOCKET, take) };

fn prepare<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Task(Task { tls: Some(tls), .. }) = input else { return Err(Error::NoHostCheck) };
    socket::prepare_open(input, state, parts)?;
    prepare_tls(tls, parts)
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::PROTECT, _) if !state.own.plain => Verdict::Go,
        (note::REACHED, _) if state.own.plain => reached(state),
        (note::CONNECT_ASYNC, Answer::Result(line)) if state.own.plain && int(line, 1) == Some(0) => reached(state),
        (note::CONNECT_ASYNC, Answer::Result(line)) if int(line, 1) != Some(0) => failed(state, int(line, 1)),
        (note::WHY, Answer::Info(line)) => failed(state, int(line, 0)),
        (note::CLOCK | note::FILE | note::STALE | note::UPLOAD, _) => tls::take_context(run, note, answer),
        _ => socket::take_open(run, note, answer),
    }
}

/// TCP works, and TLS does not.
fn reached(state: &mut State) -> Verdict {
    state.own.plain = false;
    match tls::again(state, note::FREE) {
        Some(verdict) => verdict,
        None => state.fail(Error::Certificate),
    }
}

/// A connection could not be opened; of what is wrong with TLS there is no code for sure.
fn failed(state: &mut State, code: Option<i32>) -> Verdict {
    // ENETDOWN, ENETUNREACH, ETIMEDOUT, ECONNREFUSED, EHOSTUNREACH: as it is told.
    if state.own.plain || matches!(code, Some(100 | 101 | 110 | 111 | 113)) {
        return state.fail(socket::error(code));
    }
    if state.diagnosed {
        // TCP is good, and the same again.
        return state.fail(Error::Certificate);
    }
    (state.diagnosed, state.own.plain) = (true, true);
    Verdict::To(note::FREE)
}

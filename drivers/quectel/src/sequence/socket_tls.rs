//! Opening a TLS socket: the TLS context as for a session, and what a failed handshake leads to.

use wanlink_at::driver::connect::prepare_tls;
use wanlink_at::driver::sockets::prepare_open;
use wanlink_at::driver::{Family, Parts, Task, flag};
use wanlink_at::{Answer, Step, Verdict, int, listen, step, table};

use super::connect::note;
use super::socket::{self, WHY_STEPS};
use super::tls::{self, CONTEXT_STEPS, EC_CONTEXT_STEPS};
use crate::ec::{EcFamily, Group};
use crate::{Error, Input, Operation, Running, State};

const BEGIN_STEPS: &[Step] = &[listen(note::ENTER, 0)];

/// Arguments: host, port, number, and those of the TLS context.
const OPEN_STEPS: &[Step] = &[
    listen(note::SET_UP, 0),
    step("+QSSLCLOSE={c}", 150).ignore().note(note::FREE).at("SSL 2.3.6"),
    // The handshake has its time behind the connection's.
    step("+QSSLOPEN=1,2,{c},\"{a}\",{b},0", 50).result(0, 2100).note(note::OPEN).at("SSL 2.3.3"),
    // All that can be wrong with TLS is 566, and so is a server that nobody reaches: does plain TCP reach it?
    step("+QICLOSE={c},1", 100).ignore().note(note::DIAGNOSE).at("TCP 2.3.7"),
    step("+QIOPEN=1,{c},\"TCP\",\"{a}\",{b},0,0", 50).result(0, 300).ignore().note(note::REACH).at("TCP 2.3.6"),
    step("+QICLOSE={c},1", 100).ignore().at("TCP 2.3.7"),
    listen(note::DIAGNOSED, 0),
];

/// The rules are those of the model.
pub(crate) const fn open<F: Family>() -> Operation<F> {
    Operation {
        prepare,
        ..Operation::new(table![BEGIN_STEPS, CONTEXT_STEPS, OPEN_STEPS, WHY_STEPS], flag::SOCKET, take)
    }
}

pub(crate) const fn open_ec<G: Group>() -> Operation<EcFamily<G>> {
    Operation {
        prepare,
        ..Operation::new(table![BEGIN_STEPS, EC_CONTEXT_STEPS, OPEN_STEPS, WHY_STEPS], flag::SOCKET, take_ec)
    }
}

/// Whatever is wrong with the connection or with TLS (SSL 4).
const CONNECT_FAILED: i32 = 566;

fn prepare<'a, F: Family>(
    input: &Input<'a, 'a, F>,
    state: &mut State<F>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<F>> {
    let &Input::Task(Task { tls: Some(tls), .. }) = input else { return Err(Error::NoHostCheck) };
    prepare_open(input, state, parts)?;
    prepare_tls(tls, parts)
}

fn take<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let number = run.number(2);
    let state = &mut *run.state;
    match (note, answer) {
        (note::ENTER, _) => {
            (state.freed, state.diagnosed, state.uploaded) = (false, false, false);
            Verdict::Go
        }
        (note::SET_UP, _) => Verdict::To(note::OPEN),
        (note::OPEN, Answer::Result(line))
            if int(line, 0) == Some(number.into()) && int(line, 1) == Some(CONNECT_FAILED) =>
        {
            handshake_failed(state)
        }
        (note::WHY, Answer::Info(line)) if int(line, 0) == Some(CONNECT_FAILED) => handshake_failed(state),
        (note::REACH, Answer::Result(line)) if int(line, 0) != Some(number.into()) => Verdict::Wait,
        (note::REACH, Answer::Result(line)) => {
            state.cause = match int(line, 1) {
                Some(0) => None,
                code => Some(socket::error(code)),
            };
            Verdict::Default
        }
        (note::DIAGNOSED, _) => match state.cause {
            Some(cause) => state.fail(cause),
            None => tls::once_more(state, note::FREE),
        },
        (note::OPEN | note::WHY, _) => socket::take_open(run, note, answer),
        _ => tls::take_context(run, note, answer),
    }
}

fn take_ec<G: Group>(run: &mut Running<'_, '_, EcFamily<G>>, note: u8, answer: Answer<'_>) -> Verdict {
    tls::take_clock(run, note, answer).unwrap_or_else(|| take(run, note, answer))
}

fn handshake_failed<F: Family>(state: &mut State<F>) -> Verdict {
    if state.diagnosed {
        // TCP is good, and the same again.
        return state.fail(Error::Certificate);
    }
    state.diagnosed = true;
    // Until something better is known.
    state.cause = Some(Error::Unreachable(CONNECT_FAILED as u16));
    Verdict::To(note::DIAGNOSE)
}

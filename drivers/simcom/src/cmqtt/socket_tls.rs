//! Opening a TLS socket: the TLS context as for a session, and what a failed handshake leads to.

use embassy_time::Instant;
use wanlink_at::driver::connect::prepare_tls;
use wanlink_at::driver::connect::tls_flag::{DATES, ROOT};
use wanlink_at::driver::sockets::prepare_open;
use wanlink_at::driver::{Parts, Task, flag};
use wanlink_at::{Answer, Arg, Step, Verdict, int, listen, step, table};

use super::connect::{BEGIN_STEPS, note};
use super::socket::{BUSY_TLS, FIRST_TLS, STATE_TLS, free};
use super::tls::{CONTEXT_STEPS, is_slow, take_context};
use super::{Error, Input, Operation, Running, State};

/// Arguments: host, port, number, the module's number, and those of the TLS context.
const OPEN_STEPS: &[Step] = &[
    listen(note::SERVICE, 0),
    // It takes its settings while it is stopped.
    step("+CCHSTOP", 1200).result(0, 1200).ignore().at("simcom-at 7.2"),
    step("+CCHSET=1,1", 90).retry(2, 3).at("simcom-at 7.2"),
    step("+CCHSTART", 1200).result(0, 1200).note(note::NETWORK).at("simcom-at 7.2"),
    listen(note::SET_UP, 0),
    step("+CCHCLOSE={d}", 300).result(1, 300).ignore().note(note::FREE).at("simcom-at 7.2"),
    listen(note::SECOND, 0),
    // What binds a session to its context cannot be read back. If that gets lost, the second session has its own: it shall
    // be no weaker than the one that both are bound to.
    step("+CSSLCFG=\"ignorelocaltime\",1,0", 90).when(DATES).at("simcom-at 8"),
    step("+CSSLCFG=\"sslversion\",1,3", 90).when(ROOT).at("simcom-at 8"),
    step("+CSSLCFG=\"enableSNI\",1,1", 90).ignore().when(ROOT).at("simcom-at 8"),
    step("+CSSLCFG=\"cacert\",1,\"{h}\"", 90).when(ROOT).at("simcom-at 8"),
    step("+CSSLCFG=\"authmode\",1,1", 90).when(ROOT).at("simcom-at 8"),
    step("+CSSLCFG=1", 90).same(1).info().when(ROOT).note(note::SURE).retry(2, 3).at("simcom-at 8"),
    listen(note::OPENING, 0),
    // A failed opening forgets it, and so does a close.
    step("+CCHSSLCFG={d},0", 90).at("simcom-at 7.2"),
    // The handshake has its time behind the connection's.
    step("+CCHOPEN={d},\"{a}\",{b},2", 1900).result(1, 1900).note(note::OPEN).at("simcom-at 7.2"),
];

/// The rules are those of the model.
pub(super) const OPEN: Operation =
    Operation { prepare, ..Operation::new(table![BEGIN_STEPS, CONTEXT_STEPS, OPEN_STEPS], flag::SOCKET, take) };

fn prepare<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Task(Task { tls: Some(tls), number, .. }) = input else { return Err(Error::NoHostCheck) };
    prepare_open(input, state, parts)?;
    parts.args[3] = Arg::Number(number.saturating_sub(FIRST_TLS).into());
    prepare_tls(tls, parts)
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let number = run.number(2);
    let state = &mut *run.state;
    match (note, answer) {
        (note::ENTER, _) => {
            (state.freed, state.uploaded) = (false, false);
            Verdict::Go
        }
        (note::SERVICE, _) if state.own.secure => Verdict::To(note::SECOND),
        (note::SERVICE, _) => Verdict::Go,
        (note::NETWORK, Answer::Result(line)) if int(line, 0) == Some(0) => {
            state.own.secure = true;
            Verdict::Default
        }
        (note::NETWORK, Answer::Result(_)) => state.fail(Error::NoContext),
        (note::SET_UP, _) => Verdict::To(note::SECOND),
        (note::SECOND, _) if number == FIRST_TLS => Verdict::To(note::OPENING),
        (note::SECOND, _) => Verdict::Go,
        (note::OPENING, _) => {
            state.own.since = Instant::now();
            Verdict::Go
        }
        (note::OPEN, Answer::Result(line)) => opened(state, number, int(line, 1)),
        (note::OPEN, Answer::Error(_)) if !state.freed => free(state),
        (note::OPEN, Answer::Error(_)) => state.fail(Error::Unreachable(0)),
        (note::OPEN, Answer::Silence) => state.fail(Error::Unreachable(TIMED_OUT)),
        _ => take_context(run, note, answer),
    }
}

/// Codes of the CCH family (simcom-at 7.2).
const TIMED_OUT: u16 = 5;
const HANDSHAKE: i32 = 15;

/// `+CCHOPEN: <session>,<code>`
fn opened(state: &mut State, number: u8, code: Option<i32>) -> Verdict {
    match code {
        Some(0) => {
            state.sockets.opened(number);
            Verdict::Done
        }
        // A session that is open, or was not closed.
        Some(BUSY_TLS | STATE_TLS) if !state.freed => free(state),
        Some(code @ (BUSY_TLS | STATE_TLS | 7)) => state.fail(Error::Busy(code as u16)),
        Some(9 | 17) => state.fail(Error::NoContext),
        // TLS session, handshake, certificate.
        Some(10 | HANDSHAKE | 19) if is_slow(state) => state.fail(Error::Unreachable(TIMED_OUT)),
        Some(10 | HANDSHAKE | 19) if state.uploaded || state.flags & ROOT == 0 => state.fail(Error::Certificate),
        Some(10 | HANDSHAKE | 19) => Verdict::To(note::STALE),
        code => state.fail(Error::Unreachable(code.and_then(|code| code.try_into().ok()).unwrap_or(0))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_to_the_step_that_can_help() {
        for (code, expected) in [
            (Some(3), Error::Busy(3)),
            (Some(5), Error::Unreachable(5)),
            (Some(9), Error::NoContext),
            (Some(11), Error::Busy(11)),
            (Some(13), Error::Unreachable(13)),
            (Some(14), Error::Unreachable(14)),
            (Some(15), Error::Certificate),
            (Some(17), Error::NoContext),
            (None, Error::Unreachable(0)),
        ] {
            let mut state = State { freed: true, ..State::default() };
            state.own.since = Instant::now();
            assert_eq!((opened(&mut state, 10, code), state.cause), (Verdict::Fail, Some(expected)));
        }
    }
}

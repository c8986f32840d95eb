//! Sockets: what is in use, open, write, read, close. Plain ones and those of TLS are two services of the module, each
//! with its own commands and numbers.

use wanlink_at::driver::sockets::{self, FETCHES, Phase, Protocol, SETTLES, TCP, TLS, nothing_waits};
use wanlink_at::driver::{Parts, begins_with, flag};
use wanlink_at::{Answer, Arg, Effect, FOREVER, Step, Verdict, field, int, listen, step, table};

use super::connect::note as open_note;
use super::urc::id;
use super::{Error, Input, Operation, Running, State};

mod note {
    pub(super) use wanlink_at::driver::sockets::note::*;

    pub(super) const STOPPED: u8 = 1;
    pub(super) const WRITE: u8 = 2;
    pub(super) const WRITE_TLS: u8 = 3;
    pub(super) const READ_TLS: u8 = 4;
}

/// Sockets of TLS are behind the ten plain ones here; the module numbers them 0 and 1.
pub(super) const FIRST_TLS: u8 = 10;

/// The most that one read of a TLS socket brings: one block (simcom-at 7.2).
const TLS_BLOCK: usize = 1024;

/// What an earlier life left open, or a lost network: all of it is given up.
const LIST_STEPS: &[Step] = &[
    step("+NETCLOSE", 1200).result(0, 1200).ignore().at("simcom-at 2.6"),
    step("+CCHSTOP", 1200).result(0, 1200).ignore().at("simcom-at 7.2"),
    listen(note::STOPPED, 0),
];
pub(super) static LIST: Operation = Operation::new(table![LIST_STEPS], flag::SOCKET, take);

/// Arguments: host, port, number.
const OPEN_STEPS: &[Step] = &[
    listen(open_note::ENTER, 0),
    // Before there is anything to read: data are read when they are asked for, and never pushed as lines.
    step("+CIPRXGET=1", 90).retry(2, 3).at("simcom-at 7.1"),
    step("+CSOCKSETPN=1", 90).ignore().at("simcom-at 2.6"),
    step("+NETOPEN", 1200).result(0, 1200).named("+NETOPEN:|+IP ERROR:").note(open_note::NETWORK).at("simcom-at 2.6"),
    listen(open_note::SET_UP, 0),
    step("+CIPCLOSE={c}", 300).result(1, 300).ignore().note(open_note::FREE).at("simcom-at 7.1"),
    step("+CIPOPEN={c},\"TCP\",\"{a}\",{b}", 1250).result(1, 1250).note(open_note::OPEN).at("simcom-at 7.1"),
];
/// The rules are those of the model.
pub(super) const OPEN: Operation =
    Operation { prepare: sockets::prepare_open, ..Operation::new(table![OPEN_STEPS], flag::SOCKET, take_open) };

/// Arguments of the following: number, length, the module's number of a TLS socket.
const WRITE_STEPS: &[Step] = &[
    step("", 10).retry(2, 0).when(SETTLES),
    listen(note::DONE, 0).when(SETTLES),
    listen(note::DUE, 0),
    step("+CIPSEND={a},{b}", 300).prompt_byte(b'>').result(1, 300).when(TCP).note(note::WRITE).at("simcom-at 7.1"),
    // The result may be missing.
    step("+CCHSEND={c},{b}", 300)
        .prompt_byte(b'>')
        .result(1, 20)
        .optional()
        .when(TLS)
        .note(note::WRITE_TLS)
        .at("simcom-at 7.2"),
    listen(note::DONE, 0),
    listen(note::FULL, FOREVER),
];
pub(super) static WRITE: Operation = Operation { prepare, ..Operation::new(table![WRITE_STEPS], flag::SOCKET, take) };

const READ_STEPS: &[Step] = &[
    step("", 10).retry(2, 0).when(SETTLES),
    listen(note::DONE, 0).when(SETTLES),
    listen(note::WAIT, FOREVER),
    // Its other lines say why there is nothing.
    step("+CIPRXGET=2,{a},{b}", 90).info().named("+IP ERROR:").when(TCP).note(note::READ).at("simcom-at 7.1"),
    step("+CCHRECV={c},{b}", 90).result(1, 90).when(TLS).note(note::READ_TLS).at("simcom-at 7.2"),
    listen(note::DONE, 0),
    step("+CIPCLOSE?", 90).info().note(note::STATE).at("simcom-at 7.1"),
    listen(note::STATED, 0),
];
pub(super) static READ: Operation =
    Operation { prepare: prepare_read, ..Operation::new(table![READ_STEPS], flag::SOCKET, take) };

const CLOSE_STEPS: &[Step] = &[
    step("+CIPCLOSE={a}", 300).result(1, 300).when(TCP).note(note::CLOSE).at("simcom-at 7.1"),
    step("+CCHCLOSE={c}", 300).result(1, 300).when(TLS).note(note::CLOSE).at("simcom-at 7.2"),
];
pub(super) static CLOSE: Operation = Operation { prepare, ..Operation::new(table![CLOSE_STEPS], flag::SOCKET, take) };

fn prepare<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    sockets::prepare(input, state, parts)?;
    let &Input::Task(task) = input else { return Ok(()) };
    parts.args[2] = Arg::Number(task.number.saturating_sub(FIRST_TLS).into());
    Ok(())
}

fn prepare_read<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    prepare(input, state, parts)?;
    let &Input::Task(task) = input else { return Ok(()) };
    if task.protocol == Protocol::Tls {
        parts.args[1] = Arg::Number(task.count.min(TLS_BLOCK) as u32);
    }
    Ok(())
}

fn take_open(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let number = run.number(2);
    let state = &mut *run.state;
    match (note, answer) {
        (open_note::ENTER, _) => {
            state.freed = false;
            if state.own.network { Verdict::To(open_note::OPEN) } else { Verdict::Go }
        }
        (open_note::NETWORK, Answer::Result(line)) if is_open_already(line) || int(line, 0) == Some(0) => {
            state.own.network = true;
            Verdict::Go
        }
        (open_note::NETWORK, Answer::Result(_) | Answer::Error(_)) => state.fail(Error::NoContext),
        (open_note::SET_UP, _) => Verdict::To(open_note::OPEN),
        (open_note::OPEN, Answer::Result(line)) => match int(line, 1) {
            Some(0) => {
                state.sockets.opened(number);
                Verdict::Done
            }
            Some(NOT_OPENED) => {
                state.own.network = false;
                state.fail(Error::NoContext)
            }
            Some(BUSY | OPENED) if !state.freed => free(state),
            code => state.fail(error(code)),
        },
        (open_note::OPEN, Answer::Error(_)) if !state.freed => free(state),
        (open_note::OPEN, Answer::Error(_)) => state.fail(Error::Unreachable(0)),
        (open_note::OPEN, Answer::Silence) => state.fail(error(Some(TIMED_OUT))),
        _ => Verdict::Default,
    }
}

/// A number that is in use is freed, once.
pub(super) fn free(state: &mut State) -> Verdict {
    state.freed = true;
    Verdict::To(open_note::FREE)
}

/// `+IP ERROR: Network is already opened`
fn is_open_already(line: &[u8]) -> bool {
    field(line, 0) == Some(b"Network is already opened")
}

/// Codes of the CIP family (simcom-at 7.1).
const NOT_OPENED: i32 = 2;
const BUSY: i32 = 8;
const OPENED: i32 = 9;
const TIMED_OUT: i32 = 10;
/// The name cannot be resolved.
pub(super) const NO_NAME: u16 = 11;

/// What a code of the table says that can help.
pub(super) fn error(code: Option<i32>) -> Error {
    let code = code.and_then(|code| u16::try_from(code).ok()).unwrap_or(0);
    if matches!(i32::from(code), BUSY | OPENED) { Error::Busy(code) } else { Error::Unreachable(code) }
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let number = run.number(0);
    let state = &mut *run.state;
    match (note, answer) {
        (note::STOPPED, _) => {
            (state.own.network, state.own.secure) = (false, false);
            Verdict::Done
        }
        // How many bytes were asked for, and how many were taken.
        (note::WRITE, Answer::Result(line)) => match (int(line, 1), int(line, 2)) {
            (Some(asked), Some(done)) if asked == done => Verdict::Default,
            (_, Some(0)) => full(state),
            (_, Some(-1)) => unconnected(state, number),
            _ => cut(state, number),
        },
        (note::WRITE_TLS, Answer::Result(line)) => match int(line, 1) {
            Some(0) => Verdict::Default,
            Some(BUSY_TLS) => full(state),
            Some(4 | STATE_TLS) => unconnected(state, number),
            _ => cut(state, number),
        },
        (note::WRITE | note::WRITE_TLS, Answer::Error(_)) => unconnected(state, number),
        (note::READ, Answer::Info(line)) => {
            state.own.is_empty = field(line, 0) == Some(b"No data");
            // What comes from here on is told anew, also before the `ERROR`.
            if state.own.is_empty && state.sockets.phase(number) == Phase::Readable {
                state.sockets.set_phase(number, Phase::Idle);
            }
            Verdict::Default
        }
        // Some firmware forgets a connection that the other end closed, and what was told of with it.
        (note::READ, Answer::Error(_))
            if core::mem::take(&mut state.own.is_empty)
                || (state.sockets.phase(number) == Phase::Draining && state.own.unread & bit(number) == 0) =>
        {
            if state.sockets.phase(number) == Phase::Readable {
                Verdict::To(note::WAIT)
            } else {
                nothing_waits(run, number)
            }
        }
        (note::READ_TLS, Answer::Result(line)) if int(line, 1) == Some(0) => Verdict::Default,
        // The module has no word for a session that is open without anything to read.
        (note::READ_TLS, Answer::Result(_) | Answer::Error(_)) => {
            if state.sockets.phase(number) == Phase::Doubted {
                state.sockets.set_phase(number, Phase::Readable);
            }
            nothing_waits(run, number)
        }
        // Also what is not open is closed.
        (note::CLOSE, Answer::Result(_)) => Verdict::Done,
        (note::STATE, Answer::Info(line)) => {
            if state.sockets.phase(number) == Phase::Doubted {
                let is_open = int(line, number.into()) == Some(1);
                state.sockets.set_phase(number, if is_open { Phase::Idle } else { Phase::Closing });
            }
            Verdict::Default
        }
        _ => sockets::take(run, note, answer),
    }
}

/// Codes of the CCH family (simcom-at 7.2).
pub(super) const BUSY_TLS: i32 = 3;
pub(super) const STATE_TLS: i32 = 11;

/// The send buffer is full: there will be room when the other end has taken some.
fn full(state: &mut State) -> Verdict {
    if state.sockets.waits() { Verdict::To(note::FULL) } else { state.fail(Error::SendBufferFull) }
}

/// The line that told it was lost, or comes next. What came before can still be read.
fn unconnected(state: &mut State, number: u8) -> Verdict {
    state.sockets.set_phase(number, Phase::Closing);
    state.fail(Error::Disconnected)
}

/// The stream is not whole.
fn cut(state: &mut State, number: u8) -> Verdict {
    state.sockets.cut(number);
    state.fail(Error::Disconnected)
}

/// Takes what became of data whose write was dropped: without them the stream is not whole.
pub(super) fn owed(state: &mut State, line: &[u8]) {
    let Some(number) = int(line, 0).and_then(|number| u8::try_from(number).ok()) else { return };
    if line.starts_with(b"+CIPSEND") && int(line, 1) != int(line, 2) {
        state.sockets.cut(number);
    } else if line.starts_with(b"+CCHSEND") && int(line, 1) != Some(0) {
        state.sockets.cut(number.saturating_add(FIRST_TLS));
    }
}

/// Takes an unsolicited line about a socket.
pub(super) fn line(state: &mut State, id: u8, line: &[u8]) -> Effect {
    let index = usize::from(id == id::RECEIVED);
    let first = if matches!(id, id::RECEIVED | id::CLOSED) { 0 } else { FIRST_TLS };
    let Some(number) = int(line, index).and_then(|number| u8::try_from(number).ok()) else { return Effect::None };
    let number = number.saturating_add(first);
    let next = match (id, state.sockets.phase(number)) {
        // The answer to a read has the same name.
        (id::RECEIVED, _) if !begins_with(line, &[1]) => return Effect::None,
        (id::RECEIVED | id::RECEIVED_TLS, Phase::Idle | Phase::Doubted) => Phase::Readable,
        // What was sent did not reach the other end.
        (id::CLOSED, Phase::Idle | Phase::Doubted | Phase::Readable) if int(line, 1) == Some(2) => Phase::Cut,
        (id::CLOSED | id::CLOSED_TLS, Phase::Idle | Phase::Doubted | Phase::Readable) => Phase::Closing,
        _ => return Effect::None,
    };
    let is_read = state.sockets.phase(number) != Phase::Readable;
    state.own.unread = if is_read { state.own.unread & !bit(number) } else { state.own.unread | bit(number) };
    state.sockets.set_phase(number, next);
    state.tell_sockets();
    Effect::Woken
}

const fn bit(number: u8) -> u16 {
    1 << (number & 15)
}

const _: () = assert!(FETCHES == 8 && FIRST_TLS + 2 == sockets::COUNT);

#[cfg(test)]
mod tests {
    use super::*;
    use wanlink_at::driver::taken;

    #[test]
    fn codes_lead_to_the_step_that_can_help() {
        for code in [8, 9] {
            assert_eq!(error(Some(code)), Error::Busy(code as u16));
        }
        for (code, number) in [(Some(1), 1), (Some(10), 10), (Some(11), 11), (Some(-1), 0), (None, 0)] {
            assert_eq!(error(code), Error::Unreachable(number));
        }
    }

    #[test]
    fn a_network_that_is_open_already_is_open() {
        for (line, verdict) in [
            (&b"+NETOPEN: 0"[..], Verdict::Go),
            (b"+IP ERROR: Network is already opened", Verdict::Go),
            (b"+NETOPEN: 1", Verdict::Fail),
            (b"+IP ERROR: Operation failed", Verdict::Fail),
        ] {
            let mut state = State::default();
            assert_eq!(taken(&mut state, take_open, open_note::NETWORK, Answer::Result(line)), verdict);
            assert_eq!(state.own.network, verdict == Verdict::Go);
        }
    }

    #[test]
    fn a_number_in_use_is_freed_once() {
        let mut state = State::default();
        let busy = Answer::Result(b"+CIPOPEN: 255,8");
        assert_eq!(taken(&mut state, take_open, open_note::OPEN, busy), Verdict::To(open_note::FREE));
        assert_eq!(
            (taken(&mut state, take_open, open_note::OPEN, busy), state.cause),
            (Verdict::Fail, Some(Error::Busy(8)))
        );
    }
}

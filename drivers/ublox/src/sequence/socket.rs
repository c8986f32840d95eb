//! Sockets: what is in use, open, write, read, close. The module chooses their numbers, and TLS is a setting of a socket.

use wanlink_at::driver::sockets::{self, Phase, Protocol, SETTLES, nothing_waits};
use wanlink_at::driver::{Parts, flag};
use wanlink_at::{Answer, Arg, Effect, FOREVER, Step, Verdict, cme_code, int, listen, step, table};

use super::connect::{LATER, note as open_note};
use crate::own::{SOCKETS, has};
use crate::{Error, Input, Operation, Running, State, quirk};

mod note {
    pub(super) use wanlink_at::driver::sockets::note::*;

    pub(super) const LIST: u8 = 1;
    pub(super) const WRITE: u8 = 2;
    pub(super) const WRITTEN: u8 = 3;
    pub(super) const WHY: u8 = 4;
}

/// Flags: how the model closes.
const BLOCKS: u8 = 1;
const ASYNC: u8 = 2;

/// There is no question for it: an earlier life of the host may have left any, and each is closed before the first is
/// opened.
const LIST_STEPS: &[Step] = &[listen(note::LIST, 0)];
pub(crate) static LIST: Operation = Operation::new(table![LIST_STEPS], flag::SOCKET, take);

pub(super) const BEGIN_STEPS: &[Step] = &[listen(open_note::ENTER, 0)];

/// Arguments: host, port, socket, and as the seventh its number in the module.
pub(super) const OPEN_STEPS: &[Step] = &[
    listen(open_note::SET_UP, 0),
    step("+USOCL={g}", 1200).ignore().note(open_note::FREE).at("INT 3"),
    step("+USOCR=6", 10).info().note(open_note::SOCKET).at("INT 3"),
    listen(open_note::PROTECT, 0),
    step("+USOSEC={g},1,0", 10).at("INT 6"),
    listen(open_note::SECURED, FOREVER),
    listen(open_note::CONNECT, 0),
    // The port is blocked until it is over.
    step("+USOCO={g},\"{a}\",{b}", 1350).note(open_note::REACH).at("INT 3"),
    listen(open_note::REACHED, 0),
    step("+USOCO={g},\"{a}\",{b},1", 100).result(1, 1350).named("+UUSOCO").note(open_note::CONNECT_ASYNC).at("INT 3"),
    step("+USOER", 10).info().note(open_note::WHY).at("INT 3"),
];

/// The rules are those of the model.
pub(crate) const OPEN: Operation =
    Operation { prepare: prepare_open, ..Operation::new(table![BEGIN_STEPS, OPEN_STEPS], flag::SOCKET, take_open) };

/// Arguments of the following: socket, length, number in the module.
const WRITE_STEPS: &[Step] = &[
    step("", 10).retry(2, 0).when(SETTLES),
    listen(note::DONE, 0).when(SETTLES),
    listen(note::DUE, 0),
    // An `OK` alone has been seen: what came of the data is not known then, and it is not taken for their answer.
    step("+USOWR={c},{b}", 150).prompt_byte(b'@').info().note(note::WRITE).at("INT 3"),
    listen(note::WRITTEN, 0),
    // ERROR may mean that there is no room, or that it is not connected.
    step("+USOCTL={c},10", 10).info().note(note::WHY).at("INT 3"),
    listen(note::FULL, FOREVER),
];
pub(crate) static WRITE: Operation = Operation { prepare, ..Operation::new(table![WRITE_STEPS], flag::SOCKET, take) };

const READ_STEPS: &[Step] = &[
    step("", 10).retry(2, 0).when(SETTLES),
    listen(note::DONE, 0).when(SETTLES),
    listen(note::WAIT, FOREVER),
    step("+USORD={c},{b}", 150).info().note(note::READ).at("INT 3"),
    listen(note::DONE, 0),
    step("+USOCTL={c},10", 10).info().note(note::STATE).at("INT 3"),
    listen(note::STATED, 0),
];
pub(crate) static READ: Operation = Operation { prepare, ..Operation::new(table![READ_STEPS], flag::SOCKET, take) };

/// A graceful close takes its time: with SARA-R410M 10 s and more, for which the port is not blocked.
const CLOSE_STEPS: &[Step] = &[
    step("+USOCL={c}", 1200).when(BLOCKS).note(note::CLOSE).at("INT 3"),
    step("+USOCL={c},1", 100).result(1, 1200).named("+UUSOCL").when(ASYNC).note(note::CLOSE).at("INT 3"),
];
pub(crate) static CLOSE: Operation =
    Operation { prepare: prepare_close, ..Operation::new(table![CLOSE_STEPS], flag::SOCKET, take) };

pub(super) fn prepare_open<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    sockets::prepare_open(input, state, parts)?;
    parts.args[LATER] = Arg::Later(parts.later);
    Ok(())
}

fn prepare<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Task(task) = input else { return Ok(()) };
    parts.args[0] = Arg::Number(task.number.into());
    parts.args[1] = Arg::Number(task.count as u32);
    parts.args[2] = Arg::Number(state.own.number(task.number).into());
    parts.body = task.data();
    parts.flags |= task.flags;
    Ok(())
}

fn prepare_close<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    prepare(input, state, parts)?;
    parts.flags |= if has(state, quirk::SOCKETS_ASYNC) { ASYNC } else { BLOCKS };
    Ok(())
}

pub(super) fn take_open(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let socket = run.number(2);
    match (note, answer) {
        (open_note::ENTER, _) => {
            let state = &mut *run.state;
            (state.diagnosed, state.uploaded, state.own.tried_again) = (false, false, false);
            (state.own.opening, state.own.plain) = (None, false);
            // Which number a dropped call was given, it cannot tell.
            hold_all(state, true);
            Verdict::Go
        }
        (open_note::SET_UP, _) if run.state.own.opening.is_none() => Verdict::To(open_note::SOCKET),
        (open_note::SET_UP, _) => Verdict::Go,
        (open_note::SOCKET, Answer::Info(line)) => {
            let number = int(line, 0).and_then(|number| number.try_into().ok()).unwrap_or(u8::MAX);
            run.set(LATER, number);
            let state = &mut *run.state;
            state.own.opening = Some(number);
            state.own.assign(socket, number);
            hold_all(state, false);
            state.sockets.hold(socket, Protocol::Tcp, true);
            Verdict::Default
        }
        // Of seven there is one left, so it is the context.
        (open_note::SOCKET, Answer::Error(reason)) if cme_code(reason) == Some(3) => run.state.fail(Error::NoContext),
        (open_note::PROTECT, _) => Verdict::To(open_note::CONNECT),
        (open_note::SECURED, Answer::Silence) => Verdict::Go,
        (open_note::CONNECT, _) if has(run.state, quirk::SOCKETS_ASYNC) => Verdict::To(open_note::CONNECT_ASYNC),
        (open_note::CONNECT, _) => Verdict::Go,
        (open_note::REACHED, _) => opened(run.state, socket),
        (open_note::CONNECT_ASYNC, Answer::Result(line)) => match int(line, 1) {
            Some(0) => opened(run.state, socket),
            code => run.state.fail(error(code)),
        },
        (open_note::REACH, Answer::Error(_)) => Verdict::To(open_note::WHY),
        (open_note::CONNECT_ASYNC, Answer::Silence) => run.state.fail(Error::Unreachable(TIMED_OUT)),
        (open_note::WHY, Answer::Info(line)) => run.state.fail(error(int(line, 0))),
        _ => Verdict::Default,
    }
}

/// Says of the numbers that nobody has whether the module may have them in use.
fn hold_all(state: &mut State, held: bool) {
    for socket in 0..SOCKETS as u8 {
        if state.sockets.phase(socket) == Phase::Free {
            state.sockets.hold(socket, Protocol::Tcp, held);
        }
    }
}

fn opened(state: &mut State, socket: u8) -> Verdict {
    state.sockets.opened(socket);
    state.own.unsaid &= !(1 << socket);
    if let Some(told) = state.own.told.get_mut(usize::from(socket)) {
        *told = 0;
    }
    Verdict::Done
}

/// Codes of `AT+USOER` are those of Linux.
pub(crate) const TIMED_OUT: u16 = 110;
/// That of a name that nobody knows is not told.
pub(crate) const NO_NAME: u16 = u16::MAX;

/// What a code says that can help.
pub(crate) fn error(code: Option<i32>) -> Error {
    let code = code.and_then(|code| u16::try_from(code).ok()).unwrap_or(0);
    match code {
        // ENETDOWN, ENETUNREACH.
        100 | 101 => Error::NoContext,
        // ENOMEM, ENOBUFS.
        12 | 105 => Error::Busy(code),
        _ => Error::Unreachable(code),
    }
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let socket = run.number(0);
    let asked = run.args.get(1).copied();
    let state = &mut *run.state;
    match (note, answer) {
        (note::LIST, _) => {
            (0..SOCKETS as u8).for_each(|socket| state.sockets.hold(socket, Protocol::Tcp, true));
            Verdict::Done
        }
        (note::DUE, _) => {
            state.own.written = None;
            sockets::take(run, note, answer)
        }
        (note::WRITE, Answer::Info(line)) => {
            state.own.written = int(line, 1);
            Verdict::Default
        }
        // `OK` alone, or nothing: how much of it the module has, nobody knows.
        (note::WRITE, Answer::Silence) => {
            state.sockets.cut(socket);
            state.fail(Error::Disconnected)
        }
        (note::WRITTEN, _) => match (state.own.written, asked) {
            (Some(written), Some(Arg::Number(all))) if written as u32 == all => Verdict::Done,
            // The other end closed it before.
            (Some(0), _) => closing(state, socket),
            _ => {
                state.sockets.cut(socket);
                state.fail(Error::Disconnected)
            }
        },
        (note::WRITE, Answer::Error(reason)) if cme_code(reason) == Some(3) => closing(state, socket),
        (note::WRITE, Answer::Error(_)) => Verdict::To(note::WHY),
        // Established: its buffer is full, and there will be room when the other end has taken some.
        (note::WHY, Answer::Info(line)) if int(line, 2) == Some(4) && state.sockets.waits() => Verdict::To(note::FULL),
        (note::WHY, Answer::Info(line)) if int(line, 2) == Some(4) => state.fail(Error::SendBufferFull),
        (note::WHY, Answer::Info(_) | Answer::Error(_)) => closing(state, socket),
        (note::WAIT, Answer::Tick) => {
            let verdict = sockets::take(run, note, answer);
            if let (Verdict::Go, Some(Arg::Number(most)), Some(told)) =
                (verdict, asked, run.state.own.told.get_mut(usize::from(socket)))
            {
                *told = told.saturating_sub(most as u16);
            }
            verdict
        }
        // A line, not a block: nothing waits.
        (note::READ, Answer::Info(_)) => {
            if let Some(told) = state.own.told.get_mut(usize::from(socket)) {
                *told = 0;
            }
            nothing_waits(run, socket)
        }
        // The module has it no more, and all that it told of was read.
        (note::READ, Answer::Error(_))
            if matches!(state.sockets.phase(socket), Phase::Closing | Phase::Draining)
                && state.own.unsaid & 1 << socket == 0 =>
        {
            state.sockets.asked = sockets::Asked::Nothing;
            state.sockets.set_phase(socket, Phase::Ended);
            Verdict::To(note::WAIT)
        }
        (note::STATE, Answer::Info(line)) if state.sockets.phase(socket) == Phase::Doubted => {
            // 4 is established, 7 closed by the other end.
            match int(line, 2) {
                Some(4) => state.sockets.set_phase(socket, Phase::Idle),
                Some(7) => state.sockets.set_phase(socket, Phase::Closing),
                _ => {}
            }
            Verdict::Default
        }
        (note::STATE, Answer::Error(_)) => Verdict::Go,
        (note::CLOSE, Answer::Result(_)) => Verdict::Done,
        _ => sockets::take(run, note, answer),
    }
}

/// Not connected: the line that told it was lost, or comes. What came before can still be read, with some models; the
/// others have dropped it, so that without that line nobody knows whether all was read.
fn closing(state: &mut State, socket: u8) -> Verdict {
    state.own.unsaid |= 1 << socket;
    state.sockets.set_phase(socket, Phase::Closing);
    state.fail(Error::Disconnected)
}

/// `+UUSORD: <s>,<bytes>`: so many wait, all of them counted.
pub(crate) fn bytes_came(state: &mut State, line: &[u8]) -> Effect {
    let Some(socket) = socket_of(state, line) else { return Effect::None };
    if let Some(told) = state.own.told.get_mut(usize::from(socket)) {
        *told = int(line, 1).and_then(|count| count.try_into().ok()).unwrap_or(u16::MAX);
    }
    if !matches!(state.sockets.phase(socket), Phase::Idle | Phase::Doubted) {
        return Effect::None;
    }
    state.sockets.set_phase(socket, Phase::Readable);
    state.tell_sockets();
    Effect::Woken
}

/// `+UUSOCL: <s>`: its number is free, and what was not read is gone. SARA-R5 says it when all was read.
pub(crate) fn was_closed(state: &mut State, line: &[u8]) -> Effect {
    let Some(socket) = socket_of(state, line) else { return Effect::None };
    let is_unread = state.own.told.get(usize::from(socket)).is_some_and(|&told| told > 0);
    if !is_unread {
        state.own.unsaid &= !(1 << socket);
    }
    if !state.sockets.is_open(socket) {
        return Effect::None;
    }
    if is_unread {
        state.sockets.cut(socket);
    } else {
        state.sockets.set_phase(socket, Phase::Closing);
    }
    state.tell_sockets();
    Effect::Woken
}

fn socket_of(state: &State, line: &[u8]) -> Option<u8> {
    state.own.socket(int(line, 0)?.try_into().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_to_the_step_that_can_help() {
        for code in [100, 101] {
            assert_eq!(error(Some(code)), Error::NoContext);
        }
        for code in [12, 105] {
            assert_eq!(error(Some(code)), Error::Busy(code as u16));
        }
        for (code, number) in [(Some(111), 111), (Some(0), 0), (Some(-1), 0), (None, 0)] {
            assert_eq!(error(code), Error::Unreachable(number));
        }
    }
}

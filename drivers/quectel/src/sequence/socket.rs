//! TCP and TLS sockets: what is in use, open, write, read, close.

use wanlink_at::driver::sockets::{self, Phase, Protocol, SETTLES, TCP, TLS, nothing_waits, prepare, prepare_open};
use wanlink_at::driver::{Family, begins_with, flag};
use wanlink_at::{Answer, FOREVER, Step, Verdict, int, listen, step, table};

use super::connect::note as open_note;
use crate::{Error, Operation, Running, State};

mod note {
    pub(super) use wanlink_at::driver::sockets::note::*;

    pub(super) const TCP: u8 = 1;
    pub(super) const TLS: u8 = 2;
    pub(super) const WRITE: u8 = 3;
}

/// What an earlier life left open, or a lost context.
const LIST_STEPS: &[Step] = &[
    step("+QISTATE", 10).ignore().note(note::TCP).at("TCP 2.3.8"),
    step("+QSSLSTATE", 10).ignore().note(note::TLS).at("SSL 2.3.7"),
];
pub(crate) const fn list<F: Family>() -> Operation<F> {
    Operation::new(table![LIST_STEPS], flag::SOCKET, take)
}

/// Arguments: host, port, number.
const OPEN_STEPS: &[Step] = &[
    listen(open_note::ENTER, 0),
    step("+QICLOSE={c},3", 100).ignore().note(open_note::FREE).at("TCP 2.3.7"),
    step("+QIOPEN=1,{c},\"TCP\",\"{a}\",{b},0,0", 50).result(0, 1500).note(open_note::OPEN).at("TCP 2.3.6"),
];

/// Why an opening was refused at once.
pub(super) const WHY_STEPS: &[Step] = &[step("+QIGETERROR", 10).info().note(open_note::WHY).at("TCP 2.3.17")];

/// The rules are those of the model.
pub(crate) const fn open<F: Family>() -> Operation<F> {
    Operation { prepare: prepare_open, ..Operation::new(table![OPEN_STEPS, WHY_STEPS], flag::SOCKET, take_open) }
}

/// Arguments of the following: number, length.
const WRITE_STEPS: &[Step] = &[
    step("", 10).retry(2, 0).when(SETTLES),
    listen(note::DONE, 0).when(SETTLES),
    listen(note::DUE, 0),
    step("+QISEND={a},{b}", 150).prompt().when(TCP).note(note::WRITE).at("TCP 2.3.9"),
    step("+QSSLSEND={a},{b}", 150).prompt().when(TLS).note(note::WRITE).at("SSL 2.3.4"),
    listen(note::DONE, 0),
    listen(note::FULL, FOREVER),
];
pub(crate) const fn write<F: Family>() -> Operation<F> {
    Operation { prepare, ..Operation::new(table![WRITE_STEPS], flag::SOCKET, take) }
}

const READ_STEPS: &[Step] = &[
    step("", 10).retry(2, 0).when(SETTLES),
    listen(note::DONE, 0).when(SETTLES),
    listen(note::WAIT, FOREVER),
    step("+QIRD={a},{b}", 50).info().when(TCP).note(note::READ).at("TCP 2.3.10"),
    step("+QSSLRECV={a},{b}", 50).info().when(TLS).note(note::READ).at("SSL 2.3.5"),
    listen(note::DONE, 0),
    step("+QISTATE=1,{a}", 10).when(TCP).note(note::STATE).at("TCP 2.3.8"),
    step("+QSSLSTATE", 10).when(TLS).note(note::STATE).at("SSL 2.3.7"),
    listen(note::STATED, 0),
];
pub(crate) const fn read<F: Family>() -> Operation<F> {
    Operation { prepare, ..Operation::new(table![READ_STEPS], flag::SOCKET, take) }
}

/// Some firmware takes no time with TLS; its own is 10 s then.
const CLOSE_STEPS: &[Step] = &[
    step("+QICLOSE={a},3", 100).when(TCP).note(note::CLOSE).at("TCP 2.3.7"),
    step("+QSSLCLOSE={a}", 150).when(TLS).note(note::CLOSE).at("SSL 2.3.6"),
];
pub(crate) const fn close<F: Family>() -> Operation<F> {
    Operation { prepare, ..Operation::new(table![CLOSE_STEPS], flag::SOCKET, take) }
}

pub(super) fn take_open<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let number = run.number(2);
    let state = &mut *run.state;
    match (note, answer) {
        (open_note::ENTER, _) => {
            state.freed = false;
            Verdict::To(open_note::OPEN)
        }
        // The result of an opening that was dropped.
        (open_note::OPEN, Answer::Result(line)) if int(line, 0) != Some(number.into()) => Verdict::Wait,
        (open_note::OPEN, Answer::Result(line)) => match int(line, 1) {
            Some(0) => {
                state.sockets.opened(number);
                Verdict::Done
            }
            code => fail(state, code),
        },
        (open_note::OPEN, Answer::Error(_)) => Verdict::To(open_note::WHY),
        (open_note::OPEN, Answer::Silence) => state.fail(Error::Unreachable(TIMED_OUT)),
        (open_note::WHY, Answer::Info(line)) => fail(state, int(line, 0)),
        _ => Verdict::Default,
    }
}

/// Codes of the table of errors (TCP 4).
const NUMBER_USED: i32 = 563;
pub(crate) const TIMED_OUT: u16 = 569;

/// An opening failed with this code.
pub(super) fn fail<F: Family>(state: &mut State<F>, code: Option<i32>) -> Verdict {
    if code == Some(NUMBER_USED) && !state.freed {
        state.freed = true;
        return Verdict::To(open_note::FREE);
    }
    state.fail(error(code))
}

/// What a code of the table says that can help.
pub(crate) fn error<F: Family>(code: Option<i32>) -> Error<F> {
    let code = code.and_then(|code| u16::try_from(code).ok()).unwrap_or(0);
    match code {
        // The context: not opened, closed, broken, without APN.
        561 | 562 | 570 | 573 => Error::NoContext,
        // No memory, name server busy, number used, operation busy, port busy.
        553 | 563 | 564 | 568 | 574 => Error::Busy(code),
        // 552 too: a context that is up in name only, or a data stack that takes a restart (quectel-at 1.5, 10.12). Which
        // of them, only the cure tells, and a session tries both.
        _ => Error::Unreachable(code),
    }
}

fn take<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let number = run.number(0);
    let sockets = &mut run.state.sockets;
    match (note, answer) {
        (note::TCP | note::TLS, Answer::Info(line)) => {
            let protocol = if note == note::TLS { Protocol::Tls } else { Protocol::Tcp };
            sockets.hold(int(line, 0).and_then(|number| number.try_into().ok()).unwrap_or(u8::MAX), protocol, true);
            Verdict::Default
        }
        // The send buffer is full: there will be room when the other end has taken some.
        (note::WRITE, Answer::Error(b"FAIL")) if sockets.waits() => Verdict::To(note::FULL),
        (note::WRITE, Answer::Error(b"FAIL")) => run.state.fail(Error::SendBufferFull),
        // Not connected: the line that told it was lost. What came before can still be read.
        (note::WRITE, Answer::Error(_)) => {
            sockets.set_phase(number, Phase::Closing);
            run.state.fail(Error::Disconnected)
        }
        // A line, not a block: nothing waits.
        (note::READ, Answer::Info(_)) => nothing_waits(run, number),
        (note::STATE, Answer::Info(line)) => {
            if begins_with(line, &[number.into()]) && sockets.phase(number) == Phase::Doubted {
                // 2 is connected, which some firmware calls 3; 4 is closing.
                let is_open = matches!(int(line, 5), Some(2 | 3));
                sockets.set_phase(number, if is_open { Phase::Idle } else { Phase::Closing });
            }
            Verdict::Default
        }
        _ => sockets::take(run, note, answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QuectelFamily;

    #[test]
    fn a_number_in_use_is_freed_once() {
        let mut state = State::<QuectelFamily>::default();
        assert_eq!((fail(&mut state, Some(563)), state.cause), (Verdict::To(open_note::FREE), None));
        assert_eq!((fail(&mut state, Some(563)), state.cause), (Verdict::Fail, Some(Error::Busy(563))));
    }

    #[test]
    fn codes_lead_to_the_step_that_can_help() {
        for code in [561, 562, 570, 573] {
            assert_eq!(error::<QuectelFamily>(Some(code)), Error::NoContext);
        }
        for code in [553, 564, 568, 574] {
            assert_eq!(error::<QuectelFamily>(Some(code)), Error::Busy(code as u16));
        }
        for (code, number) in [(Some(552), 552), (Some(565), 565), (Some(-1), 0), (None, 0)] {
            assert_eq!(error::<QuectelFamily>(code), Error::Unreachable(number));
        }
    }
}

//! TCP and TLS sockets: what is in use, write, read, close. Both have the same numbers and commands.

pub(super) mod open;
pub(super) mod result;

use wanlink_at::driver::flag;
use wanlink_at::driver::sockets::{self, Asked, Phase, Protocol, SETTLES, nothing_waits, prepare};
use wanlink_at::{Answer, Effect, FOREVER, Step, Verdict, field, int, listen, step, table};

use super::urc::id;
use super::{Error, Lpwa, Operation, Running, State};

mod note {
    pub(super) use wanlink_at::driver::sockets::note::*;

    pub(super) const LISTED: u8 = 1;
    pub(super) const ROOM: u8 = 2;
    pub(super) const WRITE: u8 = 3;
    pub(super) const KNOWN: u8 = 4;
}

/// What an earlier life left open, or a lost context.
const LIST_STEPS: &[Step] = &[step("+CASTATE?", 10).ignore().note(note::LISTED).at("simcom-at 7.3")];

pub(super) const fn list<F: Lpwa>() -> Operation<F> {
    Operation::new(table![LIST_STEPS], flag::SOCKET, take)
}

/// Arguments of the following: number, length. The module says how much it takes before it is given more: behind the
/// prompt, an error does not tell how much of the data it has.
const WRITE_STEPS: &[Step] = &[
    step("", 10).retry(2, 0).when(SETTLES),
    listen(note::DONE, 0).when(SETTLES),
    listen(note::KNOWN, 0),
    step("+CASEND={a}", 10).info().ignore().note(note::ROOM).at("simcom-at 7.3"),
    listen(note::DUE, 0),
    step("+CASEND={a},{b}", 150).prompt().note(note::WRITE).at("simcom-at 7.3"),
    listen(note::DONE, 0),
    listen(note::FULL, FOREVER),
];

pub(super) const fn write<F: Lpwa>() -> Operation<F> {
    Operation { prepare, ..Operation::new(table![WRITE_STEPS], flag::SOCKET, take) }
}

const READ_STEPS: &[Step] = &[
    step("", 10).retry(2, 0).when(SETTLES),
    listen(note::DONE, 0).when(SETTLES),
    listen(note::WAIT, FOREVER),
    step("+CARECV={a},{b}", 50).info().note(note::READ).at("simcom-at 7.3"),
    listen(note::DONE, 0),
    step("+CASTATE?", 10).note(note::STATE).at("simcom-at 7.3"),
    listen(note::STATED, 0),
];

pub(super) const fn read<F: Lpwa>() -> Operation<F> {
    Operation { prepare, ..Operation::new(table![READ_STEPS], flag::SOCKET, take) }
}

const CLOSE_STEPS: &[Step] = &[step("+CACLOSE={a}", 100).note(note::CLOSE).at("simcom-at 7.3")];

pub(super) const fn close<F: Lpwa>() -> Operation<F> {
    Operation { prepare, ..Operation::new(table![CLOSE_STEPS], flag::SOCKET, take) }
}

fn take<F: Lpwa>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let (number, length) = (run.number(0), run.body.len());
    let sockets = &mut run.state.sockets;
    let phase = sockets.phase(number);
    match (note, answer) {
        (note::LISTED, Answer::Info(line)) => {
            let number = int(line, 0).and_then(|number| number.try_into().ok()).unwrap_or(u8::MAX);
            sockets.hold(number, Protocol::Tcp, true);
            Verdict::Default
        }
        // What became of the last write, with a SIM7000.
        (note::ROOM, Answer::Info(line)) if field(line, 1).is_some() => Verdict::Wait,
        (note::ROOM, Answer::Info(line)) => {
            let room = int(line, 0).and_then(|room| u16::try_from(room).ok()).unwrap_or(0);
            run.state.own.room = (number, room);
            match usize::from(room) >= length {
                true => Verdict::Default,
                // There will be room when the other end has taken some.
                false if sockets.waits() => Verdict::To(note::FULL),
                false => run.state.fail(Error::SendBufferFull),
            }
        }
        (note::FULL, Answer::Silence) => Verdict::To(note::ROOM),
        (note::KNOWN, _) => {
            let (of, room) = run.state.own.room;
            Verdict::To(if of == number && usize::from(room) >= length { note::DUE } else { note::ROOM })
        }
        (note::DUE, _) => {
            let room = &mut run.state.own.room.1;
            *room = room.saturating_sub(length as u16);
            sockets::take(run, note, answer)
        }
        // Not connected: the line that told it was lost. What came before can still be read.
        (note::WRITE, Answer::Error(_)) => {
            sockets.set_phase(number, Phase::Closing);
            run.state.fail(Error::Disconnected)
        }
        // Another form, which a manual has and no module: what follows cannot be told from lines.
        (note::READ, Answer::Info(line)) if field(line, 1).is_some() => {
            sockets.cut(number);
            run.state.fail(Error::Disconnected)
        }
        // A line, not a block: nothing waits.
        (note::READ, Answer::Info(_)) => nothing_waits(run, number),
        // Of a socket that the other end closed, an error says the same.
        (note::READ, Answer::Error(_)) if matches!(phase, Phase::Closing | Phase::Draining) => {
            nothing_waits(run, number)
        }
        // Of another, the module has to say which end it is.
        (note::READ, Answer::Error(_)) if sockets.is_open(number) => {
            sockets.asked = Asked::Nothing;
            sockets.set_phase(number, Phase::Doubted);
            Verdict::To(note::STATE)
        }
        (note::STATE, Answer::Info(line)) => {
            if int(line, 0) == Some(number.into()) && phase == Phase::Doubted {
                sockets.set_phase(number, if int(line, 1) == Some(1) { Phase::Idle } else { Phase::Closing });
            }
            Verdict::Default
        }
        _ => sockets::take(run, note, answer),
    }
}

/// `+CADATAIND: <number>`, `+CASTATE: <number>,0`, and of a SIM7000 `+CASEND: <number>,<error>,<length>`.
pub(super) fn line<F: Lpwa>(state: &mut State<F>, id: u8, line: &[u8]) -> Effect {
    let sockets = &mut state.sockets;
    let Some(number) = int(line, 0).and_then(|number| u8::try_from(number).ok()) else { return Effect::None };
    if sockets.phase(number) == Phase::Free {
        state.own.early = Some(number);
    }
    let next = match (id, sockets.phase(number)) {
        (id::DATA, Phase::Idle | Phase::Doubted) => Phase::Readable,
        (id::STATE, Phase::Idle | Phase::Doubted | Phase::Readable) if int(line, 1) != Some(1) => Phase::Closing,
        // What the module had taken did not go out.
        (id::SENT, Phase::Idle | Phase::Doubted | Phase::Readable) if int(line, 1).unwrap_or(0) != 0 => Phase::Cut,
        _ => return Effect::None,
    };
    sockets.set_phase(number, next);
    state.tell_sockets();
    Effect::Woken
}

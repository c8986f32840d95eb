//! TCP and TLS sockets: what is in use, open, write, read, close. Both have the same numbers and commands.

use wanlink_at::driver::connect::tls_flag::{ANYONE, ROOT};
use wanlink_at::driver::connect::{IN_STEP, joined, prepare_tls};
use wanlink_at::driver::sockets::{self, Asked, Phase, Protocol, SETTLES, nothing_waits, prepare, prepare_open};
use wanlink_at::driver::{Parts, Task, flag};
use wanlink_at::{Answer, Effect, FOREVER, Step, Verdict, field, int, listen, pack, packed_len, step};

use super::tls::{self, CONTEXT_STEPS};
use super::urc::id;
use super::{Error, Input, Lpwa, Operation, Running, State};

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
    static TABLE: [u8; packed_len(LIST_STEPS)] = pack(LIST_STEPS);
    Operation::new(&TABLE, flag::SOCKET, take)
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
    static TABLE: [u8; packed_len(WRITE_STEPS)] = pack(WRITE_STEPS);
    Operation { prepare, ..Operation::new(&TABLE, flag::SOCKET, take) }
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
    static TABLE: [u8; packed_len(READ_STEPS)] = pack(READ_STEPS);
    Operation { prepare, ..Operation::new(&TABLE, flag::SOCKET, take) }
}

const CLOSE_STEPS: &[Step] = &[step("+CACLOSE={a}", 100).note(note::CLOSE).at("simcom-at 7.3")];

pub(super) const fn close<F: Lpwa>() -> Operation<F> {
    static TABLE: [u8; packed_len(CLOSE_STEPS)] = pack(CLOSE_STEPS);
    Operation { prepare, ..Operation::new(&TABLE, flag::SOCKET, take) }
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

pub(super) mod open_note {
    //! Notes of the tables that open; those of the TLS context are [`connect`](crate::lpwa::connect::note)'s.
    pub(in crate::lpwa) const ENTER: u8 = 40;
    pub(in crate::lpwa) const FREE: u8 = 41;
    pub(in crate::lpwa) const OPEN: u8 = 42;
    pub(in crate::lpwa) const DIAGNOSE: u8 = 43;
    pub(in crate::lpwa) const REACH: u8 = 44;
    pub(in crate::lpwa) const DIAGNOSED: u8 = 45;
    pub(in crate::lpwa) const OPENED: u8 = 46;
}

/// Arguments: host, port, number.
const BEGIN_STEPS: &[Step] = &[
    listen(open_note::ENTER, 0),
    // A number that is still held is refused (simcom-at 11).
    step("+CACLOSE={c}", 100).ignore().note(open_note::FREE).at("simcom-at 7.3"),
    step("+CACID={c}", 10).ignore().at("simcom-at 7.3"),
];

const SIM7080_PLAIN_STEPS: &[Step] = &[
    step("+CASSLCFG={c},\"SSL\",0", 10).at("simcom-at 7.3"),
    // Not how data come, which modules refuse: they wait to be read.
    step("+CAOPEN={c},0,\"TCP\",\"{a}\",{b}", 1500).result(1, 10).note(open_note::OPEN).at("simcom-at 7.3"),
    listen(open_note::OPENED, 0),
];

const SIM7000_PLAIN_STEPS: &[Step] = &[
    step("+CASSLCFG={c},\"ssl\",0", 10).at("simcom-at 7.3"),
    step("+CASSLCFG={c},\"protocol\",0", 10).at("simcom-at 7.3"),
    // Without the word TCP, which modules refuse.
    step("+CAOPEN={c},\"{a}\",{b}", 1500).result(1, 10).note(open_note::OPEN).at("simcom-at 7.3"),
    listen(open_note::OPENED, 0),
];

pub(super) const fn sim7080_open<F: Lpwa>() -> Operation<F> {
    const LEN: usize = packed_len(BEGIN_STEPS) + packed_len(SIM7080_PLAIN_STEPS);
    static TABLE: [u8; LEN] = joined(&[
        &pack::<{ packed_len(BEGIN_STEPS) }>(BEGIN_STEPS),
        &pack::<{ packed_len(SIM7080_PLAIN_STEPS) }>(SIM7080_PLAIN_STEPS),
    ]);
    Operation { prepare: prepare_open, ..Operation::new(&TABLE, flag::SOCKET, take_open) }
}

pub(super) const fn sim7000_open<F: Lpwa>() -> Operation<F> {
    const LEN: usize = packed_len(BEGIN_STEPS) + packed_len(SIM7000_PLAIN_STEPS);
    static TABLE: [u8; LEN] = joined(&[
        &pack::<{ packed_len(BEGIN_STEPS) }>(BEGIN_STEPS),
        &pack::<{ packed_len(SIM7000_PLAIN_STEPS) }>(SIM7000_PLAIN_STEPS),
    ]);
    Operation { prepare: prepare_open, ..Operation::new(&TABLE, flag::SOCKET, take_open) }
}

/// Arguments: those of an opening, and those of the TLS context. A root that an earlier opening named is named anew, or
/// taken back.
const SIM7080_TLS_STEPS: &[Step] = &[
    IN_STEP,
    step("+CASSLCFG={c},\"SSL\",1", 10).at("simcom-at 7.3"),
    step("+CASSLCFG={c},\"CRINDEX\",0", 10).at("simcom-at 7.3"),
    IN_STEP.when(ROOT),
    step("+CASSLCFG={c},\"CACERT\",\"{h}\"", 10).when(ROOT).at("simcom-at 7.3"),
    step("+CASSLCFG={c},\"CACERT\",\"\"", 10).when(ANYONE).at("simcom-at 7.3"),
    step("+CAOPEN={c},0,\"TCP\",\"{a}\",{b}", 1500).result(1, 10).note(open_note::OPEN).at("simcom-at 7.3"),
    listen(open_note::OPENED, 0),
    // Some results are those of a server that nobody reaches, and of TLS: does plain TCP reach it?
    step("+CACLOSE={c}", 100).ignore().note(open_note::DIAGNOSE).at("simcom-at 7.3"),
    step("+CASSLCFG={c},\"SSL\",0", 10).ignore().at("simcom-at 7.3"),
    step("+CAOPEN={c},0,\"TCP\",\"{a}\",{b}", 1500).result(1, 10).ignore().note(open_note::REACH).at("simcom-at 7.3"),
];

const SIM7000_TLS_STEPS: &[Step] = &[
    IN_STEP,
    step("+CASSLCFG={c},\"ssl\",1", 10).at("simcom-at 7.3"),
    step("+CASSLCFG={c},\"protocol\",0", 10).at("simcom-at 7.3"),
    step("+CASSLCFG={c},\"crindex\",0", 10).at("simcom-at 7.3"),
    IN_STEP.when(ROOT),
    step("+CASSLCFG={c},\"cacert\",\"{h}\"", 10).when(ROOT).at("simcom-at 7.3"),
    step("+CASSLCFG={c},\"cacert\",\"\"", 10).when(ANYONE).at("simcom-at 7.3"),
    step("+CAOPEN={c},\"{a}\",{b}", 1500).result(1, 10).note(open_note::OPEN).at("simcom-at 7.3"),
    listen(open_note::OPENED, 0),
    step("+CACLOSE={c}", 100).ignore().note(open_note::DIAGNOSE).at("simcom-at 7.3"),
    step("+CASSLCFG={c},\"ssl\",0", 10).ignore().at("simcom-at 7.3"),
    step("+CAOPEN={c},\"{a}\",{b}", 1500).result(1, 10).ignore().note(open_note::REACH).at("simcom-at 7.3"),
];

const END_STEPS: &[Step] = &[step("+CACLOSE={c}", 100).ignore().at("simcom-at 7.3"), listen(open_note::DIAGNOSED, 0)];

pub(super) const fn sim7080_open_tls<F: Lpwa>() -> Operation<F> {
    const LEN: usize =
        packed_len(CONTEXT_STEPS) + packed_len(BEGIN_STEPS) + packed_len(SIM7080_TLS_STEPS) + packed_len(END_STEPS);
    static TABLE: [u8; LEN] = joined(&[
        &pack::<{ packed_len(CONTEXT_STEPS) }>(CONTEXT_STEPS),
        &pack::<{ packed_len(BEGIN_STEPS) }>(BEGIN_STEPS),
        &pack::<{ packed_len(SIM7080_TLS_STEPS) }>(SIM7080_TLS_STEPS),
        &pack::<{ packed_len(END_STEPS) }>(END_STEPS),
    ]);
    Operation { prepare: prepare_open_tls, ..Operation::new(&TABLE, flag::SOCKET, take_open_tls) }
}

pub(super) const fn sim7000_open_tls<F: Lpwa>() -> Operation<F> {
    const LEN: usize =
        packed_len(CONTEXT_STEPS) + packed_len(BEGIN_STEPS) + packed_len(SIM7000_TLS_STEPS) + packed_len(END_STEPS);
    static TABLE: [u8; LEN] = joined(&[
        &pack::<{ packed_len(CONTEXT_STEPS) }>(CONTEXT_STEPS),
        &pack::<{ packed_len(BEGIN_STEPS) }>(BEGIN_STEPS),
        &pack::<{ packed_len(SIM7000_TLS_STEPS) }>(SIM7000_TLS_STEPS),
        &pack::<{ packed_len(END_STEPS) }>(END_STEPS),
    ]);
    Operation { prepare: prepare_open_tls, ..Operation::new(&TABLE, flag::SOCKET, take_open_tls) }
}

fn prepare_open_tls<'a, F: Lpwa>(
    input: &Input<'a, 'a, F>,
    state: &mut State<F>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<F>> {
    let &Input::Task(Task { tls: Some(tls), .. }) = input else { return Err(Error::NoHostCheck) };
    (state.diagnosed, state.uploaded) = (false, false);
    prepare_open(input, state, parts)?;
    prepare_tls(tls, parts)
}

fn take_open<F: Lpwa>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let number = run.number(2);
    let state = &mut *run.state;
    match (note, answer) {
        (open_note::ENTER, _) => {
            state.freed = false;
            (state.own.room, state.own.early) = ((0, 0), None);
            Verdict::Go
        }
        (open_note::OPEN, Answer::Result(line)) => match int(line, 1) {
            // It is nobody's before the OK: a call that is dropped here leaves it to be closed.
            Some(0) => Verdict::Default,
            Some(NO_MORE | PARAMETER) if !state.freed => {
                state.freed = true;
                Verdict::To(open_note::FREE)
            }
            code => state.fail(error(code)),
        },
        (open_note::OPEN, Answer::Silence) => state.fail(error(Some(CONNECT_FAILED))),
        (open_note::OPENED, _) => {
            state.sockets.opened(number);
            if state.own.early == Some(number) {
                state.sockets.set_phase(number, Phase::Doubted);
            }
            Verdict::Done
        }
        _ => Verdict::Default,
    }
}

fn take_open_tls<F: Lpwa>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (open_note::OPEN, Answer::Result(line)) if is_unclear(int(line, 1)) => {
            if core::mem::replace(&mut state.diagnosed, true) && state.uploaded {
                // TCP is good, and the same again.
                return state.fail(Error::Certificate);
            }
            // Until something better is known.
            state.cause = Some(error(int(line, 1)));
            Verdict::To(open_note::DIAGNOSE)
        }
        (open_note::REACH, Answer::Result(line)) => {
            state.cause = match int(line, 1) {
                Some(0) => None,
                code => Some(error(code)),
            };
            Verdict::Default
        }
        (open_note::DIAGNOSED, _) => match state.cause {
            Some(cause) => state.fail(cause),
            None => match tls::once_more(state) {
                Some(again) => again,
                None => state.fail(Error::Certificate),
            },
        },
        (open_note::ENTER | open_note::OPEN | open_note::OPENED, _) => take_open(run, note, answer),
        _ => tls::take_context(run, note, answer),
    }
}

/// Results of `AT+CAOPEN` (simcom-at 7.3).
const NO_MEMORY: i32 = 2;
const NO_MORE: i32 = 3;
const PARAMETER: i32 = 4;
pub(super) const DNS: i32 = 20;
pub(super) const INACTIVE: i32 = 21;
const REFUSED: i32 = 23;
pub(super) const EXPIRED: i32 = 24;
pub(super) const WRONG_NAME: i32 = 25;
pub(super) const EXPIRED_AND_WRONG_NAME: i32 = 26;
const CONNECT_FAILED: i32 = 27;

/// Whether this result of a TLS socket is one of what lies below TLS.
pub(super) const fn is_clear_of_tls(code: Option<i32>) -> bool {
    matches!(code, Some(DNS | INACTIVE | REFUSED))
}

/// Whether this result of a TLS socket may be one of TCP as well; 11 is in no table and was seen with TLS.
fn is_unclear(code: Option<i32>) -> bool {
    !matches!(
        code,
        Some(
            0 | NO_MEMORY
                | NO_MORE
                | PARAMETER
                | DNS
                | INACTIVE
                | REFUSED
                | EXPIRED
                | WRONG_NAME
                | EXPIRED_AND_WRONG_NAME
        )
    )
}

/// What a result says that can help.
pub(super) fn error<F: Lpwa>(code: Option<i32>) -> Error<F> {
    let number = code.and_then(|code| u16::try_from(code).ok()).unwrap_or(0);
    match code {
        Some(INACTIVE) => Error::NoContext,
        Some(EXPIRED | WRONG_NAME | EXPIRED_AND_WRONG_NAME) => Error::Certificate,
        // A number that stays held, too: a new context cures it, or a restart (simcom-at 7.3).
        Some(NO_MEMORY | NO_MORE | PARAMETER) => Error::Busy(number),
        _ => Error::Unreachable(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lpwa::Sim7080Family;

    #[test]
    fn results_lead_to_the_step_that_can_help() {
        for code in 0..40 {
            let expected = match code {
                2..=4 => Error::Busy(code as u16),
                21 => Error::NoContext,
                24..=26 => Error::Certificate,
                _ => Error::Unreachable(code as u16),
            };
            assert_eq!(error::<Sim7080Family>(Some(code)), expected);
        }
        assert_eq!(error::<Sim7080Family>(None), Error::Unreachable(0));
    }

    #[test]
    fn what_tells_its_reason_is_not_looked_into() {
        for code in 0..40 {
            let clear = matches!(code, 0 | 2..=4 | 20 | 21 | 23..=26);
            assert_eq!(is_unclear(Some(code)), !clear, "{code}");
        }
    }
}

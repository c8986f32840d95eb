//! Opens a socket: TCP, or TLS and what a result of it means.

use wanlink_at::driver::connect::tls_flag::{ANYONE, ROOT};
use wanlink_at::driver::connect::{IN_STEP, prepare_tls};
use wanlink_at::driver::sockets::{Phase, prepare_open};
use wanlink_at::driver::{Parts, Task, flag};
use wanlink_at::{Answer, Step, Verdict, int, listen, step, table};

use super::result::{CONNECT_FAILED, NO_MORE, PARAMETER, error, is_unclear};
use crate::lpwa::tls::{self, CONTEXT_STEPS};
use crate::lpwa::{Error, Input, Lpwa, Operation, Running, State};

mod note {
    //! Those of the TLS context are [`connect`](crate::lpwa::connect::note)'s.
    pub(super) const ENTER: u8 = 40;
    pub(super) const FREE: u8 = 41;
    pub(super) const OPEN: u8 = 42;
    pub(super) const DIAGNOSE: u8 = 43;
    pub(super) const REACH: u8 = 44;
    pub(super) const DIAGNOSED: u8 = 45;
    pub(super) const OPENED: u8 = 46;
}

/// Arguments: host, port, number.
const BEGIN_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    // A number that is still held is refused (simcom-at 11).
    step("+CACLOSE={c}", 100).ignore().note(note::FREE).at("simcom-at 7.3"),
    step("+CACID={c}", 10).ignore().at("simcom-at 7.3"),
];

const SIM7080_PLAIN_STEPS: &[Step] = &[
    step("+CASSLCFG={c},\"SSL\",0", 10).at("simcom-at 7.3"),
    // Not how data come, which modules refuse: they wait to be read.
    step("+CAOPEN={c},0,\"TCP\",\"{a}\",{b}", 1500).result(1, 10).note(note::OPEN).at("simcom-at 7.3"),
    listen(note::OPENED, 0),
];

const SIM7000_PLAIN_STEPS: &[Step] = &[
    step("+CASSLCFG={c},\"ssl\",0", 10).at("simcom-at 7.3"),
    step("+CASSLCFG={c},\"protocol\",0", 10).at("simcom-at 7.3"),
    // Without the word TCP, which modules refuse.
    step("+CAOPEN={c},\"{a}\",{b}", 1500).result(1, 10).note(note::OPEN).at("simcom-at 7.3"),
    listen(note::OPENED, 0),
];

pub(in crate::lpwa) const fn sim7080<F: Lpwa>() -> Operation<F> {
    Operation {
        prepare: prepare_open,
        ..Operation::new(table![BEGIN_STEPS, SIM7080_PLAIN_STEPS], flag::SOCKET, take_open)
    }
}

pub(in crate::lpwa) const fn sim7000<F: Lpwa>() -> Operation<F> {
    Operation {
        prepare: prepare_open,
        ..Operation::new(table![BEGIN_STEPS, SIM7000_PLAIN_STEPS], flag::SOCKET, take_open)
    }
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
    step("+CAOPEN={c},0,\"TCP\",\"{a}\",{b}", 1500).result(1, 10).note(note::OPEN).at("simcom-at 7.3"),
    listen(note::OPENED, 0),
    // Some results are those of a server that nobody reaches, and of TLS: does plain TCP reach it?
    step("+CACLOSE={c}", 100).ignore().note(note::DIAGNOSE).at("simcom-at 7.3"),
    step("+CASSLCFG={c},\"SSL\",0", 10).ignore().at("simcom-at 7.3"),
    step("+CAOPEN={c},0,\"TCP\",\"{a}\",{b}", 1500).result(1, 10).ignore().note(note::REACH).at("simcom-at 7.3"),
];

const SIM7000_TLS_STEPS: &[Step] = &[
    IN_STEP,
    step("+CASSLCFG={c},\"ssl\",1", 10).at("simcom-at 7.3"),
    step("+CASSLCFG={c},\"protocol\",0", 10).at("simcom-at 7.3"),
    step("+CASSLCFG={c},\"crindex\",0", 10).at("simcom-at 7.3"),
    IN_STEP.when(ROOT),
    step("+CASSLCFG={c},\"cacert\",\"{h}\"", 10).when(ROOT).at("simcom-at 7.3"),
    step("+CASSLCFG={c},\"cacert\",\"\"", 10).when(ANYONE).at("simcom-at 7.3"),
    step("+CAOPEN={c},\"{a}\",{b}", 1500).result(1, 10).note(note::OPEN).at("simcom-at 7.3"),
    listen(note::OPENED, 0),
    step("+CACLOSE={c}", 100).ignore().note(note::DIAGNOSE).at("simcom-at 7.3"),
    step("+CASSLCFG={c},\"ssl\",0", 10).ignore().at("simcom-at 7.3"),
    step("+CAOPEN={c},\"{a}\",{b}", 1500).result(1, 10).ignore().note(note::REACH).at("simcom-at 7.3"),
];

const END_STEPS: &[Step] = &[step("+CACLOSE={c}", 100).ignore().at("simcom-at 7.3"), listen(note::DIAGNOSED, 0)];

pub(in crate::lpwa) const fn sim7080_tls<F: Lpwa>() -> Operation<F> {
    Operation {
        prepare: prepare_open_tls,
        ..Operation::new(table![CONTEXT_STEPS, BEGIN_STEPS, SIM7080_TLS_STEPS, END_STEPS], flag::SOCKET, take_open_tls)
    }
}

pub(in crate::lpwa) const fn sim7000_tls<F: Lpwa>() -> Operation<F> {
    Operation {
        prepare: prepare_open_tls,
        ..Operation::new(table![CONTEXT_STEPS, BEGIN_STEPS, SIM7000_TLS_STEPS, END_STEPS], flag::SOCKET, take_open_tls)
    }
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
        (note::ENTER, _) => {
            state.freed = false;
            (state.own.room, state.own.early) = ((0, 0), None);
            Verdict::Go
        }
        (note::OPEN, Answer::Result(line)) => match int(line, 1) {
            // It is nobody's before the OK: a call that is dropped here leaves it to be closed.
            Some(0) => Verdict::Default,
            Some(NO_MORE | PARAMETER) if !state.freed => {
                state.freed = true;
                Verdict::To(note::FREE)
            }
            code => state.fail(error(code)),
        },
        (note::OPEN, Answer::Silence) => state.fail(error(Some(CONNECT_FAILED))),
        (note::OPENED, _) => {
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
        (note::OPEN, Answer::Result(line)) if is_unclear(int(line, 1)) => {
            if core::mem::replace(&mut state.diagnosed, true) && state.uploaded {
                // TCP is good, and the same again.
                return state.fail(Error::Certificate);
            }
            // Until something better is known.
            state.cause = Some(error(int(line, 1)));
            Verdict::To(note::DIAGNOSE)
        }
        (note::REACH, Answer::Result(line)) => {
            state.cause = match int(line, 1) {
                Some(0) => None,
                code => Some(error(code)),
            };
            Verdict::Default
        }
        (note::DIAGNOSED, _) => match state.cause {
            Some(cause) => state.fail(cause),
            None => match tls::once_more(state) {
                Some(again) => again,
                None => state.fail(Error::Certificate),
            },
        },
        (note::ENTER | note::OPEN | note::OPENED, _) => take_open(run, note, answer),
        _ => tls::take_context(run, note, answer),
    }
}

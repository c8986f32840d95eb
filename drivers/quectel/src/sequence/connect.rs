//! Opening a session with the broker, and ending it.

use core::ops::RangeInclusive;

use wanlink_at::driver::connect::{self, accept, refuse};
use wanlink_at::driver::{Family, Parts, Session, flag};
use wanlink_at::{Answer, Step, Verdict, int, listen, step, table};

use super::diagnose::{self, DIAGNOSE_STEPS};
use crate::{Error, Input, Operation, Running, State};

/// The longest keep-alive that the module takes, in seconds (MQTT 3.3.1); a longer one is cut to it.
const KEEP_ALIVE_S: RangeInclusive<u16> = 0..=3600;

pub(crate) mod note {
    //! Notes of the tables that open a session or a socket, those of [`diagnose`](crate::sequence::diagnose) and of
    //! [`tls`](crate::sequence::tls) among them.
    pub(crate) const ENTER: u8 = 1;
    pub(crate) const FREE: u8 = 2;
    pub(crate) const OLD: u8 = 3;
    pub(crate) const SETTING: u8 = 4;
    pub(crate) const OPEN: u8 = 5;
    pub(crate) const LOGIN: u8 = 6;
    pub(crate) const CLOSED: u8 = 7;
    pub(crate) const DIAGNOSE: u8 = 8;
    pub(crate) const NO_CONTEXT: u8 = 9;
    pub(crate) const RESOLVE: u8 = 10;
    pub(crate) const FREE_SOCKET: u8 = 11;
    pub(crate) const REACH: u8 = 12;
    pub(crate) const DIAGNOSED: u8 = 13;
    pub(crate) const CLOCK: u8 = 14;
    pub(crate) const FILE: u8 = 15;
    pub(crate) const STALE: u8 = 16;
    pub(crate) const UPLOAD: u8 = 17;
    pub(crate) const SECURE: u8 = 18;
    pub(crate) const SURE: u8 = 19;
    pub(crate) const SET_UP: u8 = 20;
    pub(crate) const WHY: u8 = 21;
    pub(crate) const URL: u8 = 22;
    pub(crate) const READ: u8 = 23;
    pub(crate) const DONE: u8 = 24;
    pub(crate) const NATIVE: u8 = 25;
    pub(crate) const LOCAL: u8 = 26;
    pub(crate) const SERVED: u8 = 27;
    pub(crate) const DATED: u8 = 28;
    pub(crate) const CONTENT: u8 = 29;
}

/// Up to the settings. Arguments of a connect: host, port, client id, user, password, keep-alive, clean session.
pub(super) const BEGIN_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    // A client that the module calls occupied: close it, give the module its two seconds.
    step("+QMTCLOSE=0", 20).result(1, 310).ignore().note(note::FREE).at("MQTT 3.3.3"),
    listen(0, 20).ignore(),
    step("+QMTDISC=0", 20).result(1, 310).ignore().note(note::OLD).at("MQTT 3.3.5"),
    step("+QMTCLOSE=0", 20).result(1, 310).ignore().note(note::OLD).at("MQTT 3.3.3"),
    step("+QMTCFG=\"version\",0,4", 3).note(note::SETTING).at("MQTT 3.3.1"),
    step("+QMTCFG=\"pdpcid\",0,1", 3).note(note::SETTING).at("MQTT 3.3.1"),
    step("+QMTCFG=\"keepalive\",0,{f}", 3).note(note::SETTING).at("MQTT 3.3.1"),
    step("+QMTCFG=\"session\",0,{g}", 3).note(note::SETTING).at("MQTT 3.3.1"),
    step("+QMTCFG=\"timeout\",0,10,3,0", 3).note(note::SETTING).at("MQTT 3.3.1"),
    step("+QMTCFG=\"recv/mode\",0,0,1", 3).note(note::SETTING).at("MQTT 3.3.1"),
];

/// A setting of an earlier session outlives it.
pub(super) const PLAIN_STEPS: &[Step] = &[step("+QMTCFG=\"ssl\",0,0", 3).note(note::SETTING).at("MQTT 3.3.1")];

pub(super) const OPEN_STEPS: &[Step] = &[
    step("+QMTOPEN=0,\"{a}\",{b}", 50).result(1, 1250).note(note::OPEN).at("MQTT 3.3.2"),
    // At once: the platform hangs up on a silence here.
    step("+QMTCONN=0,\"{c}\",\"{d}\",\"{e}\"", 50).result(1, 400).note(note::LOGIN).at("MQTT 3.3.4"),
];

/// Without TLS. The rules are those of the model.
pub(crate) const fn connect<F: Family>() -> Operation<F> {
    Operation {
        prepare,
        ..Operation::new(table![BEGIN_STEPS, PLAIN_STEPS, OPEN_STEPS, DIAGNOSE_STEPS], flag::SESSION, take)
    }
}

const DISCONNECT_STEPS: &[Step] = &[
    listen(note::CLOSED, 0),
    step("+QMTDISC=0", 20).result(1, 310).ignore().note(note::OLD).at("MQTT 3.3.5"),
    step("+QMTCLOSE=0", 20).result(1, 310).ignore().note(note::OLD).at("MQTT 3.3.3"),
];
pub(crate) const fn disconnect<F: Family>() -> Operation<F> {
    Operation::new(table![DISCONNECT_STEPS], 0, take)
}

pub(super) fn prepare<'a, F: Family>(
    input: &Input<'a, 'a, F>,
    state: &mut State<F>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<F>> {
    connect::prepare(input, state, parts, KEEP_ALIVE_S)
}

pub(super) fn take<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::ENTER, _) => {
            (state.freed, state.diagnosed, state.uploaded) = (false, false, false);
            let old = core::mem::replace(&mut state.session, Session::Opening) != Session::Closed;
            if old {
                state.ended();
            }
            return Verdict::To(if old { note::OLD } else { note::SETTING });
        }
        (note::CLOSED, _) if state.session == Session::Closed => return Verdict::Done,
        (note::CLOSED, _) => {
            state.session = Session::Unknown;
            state.ended();
            return Verdict::Go;
        }
        // Our own close may still be told by a late `+QMTSTAT` (MQTT 4).
        (note::FREE | note::OLD, Answer::Result(_)) => state.ended(),
        (note::OPEN, Answer::Result(line)) => match int(line, 1) {
            Some(0) => state.session = Session::LoggingIn,
            Some(2) if !state.freed => return free(state),
            // Anything may be behind it (MQTT 3.3.2).
            Some(-1) if !state.diagnosed => {
                state.diagnosed = true;
                return Verdict::To(note::DIAGNOSE);
            }
            result => return state.fail(Error::Open(result.and_then(|r| r.try_into().ok()).unwrap_or(-1))),
        },
        (note::LOGIN, Answer::Result(line)) => return login(state, line),
        (note::OPEN, Answer::Silence) => return state.fail(Error::Open(-1)),
        (note::LOGIN, Answer::Silence) => return refuse(state, Error::NoConnack),
        // What refuses may be an answer that came late: it is asked again.
        (note::NATIVE, Answer::Error(_)) => {
            state.cause = Some(Error::NoNativeLogin);
            return Verdict::Again;
        }
        (note::NATIVE, _) => state.cause = None,
        // A client that is open refuses its settings, or says that it is occupied.
        (note::SETTING | note::OPEN | note::LOGIN, Answer::Error(_)) if !state.freed => return free(state),
        _ => return diagnose::take(run, note, answer),
    }
    Verdict::Default
}

/// Frees the client, once.
fn free<F: Family>(state: &mut State<F>) -> Verdict {
    state.freed = true;
    state.session = Session::Opening;
    state.ended();
    Verdict::To(note::FREE)
}

/// `+QMTCONN: 0,<result>[,<return code>]`; the code may be missing when it is 0.
fn login<F: Family>(state: &mut State<F>, line: &[u8]) -> Verdict {
    let failure = match (int(line, 1), int(line, 2)) {
        (Some(0), None | Some(0)) => return accept(state),
        (Some(1), _) => return Verdict::Wait,
        (Some(0), Some(code)) => Error::Connack(code.try_into().unwrap_or(u8::MAX)),
        _ => Error::NoConnack,
    };
    refuse(state, failure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QuectelFamily;
    use wanlink_at::driver::taken;

    #[test]
    fn results_of_a_login() {
        for (line, verdict, cause) in [
            (&b"+QMTCONN: 0,0,0"[..], Verdict::Done, None),
            // Some firmware leaves the code out where it is 0 (MQTT 3.3.4).
            (b"+QMTCONN: 0,0", Verdict::Done, None),
            (b"+QMTCONN: 0,1", Verdict::Wait, None),
            (b"+QMTCONN: 0,1,2", Verdict::Wait, None),
            (b"+QMTCONN: 0,2", Verdict::Fail, Some(Error::NoConnack)),
            (b"+QMTCONN: 0", Verdict::Fail, Some(Error::NoConnack)),
            (b"+QMTCONN: 0,0,5", Verdict::Fail, Some(Error::Connack(5))),
            (b"+QMTCONN: 0,0,-1", Verdict::Fail, Some(Error::Connack(255))),
            (b"+QMTCONN: 0,0,300", Verdict::Fail, Some(Error::Connack(255))),
        ] {
            let mut state = State::<QuectelFamily>::default();
            assert_eq!((taken(&mut state, take, note::LOGIN, Answer::Result(line)), state.cause), (verdict, cause));
            assert_eq!(state.session == Session::Up, verdict == Verdict::Done);
        }
    }

    #[test]
    fn results_of_an_open() {
        for (line, verdict, cause) in [
            (&b"+QMTOPEN: 0,0"[..], Verdict::Default, None),
            (b"+QMTOPEN: 0,-1", Verdict::To(note::DIAGNOSE), None),
            (b"+QMTOPEN: 0,5", Verdict::Fail, Some(Error::Open(5))),
            (b"+QMTOPEN: 0,1000", Verdict::Fail, Some(Error::Open(-1))),
            (b"+QMTOPEN: 0", Verdict::Fail, Some(Error::Open(-1))),
        ] {
            let mut state = State::<QuectelFamily>::default();
            assert_eq!((taken(&mut state, take, note::OPEN, Answer::Result(line)), state.cause), (verdict, cause));
        }
    }
}

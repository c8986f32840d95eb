//! Opening a session with the broker, and ending it.

use wanlink_at::{Answer, Step, Verdict, int, listen, pack, packed_len, step};

use crate::error::Error;
use crate::state::{Session, State};

/// A session may exist that has to be closed first.
pub(crate) const OLD: u8 = 1;

mod note {
    pub(super) const OPEN: u8 = 1;
    pub(super) const LOGIN: u8 = 2;
    pub(super) const ENDED: u8 = 3;
    pub(super) const SETTLED: u8 = 4;
}

/// Arguments: host, port, client id, user, password, keep-alive, clean session.
const CONNECT_STEPS: &[Step] = &[
    step("+QMTDISC=0", 20).result(1, 310).ignore().when(OLD).note(note::ENDED).at("MQTT 3.3.5"),
    step("+QMTCLOSE=0", 20).result(1, 310).ignore().when(OLD).note(note::ENDED).at("MQTT 3.3.3"),
    step("+QMTCFG=\"version\",0,4", 3).at("MQTT 3.3.1"),
    step("+QMTCFG=\"pdpcid\",0,1", 3).at("MQTT 3.3.1"),
    step("+QMTCFG=\"ssl\",0,0", 3).at("MQTT 3.3.1"),
    step("+QMTCFG=\"keepalive\",0,{f}", 3).at("MQTT 3.3.1"),
    step("+QMTCFG=\"session\",0,{g}", 3).at("MQTT 3.3.1"),
    step("+QMTCFG=\"timeout\",0,10,3,0", 3).at("MQTT 3.3.1"),
    step("+QMTCFG=\"recv/mode\",0,0,1", 3).at("MQTT 3.3.1"),
    step("+QMTOPEN=0,\"{a}\",{b}", 50).result(1, 1250).note(note::OPEN).at("MQTT 3.3.2"),
    // At once: the platform hangs up on a silence here.
    step("+QMTCONN=0,\"{c}\",\"{d}\",\"{e}\"", 50).result(1, 400).note(note::LOGIN).at("MQTT 3.3.4"),
];
pub(crate) static CONNECT: [u8; packed_len(CONNECT_STEPS)] = pack(CONNECT_STEPS);

/// A client that the module calls occupied: close it, give the module its two seconds.
const FREE_STEPS: &[Step] = &[
    step("+QMTCLOSE=0", 20).result(1, 310).ignore().note(note::ENDED).at("MQTT 3.3.3"),
    listen(note::SETTLED, 20).ignore(),
];
pub(crate) static FREE: [u8; packed_len(FREE_STEPS)] = pack(FREE_STEPS);

const DISCONNECT_STEPS: &[Step] = &[
    step("+QMTDISC=0", 20).result(1, 310).ignore().note(note::ENDED).at("MQTT 3.3.5"),
    step("+QMTCLOSE=0", 20).result(1, 310).ignore().note(note::ENDED).at("MQTT 3.3.3"),
];
pub(crate) static DISCONNECT: [u8; packed_len(DISCONNECT_STEPS)] = pack(DISCONNECT_STEPS);

pub(crate) fn take(state: &mut State, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        // Our own close may still be told by a late `+QMTSTAT` (MQTT 4).
        (note::ENDED, Answer::Result(_)) => state.ended(),
        (note::OPEN, Answer::Result(line)) => match int(line, 1) {
            Some(0) => state.session = Session::LoggingIn,
            result => return state.fail(Error::Open(result.and_then(|r| r.try_into().ok()).unwrap_or(-1))),
        },
        (note::LOGIN, Answer::Result(line)) => return login(state, line),
        (note::OPEN, Answer::Silence) => return state.fail(Error::Open(-1)),
        (note::LOGIN, Answer::Silence) => return state.fail(Error::NoConnack),
        _ => {}
    }
    Verdict::Default
}

/// `+QMTCONN: 0,<result>[,<return code>]`; the code may be missing when it is 0.
fn login(state: &mut State, line: &[u8]) -> Verdict {
    let failure = match (int(line, 1), int(line, 2)) {
        (Some(0), None | Some(0)) => {
            state.session = Session::Up;
            return Verdict::Go;
        }
        (Some(1), _) => return Verdict::Wait,
        (Some(0), Some(code)) => Error::Connack(code.try_into().unwrap_or(u8::MAX)),
        _ => Error::NoConnack,
    };
    // What follows from the module is no news then.
    state.session = Session::Unknown;
    state.fail(failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_a_login() {
        for (line, verdict, cause) in [
            (&b"+QMTCONN: 0,0,0"[..], Verdict::Go, None),
            // Some firmware leaves the code out where it is 0 (MQTT 3.3.4).
            (b"+QMTCONN: 0,0", Verdict::Go, None),
            (b"+QMTCONN: 0,1", Verdict::Wait, None),
            (b"+QMTCONN: 0,1,2", Verdict::Wait, None),
            (b"+QMTCONN: 0,2", Verdict::Fail, Some(Error::NoConnack)),
            (b"+QMTCONN: 0", Verdict::Fail, Some(Error::NoConnack)),
            (b"+QMTCONN: 0,0,5", Verdict::Fail, Some(Error::Connack(5))),
            (b"+QMTCONN: 0,0,-1", Verdict::Fail, Some(Error::Connack(255))),
            (b"+QMTCONN: 0,0,300", Verdict::Fail, Some(Error::Connack(255))),
        ] {
            let mut state = State::new();
            assert_eq!((take(&mut state, note::LOGIN, Answer::Result(line)), state.cause), (verdict, cause));
            assert_eq!(state.session == Session::Up, verdict == Verdict::Go);
        }
    }

    #[test]
    fn results_of_an_open() {
        for (line, verdict, cause) in [
            (&b"+QMTOPEN: 0,0"[..], Verdict::Default, None),
            (b"+QMTOPEN: 0,-1", Verdict::Fail, Some(Error::Open(-1))),
            (b"+QMTOPEN: 0,5", Verdict::Fail, Some(Error::Open(5))),
            (b"+QMTOPEN: 0,1000", Verdict::Fail, Some(Error::Open(-1))),
            (b"+QMTOPEN: 0", Verdict::Fail, Some(Error::Open(-1))),
        ] {
            let mut state = State::new();
            assert_eq!((take(&mut state, note::OPEN, Answer::Result(line)), state.cause), (verdict, cause));
        }
    }
}
